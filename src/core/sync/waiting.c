/* The orders that wait: by what they are about, which of them are taken as done, and what is on the device then. */
#include <stdlib.h>

#include "base/base64.h"
#include "core/sync/planner.h"

bool sync_wait_is_fixed(const struct sync_waiting *w)
{
	/* A person of the target does not leave. */
	return w->given || (!w->ours && w->kind != COMMAND_KIND_END_STAY);
}

/* --- by what they are about --- */

/* false: it is about none of them. */
static bool wait_read(const struct sync_waiting *w, struct sync_wait *out)
{
	enum command_argument_id id = ARGUMENT_pin;
	bool removes;

	out->group = GROUP_PEOPLE;
	switch (w->kind) {
	case COMMAND_KIND_UPDATE_PERSON:
	case COMMAND_KIND_DELETE_PERSON:
	case COMMAND_KIND_END_STAY:
		break;
	case COMMAND_KIND_UPDATE_WORK_CODE:
	case COMMAND_KIND_DELETE_WORK_CODE:
		out->group = GROUP_WORK_CODES;
		id = ARGUMENT_code;
		break;
	case COMMAND_KIND_UPDATE_ID_CARD:
		out->group = GROUP_ID_CARDS;
		id = ARGUMENT_id_number;
		break;
	default:
		if (credential_form_of_command(w->kind, &removes) == CREDENTIAL_FORMS)
			return false;
	}
	return command_argument(w->arguments, id, &out->key) && out->key.n;
}

static int wait_order(const void *a, const void *b)
{
	const struct sync_wait *x = a, *y = b;
	int order;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	order = sync_slice_order(x->key, y->key);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

void sync_waits_sort(struct planner *p)
{
	const struct sync_input *in = p->in;

	for (size_t i = 0; i < in->waitings; i++) {
		const struct sync_waiting *w = &in->waiting[i];

		p->wait[p->waits].at = i;
		if (wait_read(w, &p->wait[p->waits]))
			p->waits++;
		else if (w->kind == COMMAND_KIND_CLEAR_DATA && sync_wait_is_fixed(w))
			p->clears = i + 1;
		else if (w->kind == COMMAND_KIND_CLEAR_BIODATA && sync_wait_is_fixed(w))
			p->clears_unified = i + 1;
	}
	if (p->waits)
		qsort(p->wait, p->waits, sizeof(*p->wait), wait_order);
}

size_t sync_wait_take(struct planner *p, const struct sync_part *part, enum command_kind kind,
		      gh_slice arguments)
{
	for (size_t i = 0; i < part->waits; i++) {
		size_t at = part->wait[i].at;
		const struct sync_waiting *w = &p->in->waiting[at];

		if (at < part->fixed || p->taken[at] || w->kind != kind ||
		    sync_wait_is_fixed(w) || !gh_slice_eq(w->arguments, arguments))
			continue;
		p->taken[at] = true;
		return at;
	}
	return SYNC_NONE;
}

/* --- what is on the device then --- */

static void expect_person(struct sync_pack *k, const struct sync_waiting *w)
{
	union model_record record;
	const struct person *p = (const struct person *)&record;
	struct person before = k->now;
	gh_slice flag;
	const struct model_kind *m = &model_kinds[KIND_PERSON];

	if (command_record(w->kind, w->arguments, &record))
		return;
	bool own = command_argument(w->arguments, ARGUMENT_own_name, &flag);

	if (!k->there || !command_argument(w->arguments, ARGUMENT_merge, &flag))
		k->now = (struct person){ .present = 0 };
	for (size_t i = 0; i < m->fields; i++) {
		size_t size =
			m->field[i].type == MODEL_INT ? sizeof(int64_t) : sizeof(gh_slice);

		if (!model_has(p, i) || (own && i == PERSON_name))
			continue;
		memcpy(model_at(m, &k->now, i), model_at_const(m, p, i), size);
		model_mark(&k->now, i);
	}
	if (own) {
		k->now.name = before.name;
		k->now.name_bytes = before.name_bytes;
		k->now.present |= before.present & (UINT64_C(1) << PERSON_name |
						    UINT64_C(1) << PERSON_name_bytes);
	} else if (model_has(p, PERSON_name)) {
		k->now.present &= ~(UINT64_C(1) << PERSON_name_bytes);
	}
	k->there = true;
	k->ours |= w->ours;
}

static void expect_empty(struct sync_pack *k)
{
	k->there = false;
	k->ours = false;
	k->now = (struct person){ .present = 0 };
	for (size_t i = 0; i < k->cells; i++)
		k->cell[i].now = NULL;
}

static void expect_no_unified(struct sync_pack *k)
{
	for (size_t i = 0; i < k->cells; i++)
		if (k->cell[i].form == FORM_BIODATA)
			k->cell[i].now = NULL;
}

/* The picture itself, as records have it. */
static bool photo_decode(struct arena *a, struct photo *p)
{
	uint8_t *bytes = ghi_arena_alloc(a, p->content.n + 1);

	return bytes && base64_decode(p->content, bytes, &p->content) == GH_OK;
}

static void expect_write(struct sync_pack *k, const struct sync_waiting *w,
			 enum credential_form f)
{
	union model_record *record = ghi_arena_alloc(k->planner->arena, sizeof(*record));
	int64_t type, no, part;

	if (record == NULL) {
		k->planner->err = GH_ENOMEM;
		return;
	}
	if (command_record(w->kind, w->arguments, record))
		return;
	if (credential_forms[f].record == KIND_PHOTO &&
	    !photo_decode(k->planner->arena, (struct photo *)record))
		return;
	sync_credential_key(f, record, &type, &no, &part);
	struct sync_cell *c = sync_cell_find(k, f, type, no, part);

	if (c == NULL)
		c = sync_cell_add(k, f, type, no, part);
	c->ours = w->ours || (c->now && c->ours);
	c->now = record;
	c->digest = (gh_slice){ 0 };
}

static void expect_removal(struct sync_pack *k, const struct sync_waiting *w,
			   enum credential_form f)
{
	int64_t type = -1, no = -1;

	(void)command_argument_number(w->arguments, ARGUMENT_biotype, &type);
	(void)command_argument_number(w->arguments,
				      f == FORM_BIODATA ? ARGUMENT_no : ARGUMENT_finger, &no);
	for (size_t i = 0; i < k->cells; i++)
		if (k->cell[i].form == f && (type < 0 || k->cell[i].type == type) &&
		    (no < 0 || k->cell[i].no == no))
			k->cell[i].now = NULL;
}

static void expect_order(struct sync_pack *k, size_t at)
{
	const struct sync_waiting *w = &k->planner->in->waiting[at];
	bool removes;
	enum credential_form f = credential_form_of_command(w->kind, &removes);

	if (w->kind == COMMAND_KIND_UPDATE_PERSON)
		expect_person(k, w);
	else if (w->kind == COMMAND_KIND_DELETE_PERSON || w->kind == COMMAND_KIND_END_STAY)
		expect_empty(k);
	else if (f < CREDENTIAL_FORMS && removes)
		expect_removal(k, w, f);
	else if (f < CREDENTIAL_FORMS)
		expect_write(k, w, f);
}

/* What erases all, where it comes before that place of the queue. */
static void expect_clears(struct sync_pack *k, size_t *fixed, size_t before)
{
	const struct planner *p = k->planner;
	size_t data = p->clears, unified = p->clears_unified;

	if (unified > *fixed && unified <= before)
		expect_no_unified(k);
	if (data > *fixed && data <= before)
		expect_empty(k);
	if (unified > *fixed && unified <= before)
		*fixed = unified;
	if (data > *fixed && data <= before)
		*fixed = data;
}

void sync_pack_expect(struct sync_pack *k)
{
	const struct planner *p = k->planner;
	struct sync_part *part = &k->part;
	size_t fixed = 0;

	for (size_t i = 0; i < part->waits; i++) {
		size_t at = part->wait[i].at;
		const struct sync_waiting *w = &p->in->waiting[at];

		if (!sync_wait_is_fixed(w)) {
			k->stays_for_now |= w->kind == COMMAND_KIND_END_STAY;
			continue;
		}
		expect_clears(k, &fixed, at);
		expect_order(k, at);
		fixed = at + 1;
	}
	expect_clears(k, &fixed, SYNC_NONE);
	part->fixed = fixed;
}
