#include "api/query_list.h"

#include "api/command_view.h"
#include "api/list.h"
#include "core/access/query_rows.h"
#include "wire/access/table.h"
#include "wire/access/words.h"

#define QUERY_TABLE_NAME 64

/* Rows of a set, and the table they are of. */
struct query_listing {
	store_row_fn *fn;
	void *ctx;
	char table[QUERY_TABLE_NAME];
	int64_t left;
};

/* What a list is given of a row. */
struct query_listed {
	const struct query_row *row;
	const char *table;
};

struct query_command {
	const struct call *c;
	bool seen;
};

static bool query_command_seen(void *ctx, const struct command *cmd)
{
	struct query_command *q = ctx;

	q->seen = command_device_seen(q->c, cmd);
	return true;
}

bool query_rows_check(struct call *c, struct list_question *q)
{
	struct query_command command = { .c = c };
	enum gh_err err;

	if (call_reader(c) == NULL || !call_id(c, &q->command))
		return false;
	err = c->server->db.ops->command_get(c->reader, q->command, query_command_seen,
					     &command);
	if (err == GH_OK && !command.seen)
		err = GH_ENOTFOUND;
	if (err == GH_ENOTFOUND)
		call_fail(c, ERROR_command_unknown, "There is no command %lld.",
			  (long long)q->command);
	else if (err)
		call_fail_err(c, err);
	return err == GH_OK;
}

const struct store_column *query_columns(size_t *n)
{
	*n = 0;
	return NULL;
}

/* --- the state of the answer --- */

static bool query_set_write(void *ctx, const struct query_set *set)
{
	struct json *j = ctx;

	json_object(j);
	json_key(j, "state");
	json_string(j, gh_slice_of(query_state_name(set->state)));
	json_key(j, "table");
	json_string(j, set->table);
	json_key(j, "packets");
	json_int(j, set->packets);
	json_key(j, "packetsKept");
	json_int(j, set->stored);
	json_key(j, "counted");
	if (set->counted >= 0)
		json_int(j, set->counted);
	else
		json_null(j);
	json_object_end(j);
	return true;
}

bool query_rows_more(struct call *c, const struct list_question *q, struct json *j)
{
	enum gh_err err;

	json_key(j, "answer");
	err = c->server->db.ops->query_set_get(c->reader, q->command, query_set_write, j);
	if (err == GH_ENOTFOUND) {
		json_null(j);
		return true;
	}
	if (err)
		call_fail_err(c, err);
	return err == GH_OK;
}

/* --- rows --- */

static bool query_table_note(void *ctx, const struct query_set *set)
{
	struct query_listing *g = ctx;

	snprintf(g->table, sizeof(g->table), "%.*s", GH_FMT(set->table));
	return true;
}

static bool query_row_give(void *ctx, const struct query_row *row)
{
	struct query_listing *g = ctx;
	struct query_listed listed = { row, g->table };
	struct store_key key = { .number = query_row_number(row) };

	g->left--;
	return g->fn(g->ctx, &listed, &key) && g->left > 0;
}

static enum gh_err query_listing_read(struct server *server, struct store_reader *reader,
				      int64_t command, int64_t after, struct query_listing *g)
{
	enum gh_err err = server->db.ops->query_set_get(reader, command, query_table_note, g);

	if (err == GH_ENOTFOUND)
		return GH_OK;
	return err ? err
		   : query_rows_read(server->db.ops, reader, command, after, &server->share,
				     query_row_give, g);
}

enum gh_err query_list_read(struct server *server, struct store_reader *reader,
			    const struct list_question *q, const struct store_rows *rows,
			    store_row_fn *fn, void *ctx)
{
	struct query_listing g = { .fn = fn, .ctx = ctx, .left = rows->limit };

	return query_listing_read(server, reader, q->command,
				  rows->from ? rows->from->number : rows->after, &g);
}

static bool query_row_count(void *ctx, const void *row, const struct store_key *key)
{
	(void)row;
	(void)key;
	(*(int64_t *)ctx)++;
	return true;
}

enum gh_err query_list_count(struct server *server, struct store_reader *reader,
			     const struct list_question *q, int64_t most, int64_t *n)
{
	struct query_listing g = { .fn = query_row_count, .ctx = n, .left = most };

	*n = 0;
	return query_listing_read(server, reader, q->command, 0, &g);
}

/* --- what is shown of a row --- */

/* What a row has in the field that names a parameter; empty: the table has none. */
static gh_slice query_parameter(const struct ghi_access_table *t, gh_slice text)
{
	struct ghi_row r = ghi_row_of(text, (gh_slice){ 0 });
	int field = t ? ghi_table_parameter_field(t) : -1;
	gh_slice key, value;

	while (field >= 0 && ghi_row_next(&r, &key, &value))
		if (ghi_table_field_find(t, key) == field)
			return value;
	return (gh_slice){ 0 };
}

/* Fields of a table by their own names; others as the unit spells them. */
static void query_fields_write(struct json *j, const struct ghi_access_table *t, gh_slice text)
{
	struct ghi_row r = ghi_row_of(text, (gh_slice){ 0 });
	char name[64];
	gh_slice key, value, parameter = query_parameter(t, text);

	while (ghi_row_next(&r, &key, &value)) {
		int i = t ? ghi_table_field_find(t, key) : -1;
		/* The table is as the unit names it: fields that it lacks may be another's. */
		bool secret =
			value.n && (i >= 0 ? ghi_table_value_is_secret(t, (size_t)i, parameter)
					   : ghi_access_key_is_secret(key));

		snprintf(name, sizeof(name), "%.*s", GH_FMT(key));
		json_key(j, i >= 0 ? t->field[i].name : name);
		json_string(j, secret ? GH_LIT("***") : value);
	}
}

static void query_options_write(struct json *j, gh_slice text)
{
	struct ghi_parameters p = ghi_parameters_of(text);
	char name[64];
	gh_slice key, value;

	while (ghi_parameters_next(&p, &key, &value)) {
		snprintf(name, sizeof(name), "%.*s", GH_FMT(key));
		json_key(j, name);
		json_string(j, ghi_access_key_is_secret(key) ? GH_LIT("***") : value);
	}
}

const struct query_row_view *query_row_view_of(struct list_viewer *v, const void *row)
{
	const struct query_listed *l = row;
	gh_slice table = gh_slice_of(l->table);
	struct json j = json_with_limit(LIST_BYTES);

	ghi_arena_clear(&v->arena);
	json_object(&j);
	if (gh_slice_ieq(table, GH_LIT("options")))
		query_options_write(&j, l->row->text);
	else
		query_fields_write(&j, ghi_access_table_find(table, NULL), l->row->text);
	json_object_end(&j);
	v->as.query_row =
		(struct query_row_view){ .packet = l->row->packet,
					 .line = l->row->line,
					 .row = ghi_arena_copy(&v->arena, json_text(&j)) };
	v->err = j.text.err ? j.text.err : v->as.query_row.row.p ? GH_OK : GH_ENOMEM;
	json_clear(&j);
	return v->err ? NULL : &v->as.query_row;
}
