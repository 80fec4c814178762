#include "core/access/unit_mirror.h"

#include <stdlib.h>

#include "core/access/unit_card.h"
#include "wire/access/data_command.h"

#define SCAN_ROWS 1000
#define SCAN_BYTES ((size_t)16 << 20) /* of keys that one deletion gathers in a turn */

/* One table of one device, in a transaction. */
struct mirror {
	const struct store_ops *ops;
	struct store *s;
	int64_t device, now_ms;
	bool bare;
	struct ghi_table_unit unit;
	const struct ghi_access_table *table;
	gh_slice name;
};

static bool mirror_open(struct mirror *m, gh_slice table)
{
	m->table = ghi_access_table_find(table, &m->unit);
	m->name = m->table ? gh_slice_of(m->table->name) : (gh_slice){ 0 };
	return m->table != NULL;
}

static bool key_is_whole(const struct ghi_table_row *r)
{
	for (size_t i = 0; i < r->table->fields; i++)
		if ((r->table->field[i].flags & GHI_FIELD_KEY) && !r->has[i])
			return false;
	return true;
}

/* What was sent in place of "***" is not known. */
static void secrets_mark_unknown(struct ghi_table_row *r)
{
	int named = ghi_table_parameter_field(r->table);
	gh_slice parameter = named >= 0 && r->has[named] ? r->value[named] : (gh_slice){ 0 };

	for (size_t i = 0; i < r->table->fields; i++)
		if (r->has[i] && r->value[i].n &&
		    ghi_table_value_is_secret(r->table, i, parameter))
			r->value[i] = GH_LIT(UNIT_VALUE_UNKNOWN);
}

static enum gh_err mirror_put(struct mirror *m, gh_slice line)
{
	struct ghi_table_row r = ghi_table_row_of(m->table);
	size_t room;
	uint8_t *text;

	(void)ghi_table_row_read(&r, line, false);
	if (m->bare)
		secrets_mark_unknown(&r);
	ghi_table_row_normalise(&r);
	ghi_table_row_fill(&r, NULL);
	if (!key_is_whole(&r))
		return GH_OK;
	room = ghi_table_row_length(&r, NULL) + 1;
	text = malloc(2 * room);
	if (text == NULL)
		return GH_ENOMEM;
	struct ghi_writer row = ghi_writer_on(text, room),
			  key = ghi_writer_on(text + room, room);

	ghi_table_row_write(&row, &r, NULL);
	ghi_table_key_write(&key, &r);
	struct unit_row put = {
		.table = m->name,
		.key = ghi_written(&key),
		.row = ghi_written(&row),
		.origin = UNIT_ROW_WRITTEN,
		.as_of_ms = m->now_ms,
	};
	/* A value that no row may have cannot have been taken by the unit. */
	bool fits = row.err == GH_OK && key.err == GH_OK && key.n <= UNIT_ROW_KEY;
	enum gh_err err = fits ? unit_row_card_read(m->ops, m->s, m->device, put.table, put.row,
						    &put.card)
			       : GH_OK;

	if (fits && err == GH_OK)
		err = m->ops->unit_row_put(m->s, m->device, &put);

	free(text);
	return err;
}

/* Rows that have the values of some conditions. */
struct mirror_match {
	const struct ghi_table_row *conditions;
	int64_t before_ms; /* and came before that time */
	gh_slice start;	   /* of the keys that may match; behind it is a tab. Empty: any key */
	bool ended;	   /* no further one begins so */
	struct arena arena;
	gh_slice *key; /* of those that match */
	size_t keys, seen;
	gh_slice last;
	enum gh_err err;
};

static bool match_values(const struct ghi_table_row *conditions, gh_slice line)
{
	struct ghi_table_row r = ghi_table_row_of(conditions->table);

	(void)ghi_table_row_read(&r, line, false);
	for (size_t i = 0; i < r.table->fields; i++)
		if (conditions->has[i] &&
		    !(r.has[i] && gh_slice_eq(r.value[i], conditions->value[i])))
			return false;
	return true;
}

/* What the unit uploaded in the millisecond of the query came before it: the next query waits for a poll. */
static bool row_is_before(const struct unit_row *row, int64_t before_ms)
{
	return row->as_of_ms < before_ms ||
	       (row->as_of_ms == before_ms && unit_row_is_uploaded(row->origin));
}

static bool match_row(void *ctx, const struct unit_row *row)
{
	struct mirror_match *f = ctx;

	f->ended = f->start.n &&
		   !(row->key.n > f->start.n && gh_slice_starts(row->key, f->start) &&
		     row->key.p[f->start.n] <= '\t');
	if (f->ended)
		return false;
	f->seen++;
	f->last = ghi_arena_copy(&f->arena, row->key);
	if (f->last.p == NULL && row->key.n)
		f->err = GH_ENOMEM;
	else if (row_is_before(row, f->before_ms) && match_values(f->conditions, row->row))
		f->key[f->keys++] = f->last;
	return f->err == GH_OK;
}

/* Some rows behind `after`, and on to the next. */
static enum gh_err mirror_remove_turn(struct mirror *m, struct mirror_match *f, gh_slice after)
{
	enum gh_err err = m->ops->unit_rows_scan(m->s, m->device, (gh_slice){ 0 }, m->name,
						 after, SCAN_ROWS, match_row, f);

	if (err == GH_OK)
		err = f->err;
	for (size_t i = 0; i < f->keys && err == GH_OK; i++)
		err = m->ops->unit_row_delete(m->s, m->device, (gh_slice){ 0 }, m->name,
					      f->key[i]);
	return err;
}

/* Of a key in which some fields are empty: the fields before the first of them, where one is left. */
static gh_slice key_start(const struct ghi_table_row *conditions, gh_slice key)
{
	size_t n = 0;
	gh_slice rest = key, value;

	for (size_t i = 0; i < conditions->table->fields; i++) {
		if (!(conditions->table->field[i].flags & GHI_FIELD_KEY))
			continue;
		if (!conditions->has[i])
			return (gh_slice){ key.p, n ? n - 1 : 0 };
		gh_slice_cut(rest, '\t', &value, &rest);
		n += value.n + 1;
	}
	return (gh_slice){ key.p, 0 };
}

/* Rows stand in the order of their keys, and a tab is before all that a value has: of a person only their
 * rows are read. */
static enum gh_err mirror_remove_matching(struct mirror *m,
					  const struct ghi_table_row *conditions, gh_slice line,
					  int64_t before_ms)
{
	gh_slice *keys = malloc(SCAN_ROWS * sizeof(*keys)), start = { 0 };
	uint8_t *after = malloc(line.n + GHI_TABLE_FIELDS),
		*key = malloc(line.n + GHI_TABLE_FIELDS);
	size_t after_n = 0;
	enum gh_err err = keys && after && key ? GH_OK : GH_ENOMEM;
	bool more = true;

	if (err == GH_OK) {
		struct ghi_writer w = ghi_writer_on(key, line.n + GHI_TABLE_FIELDS);

		ghi_table_key_write(&w, conditions);
		start = key_start(conditions, ghi_written(&w));
		after_n = start.n;
		if (start.n)
			memcpy(after, start.p, start.n);
	}

	while (err == GH_OK && more) {
		struct mirror_match f = { .conditions = conditions,
					  .before_ms = before_ms,
					  .start = start,
					  .arena = ghi_arena_with_limit(SCAN_BYTES),
					  .key = keys };

		err = mirror_remove_turn(m, &f, (gh_slice){ after, after_n });
		more = f.seen == SCAN_ROWS && !f.ended;
		free(after);
		after = malloc(f.last.n + 1);
		after_n = f.last.n;
		if (after && f.last.n)
			memcpy(after, f.last.p, f.last.n);
		if (after == NULL && err == GH_OK)
			err = GH_ENOMEM;
		ghi_arena_clear(&f.arena);
	}
	free(after);
	free(key);
	free(keys);
	return err;
}

static bool conditions_are_key(const struct ghi_table_row *r)
{
	for (size_t i = 0; i < r->table->fields; i++)
		if (r->has[i] != !!(r->table->field[i].flags & GHI_FIELD_KEY))
			return false;
	return true;
}

static enum gh_err mirror_remove(struct mirror *m, gh_slice line)
{
	struct ghi_table_row r = ghi_table_row_of(m->table);
	uint8_t *text;
	enum gh_err err;

	/* The unit may have ignored a condition that is none of the table's. */
	if (ghi_table_row_read(&r, line, true))
		return GH_OK;
	if (!conditions_are_key(&r))
		return mirror_remove_matching(m, &r, line, INT64_MAX);
	text = malloc(line.n + GHI_TABLE_FIELDS);
	if (text == NULL)
		return GH_ENOMEM;
	struct ghi_writer key = ghi_writer_on(text, line.n + GHI_TABLE_FIELDS);

	ghi_table_key_write(&key, &r);
	err = m->ops->unit_row_delete(m->s, m->device, (gh_slice){ 0 }, m->name,
				      ghi_written(&key));
	free(text);
	return err;
}

/* What it counted before counts no more. */
static enum gh_err mirror_events_erased(struct mirror *m)
{
	struct unit_table_state none = { .table = GH_LIT("transaction"),
					 .present = UNIT_STATE_COUNT | UNIT_STATE_KNOWN,
					 .counted = -1,
					 .counted_ms = m->now_ms };
	enum gh_err err = m->ops->access_epoch_advance(m->s, m->device);

	return err ? err : m->ops->unit_state_put(m->s, m->device, &none);
}

/* Rows went: an answer to a query from before that moment may still have them. */
static enum gh_err mirror_removed(const struct mirror *m, int64_t at_ms)
{
	const struct unit_table_state gone = { .table = m->name,
					       .present = UNIT_STATE_REMOVED,
					       .removed_ms = at_ms };

	return m->ops->unit_state_put(m->s, m->device, &gone);
}

/* All of it went: what is written from now on is what there is. */
static enum gh_err mirror_clear(struct mirror *m)
{
	struct unit_table_state none = { .table = m->name, .present = UNIT_STATE_DOUBT };
	enum gh_err err = m->ops->unit_table_clear(m->s, m->device, (gh_slice){ 0 }, m->name);

	return err ? err : m->ops->unit_state_put(m->s, m->device, &none);
}

enum gh_err unit_mirror_written(const struct store_ops *ops, struct store *s, int64_t device,
				const struct unit_written *of)
{
	struct mirror m = { .ops = ops,
			    .s = s,
			    .device = device,
			    .now_ms = of->now_ms,
			    .bare = of->bare,
			    .unit = ghi_table_unit_of(of->parameters) };
	struct ghi_data_command c;
	enum gh_err err = GH_OK;
	gh_slice line;
	bool more;

	if (ghi_data_command_parse(of->words, &c) || !mirror_open(&m, c.table))
		return GH_OK;
	/* Its log was erased: the numbers of its records begin again. */
	if (c.verb == GHI_DATA_DELETE && gh_slice_ieq(c.table, GH_LIT("transaction")))
		err = mirror_events_erased(&m);
	if (err)
		return err;
	if (c.verb == GHI_DATA_DELETE) {
		err = c.records.n ? mirror_remove(&m, c.records) : mirror_clear(&m);
		return err ? err : mirror_removed(&m, of->now_ms);
	}
	more = c.verb == GHI_DATA_UPDATE && c.records.n;
	while (more && err == GH_OK) {
		more = gh_slice_cut(c.records, '\n', &line, &c.records);
		err = mirror_put(&m, line);
	}
	return err;
}

enum gh_err unit_mirror_settle(const struct store_ops *ops, struct store *s, int64_t device,
			       gh_slice parameters, gh_slice words, int64_t before_ms)
{
	struct mirror m = {
		.ops = ops, .s = s, .device = device, .unit = ghi_table_unit_of(parameters)
	};
	struct ghi_data_command c;
	struct ghi_table_row r;
	enum gh_err err;

	if (ghi_data_command_parse(words, &c) || !mirror_open(&m, c.table))
		return GH_OK;
	err = mirror_removed(&m, before_ms);
	if (err || c.records.n == 0)
		return err ? err
			   : ops->unit_table_expire(s, device, (gh_slice){ 0 }, m.name,
						    before_ms);
	r = ghi_table_row_of(m.table);
	if (ghi_table_row_read(&r, c.records, true))
		return GH_OK;
	return mirror_remove_matching(&m, &r, c.records, before_ms);
}

/* --- rows that units send --- */

/* Events have a ledger of their own; and a table that a unit has none of can have no rows. */
static bool table_is_kept(const struct ghi_access_table *t)
{
	return t && t->name[0] && !gh_slice_eq(gh_slice_of(t->name), GH_LIT("transaction"));
}

bool unit_mirror_row(const struct ghi_table_unit *u, gh_slice table, gh_slice line,
		     struct arena *a, struct unit_row *out)
{
	const struct ghi_access_table *t = ghi_access_table_find(table, u);
	struct ghi_table_row r;
	size_t room;
	uint8_t *text;

	if (!table_is_kept(t))
		return false;
	r = ghi_table_row_of(t);
	(void)ghi_table_row_read(&r, line, false);
	ghi_table_row_normalise(&r);
	room = ghi_table_row_length(&r, NULL) + 1;
	if (!key_is_whole(&r))
		return false;
	text = ghi_arena_alloc(a, 2 * room);
	if (text == NULL)
		return false;
	struct ghi_writer row = ghi_writer_on(text, room),
			  key = ghi_writer_on(text + room, room);

	ghi_table_row_write(&row, &r, NULL);
	ghi_table_key_write(&key, &r);
	*out = (struct unit_row){ .table = gh_slice_of(t->name),
				  .key = ghi_written(&key),
				  .row = ghi_written(&row) };
	return row.err == GH_OK && key.err == GH_OK && key.n <= UNIT_ROW_KEY;
}

/* The row of a table as it is, and as it becomes. */
struct mirror_merge {
	const struct unit_row *now;
	int64_t since_ms;
	bool newer; /* what is there */
	bool ours;  /* that the unit shows it again does not make it another's */
	struct ghi_writer w;
};

static bool merge_note(void *ctx, const struct unit_row *before)
{
	struct mirror_merge *g = ctx;
	const struct ghi_access_table *t = ghi_access_table_find(g->now->table, NULL);
	struct ghi_table_row was = ghi_table_row_of(t), is = ghi_table_row_of(t);
	size_t room = before->row.n + g->now->row.n + 2;
	uint8_t *text;

	g->ours = unit_row_is_ours(before->origin);
	g->newer = before->origin == UNIT_ROW_WRITTEN && before->as_of_ms >= g->since_ms;
	if (g->newer)
		return false;
	(void)ghi_table_row_read(&was, before->row, false);
	(void)ghi_table_row_read(&is, g->now->row, false);
	for (size_t i = 0; i < t->fields; i++) {
		if (!was.has[i] || (is.has[i] && is.value[i].n))
			continue;
		is.has[i] = true;
		is.value[i] = was.value[i];
	}
	text = malloc(room);
	g->w = ghi_writer_on(text, text ? room : 0);
	if (text)
		ghi_table_row_write(&g->w, &is, NULL);
	return false;
}

enum gh_err unit_mirror_take(const struct store_ops *ops, struct store *s, int64_t device,
			     const struct unit_row *row, int64_t since_ms)
{
	struct mirror_merge g = { .now = row, .since_ms = since_ms };
	struct unit_row put = *row;
	enum gh_err err =
		ops->unit_row_find(s, device, row->unit, row->table, row->key, merge_note, &g);

	if (err == GH_OK && !g.newer) {
		put.row = ghi_written(&g.w);
		err = g.w.p == NULL ? GH_ENOMEM : g.w.err;
	}
	if (err == GH_ENOTFOUND)
		err = GH_OK;
	if (err == GH_OK && !g.newer)
		err = unit_row_card_read(ops, s, device, put.table, put.row, &put.card);
	if (g.ours)
		put.origin = unit_row_ours(put.origin);
	if (err == GH_OK && !g.newer)
		err = ops->unit_row_put(s, device, &put);
	free(g.w.p);
	return err;
}

static enum gh_err all_removed(const struct store_ops *ops, struct store *s, int64_t device,
			       int64_t at_ms)
{
	const struct unit_table_state gone = { .table = GH_LIT(UNIT_TABLES_ALL),
					       .present = UNIT_STATE_REMOVED,
					       .removed_ms = at_ms };

	return ops->unit_state_put(s, device, &gone);
}

enum gh_err unit_mirror_emptied(const struct store_ops *ops, struct store *s, int64_t device,
				int64_t before_ms)
{
	enum gh_err err =
		ops->unit_table_expire(s, device, (gh_slice){ 0 }, (gh_slice){ 0 }, before_ms);

	return err ? err : all_removed(ops, s, device, before_ms);
}

enum gh_err unit_mirror_clear(const struct store_ops *ops, struct store *s, int64_t device,
			      int64_t now_ms)
{
	enum gh_err err = ops->unit_table_clear(s, device, (gh_slice){ 0 }, (gh_slice){ 0 });

	return err ? err : all_removed(ops, s, device, now_ms);
}
