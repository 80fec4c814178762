#include "core/roster_plan.h"

#include <glib.h>
#include <stdio.h>

#include "core/sync_gather.h"
#include "core/sync_values.h"
#include "core/syncs.h"

static const char *const word[ROSTER_PLAN_KINDS] = { "send", "take_over", "remove" };

const char *roster_plan_word(enum roster_plan_kind kind)
{
	return kind < ROSTER_PLAN_KINDS ? word[kind] : NULL;
}

enum roster_plan_kind roster_plan_of(gh_slice of)
{
	enum roster_plan_kind kind = 0;

	while (kind < ROSTER_PLAN_KINDS && !gh_slice_eq(of, gh_slice_of(word[kind])))
		kind++;
	return kind;
}

/* --- what is chosen --- */

struct making {
	struct server *server;
	struct store_reader *reader;
	const struct roster_plan_wish *wish;
	struct roster_plan *out;
	struct arena roster_text;
	struct sync_roster roster;
	struct sync_given given;
	struct sync_plan plan;
};

static bool pin_is_chosen(const struct roster_plan_wish *wish, gh_slice pin)
{
	for (size_t i = 0; i < wish->pins; i++)
		if (gh_slice_eq(wish->pin[i], pin))
			return true;
	return wish->pins == 0;
}

static bool item_is_chosen(const struct making *m, const struct sync_item *i)
{
	return (i->kind == KIND_PERSON || i->kind == KIND_TEMPLATE || i->kind == KIND_PHOTO) &&
	       pin_is_chosen(m->wish, sync_item_name(i));
}

/* Leave of the plan those orders that this one is of: that write what is chosen, or that remove it. */
static void orders_choose(struct making *m)
{
	bool sends = m->wish->kind == ROSTER_PLAN_SEND;
	size_t n = 0;

	for (size_t i = 0; i < m->plan.orders; i++) {
		const struct sync_order *o = &m->plan.order[i];
		gh_slice pin = { 0 };

		if ((o->target != SYNC_NO_ITEM) == sends &&
		    command_argument(o->arguments, ARGUMENT_pin, &pin) &&
		    pin_is_chosen(m->wish, pin))
			m->plan.order[n++] = *o;
	}
	m->plan.orders = n;
}

/* What is in no list and was not put there from here is removed by the same rules once it counts as ours. */
static void extras_mark(struct making *m)
{
	for (size_t i = 0; i < m->plan.rows; i++) {
		const struct sync_row *row = &m->plan.row[i];

		if (row->state == SYNC_EXTRA && row->held != SYNC_NO_ITEM &&
		    item_is_chosen(m, &m->given.held[row->held]))
			m->given.held[row->held].ours = true;
	}
}

/* --- steps --- */

#define WORDS_BYTES 16384

static void argument_number(struct ghi_writer *w, const char *name, int64_t n)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%lld", (long long)n);
	command_argument_put(w, name, gh_slice_of(digits));
}

/* The key of the record, and what it is to be. */
static gh_slice step_words(struct arena *a, const struct sync_item *item, gh_slice after)
{
	uint8_t *text = ghi_arena_alloc(a, WORDS_BYTES);
	struct ghi_writer w = ghi_writer_on(text, text ? WORDS_BYTES : 0);

	command_argument_put(&w, "pin", sync_item_name(item));
	if (item->kind == KIND_TEMPLATE) {
		const struct template *t = item->record;

		if (model_has(t, TEMPLATE_source))
			command_argument_put(&w, "table", t->source);
		argument_number(&w, "biotype", t->type);
		argument_number(&w, "no", t->no);
		argument_number(&w, "part", t->part);
	} else if (item->kind == KIND_PHOTO) {
		const struct photo *p = item->record;

		command_argument_put(&w, "table", p->kind);
		argument_number(&w, "biotype", p->type);
		if (model_has(p, PHOTO_file_name))
			command_argument_put(&w, "file", p->file_name);
	}
	if (after.n)
		command_argument_put(&w, "value", after);
	return w.err ? (gh_slice){ 0 } : ghi_written(&w);
}

static void step_add(struct making *m, const struct sync_item *target,
		     const struct sync_item *held)
{
	struct roster_plan *p = m->out;
	const struct sync_item *item = held ? held : target;
	gh_slice there = held ? sync_values(p->arena, held) : (gh_slice){ 0 },
		 wanted = target ? sync_values(p->arena, target) : (gh_slice){ 0 };
	bool takes_over = m->wish->kind == ROSTER_PLAN_TAKE_OVER;

	p->step[p->steps] = (struct plan_step){
		.device = device_id(m->wish->device),
		.step = (int64_t)(p->steps + 1) * PLAN_STEP_ROOM,
		.verb = ROSTER_STEP + (int64_t)m->wish->kind,
		.table = gh_slice_of(model_kinds[item->kind].name),
		.takes = m->wish->kind == ROSTER_PLAN_REMOVE,
		.rows = 1,
		.words = step_words(p->arena, item, takes_over ? there : wanted),
		.before = takes_over ? wanted : there,
	};
	p->arena->failed |= p->step[p->steps].words.n == 0;
	p->steps++;
}

/* Of the row that shows what an order removes; that of a person shows all that is theirs. */
static const struct sync_item *held_of_removal(const struct making *m,
					       const struct sync_order *o)
{
	bool removes, person;
	enum credential_form form = credential_form_of_command(o->kind, &removes);
	gh_slice pin = { 0 };

	person = form == CREDENTIAL_FORMS;
	(void)command_argument(o->arguments, ARGUMENT_pin, &pin);
	for (size_t i = 0; i < m->given.input.helds; i++) {
		const struct sync_item *h = &m->given.held[i];

		if (!gh_slice_eq(sync_item_name(h), pin) || (h->kind == KIND_PERSON) != person)
			continue;
		if (person || (h->ours && credential_form_of(h->kind, h->record) == form))
			return h;
	}
	return NULL;
}

/* What the device has of what an order writes. */
static const struct sync_item *held_of_target(const struct making *m, size_t target)
{
	for (size_t i = 0; i < m->plan.rows; i++)
		if (m->plan.row[i].target == target)
			return m->plan.row[i].held == SYNC_NO_ITEM
				       ? NULL
				       : &m->given.held[m->plan.row[i].held];
	return NULL;
}

static void plan_order_add(struct making *m, const struct sync_order *o)
{
	struct roster_plan *p = m->out;
	const struct sync_item *target = o->target == SYNC_NO_ITEM
						 ? NULL
						 : &m->given.target[o->target],
			       *held = target ? held_of_target(m, o->target)
					      : held_of_removal(m, o);

	if (target == NULL && held == NULL)
		return;
	p->order[p->steps] = (struct command_order){
		.request = { .kind = o->kind,
			     .arguments = ghi_arena_copy(p->arena, o->arguments),
			     .requested_by = COMMAND_BY_PLAN },
	};
	step_add(m, target, held);
}

static enum gh_err plan_orders_add(struct making *m)
{
	struct roster_plan *p = m->out;
	size_t n = m->plan.orders;

	p->too_many = n > ROSTER_PLAN_STEPS;
	for (size_t i = 0; i < n && !p->too_many; i++) {
		size_t target = m->plan.order[i].target;

		/* More bytes than a device is given at once. */
		p->too_many =
			target != SYNC_NO_ITEM && !sync_item_is_whole(&m->given.target[target]);
	}
	if (p->too_many)
		return GH_ETOOBIG;
	p->step = ghi_arena_alloc(p->arena, (n + 1) * sizeof(*p->step));
	p->order = ghi_arena_alloc(p->arena, (n + 1) * sizeof(*p->order));
	if (p->step == NULL || p->order == NULL)
		return GH_ENOMEM;
	for (size_t i = 0; i < n; i++)
		plan_order_add(m, &m->plan.order[i]);
	return GH_OK;
}

static bool row_is_taken(const struct making *m, const struct sync_row *row)
{
	return (row->state == SYNC_DIFFERENT || row->state == SYNC_EXTRA) &&
	       row->held != SYNC_NO_ITEM && item_is_chosen(m, &m->given.held[row->held]);
}

static enum gh_err plan_rows_add(struct making *m)
{
	struct roster_plan *p = m->out;
	size_t n = 0;

	for (size_t i = 0; i < m->plan.rows; i++)
		n += row_is_taken(m, &m->plan.row[i]);
	p->too_many = n > ROSTER_PLAN_STEPS;
	if (p->too_many)
		return GH_ETOOBIG;
	p->step = ghi_arena_alloc(p->arena, (n + 1) * sizeof(*p->step));
	for (size_t i = 0; p->step && i < m->plan.rows; i++) {
		const struct sync_row *row = &m->plan.row[i];

		if (row_is_taken(m, row))
			step_add(m,
				 row->target == SYNC_NO_ITEM ? NULL
							     : &m->given.target[row->target],
				 &m->given.held[row->held]);
	}
	return p->step ? GH_OK : GH_ENOMEM;
}

/* --- all of it --- */

static void impossible_count(struct making *m)
{
	for (size_t i = 0; i < m->plan.rows; i++) {
		const struct sync_row *row = &m->plan.row[i];

		m->out->impossible += row->state == SYNC_IMPOSSIBLE &&
				      row->target != SYNC_NO_ITEM &&
				      item_is_chosen(m, &m->given.target[row->target]);
	}
}

static enum gh_err sends_make(struct making *m)
{
	bool loaded = false;
	enum gh_err err = sync_contents_of_waiting(m->server, m->reader, &m->given);

	if (err == GH_OK)
		err = sync_plan_make(&m->given.input, &m->given.arena, &m->plan);
	if (err)
		return err;
	impossible_count(m);
	orders_choose(m);
	err = sync_contents_of_plan(m->server, m->reader, &m->given, &m->plan, &loaded);
	/* The same plan, with the bytes of what it orders. */
	if (err == GH_OK && loaded)
		err = sync_plan_make(&m->given.input, &m->given.arena, &m->plan);
	if (err == GH_OK && loaded)
		orders_choose(m);
	return err ? err : plan_orders_add(m);
}

static enum gh_err removals_make(struct making *m)
{
	enum gh_err err = sync_plan_make(&m->given.input, &m->given.arena, &m->plan);

	if (err)
		return err;
	extras_mark(m);
	err = sync_plan_make(&m->given.input, &m->given.arena, &m->plan);
	if (err)
		return err;
	orders_choose(m);
	return plan_orders_add(m);
}

static enum gh_err takings_make(struct making *m)
{
	enum gh_err err = sync_plan_make(&m->given.input, &m->given.arena, &m->plan);

	return err ? err : plan_rows_add(m);
}

static void digest_slice(GChecksum *sum, gh_slice s)
{
	g_checksum_update(sum, s.p, (gssize)s.n);
	g_checksum_update(sum, (const guchar *)"\0", 1);
}

/* Of the steps, and of the orders with all that they write. */
static void digest_make(struct roster_plan *p)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);

	for (size_t i = 0; i < p->steps; i++) {
		digest_slice(sum, p->step[i].words);
		digest_slice(sum, p->step[i].before);
		if (p->order)
			digest_slice(sum, p->order[i].request.arguments);
	}
	snprintf(p->digest, sizeof(p->digest), "%.16s", g_checksum_get_string(sum));
	g_checksum_free(sum);
}

static void roster_unit_make(struct making *m)
{
	struct roster_plan *p = m->out;
	struct plan_unit *u = &p->unit;
	bool removes = m->wish->kind == ROSTER_PLAN_REMOVE;

	*u = (struct plan_unit){
		.device = device_id(m->wish->device),
		.state = PLAN_PLANNED,
		.flags = PLAN_ROSTER,
		.commands = p->order ? (int64_t)p->steps : 0,
		.row_count = (int64_t)p->steps,
		.refusals = (int64_t)p->impossible,
		.foreign = GH_LIT("[]"),
		.refusal = GH_LIT("[]"),
		.digest = gh_slice_of(p->digest),
	};
	for (size_t i = 0; i < p->steps; i++) {
		u->removed += removes;
		u->added += !removes && p->step[i].before.n == 0;
		u->changed += !removes && p->step[i].before.n > 0;
		if (p->order)
			u->bytes += (int64_t)p->order[i].request.arguments.n;
	}
}

enum gh_err roster_plan_make(struct server *server, struct store_reader *reader,
			     const struct roster_plan_wish *wish, struct arena *a,
			     struct roster_plan *out)
{
	struct making m = { .server = server, .reader = reader, .wish = wish, .out = out };
	enum gh_err err;

	*out = (struct roster_plan){ .arena = a,
				     .serial = ghi_arena_copy(a, device_sn(wish->device)) };
	if (!sync_has_device(wish->device))
		return GH_ESTATE;
	m.roster_text = ghi_arena_with_limit(SYNC_GIVEN_BYTES);
	err = sync_roster_read(server->db.ops, reader, &m.roster_text, &m.roster);
	if (err == GH_OK)
		err = sync_gather(server, reader, &m.roster, wish->device, &m.given);
	if (err == GH_OK)
		err = wish->kind == ROSTER_PLAN_SEND	 ? sends_make(&m)
		      : wish->kind == ROSTER_PLAN_REMOVE ? removals_make(&m)
							 : takings_make(&m);
	if (err == GH_OK && out->arena->failed)
		err = GH_ENOMEM;
	if (err == GH_OK) {
		digest_make(out);
		roster_unit_make(&m);
	}
	sync_given_clear(&m.given);
	ghi_arena_clear(&m.roster_text);
	return err;
}
