/* PUT, DELETE /api/devices/{sn}/tables/{table} and its counts and queries: rows are checked by the table's
 * own rows, and become commands. What an acknowledgement changes is in core/access/unit_mirror.h. */
#include "api/unit_table_change.h"
#include "api/call.h"
#include "api/command_queue.h"
#include "api/command_reading.h"
#include "wire/access/data_command.h"

#define BEFORE_MOST 4 /* commands that go before a deletion */

/* --- commands --- */

static size_t order_room(const struct unit_change *g, size_t i)
{
	return ghi_data_update_length(g->order[i].rows, g->order[i].n, &g->u.unit) + 128;
}

static void order_words(const struct unit_change *g, size_t i, struct ghi_writer *w)
{
	const struct ghi_table_row *r = g->order[i].rows;

	switch (g->order[i].kind) {
	case COMMAND_KIND_UPDATE_TABLE:
		ghi_data_update_write(w, r, g->order[i].n, &g->u.unit);
		break;
	case COMMAND_KIND_DELETE_TABLE:
		ghi_data_delete_write(w, r);
		break;
	case COMMAND_KIND_COUNT_TABLE:
		ghi_data_count_write(w, r);
		break;
	default:
		if (g->order[i].times)
			ghi_data_query_between_write(w, r->table, g->order[i].from,
						     g->order[i].to);
		else
			ghi_data_query_write(w, r, g->order[i].new_rows);
		break;
	}
}

/* The command's words, a line each, behind the table. */
static enum gh_err order_arguments_make(struct unit_change *g, size_t i, gh_slice *out)
{
	size_t room = order_room(g, i), more = 64 + 16 * (g->order[i].n + 1);
	uint8_t *words = ghi_arena_alloc(call_arena(g->c), room);
	uint8_t *text = ghi_arena_alloc(call_arena(g->c), room + more);
	struct ghi_writer w = ghi_writer_on(words, words ? room : 0),
			  a = ghi_writer_on(text, text ? room + more : 0);
	gh_slice rest, line;
	bool left = true;

	*out = (gh_slice){ 0 };
	if (g->order[i].kind == COMMAND_KIND_DELETE_EVENTS)
		return text ? GH_OK : GH_ENOMEM;
	order_words(g, i, &w);
	if (w.err)
		return words ? w.err : GH_ENOMEM;
	command_argument_put(&a, "table", gh_slice_of(g->order[i].rows->table->name));
	rest = ghi_written(&w);
	while (left) {
		left = gh_slice_cut(rest, '\n', &line, &rest);
		command_argument_put(&a, "written", line);
	}
	*out = ghi_written(&a);
	return text ? a.err : GH_ENOMEM;
}

static void unit_orders_answer(struct queueing *q)
{
	struct unit_change *g = q->answer_of;
	struct json j;

	for (size_t i = 0; i < q->n; i++) {
		if (q->refused[i] == NULL)
			continue;
		call_fail_faults(q->call, q->refused[i]->code, &q->refused[i]->faults);
		return;
	}
	j = call_data();
	json_object(&j);
	json_key(&j, "table");
	json_string(&j, gh_slice_of(g->u.table->name));
	json_key(&j, "unverified");
	json_bool(&j, g->unverified);
	json_key(&j, "orders");
	json_array(&j);
	for (size_t i = 0; i < q->n; i++) {
		struct value id = value_of(VALUE_ID, q->order[i].stored.id);

		json_object(&j);
		json_key(&j, "commandId");
		value_json(&j, &id);
		json_key(&j, "rows");
		json_int(&j, q->order[i].request.kind == COMMAND_KIND_UPDATE_TABLE
				     ? (int64_t)g->order[i].n
				     : 0);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_key(&j, "warnings");
	json_array(&j);
	for (size_t i = 0; i < g->warnings; i++) {
		json_object(&j);
		json_key(&j, "row");
		json_int(&j, (int64_t)g->warning[i].row);
		json_key(&j, "field");
		json_string(&j, g->warning[i].field);
		json_key(&j, "message");
		json_string(&j, g->warning[i].message);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	call_data_end(q->call, 202, &j);
}

static void change_queue(struct unit_change *g)
{
	static const struct body none = { .kind = BODY_OBJECT };
	struct queueing *q = call_queueing_new(g->c, g->orders);

	if (q == NULL)
		return;
	q->many = true;
	q->answer = unit_orders_answer;
	q->answer_of = g;
	for (size_t i = 0; i < g->orders; i++) {
		struct reading r = { .q = q, .i = i, .body = g->c->body ? g->c->body : &none };
		enum gh_err err;

		q->order[i].request.kind = g->order[i].kind;
		err = order_arguments_make(g, i, &q->order[i].request.arguments);
		if (err) {
			q->err = err;
			return;
		}
		q->order[i].device = order_device(&r, device_sn(g->u.device));
		if (q->order[i].device)
			order_check(&r);
		/* All of them are queued, or none. */
		if (q->refused[i])
			for (size_t k = 0; k < g->orders; k++)
				q->refused[k] = q->refused[i];
	}
}

static struct unit_change *change_open(struct call *c, char verb, const char *word)
{
	struct unit_change *g = ghi_arena_alloc(call_arena(c), sizeof(*g));

	if (g == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return NULL;
	}
	g->c = c;
	if (!unit_call_open(c, &g->u))
		return NULL;
	if (ghi_table_has_verb(g->u.table, verb))
		return g;
	call_fail(c, ERROR_row_invalid, "Units have no %s of table \"%s\".", word,
		  g->u.table->name);
	device_unref(g->u.device);
	return NULL;
}

static bool rows_most_note(void *ctx, int64_t device, const struct unit_table_state *state)
{
	struct unit_change *g = ctx;

	(void)device;
	if (gh_slice_eq(state->table, gh_slice_of(g->u.table->name)))
		g->rows_most = (size_t)state->rows_most;
	return true;
}

/* More than that was too much for it. False and answered. */
static bool rows_most_read(struct unit_change *g)
{
	enum gh_err err = g->c->server->db.ops->unit_states_read(g->c->reader, g->u.id,
								 rows_most_note, g);

	if (err)
		call_fail_err(g->c, err);
	return err == GH_OK;
}

static void unit_table_put(struct unit_change *g)
{
	if (!unit_rows_of_body(g) || !unit_rows_warn(g) || !rows_most_read(g))
		return;
	g->order = unit_change_alloc(g, g->n * sizeof(*g->order));
	if (g->order == NULL)
		return;
	for (size_t at = 0; at < g->n; g->orders++) {
		size_t left = g->n - at, most = g->rows_most ? g->rows_most : left;
		size_t take =
			ghi_update_take(g->rows + at, left < most ? left : most, &g->u.unit);

		g->order[g->orders].kind = COMMAND_KIND_UPDATE_TABLE;
		g->order[g->orders].rows = g->rows + at;
		g->order[g->orders].n = take;
		at += take;
	}
	change_queue(g);
}

void handle_unit_table_put(struct call *c)
{
	struct unit_change *g = change_open(c, 'U', "update");

	if (g == NULL)
		return;
	unit_table_put(g);
	device_unref(g->u.device);
}

static bool orders_alloc(struct unit_change *g, struct ghi_table_row **rows)
{
	*rows = unit_change_alloc(g, (BEFORE_MOST + 1) * sizeof(**rows));
	g->order = *rows ? unit_change_alloc(g, (BEFORE_MOST + 1) * sizeof(*g->order)) : NULL;
	return g->order != NULL;
}

static void order_add(struct unit_change *g, enum command_kind kind,
		      const struct ghi_table_row *row)
{
	g->order[g->orders].kind = kind;
	g->order[g->orders].rows = row;
	g->order[g->orders++].n = 1;
}

/* What belongs to the rows of a table goes with them; a unit does not see to that (9.1.2). */
static const struct {
	const char *table, *before, *field;
} deleted_before[] = {
	{ "user", "userauthorize", "Pin" },
	{ "user", "templatev10", "Pin" },
	{ "user", "mulcarduser", "Pin" },
	{ "contact_info", "contact_number_list", "ContactID" },
};

static void deletions_before_add(struct unit_change *g, const struct ghi_table_row *r,
				 struct ghi_table_row *room)
{
	struct ghi_table_fault fault;

	for (size_t i = 0; i < sizeof(deleted_before) / sizeof(deleted_before[0]); i++) {
		gh_slice field = gh_slice_of(deleted_before[i].field);
		const struct ghi_access_table *t;
		int own = ghi_table_field_find(r->table, field);

		if (!gh_slice_eq(gh_slice_of(r->table->name),
				 gh_slice_of(deleted_before[i].table)))
			continue;
		t = ghi_access_table_find(gh_slice_of(deleted_before[i].before), &g->u.unit);
		if (!ghi_table_open(t, &g->u.unit))
			continue;
		*room = ghi_table_row_of(t);
		if (own >= 0 && r->has[own])
			(void)ghi_table_row_set(room, field, r->value[own], &fault);
		order_add(g, COMMAND_KIND_DELETE_TABLE, room++);
	}
}

static void unit_table_delete(struct unit_change *g)
{
	bool all = call_param(g->c, PARAM_all)->i == 1;
	struct ghi_table_row *rows;
	struct ghi_table_fault fault;

	if (!orders_alloc(g, &rows) || !unit_conditions_read(g, &rows[0]))
		return;
	if (!ghi_table_conditions_check(&rows[0], all, &g->unverified, &fault)) {
		char words[FAULT_MESSAGE];
		struct ghi_writer w = ghi_writer_on(words, sizeof(words) - 1);

		ghi_table_fault_write(&w, &fault);
		words[w.n] = '\0';
		call_fail(g->c, ERROR_row_invalid, "Table \"%s\": %s.", g->u.table->name,
			  words);
		return;
	}
	if (all && !token_scopes_hold(g->c->scopes, TOKEN_ADMIN)) {
		call_fail_scope(g->c, TOKEN_ADMIN);
		return;
	}
	/* Events that are not stored here would be lost: it waits until the unit counts no others. */
	if (gh_slice_eq(gh_slice_of(g->u.table->name), GH_LIT("transaction"))) {
		order_add(g, COMMAND_KIND_DELETE_EVENTS, &rows[0]);
		change_queue(g);
		return;
	}
	deletions_before_add(g, &rows[0], &rows[1]);
	order_add(g, COMMAND_KIND_DELETE_TABLE, &rows[0]);
	change_queue(g);
}

void handle_unit_table_delete(struct call *c)
{
	struct unit_change *g = change_open(c, 'D', "deletion");

	if (g == NULL)
		return;
	unit_table_delete(g);
	device_unref(g->u.device);
}

/* Which events are queried: new ones, or those of a time. False and answered. */
static bool query_events_read(struct unit_change *g)
{
	const struct param_value *from = call_param(g->c, PARAM_from),
				 *to = call_param(g->c, PARAM_to);
	bool new_rows = call_param(g->c, PARAM_new)->i == 1;

	g->order[0].new_rows = new_rows;
	g->order[0].times = from->present || to->present;
	g->order[0].from = from->present ? from->i : GHI_CIVIL_NONE;
	g->order[0].to = to->present ? to->i : GHI_CIVIL_NONE;
	if (!g->order[0].times)
		return true;
	if (!gh_slice_eq(gh_slice_of(g->u.table->name), GH_LIT("transaction"))) {
		call_fail(g->c, ERROR_row_invalid, "Rows of table \"%s\" have no time.",
			  g->u.table->name);
		return false;
	}
	if (new_rows || call_param(g->c, PARAM_where)->present) {
		call_fail(g->c, ERROR_row_invalid,
			  "A unit takes times alone: without `new` and `where`.");
		return false;
	}
	return true;
}

static void unit_table_request(struct unit_change *g, enum command_kind kind)
{
	struct ghi_table_row *rows;

	if (!orders_alloc(g, &rows) || !unit_conditions_read(g, &rows[0]))
		return;
	order_add(g, kind, &rows[0]);
	if (kind == COMMAND_KIND_QUERY_TABLE && !query_events_read(g))
		return;
	change_queue(g);
}

void handle_unit_table_count(struct call *c)
{
	struct unit_change *g = change_open(c, 'C', "count");

	if (g == NULL)
		return;
	unit_table_request(g, COMMAND_KIND_COUNT_TABLE);
	device_unref(g->u.device);
}

void handle_unit_table_query(struct call *c)
{
	struct unit_change *g = change_open(c, 'Q', "query");

	if (g == NULL)
		return;
	unit_table_request(g, COMMAND_KIND_QUERY_TABLE);
	device_unref(g->u.device);
}
