/* Which credentials are removed, and by which deletions: one for all of a form or type where nothing of it stays. */
#include "core/sync/planner.h"

static bool same_credential(const struct sync_cell *a, const struct sync_cell *b)
{
	return a->form == b->form && a->type == b->type && a->no == b->no;
}

/* It stands there as it is to be, or is written. */
static bool cell_is_target(const struct sync_cell *c)
{
	return c->right || c->write;
}

static bool cell_may_be_written(const struct sync_pack *k, const struct sync_cell *c)
{
	return c->write ||
	       (c->right && c->fits && k->comes && sync_content_fit(c->target) == SYNC_FITS);
}

/* --- what is to go --- */

struct credential_sum {
	bool target, shadow, rest, ours, waits_for_more;
};

static struct credential_sum credential_sum(const struct sync_pack *k,
					    const struct sync_cell *of)
{
	struct credential_sum s = { .ours = true };

	for (size_t i = 0; i < k->cells; i++) {
		const struct sync_cell *c = &k->cell[i];

		if (!same_credential(c, of))
			continue;
		s.shadow |= c->shadow;
		s.target |= cell_is_target(c);
		if (c->now == NULL)
			continue;
		s.ours &= c->ours;
		s.rest |= !cell_is_target(c);
		s.waits_for_more |=
			c->target && !cell_is_target(c) && !sync_reasons[c->reason].lasts;
	}
	return s;
}

/* A new face of fewer parts: those that are left over would be parts of it. */
static void credential_rewrite(struct sync_pack *k, const struct sync_cell *of)
{
	bool writable = true;

	for (size_t i = 0; i < k->cells; i++)
		if (same_credential(&k->cell[i], of) && k->cell[i].target)
			writable &= cell_may_be_written(k, &k->cell[i]);
	for (size_t i = 0; i < k->cells; i++) {
		struct sync_cell *c = &k->cell[i];

		if (!same_credential(c, of))
			continue;
		c->drop = writable && c->now;
		c->write = c->write || (writable && c->target);
		if (!writable && !c->target)
			c->reason = SYNC_SHARED;
	}
}

static void credential_judge(struct sync_pack *k, const struct sync_cell *of)
{
	struct credential_sum s = credential_sum(k, of);

	if (s.shadow && !s.target) {
		for (size_t i = 0; i < k->cells; i++)
			k->cell[i].shadow |= same_credential(&k->cell[i], of);
		return;
	}
	if (!s.rest)
		return;
	if (s.target)
		credential_rewrite(k, of);
	else if (s.ours && !s.waits_for_more)
		for (size_t i = 0; i < k->cells; i++)
			k->cell[i].drop |= same_credential(&k->cell[i], of) && k->cell[i].now;
}

/* --- by which deletions --- */

#define ANY SYNC_NO_NUMBER

struct scope_sum {
	size_t drops; /* credentials */
	bool stays;
};

static bool in_scope(const struct sync_cell *c, enum credential_form f, int64_t type,
		     int64_t no)
{
	return c->form == f && (type == ANY || c->type == type) && (no == ANY || c->no == no);
}

static struct scope_sum scope_sum(const struct sync_pack *k, enum credential_form f,
				  int64_t type)
{
	struct scope_sum s = { 0 };

	for (size_t i = 0; i < k->cells; i++) {
		const struct sync_cell *c = &k->cell[i];
		bool again = false;

		if (!in_scope(c, f, type, ANY) || c->now == NULL)
			continue;
		for (size_t j = 0; j < i && c->drop; j++)
			again |= k->cell[j].drop && same_credential(&k->cell[j], c);
		s.drops += c->drop && !again;
		s.stays |= !c->drop && !c->write;
	}
	return s;
}

static void scope_delete(struct sync_pack *k, enum credential_form f, int64_t type, int64_t no)
{
	static const enum command_argument_id unified[] = { ARGUMENT_biotype, ARGUMENT_no },
					      single[] = { ARGUMENT_finger };
	const int64_t both[] = { type, no }, one[] = { no };
	struct planner *p = k->planner;
	enum credential_each each = credential_forms[f].each;
	gh_slice arguments =
		each == EACH_TYPE_NUMBER
			? sync_arguments(p, ARGUMENT_pin, k->part.key, unified, both, 2)
			: sync_arguments(p, ARGUMENT_pin, k->part.key, single, one,
					 each == EACH_NUMBER);
	size_t removal = sync_removal_add(p, &k->part, credential_forms[f].delete, arguments);

	for (size_t i = 0; i < k->cells; i++)
		if (in_scope(&k->cell[i], f, type, no))
			k->cell[i].removal = removal;
}

/* Of each type, where the form has types, and else of each number. */
static void each_delete(struct sync_pack *k, enum credential_form f)
{
	for (size_t i = 0; i < k->cells; i++) {
		const struct sync_cell *c = &k->cell[i];

		if (c->form != f || !c->drop || c->removal != SYNC_NONE)
			continue;
		struct scope_sum s = scope_sum(k, f, c->type);
		bool all =
			credential_forms[f].each == EACH_TYPE_NUMBER && s.drops > 1 && !s.stays;

		scope_delete(k, f, c->type, all ? ANY : c->no);
	}
}

/* Of a deletion that cannot be narrower: what stays is written again, or all of it stays. */
static void person_delete(struct sync_pack *k, enum credential_form f)
{
	bool goes = true;

	for (size_t i = 0; i < k->cells; i++) {
		const struct sync_cell *c = &k->cell[i];

		if (c->form == f && c->now && !c->drop)
			goes &= !c->shadow && cell_may_be_written(k, c);
	}
	for (size_t i = 0; i < k->cells; i++) {
		struct sync_cell *c = &k->cell[i];

		if (c->form != f || c->now == NULL)
			continue;
		if (goes && c->right)
			c->write = true;
		if (!goes && c->drop) {
			c->drop = false;
			if (!c->target)
				c->reason = SYNC_SHARED;
		}
	}
	if (goes)
		scope_delete(k, f, ANY, ANY);
}

static void form_remove(struct sync_pack *k, enum credential_form f)
{
	struct scope_sum all = scope_sum(k, f, ANY);

	if (all.drops == 0)
		return;
	if (credential_forms[f].each == EACH_PERSON)
		person_delete(k, f);
	else if (all.drops > 1 && !all.stays)
		scope_delete(k, f, ANY, ANY);
	else
		each_delete(k, f);
}

void sync_credentials_remove(struct sync_pack *k)
{
	for (size_t i = 0; i < k->cells; i++) {
		bool first = true;

		for (size_t j = 0; j < i && first; j++)
			first = !same_credential(&k->cell[j], &k->cell[i]);
		if (first)
			credential_judge(k, &k->cell[i]);
	}
	for (enum credential_form f = 0; f < CREDENTIAL_FORMS; f++)
		form_remove(k, f);
}
