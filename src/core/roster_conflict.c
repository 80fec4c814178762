#include "core/roster_conflict.h"

#include <glib.h>
#include <stdio.h>

#include "base/text_fold.h"
#include "core/audit.h"
#include "core/device_private.h"
#include "core/roster_intake.h"
#include "core/roster_take.h"

#define NAMESPACE_BYTES 256

/* Also in another spelling. */
static bool names_are_the_same(gh_slice a, gh_slice b)
{
	char *x, *y;
	bool same;

	if (roster_text_is_echo(a, b) || roster_text_is_echo(b, a))
		return true;
	x = text_fold(gh_slice_trim(a));
	y = text_fold(gh_slice_trim(b));
	same = g_str_equal(x, y);
	g_free(x);
	g_free(y);
	return same;
}

bool roster_name_differs(const struct roster_take *t)
{
	return t->id && t->holds && model_has(&t->now, PERSON_name) && t->now.name.n &&
	       t->is.name.n && !names_are_the_same(t->now.name, t->is.name);
}

bool roster_person_conflicts(const struct roster_take *t)
{
	/* Where devices change no one the roster decides. */
	bool takes = t->enrols || roster_field_among(t->may_change, ROSTER_NAME);

	return takes && t->sync != SYNC_AUTO && !t->note.known && roster_name_differs(t);
}

enum gh_err roster_person_pending(struct roster_take *t, bool *pending)
{
	*pending = false;
	return t->sync != SYNC_AUTO && roster_name_differs(t)
		       ? t->ops->intake_pending(t->s, t->note.device, t->note.pin, pending)
		       : GH_OK;
}

/* The field alone, with its text in *backing. */
static bool conflict_row(int64_t device, struct device_row *row, struct device_backing *backing)
{
	*row = (struct device_row){ .id = device };
	row->access.sync = gh_slice_of(sync_policy_name(SYNC_CONFLICT));
	model_mark(row, DEVICE_sync);
	return device_backing_copy(backing, row);
}

enum gh_err roster_conflict_note(struct roster_take *t)
{
	struct device_row row;
	struct device_backing backing = { 0 };
	enum gh_err err = GH_ENOMEM;
	char reason[96];

	snprintf(reason, sizeof(reason), "PIN %.*s has another name in the roster",
		 GH_FMT(t->note.pin));
	if (conflict_row(t->note.device, &row, &backing))
		err = t->ops->device_put(t->s, &row);
	device_backing_clear(&backing);
	t->conflict = err == GH_OK;
	if (err)
		return err;
	/* The PIN alone: names stand where people are shown. */
	return audit_put(t->ops, t->s,
			 &(struct audit_row){
				 .at_ms = t->now_ms,
				 .actor = t->by.kind,
				 .by = t->by.by,
				 .action = GH_LIT("change_device"),
				 .subject = audit_subject(t->arena, "device", t->note.serial),
				 .outcome = AUDIT_DONE,
				 .after = GH_LIT("{\"sync\":\"conflict\"}"),
				 .reason = gh_slice_of(reason) });
}

void roster_conflict_publish(struct device *d)
{
	struct device_row row;
	struct device_backing backing = { 0 };

	if (conflict_row(device_id(d), &row, &backing))
		device_publish(d, &row, &backing);
	device_backing_clear(&backing);
}

/* --- its end --- */

struct area_namespace {
	char name[NAMESPACE_BYTES + 1];
};

static bool device_namespace_keep(void *ctx, int64_t id, const void *record)
{
	struct area_namespace *n = ctx;
	gh_slice name = ((const struct area *)record)->namespace;

	(void)id;
	if (name.n)
		snprintf(n->name, sizeof(n->name), "%.*s", GH_FMT(name));
	return true;
}

static enum gh_err device_namespace_read(const struct store_ops *ops, struct store *s,
					 int64_t area, struct area_namespace *n)
{
	enum gh_err err;

	snprintf(n->name, sizeof(n->name), "%.*s", GH_FMT(NAMESPACE_DEFAULT));
	err = ops->entity_hold(s, ENTITY_AREA, area ? area : AREA_DEFAULT,
			       device_namespace_keep, n);
	return err == GH_ENOTFOUND ? GH_OK : err;
}

enum gh_err roster_device_changes(const struct store_ops *ops, struct store *s,
				  struct device *d, const struct device_row *change)
{
	struct area_namespace before, after;
	bool decided = model_has(change, DEVICE_sync) &&
		       atomic_load(&d->sync) == SYNC_CONFLICT &&
		       sync_policy_of(change->access.sync) != SYNC_CONFLICT;
	enum gh_err err = GH_OK;

	if (!roster_intake_of(d))
		return GH_OK;
	if (!decided && model_has(change, DEVICE_area) && change->area != device_area(d)) {
		err = device_namespace_read(ops, s, device_area(d), &before);
		if (err == GH_OK)
			err = device_namespace_read(ops, s, change->area, &after);
		decided = err == GH_OK &&
			  !gh_slice_eq(gh_slice_of(before.name), gh_slice_of(after.name));
	}
	return err == GH_OK && decided ? ops->intake_all(s, device_id(d), 0) : err;
}
