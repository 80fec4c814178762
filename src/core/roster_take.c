#include "core/roster_take.h"

#include "base/zone.h"
#include "model/command.h"

/* Operations of the log (Attendance PUSH 2020-03, appendix 3). That a fingerprint was deleted (10) names no finger,
 * so nothing follows from it. */
enum { OPERATION_DELETED = 9, OPERATION_PASSWORD_DELETED = 11, OPERATION_CARD_DELETED = 12 };

static const char every_field[] = "["
#define ROSTER_FIELD(NAME, word) "\"" word "\","
#include "model/roster_field.def"
#undef ROSTER_FIELD
				  "\"\"]";

static gh_slice take_copy(struct roster_take *t, gh_slice s)
{
	return ghi_arena_copy(t->arena, s);
}

static bool roster_area_keep(void *ctx, int64_t id, const void *record)
{
	struct roster_take *t = ctx;
	const struct area *a = record;

	(void)id;
	t->area_parent = a->parent;
	t->namespace = a->namespace.n ? take_copy(t, a->namespace) : NAMESPACE_DEFAULT;
	t->may_change = take_copy(t, a->device_may_change);
	t->enrols = a->spread_enrolments != 0;
	t->deletes = a->spread_deletions != 0;
	return true;
}

static bool roster_people_keep(void *ctx, int64_t id, const void *record)
{
	struct roster_take *t = ctx;

	t->id = id;
	roster_people_copy(t->arena, record, &t->is);
	return true;
}

static bool person_keep(void *ctx, const struct record_row *row)
{
	struct roster_take *t = ctx;
	const struct model_kind *k = &model_kinds[KIND_PERSON];

	t->holds = true;
	t->held_ms = row->received_ms;
	t->now = *(const struct person *)row->record;
	for (size_t i = 0; i < k->fields; i++)
		if (k->field[i].type != MODEL_INT) {
			gh_slice *s = model_at(k, &t->now, i);

			*s = model_has(&t->now, i) ? take_copy(t, *s) : (gh_slice){ 0 };
		}
	return true;
}

/* Of the area, the person and the device. */
static enum gh_err take_read(struct roster_take *t)
{
	struct person key = { .present = UINT64_C(1) << PERSON_pin, .pin = t->note.pin };
	struct people who = { .pin = t->note.pin };
	enum gh_err err = t->ops->entity_hold(t->s, ENTITY_AREA, t->area, roster_area_keep, t);

	if (err)
		return err;
	who.namespace = t->namespace;
	model_mark(&who, PEOPLE_pin);
	model_mark(&who, PEOPLE_namespace);
	err = t->ops->entity_of_key(t->s, ENTITY_PEOPLE, &who, roster_people_keep, t);
	if (err == GH_OK || err == GH_ENOTFOUND)
		err = t->ops->record_find(t->s, KIND_PERSON, t->note.device, &key, person_keep,
					  t);
	if (err == GH_ENOTFOUND)
		err = GH_OK;
	return t->arena->failed ? GH_ENOMEM : err;
}

/* --- deletions --- */

/* When the operation was, by the zone of the device. A device that was reset sends its log again: what it sends it holds
 * since the operation was not deleted by it. */
static bool operation_is_over(struct roster_take *t)
{
	struct zone *z = device_zone(t->device);
	int64_t utc = 0;
	bool known = z && ghi_civil_valid(t->note.no);

	if (known)
		(void)zone_to_utc(z, t->note.no, &utc);
	zone_close(z);
	return !known || utc * 1000 < t->held_ms;
}

static enum gh_err roster_person_delete(struct roster_take *t)
{
	enum gh_err err =
		roster_change_audit(t->ops, t->s, &t->by, t->id, "delete_people", NULL);

	if (err == GH_OK)
		err = roster_person_clear(t->ops, t->s, t->id, t->by.at_ms);
	t->changed = true;
	return err ? err : t->ops->entity_delete(t->s, ENTITY_PEOPLE, t->id);
}

static enum gh_err password_delete(struct roster_take *t)
{
	struct people p = { 0 };

	model_mark(&p, PEOPLE_password);
	return t->is.password.n ? roster_take_put(t, roster_field_word(ROSTER_PASSWORD), &p)
				: GH_OK;
}

static enum gh_err operation_take(struct roster_take *t)
{
	uint64_t card = roster_sent_card(t->now.card);

	if (t->id == 0 || !t->deletes || !t->holds || operation_is_over(t))
		return GH_OK;
	switch (t->note.type) {
	case OPERATION_DELETED:
		return roster_person_delete(t);
	case OPERATION_PASSWORD_DELETED:
		return password_delete(t);
	case OPERATION_CARD_DELETED:
		return card ? roster_take_card(t, 0, card) : GH_OK;
	default:
		return GH_OK;
	}
}

enum gh_err roster_take_note(struct roster_take *t)
{
	enum gh_err err;

	t->by = (struct roster_actor){ .kind = AUDIT_DEVICE,
				       .by = t->note.serial,
				       .at_ms = t->note.arrived_ms };
	t->area = t->note.area ? t->note.area : AREA_DEFAULT;
	t->sync = sync_policy_of(t->note.sync);
	/* Until people decide; then all of it is noted again. */
	if (t->sync == SYNC_CONFLICT)
		return GH_OK;
	err = take_read(t);
	if (t->decided) {
		t->enrols = true;
		t->may_change = gh_slice_of(every_field);
	}
	if (err)
		return err == GH_ENOTFOUND ? GH_OK : err;
	if (gh_slice_eq(t->note.kind, GH_LIT("person")))
		return roster_take_person(t);
	if (gh_slice_eq(t->note.kind, GH_LIT("oplog")))
		return operation_take(t);
	return roster_take_credential(t);
}
