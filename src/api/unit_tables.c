/* GET /api/devices/{sn}/tables: what an access unit has in its tables, as far as the server has it. */
#include "api/unit_tables.h"

#include "api/call.h"
#include "core/access/unit_parameters.h"
#include "model/unit_row.h"

/* --- the unit --- */

static void table_unknown(struct call *c, gh_slice name)
{
	char known[1500];
	struct ghi_writer w = ghi_writer_on(known, sizeof(known));
	const struct ghi_access_table *t;

	for (size_t i = 0; (t = ghi_access_table_at(i)) != NULL; i++) {
		if (t->name[0] == '\0')
			continue;
		if (w.n)
			ghi_put(&w, GH_LIT(", "));
		ghi_put(&w, gh_slice_of(t->name));
	}
	/* Reading what is not there finds nothing; what would change it is refused as a row that is none. */
	call_fail(c, strcmp(c->route->method, "GET") == 0 ? ERROR_not_found : ERROR_row_invalid,
		  "There is no table \"%.*s\" of access units. There are: %.*s.", GH_FMT(name),
		  GH_FMT(ghi_written(&w)));
}

bool unit_call_open(struct call *c, struct unit_call *u)
{
	struct device_row row;
	gh_slice name = call_path(c, PATH_table);
	enum gh_err err;

	*u = (struct unit_call){ 0 };
	if (call_reader(c) == NULL)
		return false;
	u->device = call_device(c);
	if (u->device == NULL)
		return false;
	u->id = device_id(u->device);
	if (device_dialect(u->device) != DEVICE_ACCESS) {
		call_fail(c, ERROR_device_cannot,
			  "Device %.*s is no access unit: it has no tables.",
			  GH_FMT(device_sn(u->device)));
	} else {
		device_row(u->device, call_arena(c), &row);
		err = unit_tables_of(c->server->db.ops, c->reader, u->id, row.access.parameters,
				     call_arena(c), &u->unit);
		if (err == GH_OK)
			u->table = ghi_access_table_find(name, &u->unit);
		if (err)
			call_fail_err(c, err);
		else if (name.n && u->table == NULL)
			table_unknown(c, name);
		else
			return true;
	}
	device_unref(u->device);
	return false;
}

/* --- all tables --- */

#define STATES_MOST 64

/* What is known of the tables besides their rows. */
struct states_held {
	struct arena *arena;
	struct unit_table_state of[STATES_MOST];
	size_t n;
};

static bool state_held_note(void *ctx, int64_t device, const struct unit_table_state *state)
{
	struct states_held *h = ctx;
	struct unit_table_state *to = &h->of[h->n];

	(void)device;
	*to = *state;
	to->table = ghi_arena_copy(h->arena, state->table);
	to->fields = ghi_arena_copy(h->arena, state->fields);
	return ++h->n < STATES_MOST;
}

static void state_fields_write(struct json *j, gh_slice fields)
{
	gh_slice field;
	bool more = fields.n != 0;

	while (more) {
		more = gh_slice_cut(fields, ',', &field, &fields);
		if (field.n)
			json_string(j, field);
	}
}

static void state_int_write(struct json *j, bool known, int64_t v)
{
	if (known)
		json_int(j, v);
	else
		json_null(j);
}

/* Of a table that is counted by types there is a state for each. */
static void table_state_write(struct json *j, const struct states_held *h, const char *name)
{
	struct unit_table_state sum = { .counted = -1 };

	for (size_t i = 0; i < h->n; i++) {
		const struct unit_table_state *s = &h->of[i];

		if (!gh_slice_eq(unit_state_name(s), gh_slice_of(name)))
			continue;
		if (s->counted >= 0)
			sum.counted = s->counted + (sum.counted > 0 ? sum.counted : 0);
		if (s->counted_ms > sum.counted_ms)
			sum.counted_ms = s->counted_ms;
		if (s->doubt > sum.doubt)
			sum.doubt = s->doubt;
		sum.refused = sum.refused || s->refused;
		if (s->fields.n)
			sum.fields = s->fields;
		if (s->rows_most)
			sum.rows_most = s->rows_most;
	}
	json_key(j, "counted");
	state_int_write(j, sum.counted >= 0, sum.counted);
	json_key(j, "countedAt");
	if (sum.counted >= 0)
		json_utc_ms(j, sum.counted_ms);
	else
		json_null(j);
	json_key(j, "doubtful");
	json_bool(j, sum.doubt != UNIT_DOUBT_NONE);
	json_key(j, "resync");
	json_bool(j, sum.doubt == UNIT_DOUBT_REMAINS);
	json_key(j, "refused");
	json_bool(j, sum.refused);
	json_key(j, "refusedFields");
	json_array(j);
	state_fields_write(j, sum.fields);
	json_array_end(j);
	json_key(j, "rowsPerCommand");
	state_int_write(j, sum.rows_most > 0, sum.rows_most);
}

struct table_held {
	gh_slice name;
	int64_t rows, as_of_ms;
};

struct tables_held {
	struct arena *arena;
	struct table_held of[64];
	size_t n;
};

static bool table_held_note(void *ctx, gh_slice table, int64_t rows, int64_t as_of_ms)
{
	struct tables_held *h = ctx;

	if (h->n < sizeof(h->of) / sizeof(h->of[0]))
		h->of[h->n++] =
			(struct table_held){ ghi_arena_copy(h->arena, table), rows, as_of_ms };
	return true;
}

static void table_held_write(struct json *j, const struct tables_held *h, const char *name)
{
	const struct table_held *found = NULL;

	for (size_t i = 0; i < h->n; i++)
		if (gh_slice_eq(h->of[i].name, gh_slice_of(name)))
			found = &h->of[i];
	json_key(j, "rows");
	json_int(j, found ? found->rows : 0);
	json_key(j, "asOf");
	if (found)
		json_utc_ms(j, found->as_of_ms);
	else
		json_null(j);
}

static void table_verbs_write(struct json *j, const struct ghi_access_table *t)
{
	static const struct {
		char letter;
		const char *word;
	} verb[] = {
		{ 'U', "update" }, { 'D', "delete" },	{ 'C', "count" },
		{ 'Q', "query" },  { '^', "uploaded" },
	};

	json_key(j, "verbs");
	json_array(j);
	for (size_t i = 0; i < sizeof(verb) / sizeof(verb[0]); i++)
		if (ghi_table_has_verb(t, verb[i].letter))
			json_string(j, gh_slice_of(verb[i].word));
	json_array_end(j);
}

void handle_unit_tables(struct call *c)
{
	struct tables_held held = { .arena = call_arena(c) };
	struct states_held *states = ghi_arena_alloc(call_arena(c), sizeof(*states));
	const struct ghi_access_table *t;
	struct unit_call u;
	struct json j;
	enum gh_err err;

	if (!unit_call_open(c, &u))
		return;
	err = c->server->db.ops->unit_tables_read(c->reader, u.id, table_held_note, &held);
	if (err == GH_OK && states == NULL)
		err = GH_ENOMEM;
	if (err == GH_OK) {
		*states = (struct states_held){ .arena = call_arena(c) };
		err = c->server->db.ops->unit_states_read(c->reader, u.id, state_held_note,
							  states);
	}
	device_unref(u.device);
	if (err) {
		call_fail_err(c, err);
		return;
	}
	j = call_data();
	json_object(&j);
	json_key(&j, "tables");
	json_array(&j);
	for (size_t i = 0; (t = ghi_access_table_at(i)) != NULL; i++) {
		bool open = ghi_table_open(t, &u.unit);

		/* Of two shapes of a name the one that the unit has, or the first. */
		if (t->name[0] == '\0' ||
		    ghi_access_table_find(gh_slice_of(t->name), &u.unit) != t)
			continue;
		json_object(&j);
		json_key(&j, "table");
		json_string(&j, gh_slice_of(t->name));
		json_key(&j, "about");
		json_string(&j, gh_slice_of(t->words));
		json_key(&j, "available");
		json_bool(&j, open);
		table_verbs_write(&j, t);
		table_held_write(&j, &held, t->name);
		table_state_write(&j, states, t->name);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	call_data_end(c, 200, &j);
}

/* --- one table --- */

struct rows_writing {
	struct json *j;
	const struct ghi_access_table *table;
	int64_t n, limit;
	bool more;
	uint8_t last[1024];
	size_t last_n;
};

static void unit_row_write(struct json *j, const struct ghi_access_table *t,
			   const struct unit_row *row)
{
	struct ghi_table_row r = ghi_table_row_of(t);
	int named = ghi_table_parameter_field(t);
	gh_slice parameter;

	(void)ghi_table_row_read(&r, row->row, false);
	parameter = named >= 0 ? r.value[named] : (gh_slice){ 0 };
	json_object(j);
	json_key(j, "row");
	json_object(j);
	for (size_t i = 0; i < t->fields; i++) {
		if (!r.has[i])
			continue;
		json_key(j, t->field[i].name);
		if (!unit_value_is_known(r.value[i]))
			json_null(j);
		else if (r.value[i].n && ghi_table_value_is_secret(t, i, parameter))
			json_string(j, GH_LIT("***"));
		else
			json_string(j, r.value[i]);
	}
	json_object_end(j);
	json_key(j, "origin");
	json_string(j, gh_slice_of(unit_row_origin_name(row->origin)));
	json_key(j, "asOf");
	json_utc_ms(j, row->as_of_ms);
	json_object_end(j);
}

static bool unit_row_show(void *ctx, const struct unit_row *row)
{
	struct rows_writing *w = ctx;

	if (w->n == w->limit || w->j->text.n >= LIST_BYTES || row->key.n > sizeof(w->last)) {
		w->more = true;
		return false;
	}
	w->n++;
	memcpy(w->last, row->key.p, row->key.n);
	w->last_n = row->key.n;
	unit_row_write(w->j, w->table, row);
	return w->j->text.err == GH_OK;
}

void handle_unit_table(struct call *c)
{
	const struct param_value *limit = call_param(c, PARAM_limit),
				 *after = call_param(c, PARAM_key);
	struct rows_writing w = { .limit = limit->present ? limit->i : 1000 };
	struct unit_call u;
	struct json j;
	enum gh_err err;

	if (!unit_call_open(c, &u))
		return;
	j = call_data();
	w.j = &j;
	w.table = u.table;
	json_object(&j);
	json_key(&j, "table");
	json_string(&j, gh_slice_of(u.table->name));
	json_key(&j, "rows");
	json_array(&j);
	err = c->server->db.ops->unit_rows_read(c->reader, u.id, GH_LIT(""),
						gh_slice_of(u.table->name), after->s,
						w.limit + 1, unit_row_show, &w);
	json_array_end(&j);
	json_key(&j, "next");
	if (w.more)
		json_string(&j, (gh_slice){ w.last, w.last_n });
	else
		json_null(&j);
	json_object_end(&j);
	device_unref(u.device);
	if (err) {
		json_clear(&j);
		call_fail_err(c, err);
		return;
	}
	call_data_end(c, 200, &j);
}
