#include "core/roster_change.h"

#include <stdio.h>

#include "base/civil_time.h"
#include "core/audit.h"
#include "model/record.h"

#define HISTORY_TEXT 2200 /* bytes of a value: as many as the list of a person's areas */

static gh_slice history_text(gh_slice s)
{
	if (s.n <= HISTORY_TEXT)
		return s;
	s.n = HISTORY_TEXT;
	/* Not within a letter. */
	while (s.n && (s.p[s.n] & 0xC0) == 0x80)
		s.n--;
	return s;
}

enum gh_err roster_change_add(const struct store_ops *ops, struct store *s,
			      const struct roster_actor *by, int64_t people, const char *field,
			      gh_slice was, gh_slice becomes)
{
	struct people_change c = {
		.people = people,
		.at_ms = by->at_ms,
		.actor = gh_slice_of(audit_actor_word(by->kind)),
		.actor_id = by->id,
		.done_by = by->by,
		.field = gh_slice_of(field),
		.was = history_text(was),
		.becomes = history_text(becomes),
		.taken = !by->late,
	};
	enum gh_err err;

	for (size_t i = 0; i < PEOPLE_CHANGE_FIELDS; i++)
		model_mark(&c, i);
	err = ops->entity_put(s, ENTITY_PEOPLE_CHANGE, NULL, &c);
	return err ? err : ops->people_changes_trim(s, people, ROSTER_CHANGES_MOST);
}

/* --- fields --- */

static const struct history_field {
	const char *word; /* of roster_field.def, where a device may change it */
	size_t bit;
} history_fields[] = {
	{ "pin", PEOPLE_pin },
	{ "name", PEOPLE_name },
	{ "cards", PEOPLE_cards },
	{ "password", PEOPLE_password },
	{ "disabled", PEOPLE_disabled },
	{ "group", PEOPLE_member_group },
	{ "department", PEOPLE_department },
	{ "position", PEOPLE_position },
	{ "privilege", PEOPLE_privilege },
	{ "code", PEOPLE_code },
	{ "namespace", PEOPLE_namespace },
	{ "areas", PEOPLE_areas },
};

void roster_people_copy(struct arena *a, const struct people *from, struct people *to)
{
	const struct model_kind *k = &model_entities[ENTITY_PEOPLE];

	*to = *from;
	for (size_t i = 0; i < k->fields; i++)
		if (k->field[i].type == MODEL_TEXT) {
			gh_slice *s = model_at(k, to, i);

			*s = model_has(to, i) ? ghi_arena_copy(a, *s) : (gh_slice){ 0 };
		}
}

#define VALUE_TEXT_BYTES 48

static gh_slice number_word(size_t bit, int64_t n, char text[VALUE_TEXT_BYTES])
{
	if (bit == PEOPLE_disabled)
		return n ? GH_LIT("true") : GH_LIT("false");
	/* A group that was never given is the first. */
	snprintf(text, VALUE_TEXT_BYTES, "%lld",
		 (long long)(bit == PEOPLE_member_group && n == 0 ? 1 : n));
	return gh_slice_of(text);
}

static gh_slice history_value(const struct people *p, size_t bit, char text[VALUE_TEXT_BYTES])
{
	const struct model_kind *k = &model_entities[ENTITY_PEOPLE];
	const void *at = model_at_const(k, p, bit);

	if (k->field[bit].type == MODEL_INT)
		return number_word(bit, model_has(p, bit) ? *(const int64_t *)at : 0, text);
	/* A list of none is nothing. */
	if (!model_has(p, bit) || gh_slice_eq(*(const gh_slice *)at, GH_LIT("[]")))
		return (gh_slice){ 0 };
	return *(const gh_slice *)at;
}

static void validity_moment_put(struct ghi_writer *w, int64_t t)
{
	if (t > 0)
		ghi_put_civil(w, t);
	else
		ghi_put(w, GH_LIT(".."));
}

/* "2026-01-01 00:00:00/..": from the one to the other; ".." where it has no bound; empty: for ever. */
static gh_slice validity_word(int64_t from, int64_t to, char text[VALUE_TEXT_BYTES])
{
	struct ghi_writer w = ghi_writer_on(text, VALUE_TEXT_BYTES);

	if (from <= 0 && to <= 0)
		return (gh_slice){ 0 };
	validity_moment_put(&w, from);
	ghi_put(&w, GH_LIT("/"));
	validity_moment_put(&w, to);
	return ghi_written(&w);
}

static int64_t moment_of(const struct people *p, size_t bit)
{
	const struct model_kind *k = &model_entities[ENTITY_PEOPLE];

	return model_has(p, bit) ? *(const int64_t *)model_at_const(k, p, bit) : 0;
}

static enum gh_err validity_change(const struct store_ops *ops, struct store *s,
				   const struct roster_actor *by, int64_t people,
				   const struct people *was, const struct people *becomes)
{
	char text[2][VALUE_TEXT_BYTES];
	int64_t from = moment_of(was, PEOPLE_valid_from), to = moment_of(was, PEOPLE_valid_to);
	bool given = model_has(becomes, PEOPLE_valid_from);
	gh_slice before = validity_word(from, to, text[0]), after;

	from = given ? becomes->valid_from : from;
	to = model_has(becomes, PEOPLE_valid_to) ? becomes->valid_to : to;
	after = validity_word(from, to, text[1]);
	return gh_slice_eq(before, after)
		       ? GH_OK
		       : roster_change_add(ops, s, by, people, "validity", before, after);
}

enum gh_err roster_change_fields(const struct store_ops *ops, struct store *s,
				 const struct roster_actor *by, int64_t people,
				 const struct people *was, const struct people *becomes)
{
	char text[2][VALUE_TEXT_BYTES];
	enum gh_err err = validity_change(ops, s, by, people, was, becomes);

	for (size_t i = 0;
	     i < sizeof(history_fields) / sizeof(history_fields[0]) && err == GH_OK; i++) {
		const struct history_field *f = &history_fields[i];
		gh_slice before = history_value(was, f->bit, text[0]),
			 after = history_value(becomes, f->bit, text[1]);

		if (!model_has(becomes, f->bit) || gh_slice_eq(before, after))
			continue;
		if (f->bit == PEOPLE_password) {
			before = before.n ? GH_LIT("set") : (gh_slice){ 0 };
			after = after.n ? GH_LIT("set") : (gh_slice){ 0 };
		}
		err = roster_change_add(ops, s, by, people, f->word, before, after);
	}
	return err;
}

enum gh_err roster_change_audit(const struct store_ops *ops, struct store *s,
				const struct roster_actor *by, int64_t people,
				const char *action, const char *field)
{
	char subject[40], after[64] = "";

	snprintf(subject, sizeof(subject), "people:%lld", (long long)people);
	if (field)
		snprintf(after, sizeof(after), "{\"fields\":[\"%s\"]}", field);
	return audit_put(ops, s,
			 &(struct audit_row){ .at_ms = by->at_ms,
					      .actor = by->kind,
					      .by = by->by,
					      .action = gh_slice_of(action),
					      .subject = gh_slice_of(subject),
					      .outcome = AUDIT_DONE,
					      .after = gh_slice_of(after) });
}

enum gh_err roster_person_clear(const struct store_ops *ops, struct store *s, int64_t people,
				int64_t at_ms)
{
	enum gh_err err = ops->intake_drop(s, people, at_ms);

	if (err == GH_OK)
		err = ops->entities_drop(s, ENTITY_CREDENTIAL, CREDENTIAL_people, people);

	if (err == GH_OK)
		err = ops->entities_drop(s, ENTITY_PEOPLE_CHANGE, PEOPLE_CHANGE_people, people);
	return err ? err : ops->entities_drop(s, ENTITY_CARD, CARD_people, people);
}
