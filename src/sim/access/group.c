#include "sim/access/group.h"

#include "sim/access/decision.h"
#include "sim/access/door.h"
#include "sim/access/rights.h"

#include <stdio.h>

enum { GROUP_S = 10, MINUTE_S = 60, DAY_S = 86400 };

int64_t panel_first_card_until_s(const struct panel *p, gh_slice pin, unsigned door)
{
	const struct panel_row *row;
	char text[16];
	const GPtrArray *rows;

	snprintf(text, sizeof(text), "%u", door);
	rows = panel_rows_of(&p->tables, PANEL_FIRSTCARD, gh_slice_of(text));
	for (guint i = 0; rows && i < rows->len; i++) {
		uint64_t zone;
		int64_t until_s = (p->now_s / MINUTE_S + 1) * MINUTE_S;

		row = g_ptr_array_index(rows, i);
		zone = panel_number(row, "TimezoneID", 0);
		if (!gh_slice_eq(panel_field(row, "Pin"), pin) ||
		    !panel_zone_open(p, zone, p->now_s))
			continue;
		while (panel_zone_open(p, zone, until_s) && until_s < p->now_s + DAY_S)
			until_s += MINUTE_S;
		return until_s;
	}
	return PANEL_NEVER;
}

/* How many of each group a combination needs. */
static unsigned combination_of(const struct panel_row *row, uint8_t need[PANEL_GROUP])
{
	unsigned n = 0;
	char field[8];

	for (unsigned i = 1; i <= PANEL_GROUP; i++) {
		uint64_t group;

		snprintf(field, sizeof(field), "Group%u", i);
		group = panel_number(row, field, 0);
		if (group && group <= UINT8_MAX)
			need[n++] = (uint8_t)group;
	}
	return n;
}

/* Whether the people who came are part of a combination, each once. */
static bool combination_takes(const uint8_t *need, unsigned needed, const uint8_t *came,
			      unsigned n)
{
	bool taken[PANEL_GROUP] = { false };

	for (unsigned i = 0; i < n; i++) {
		unsigned j = 0;

		while (j < needed && (taken[j] || need[j] != came[i]))
			j++;
		if (j == needed)
			return false;
		taken[j] = true;
	}
	return true;
}

/* The fewest people who are still missing; -1: no combination takes these. */
static int group_missing(const struct panel *p, unsigned door, const uint8_t *came, unsigned n)
{
	const struct panel_row *row;
	int missing = -1;

	for (size_t i = 0; (row = panel_row_at(&p->tables, PANEL_MULTIMCARD, i)); i++) {
		uint8_t need[PANEL_GROUP];
		unsigned needed = combination_of(row, need);

		if (panel_number(row, "DoorId", 0) != door || needed == 0 ||
		    !combination_takes(need, needed, came, n))
			continue;
		if (missing < 0 || (int)(needed - n) < missing)
			missing = (int)(needed - n);
	}
	return missing;
}

static bool group_has(const struct panel_door *d, gh_slice pin)
{
	for (unsigned i = 0; i < d->group; i++)
		if (gh_slice_eq(gh_slice_of(d->group_pin[i]), pin))
			return true;
	return false;
}

enum panel_group_step panel_group_add(struct panel *p, gh_slice pin, uint64_t group,
				      unsigned door, unsigned kind)
{
	struct panel_door *d = &p->door[door - 1];
	uint8_t came[PANEL_GROUP];
	int missing = -1;

	if (panel_door_number(p, door, "MultiCardOpenDoor", 0) != 1)
		return PANEL_GROUP_NO;
	came[0] = group <= UINT8_MAX ? (uint8_t)group : 0;
	if (d->group == 0 && group_missing(p, door, came, 1) < 0)
		return PANEL_GROUP_NO;
	d->group_kind = (uint8_t)kind;
	if (d->group < PANEL_GROUP && !group_has(d, pin) && pin.n <= PANEL_PIN) {
		memcpy(came, d->group_of, d->group);
		came[d->group] = group <= UINT8_MAX ? (uint8_t)group : 0;
		missing = group_missing(p, door, came, d->group + 1u);
	}
	if (missing <= 0) {
		d->group = 0;
		return missing == 0 ? PANEL_GROUP_WHOLE : PANEL_GROUP_WRONG;
	}
	snprintf(d->group_pin[d->group], sizeof(d->group_pin[0]), "%.*s", GH_FMT(pin));
	d->group_of[d->group] = came[d->group];
	d->group++;
	d->group_s = p->now_s;
	return PANEL_GROUP_WAITS;
}

int64_t panel_group_due_s(const struct panel *p, unsigned door)
{
	const struct panel_door *d = &p->door[door - 1];

	if (d->group == 0)
		return PANEL_HOLD;
	return d->group_s + (int64_t)panel_door_number(p, door, "MultiCardInterTime", GROUP_S);
}

void panel_group_expire(struct panel *p, unsigned door)
{
	struct panel_door *d = &p->door[door - 1];
	struct panel_event e;

	if (panel_group_due_s(p, door) > p->now_s)
		return;
	e = panel_event_of(p, panel_group_failed((enum panel_kind)d->group_kind),
			   (int32_t)door);
	snprintf(e.pin, sizeof(e.pin), "%s", d->group_pin[d->group - 1]);
	d->group = 0;
	panel_event_make(p, &e);
}
