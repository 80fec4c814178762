#include "sim/access/linkage.h"

#include "sim/access/door.h"

enum { EVENT_LINKAGE = 6, EVENT_CAMERA_LINKAGE = 231 };
enum { OUT_LOCK = 0, OUT_AUX = 1, OUT_CAMERA = 2, HOLD_OPEN = 255 };
enum { RESERVED_LOCK = 16, RESERVED_UNLOCK = 32 };

static void linkage_act(struct panel *p, const struct panel_row *row, uint64_t out)
{
	unsigned address = (unsigned)panel_number(row, "OutAddr", 0);
	int64_t seconds = (int64_t)panel_number(row, "OutTime", 0);
	uint64_t reserved = panel_number(row, "Reserved", 0);

	if (out == OUT_AUX) {
		panel_aux_output(p, address, seconds);
		return;
	}
	if (out != OUT_LOCK || address == 0 || address > p->persona->doors)
		return;
	if (reserved & RESERVED_LOCK)
		p->door[address - 1].locked = true;
	else if (reserved & RESERVED_UNLOCK)
		p->door[address - 1].locked = false;
	else if (seconds == 0)
		panel_lock_close(p, address);
	else
		panel_lock_release(p, address, seconds == HOLD_OPEN ? 0 : seconds);
}

void panel_linkage_trigger(struct panel *p, const struct panel_event *e)
{
	const struct panel_row *row;

	if (p->linkages)
		return;
	p->linkages++;
	for (size_t i = 0; (row = panel_row_at(&p->tables, PANEL_INOUTFUN, i)); i++) {
		uint64_t in = panel_number(row, "InAddr", 0);
		uint64_t out = panel_number(row, "OutType", 0);
		struct panel_event made;

		if (panel_number(row, "EventType", UINT32_MAX) != (uint64_t)e->event ||
		    (in && in != (uint64_t)e->address))
			continue;
		made = panel_event_of(p,
				      out == OUT_CAMERA ? EVENT_CAMERA_LINKAGE : EVENT_LINKAGE,
				      e->address);
		made.verify = e->event;
		made.trigger = true;
		made.linkage = (uint32_t)panel_number(row, "Index", 0);
		linkage_act(p, row, out);
		panel_event_make(p, &made);
	}
	p->linkages--;
}
