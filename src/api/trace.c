/* The latest raw exchanges: of a device, and of those who gave no serial number. */
#include "core/trace.h"

#include "api/call.h"
#include "render/traced.h"

static bool trace_row_add(void *ctx, const struct traced *e)
{
	struct list *l = ctx;

	if (list_room(l, 0))
		fields_json(&l->j, &traced_fields, e);
	return l->j.text.err == GH_OK && !l->more;
}

static struct list trace_list_read(struct call *c, gh_slice serial)
{
	struct list l = list_begin(c, 100);

	l.newest_first = true;
	trace_read(c->server->trace, &serial, trace_row_add, &l);
	return l;
}

/* It has no numbers to page by: what did not fit is not to be had. */
static void trace_list_answer(struct call *c, struct list *l)
{
	l->more = false;
	list_end(c, l, l->j.text.err == GH_ETOOBIG ? GH_ENOMEM : l->j.text.err);
}

void handle_device_trace(struct call *c)
{
	struct list l = trace_list_read(c, call_path(c, PATH_sn));

	if (l.n == 0) {
		/* A device that was turned away has exchanges and is unknown all the same. */
		struct device *d = call_device(c);

		if (d == NULL) {
			json_clear(&l.j);
			return;
		}
		device_unref(d);
	}
	trace_list_answer(c, &l);
}

void handle_unmatched_trace(struct call *c)
{
	struct list l = trace_list_read(c, (gh_slice){ 0 });

	trace_list_answer(c, &l);
}
