/* What units counted is compared with what is known of them. */
#include <stdio.h>
#include <stdlib.h>

#include "core/access/unit_counts_private.h"
#include "core/command_job.h"
#include "core/device_private.h"
#include "core/metrics.h"
#include "core/problems.h"
#include "core/server_clock.h"

#define QUERY_AGE_MS ((int64_t)QUERY_HOURS * 3600 * 1000)

/* --- reading, on a reader thread --- */

static bool due_note(void *ctx, int64_t device, const struct unit_table_state *state)
{
	struct unit_counts *u = ctx;
	struct counted_table *t = &u->of[u->n];

	if (state->table.n >= UNIT_COUNT_KEY)
		return true;
	*t = (struct counted_table){ .device = device, .state = *state, .doubt = state->doubt };
	memcpy(t->key, state->table.p, state->table.n);
	t->state.table = gh_slice_of(t->key);
	t->state.fields = (gh_slice){ 0 };
	return ++u->n < COUNTS_MOST;
}

/* Rows of a type, or of the whole table. */
struct known_rows {
	gh_slice name, type;
	int64_t n;
};

static bool known_table_note(void *ctx, gh_slice table, int64_t rows, int64_t as_of_ms)
{
	struct known_rows *k = ctx;

	(void)as_of_ms;
	if (gh_slice_eq(table, k->name))
		k->n = rows;
	return true;
}

static bool known_row_note(void *ctx, const struct unit_row *row)
{
	struct known_rows *k = ctx;
	const struct ghi_access_table *t = ghi_access_table_find(k->name, NULL);
	struct ghi_table_row r = ghi_table_row_of(t);
	int i = ghi_table_field_find(t, GH_LIT("Type"));

	(void)ghi_table_row_read(&r, row->row, false);
	k->n += i >= 0 && r.has[i] && gh_slice_eq(r.value[i], k->type);
	return true;
}

static enum gh_err known_count(struct unit_counts *u, struct store_reader *r,
			       struct counted_table *t)
{
	const struct store_ops *ops = u->server->db.ops;
	struct known_rows k = { .name = unit_state_name(&t->state) };
	gh_slice name, conditions, word;
	enum gh_err err;

	if (gh_slice_eq(k.name, GH_LIT("transaction")))
		return ops->access_held(r, t->device, t->state.upto, &t->state.known);
	if (gh_slice_cut(t->state.table, ' ', &name, &conditions)) {
		gh_slice_cut(conditions, '=', &word, &k.type);
		err = ops->unit_rows_read(r, t->device, GH_LIT(""), k.name, (gh_slice){ 0 },
					  INT64_MAX, known_row_note, &k);
	} else {
		err = ops->unit_tables_read(r, t->device, known_table_note, &k);
	}
	t->state.known = k.n;
	return err;
}

static void table_count(struct unit_counts *u, struct store_reader *r, struct counted_table *t)
{
	bool events = gh_slice_eq(unit_state_name(&t->state), GH_LIT("transaction"));

	u->err = known_count(u, r, t);
	t->changed = t->known = u->err == GH_OK;
	if (u->err || events)
		return;
	t->doubt = t->state.counted == t->state.known ? UNIT_DOUBT_NONE : UNIT_DOUBT_COUNTED;
}

struct query_end {
	bool open, failed;
	int64_t sent_ms;
	enum query_state state;
	bool mirrored;
};

static bool query_command_see(void *ctx, const struct command *c)
{
	struct query_end *q = ctx;

	q->open = command_is_open(c->state);
	q->failed = !q->open && c->state != COMMAND_ACKNOWLEDGED;
	q->sent_ms = c->sent_ms;
	return false;
}

static bool query_set_see(void *ctx, const struct query_set *set)
{
	struct query_end *q = ctx;

	q->state = set->state;
	q->mirrored = set->mirrored;
	return false;
}

/* Whether the query has brought what it was to. */
static void table_query_see(struct unit_counts *u, struct store_reader *r,
			    struct counted_table *t)
{
	const struct store_ops *ops = u->server->db.ops;
	struct query_end q = { .failed = true };
	enum gh_err err = ops->command_get(r, t->state.query, query_command_see, &q);

	if (err == GH_OK && !q.open && !q.failed)
		err = ops->query_set_get(r, t->state.query, query_set_see, &q);
	if (err && err != GH_ENOTFOUND) {
		u->err = err;
		return;
	}
	if (q.open)
		return;
	if (!q.failed && q.state == QUERY_INCOMPLETE)
		q.failed = server_steady_ms(u->server) - q.sent_ms > QUERY_AGE_MS;
	else if (!q.failed && q.state == QUERY_COMPLETE && q.mirrored)
		t->doubt = UNIT_DOUBT_NONE;
	else if (!q.failed && q.state != QUERY_COMPLETE)
		q.failed = true;
	if (q.failed)
		t->doubt = UNIT_DOUBT_REMAINS;
	t->changed = t->doubt != UNIT_DOUBT_QUERIED;
}

struct unit_search {
	int64_t id;
	struct device *found;
};

static bool unit_search_see(void *ctx, struct device *d)
{
	struct unit_search *x = ctx;

	if (device_id(d) != x->id)
		return true;
	x->found = device_ref(d);
	return false;
}

static struct device *unit_of(struct unit_counts *u, int64_t id)
{
	struct unit_search x = { .id = id };

	devices_each(u->server->devices, unit_search_see, &x);
	return x.found;
}

/* DATA QUERY of the table, or of the type of it. */
static void table_query_make(struct unit_counts *u, struct counted_table *t)
{
	enum { ROOM = 160 };
	int64_t now_ms = server_steady_ms(u->server);
	uint8_t *text = ghi_arena_alloc(&u->arena, ROOM), *shown;
	struct ghi_writer w = ghi_writer_on(text, text ? ROOM : 0);
	gh_slice name, conditions;
	size_t shown_n;

	t->unit = unit_of(u, t->device);
	if (t->unit == NULL)
		return;
	(void)gh_slice_cut(t->state.table, ' ', &name, &conditions);
	command_argument_put(&w, "table", name);
	if (conditions.n)
		command_argument_put(&w, "pairs", conditions);
	t->query = (struct command){
		.device = t->device,
		.serial = device_sn(t->unit),
		.kind = COMMAND_KIND_QUERY_TABLE,
		.arguments = ghi_written(&w),
		.requested_by = COMMAND_BY_SERVER,
		.state = COMMAND_QUEUED,
		.created_ms = now_ms,
		.expires_ms = now_ms + UNIT_COUNTS_EACH_MS,
	};
	shown = command_shown_new(DEVICE_ACCESS, t->query.kind, t->query.arguments, &shown_n);
	t->query.shown = ghi_arena_copy(&u->arena, (gh_slice){ shown, shown ? shown_n : 0 });
	free(shown);
	if (w.err || u->arena.failed)
		u->err = GH_ENOMEM;
	t->doubt = UNIT_DOUBT_QUERIED;
	t->changed = true;
}

/* A pass that is full ends with the last unit that it has whole; one unit with more than a pass has room for is cut.
 * The next goes on behind it, so that none waits for what does not end. */
static void pass_cut(struct unit_counts *u)
{
	size_t whole = u->n;

	u->upto = INT64_MAX;
	if (u->n < COUNTS_MOST)
		return;
	u->upto = u->of[u->n - 1].device;
	while (whole && u->of[whole - 1].device == u->upto)
		whole--;
	if (whole == 0)
		return;
	u->n = whole;
	u->upto = u->of[whole - 1].device;
}

void counts_compare(struct unit_counts *u, struct store_reader *r)
{
	u->of = calloc(COUNTS_MOST, sizeof(*u->of));
	u->err = u->of ? u->server->db.ops->unit_states_due(r, u->after, COUNTS_MOST, due_note,
							    u)
		       : GH_ENOMEM;
	pass_cut(u);
	for (size_t i = 0; i < u->n && u->err == GH_OK; i++) {
		struct counted_table *t = &u->of[i];

		if (t->state.known < 0)
			table_count(u, r, t);
		else if (t->doubt == UNIT_DOUBT_QUERIED)
			table_query_see(u, r, t);
		if (u->err == GH_OK && t->doubt == UNIT_DOUBT_COUNTED)
			table_query_make(u, t);
	}
}

/* --- writing, on the store thread --- */

static bool same_note(void *ctx, int64_t device, const struct unit_table_state *state)
{
	struct unit_table_state *now = ctx;

	(void)device;
	*now = *state;
	now->table = now->fields = (gh_slice){ 0 };
	return false;
}

/* The unit may have counted again meanwhile. */
static enum gh_err table_store(struct counted_table *t, const struct store_ops *ops,
			       struct store *s, int64_t now_ms)
{
	struct unit_table_state now = { 0 }, put = t->state;
	struct command *query = &t->query;
	enum gh_err err = ops->unit_state_find(s, t->device, t->state.table, same_note, &now);

	t->changed = err == GH_OK && now.counted_ms == t->state.counted_ms &&
		     now.counted == t->state.counted && now.doubt == t->state.doubt;
	if (err || !t->changed)
		return err == GH_ENOTFOUND ? GH_OK : err;
	put.present = UNIT_STATE_DOUBT | (t->known ? UNIT_STATE_KNOWN : 0);
	put.doubt = t->doubt;
	if (t->unit) {
		err = ops->commands_add(s, &query, 1, now_ms);
		/* Its number is there when what was written is. */
		if (err == GH_OK)
			err = ops->unit_state_find(s, t->device, t->state.table, same_note,
						   &now);
		put.query = query->id;
	}
	return err ? err : ops->unit_state_put(s, t->device, &put);
}

enum gh_err counts_store(struct unit_counts *u, const struct store_ops *ops, struct store *s)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < u->n && err == GH_OK; i++)
		if (u->of[i].changed)
			err = table_store(&u->of[i], ops, s, server_steady_ms(u->server));
	return err;
}

/* Whether this pass is of that unit, too. */
static bool pass_has(const struct unit_counts *u, int64_t device)
{
	return device > u->after && device <= u->upto;
}

static bool unit_has_doubt(const struct unit_counts *u, int64_t device)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->of[i].device == device && u->of[i].doubt == UNIT_DOUBT_REMAINS)
			return true;
	return false;
}

/* One that is not shown: it is new, or of before the start. */
static void table_problem(struct unit_counts *u, const struct counted_table *t)
{
	struct device *d = t->doubt == UNIT_DOUBT_REMAINS ? unit_of(u, t->device) : NULL;

	if (d && problem_times(u->server, PROBLEM_TABLE_DOUBTFUL, device_sn(d)) == 0) {
		if (t->state.late > UNIT_LATE_MOST)
			problem_raise(u->server, PROBLEM_TABLE_DOUBTFUL, device_sn(d),
				      "rows of %s were removed before each of the last %lld "
				      "queries was answered, so no answer was taken",
				      t->key, (long long)t->state.late);
		else if (t->state.counted >= 0)
			problem_raise(u->server, PROBLEM_TABLE_DOUBTFUL, device_sn(d),
				      "it counts %lld rows of %s, of which %lld are known, and "
				      "sends none",
				      (long long)t->state.counted, t->key,
				      (long long)t->state.known);
		else
			problem_raise(u->server, PROBLEM_TABLE_DOUBTFUL, device_sn(d),
				      "it has no persons any more; whether it has its rows of "
				      "%s is not known",
				      t->key);
	}
	device_unref(d);
}

/* Problems that may be over: a table was emptied, or was counted again. */
struct doubts_shown {
	struct {
		char text[PROBLEM_SUBJECT];
		size_t size;
	} subject[PROBLEM_SUBJECTS];
	size_t n;
};

static bool doubt_shown_see(void *ctx, const struct problem *p)
{
	struct doubts_shown *x = ctx;

	if (p->kind != PROBLEM_TABLE_DOUBTFUL || p->subject.n > PROBLEM_SUBJECT)
		return true;
	memcpy(x->subject[x->n].text, p->subject.p, p->subject.n);
	x->subject[x->n++].size = p->subject.n;
	return x->n < PROBLEM_SUBJECTS;
}

static void doubts_end(struct unit_counts *u)
{
	struct doubts_shown *x = calloc(1, sizeof(*x));

	if (x)
		problems_read(u->server, doubt_shown_see, x);
	for (size_t i = 0; x && i < x->n; i++) {
		gh_slice sn = { (const uint8_t *)x->subject[i].text, x->subject[i].size };
		struct device *d = devices_find(u->server->devices, sn);

		if (d == NULL ||
		    (pass_has(u, device_id(d)) && !unit_has_doubt(u, device_id(d))))
			problem_clear(u->server, PROBLEM_TABLE_DOUBTFUL, sn);
		device_unref(d);
	}
	free(x);
}

void counts_stored(struct unit_counts *u)
{
	for (size_t i = 0; i < u->n; i++) {
		struct counted_table *t = &u->of[i];

		table_problem(u, t);
		if (t->unit && t->changed) {
			metric_add(&u->server->metrics->commands_queued, 1);
			atomic_fetch_add(&t->unit->commands, 1);
			command_offer_at(t->unit, 0);
		}
	}
	doubts_end(u);
	u->after = u->upto == INT64_MAX ? 0 : u->upto;
	if (u->after)
		atomic_store(&u->due, true);
}

void counts_drop(struct unit_counts *u)
{
	for (size_t i = 0; i < u->n; i++)
		device_unref(u->of[i].unit);
	free(u->of);
	u->of = NULL;
	u->n = 0;
	ghi_arena_clear(&u->arena);
	device_unref(u->device);
	u->device = NULL;
}
