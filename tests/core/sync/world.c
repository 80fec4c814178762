/* What the device and the server hold, the queue between them, and what is claimed of them. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/number.h"
#include "model/command_subject.h"
#include "sim/attendance/command.h"
#include "wire/attendance/command.h"

void world_claim(const struct world *w, bool holds, const char *what)
{
	if (holds)
		return;
	print_error("seed %llu: %s\n", (unsigned long long)w->seed, what);
	fail();
}

void world_begin(struct world *w, uint64_t seed)
{
	memset(w, 0, sizeof(*w));
	w->seed = seed;
	w->chance = (struct sim_prng){ .state = seed };
	w->device.bio = device_bio_unknown();
	w->device.people = -1;
	/* No people of a seed. */
	w->there.emptied = w->known.emptied = true;
	w->foreign.emptied = w->untouched.emptied = true;
}

void world_end(struct world *w)
{
	sim_contents_clear(&w->there);
	sim_contents_clear(&w->known);
	sim_contents_clear(&w->foreign);
	sim_contents_clear(&w->untouched);
	ghi_arena_clear(&w->arena);
}

gh_slice world_text(struct world *w, const char *text)
{
	return gh_slice_of(ghi_arena_text(&w->arena, gh_slice_of(text)));
}

/* --- what the device is to hold --- */

void *target_add(struct world *w, enum model_kind_id kind)
{
	union model_record *record = ghi_arena_alloc(&w->arena, sizeof(*record));

	assert_true(w->targets < WORLD_ITEMS);
	w->target[w->targets++] = (struct sync_item){ .kind = kind, .record = record };
	return record;
}

struct person *target_person(struct world *w, const char *pin, const char *name)
{
	struct person *p = target_add(w, KIND_PERSON);

	p->pin = world_text(w, pin);
	p->name = world_text(w, name);
	p->present = UINT64_C(1) << PERSON_pin | UINT64_C(1) << PERSON_name;
	return p;
}

struct template *target_template(struct world *w, const char *pin, int64_t type, int64_t no,
				 int64_t part, const char *data, int64_t version)
{
	struct template *t = target_add(w, KIND_TEMPLATE);

	*t = (struct template){ .pin = world_text(w, pin),
				.source = GH_LIT("biodata"),
				.type = type,
				.no = no,
				.part = part,
				.data = world_text(w, data),
				.major_ver = version };
	t->present = UINT64_C(1) << TEMPLATE_pin | UINT64_C(1) << TEMPLATE_source |
		     UINT64_C(1) << TEMPLATE_type | UINT64_C(1) << TEMPLATE_no |
		     UINT64_C(1) << TEMPLATE_part | UINT64_C(1) << TEMPLATE_data |
		     UINT64_C(1) << TEMPLATE_major_ver;
	return t;
}

struct photo *target_photo(struct world *w, const char *pin, const char *kind, int64_t type,
			   const char *content)
{
	struct photo *p = target_add(w, KIND_PHOTO);

	*p = (struct photo){ .pin = world_text(w, pin),
			     .kind = world_text(w, kind),
			     .type = type,
			     .content = world_text(w, content) };
	p->present = UINT64_C(1) << PHOTO_pin | UINT64_C(1) << PHOTO_kind |
		     UINT64_C(1) << PHOTO_type | UINT64_C(1) << PHOTO_content;
	return p;
}

static int target_order(const void *a, const void *b)
{
	return sync_item_order(a, b, false);
}

static int held_order(const void *a, const void *b)
{
	return sync_item_order(a, b, true);
}

void world_sort(struct world *w)
{
	qsort(w->target, w->targets, sizeof(w->target[0]), target_order);
}

/* --- what is there --- */

static void contents_put(struct contents *c, enum table_id t, gh_slice pairs)
{
	assert_int_equal(sim_contents_put(c, t, pairs), GH_OK);
}

void there_put(struct world *w, const char *word, const char *pairs, bool ours)
{
	enum table_id t = table_named(gh_slice_of(word));

	assert_int_not_equal(t, TABLES);
	contents_put(&w->there, t, gh_slice_of(pairs));
	contents_put(&w->known, t, gh_slice_of(pairs));
	assert_int_equal(sim_contents_delete(&w->foreign, t, gh_slice_of(pairs)), GH_OK);
	assert_int_equal(sim_contents_delete(&w->untouched, t, gh_slice_of(pairs)), GH_OK);
	if (ours)
		return;
	contents_put(&w->foreign, t, gh_slice_of(pairs));
	contents_put(&w->untouched, t, gh_slice_of(pairs));
}

/* Whether the record is one of these, byte for byte. */
static bool contents_have(const struct contents *c, const struct contents_record *r)
{
	const struct contents_record *one = sim_contents_get(c, r->table, r->pairs);

	return one && gh_slice_eq(one->pairs, r->pairs);
}

/* The record of the device as the server has it: by the reader of words. */
static bool record_read(struct world *w, const struct contents_record *r, struct sync_item *out)
{
	size_t room = r->pairs.n + 64, args = GHI_COMMAND_READ_ROOM(room);
	char *text = ghi_arena_alloc(&w->arena, room);
	uint8_t *read = ghi_arena_alloc(&w->arena, args);
	union model_record *record = ghi_arena_alloc(&w->arena, sizeof(*record));
	struct ghi_writer to = ghi_writer_on(read, args);
	enum command_kind kind;
	int n = snprintf(text, room, "DATA UPDATE %s %.*s", tables[r->table].word,
			 GH_FMT(r->pairs));

	assert_int_equal(
		ghi_command_words_read((gh_slice){ (uint8_t *)text, (size_t)n }, &kind, &to),
		GH_OK);
	assert_int_equal(command_record(kind, ghi_written(&to), record), GH_OK);
	*out = (struct sync_item){ .kind = command_kind_row(kind)->record, .record = record };
	for (enum credential_form f = 0; f < CREDENTIAL_FORMS; f++) {
		if (credential_forms[f].update != kind)
			continue;
		if (out->kind == KIND_TEMPLATE)
			((struct template *)record)->source =
				gh_slice_of(credential_forms[f].word);
		else
			((struct photo *)record)->kind = gh_slice_of(credential_forms[f].word);
	}
	if (out->kind == KIND_PHOTO) {
		struct photo *p = (struct photo *)record;
		uint8_t *bytes = ghi_arena_alloc(&w->arena, p->content.n + 1);

		assert_int_equal(base64_decode(p->content, bytes, &p->content), GH_OK);
	}
	return true;
}

static void held_read(struct world *w)
{
	const struct contents_record *r;

	w->helds = 0;
	for (size_t i = 0; (r = sim_contents_at(&w->known, i)); i++) {
		if (r->gone)
			continue;
		assert_true(w->helds < WORLD_ITEMS);
		(void)record_read(w, r, &w->held[w->helds]);
		w->held[w->helds++].ours = !contents_have(&w->foreign, r);
	}
	qsort(w->held, w->helds, sizeof(w->held[0]), held_order);
}

/* --- plans and the queue --- */

static bool has_target_credential(const struct world *w, const struct sync_item *there);
static bool foreign_person_stays(struct world *w, gh_slice pin);
static gh_slice pin_of(const struct sync_item *i);

static gh_slice words_of(struct world *w, enum command_kind kind, gh_slice arguments)
{
	size_t room = ghi_command_words_room(arguments);
	uint8_t *text = ghi_arena_alloc(&w->arena, room);
	struct ghi_writer words = ghi_writer_on(text, room);

	ghi_command_words_write(&words, kind, arguments);
	world_claim(w, words.err == GH_OK, "the dialect has words for the order");
	return ghi_written(&words);
}

/* What others put there, and an order writes over or removes: only what takes the place of it may. */
static void foreign_release(struct world *w, const struct sync_order *o)
{
	gh_slice rest, words = words_of(w, o->kind, o->arguments);
	bool of_terminals = o->kind == COMMAND_KIND_UPDATE_PERSON ||
			    o->kind == COMMAND_KIND_DELETE_PERSON ||
			    o->kind == COMMAND_KIND_UPDATE_FINGERPRINT ||
			    o->kind == COMMAND_KIND_DELETE_FINGERPRINT;
	enum table_id t = sim_command_row(ghi_command_words_kind(words, &rest))->table;
	const struct contents_record *r;
	struct sync_item there;

	world_claim(w, of_terminals || !w->device.bio.terminal, "the device has the order");
	rest = gh_slice_trim(rest);
	for (size_t i = 0; (r = sim_contents_at(&w->untouched, i)); i++) {
		if (r->table != t || !table_same(t, r->pairs, rest))
			continue;
		(void)record_read(w, r, &there);
		world_claim(w,
			    o->target != SYNC_NO_ITEM || has_target_credential(w, &there) ||
				    (there.kind != KIND_PERSON &&
				     !foreign_person_stays(w, pin_of(&there))),
			    "what others put there is not removed");
	}
	assert_int_equal(sim_contents_delete(&w->untouched, t, rest), GH_OK);
}

void world_plan(struct world *w, struct sync_plan *out)
{
	held_read(w);
	struct sync_input in = { .device = &w->device,
				 .target = w->target,
				 .targets = w->targets,
				 .held = w->held,
				 .helds = w->helds,
				 .waiting = w->queue,
				 .waitings = w->queued };
	enum gh_err err = sync_plan_make(&in, &w->arena, out);

	world_claim(w, err == GH_OK, out->fault ? out->fault : "a plan is made");
}

void world_wait(struct world *w, enum command_kind kind, const char *arguments, bool ours,
		bool given)
{
	w->queue[w->queued++] = (struct sync_waiting){ .id = ++w->id,
						       .kind = kind,
						       .arguments = world_text(w, arguments),
						       .ours = ours,
						       .given = given };
}

static void queue_remove(struct world *w, size_t at)
{
	memmove(&w->queue[at], &w->queue[at + 1], (w->queued - at - 1) * sizeof(w->queue[0]));
	w->queued--;
}

void world_queue(struct world *w, const struct sync_plan *plan)
{
	for (size_t i = 0; i < plan->withdrawals; i++) {
		size_t at = 0;

		while (at < w->queued && w->queue[at].id != plan->withdrawn[i])
			at++;
		world_claim(w, at < w->queued && !w->queue[at].given,
			    "what is withdrawn waits and was not given");
		queue_remove(w, at);
	}
	for (size_t i = 0; i < plan->orders; i++) {
		assert_true(w->queued < WORLD_QUEUE);
		foreign_release(w, &plan->order[i]);
		w->queue[w->queued++] =
			(struct sync_waiting){ .id = ++w->id,
					       .kind = plan->order[i].kind,
					       .arguments = plan->order[i].arguments,
					       .ours = true };
	}
}

/* As a clock checks what it is to store (sim/attendance/data.c). */
static void update_claim(struct world *w, enum table_id t, gh_slice pairs)
{
	gh_slice pin, size, data;
	uint64_t n = 0;
	char keys[80];

	if (tables[t].user) {
		world_claim(w, pair_get(pairs, "PIN", &pin),
			    "what belongs to a person has a PIN");
		snprintf(keys, sizeof(keys), "PIN=%.*s", GH_FMT(pin));
		world_claim(w,
			    sim_contents_get(&w->there, TABLE_USERINFO, gh_slice_of(keys)) !=
				    NULL,
			    "a person is there before what is theirs");
	}
	if (tables[t].data && pair_get(pairs, tables[t].data, &data)) {
		world_claim(w, data.n && ghi_base64_count(data) == data.n, "content is base64");
		world_claim(
			w,
			!pair_get(pairs, "Size", &size) ||
				(ghi_number_parse(size, SIZE_MAX, &n) == GH_OK && n == data.n),
			"a size is that of the text");
	}
}

static void words_apply(struct world *w, struct contents *c, gh_slice words, bool check)
{
	gh_slice rest;
	enum command_kind kind = ghi_command_words_kind(words, &rest);
	enum table_id t = sim_command_row(kind)->table;

	rest = gh_slice_trim(rest);
	world_claim(w, t != TABLES, "the device has the table");
	if (gh_slice_starts(words, GH_LIT("DATA DELETE"))) {
		assert_int_equal(sim_contents_delete(c, t, rest), GH_OK);
		return;
	}
	if (check)
		update_claim(w, t, rest);
	contents_put(c, t, rest);
}

void world_carry_out(struct world *w, bool answered)
{
	const struct sync_waiting *q = &w->queue[0];
	gh_slice words = words_of(w, q->kind, q->arguments);

	words_apply(w, &w->there, words, true);
	w->carried_out++;
	w->queue[0].given = true;
	if (!answered)
		return;
	words_apply(w, &w->known, words, false);
	queue_remove(w, 0);
}

/* --- what is claimed of the device --- */

static const struct sync_row *row_of(const struct sync_plan *plan, size_t target)
{
	for (size_t i = 0; i < plan->rows; i++)
		if (plan->row[i].target == target)
			return &plan->row[i];
	return NULL;
}

static bool same_number(const void *a, const void *b, size_t field, int64_t x, int64_t y)
{
	return (model_has(a, field) ? x : 0) == (model_has(b, field) ? y : 0);
}

/* Whether a record of the device is that one, written from the documents and not by the planner's own functions. */
static int64_t type_of(const struct template *t)
{
	return gh_slice_eq(t->source, GH_LIT("fp"))	 ? 1
	       : gh_slice_eq(t->source, GH_LIT("face"))	 ? 2
	       : gh_slice_eq(t->source, GH_LIT("fvein")) ? 7
							 : t->type;
}

static bool is_there(const struct sync_item *target, const struct sync_item *there, bool key)
{
	if (target->kind != there->kind)
		return false;
	if (target->kind == KIND_PERSON) {
		const struct person *a = target->record, *b = there->record;

		return gh_slice_eq(a->pin, b->pin) && (key || gh_slice_eq(a->name, b->name)) &&
		       (key || !model_has(a, PERSON_privilege) ||
			same_number(a, b, PERSON_privilege, a->privilege, b->privilege)) &&
		       (key || !model_has(a, PERSON_card) || gh_slice_eq(a->card, b->card));
	}
	if (target->kind == KIND_TEMPLATE) {
		const struct template *a = target->record, *b = there->record;

		return gh_slice_eq(a->pin, b->pin) && a->type == type_of(b) &&
		       same_number(a, b, TEMPLATE_no, a->no, b->no) &&
		       same_number(a, b, TEMPLATE_part, a->part, b->part) &&
		       (key || gh_slice_eq(a->data, b->data));
	}
	if (target->kind == KIND_PHOTO) {
		const struct photo *a = target->record, *b = there->record;
		bool comparison = gh_slice_eq(a->kind, GH_LIT("comparison"));

		return gh_slice_eq(a->pin, b->pin) && gh_slice_eq(a->kind, b->kind) &&
		       (!comparison || a->type == b->type) &&
		       (key || gh_slice_eq(a->content, b->content));
	}
	const struct work_code *a = target->record, *b = there->record;

	return gh_slice_eq(a->code, b->code) && (key || gh_slice_eq(a->name, b->name));
}

static bool device_has(struct world *w, const struct sync_item *target, bool key)
{
	const struct contents_record *r;
	struct sync_item there;

	for (size_t i = 0; (r = sim_contents_at(&w->there, i)); i++) {
		if (r->gone)
			continue;
		(void)record_read(w, r, &there);
		if (is_there(target, &there, key))
			return true;
	}
	return false;
}

static gh_slice pin_of(const struct sync_item *i)
{
	return i->kind == KIND_PERSON	  ? ((const struct person *)i->record)->pin
	       : i->kind == KIND_TEMPLATE ? ((const struct template *)i->record)->pin
	       : i->kind == KIND_PHOTO	  ? ((const struct photo *)i->record)->pin
					  : (gh_slice){ 0 };
}

/* Whether a record of the device has the place of one that is to be there. */
static bool has_target(const struct world *w, const struct sync_item *there)
{
	for (size_t i = 0; i < w->targets; i++)
		if (is_there(&w->target[i], there, true))
			return true;
	return false;
}

/* The credential of which it is a part, whose parts are one. */
static bool has_target_credential(const struct world *w, const struct sync_item *there)
{
	const struct template *t = there->record;

	for (size_t i = 0; i < w->targets; i++) {
		const struct template *u = w->target[i].record;

		if (w->target[i].kind == KIND_TEMPLATE && there->kind == KIND_TEMPLATE &&
		    gh_slice_eq(t->pin, u->pin) && type_of(t) == u->type && t->no == u->no)
			return true;
	}
	return false;
}

static bool foreign_person_stays(struct world *w, gh_slice pin)
{
	char keys[80];
	gh_slice text;

	for (size_t i = 0; i < w->targets; i++)
		if (w->target[i].kind == KIND_PERSON && gh_slice_eq(pin_of(&w->target[i]), pin))
			return true;
	snprintf(keys, sizeof(keys), "PIN=%.*s", GH_FMT(pin));
	text = gh_slice_of(keys);
	return sim_contents_get(&w->foreign, TABLE_USERINFO, text) != NULL;
}

/* A credential of which a part is of others is theirs. */
static bool is_part_of_foreign(struct world *w, const struct sync_item *one)
{
	const struct contents_record *r;
	struct sync_item there;

	for (size_t i = 0; (r = sim_contents_at(&w->foreign, i)); i++) {
		(void)record_read(w, r, &there);
		const struct template *t = one->record, *u = there.record;

		if (one->kind == KIND_TEMPLATE && there.kind == KIND_TEMPLATE &&
		    contents_have(&w->there, r) && gh_slice_eq(t->pin, u->pin) &&
		    gh_slice_eq(t->source, u->source) && type_of(t) == type_of(u) &&
		    (t->no == u->no || type_of(t) == 2))
			return true;
	}
	return false;
}

/* Whether something cannot be removed without something else. */
static bool is_shared(const struct sync_plan *plan)
{
	bool shared = false;

	for (size_t i = 0; i < plan->rows; i++)
		shared |= plan->row[i].reason == SYNC_SHARED;
	return shared;
}

/* What is there in another form too is not touched: a device may have both in one place. */
static bool is_there_otherwise(struct world *w, const struct sync_item *one)
{
	const struct contents_record *r;
	struct sync_item there;

	if (!has_target_credential(w, one))
		return false;
	for (size_t i = 0; (r = sim_contents_at(&w->there, i)); i++) {
		if (r->gone)
			continue;
		(void)record_read(w, r, &there);
		const struct template *t = one->record, *u = there.record;

		if (there.kind == KIND_TEMPLATE && gh_slice_eq(t->pin, u->pin) &&
		    !gh_slice_eq(t->source, u->source) && type_of(t) == type_of(u) &&
		    t->no == u->no)
			return true;
	}
	return false;
}

void world_claim_settled(struct world *w, const struct sync_plan *plan)
{
	const struct contents_record *r;
	struct sync_item there;

	for (size_t i = 0; i < w->targets; i++) {
		const struct sync_row *row = row_of(plan, i);

		/* A version that another one of the same template takes the place of has no row. */
		if (row && row->state != SYNC_IMPOSSIBLE) {
			world_claim(w, row->state == SYNC_SAME,
				    "each row is the same at the end");
			world_claim(w, device_has(w, &w->target[i], false),
				    "what is to be there is there");
		}
	}
	for (size_t i = 0; (r = sim_contents_at(&w->there, i)); i++) {
		if (r->gone)
			continue;
		(void)record_read(w, r, &there);
		world_claim(w,
			    has_target(w, &there) || contents_have(&w->foreign, r) ||
				    is_part_of_foreign(w, &there) ||
				    is_there_otherwise(w, &there) ||
				    (has_target_credential(w, &there) && is_shared(plan)),
			    "what was put there from here and is needed no more is gone");
	}
	for (size_t i = 0; (r = sim_contents_at(&w->untouched, i)); i++) {
		if (!contents_have(&w->there, r))
			print_error("%s %.*s\n", tables[r->table].word, GH_FMT(r->pairs));
		world_claim(w, contents_have(&w->there, r),
			    "what others put there stays as it was");
	}
}
