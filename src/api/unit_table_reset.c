/* What a unit answered that it does not know of a table is sent to it again. */
#include "api/call.h"
#include "core/access/unit_refusal.h"
#include "core/audit.h"
#include "wire/access/table.h"

struct table_reset {
	struct call *c;
	struct device *device; /* referenced */
	struct audit_row audit;
	enum gh_err err;
};

static void table_reset_reply(void *ctx)
{
	struct table_reset *g = ctx;

	device_unref(g->device);
	if (g->err)
		call_fail_err(g->c, g->err);
	else
		call_done(g->c, "The unit is sent all of the table again");
}

/* On the store thread. */
static void table_reset_done(void *ctx, enum gh_err err)
{
	struct table_reset *g = ctx;

	g->err = err;
	http_resume_with(g->c->r, table_reset_reply, g);
}

void handle_unit_table_reset(struct call *c)
{
	const struct ghi_access_table *t =
		ghi_access_table_find(call_path(c, PATH_table), NULL);
	struct table_reset *g = ghi_arena_alloc(call_arena(c), sizeof(*g));
	enum gh_err err = g == NULL ? GH_ENOMEM : t == NULL ? GH_ENOTFOUND : GH_OK;

	if (err) {
		call_fail_err(c, err);
		return;
	}
	*g = (struct table_reset){ .c = c, .device = call_device(c) };
	if (g->device == NULL)
		return;
	g->audit = call_audit(c, "reset_table");
	g->audit.outcome = AUDIT_DONE;
	g->audit.subject = audit_subject(call_arena(c), "device", device_sn(g->device));
	g->audit.after = gh_slice_of(t->name);
	if (!http_defer(c->r)) {
		device_unref(g->device);
		return;
	}
	err = device_refusals_clear(c->server, g->device, gh_slice_of(t->name), &g->audit,
				    table_reset_done, g);
	if (err == GH_OK)
		return;
	device_unref(g->device);
	call_fail_err(c, err);
	http_resume(c->r);
}
