#include "core/access/query_mirror.h"

#include <stdlib.h>

#include "core/access/query_rows.h"
#include "core/access/unit_counts.h"
#include "core/access/unit_mirror.h"
#include "core/command_words.h"
#include "core/devices.h"
#include "core/readers.h"
#include "core/server_clock.h"
#include "wire/access/data_command.h"

#define BATCH_ROWS 1000 /* of one job of the store, which others wait for */
#define BATCH_BYTES ((size_t)1 << 20)

struct query_mirror {
	struct read_job read;
	struct store_job write;
	struct server *server;
	_Atomic bool busy; /* the rest is the job's then */
	_Atomic bool due;  /* there may be a set */

	/* The set, and the query that it answers; the texts are in `arena`. */
	struct arena arena;
	int64_t from; /* of sets with greater numbers; those up to it failed just now */
	struct query_set set;
	gh_slice words, parameters;
	struct ghi_table_unit unit;
	struct ghi_data_command query;
	int64_t sent_ms;
	int64_t after; /* rows up to that number are in the mirror */

	/* A part of its rows, in `rows`. */
	struct arena rows;
	struct unit_row row[BATCH_ROWS];
	size_t n;
	bool more;
	enum gh_err err;
};

static struct query_mirror *query_mirror_of_write(struct store_job *job)
{
	return (struct query_mirror *)((uint8_t *)job - offsetof(struct query_mirror, write));
}

/* --- reading, on a reader thread --- */

static bool mirror_set_note(void *ctx, const struct query_set *set)
{
	struct query_mirror *m = ctx;

	m->set = *set;
	m->set.table = ghi_arena_copy(&m->arena, set->table);
	return false;
}

static bool mirror_query_note(void *ctx, const struct command *c)
{
	struct query_mirror *m = ctx;
	const struct command_words *of = command_words_of(DEVICE_ACCESS);
	size_t room = of->room(c->arguments);
	uint8_t *text = ghi_arena_alloc(&m->arena, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);
	struct device *d = devices_find(m->server->devices, c->serial);
	struct device_row row;

	m->sent_ms = c->sent_ms;
	if (of->exist(c->kind))
		of->write(&w, c->kind, c->arguments);
	if (w.err == GH_OK)
		m->words = ghi_written(&w);
	if (d && device_dialect(d) == DEVICE_ACCESS) {
		device_row(d, &m->arena, &row);
		m->parameters = row.access.parameters;
	}
	device_unref(d);
	return true;
}

/* Whether the answer has whole rows, of a table that the mirror keeps. */
static bool mirror_query_read(struct query_mirror *m)
{
	if (ghi_data_command_parse(m->words, &m->query) || m->query.verb != GHI_DATA_QUERY)
		return false;
	m->unit = ghi_table_unit_of(m->parameters);
	return !m->query.new_rows &&
	       (m->query.fields.n == 0 || gh_slice_eq(m->query.fields, GH_LIT("*")));
}

static bool mirror_row_add(void *ctx, const struct query_row *row)
{
	struct query_mirror *m = ctx;
	struct unit_row *to = &m->row[m->n];

	if (m->n == BATCH_ROWS || m->rows.used >= BATCH_BYTES) {
		m->more = true;
		return false;
	}
	m->after = query_row_number(row);
	if (unit_mirror_row(&m->unit, m->query.table, row->text, &m->rows, to)) {
		to->origin = UNIT_ROW_READ;
		to->as_of_ms = m->set.changed_ms;
		m->n++;
	}
	return !m->rows.failed;
}

/* The next set that is complete; m->set.command is 0 where there is none. */
static enum gh_err mirror_set_find(struct query_mirror *m, struct store_reader *reader)
{
	const struct store_ops *ops = m->server->db.ops;
	enum gh_err err = ops->query_sets_due(reader, m->from, 1, mirror_set_note, m);

	if (err || m->set.command == 0)
		return err;
	err = ops->command_get(reader, m->set.command, mirror_query_note, m);
	if (err == GH_ENOTFOUND)
		err = GH_OK;
	if (m->arena.failed)
		err = GH_ENOMEM;
	/* Nothing of it is for the mirror. */
	if (err == GH_OK && !mirror_query_read(m))
		m->query = (struct ghi_data_command){ 0 };
	return err;
}

static void query_mirror_read(struct read_job *job, struct store_reader *reader,
			      enum gh_err err)
{
	struct query_mirror *m = (struct query_mirror *)job;

	m->n = 0;
	m->more = false;
	if (err == GH_OK && m->set.command == 0)
		err = mirror_set_find(m, reader);
	if (err == GH_OK && m->query.table.n)
		err = query_rows_read(m->server->db.ops, reader, m->set.command, m->after,
				      &m->server->share, mirror_row_add, m);
	if (err == GH_OK && m->rows.failed)
		err = GH_ENOMEM;
	m->err = err;
}

/* --- writing, on the store thread --- */

static bool any_row(void *ctx, const struct unit_row *row)
{
	(void)row;
	*(bool *)ctx = true;
	return false;
}

static enum gh_err table_has_rows(const struct query_mirror *m, const struct store_ops *ops,
				  struct store *s, const char *table, bool *any)
{
	*any = false;
	return ops->unit_rows_scan(s, m->set.device, (gh_slice){ 0 }, gh_slice_of(table),
				   (gh_slice){ 0 }, 1, any_row, any);
}

/* A unit that had persons, and has none any more, was erased at the unit perhaps: whether it still has the
 * rows of its other tables is not known, and most of these cannot be queried. */
static enum gh_err others_doubt(const struct query_mirror *m, const struct store_ops *ops,
				struct store *s)
{
	const struct ghi_access_table *t;
	enum gh_err err = GH_OK;
	bool any;

	for (size_t i = 0; (t = ghi_access_table_at(i)) != NULL && err == GH_OK; i++) {
		struct unit_table_state doubt = { .table = gh_slice_of(t->name),
						  .present = UNIT_STATE_DOUBT,
						  .doubt = UNIT_DOUBT_REMAINS };

		if (t->name[0] == '\0' || gh_slice_eq(doubt.table, GH_LIT("user")))
			continue;
		err = table_has_rows(m, ops, s, t->name, &any);
		if (err == GH_OK && any)
			err = ops->unit_state_put(s, m->set.device, &doubt);
	}
	return err;
}

static enum gh_err query_mirror_settle(const struct query_mirror *m,
				       const struct store_ops *ops, struct store *s)
{
	bool persons = false;
	enum gh_err err = GH_OK;

	if (m->query.table.n == 0)
		return GH_OK;
	if (m->after == 0 && m->query.records.n == 0 &&
	    gh_slice_ieq(m->query.table, GH_LIT("user")))
		err = table_has_rows(m, ops, s, "user", &persons);
	if (err == GH_OK)
		err = unit_mirror_settle(ops, s, m->set.device, m->parameters, m->words,
					 m->sent_ms);
	return err == GH_OK && persons ? others_doubt(m, ops, s) : err;
}

static bool state_note(void *ctx, int64_t device, const struct unit_table_state *state)
{
	struct unit_table_state *there = ctx;

	(void)device;
	*there = *state;
	there->table = there->fields = (gh_slice){ 0 };
	return false;
}

static enum gh_err state_there(const struct query_mirror *m, const struct store_ops *ops,
			       struct store *s, gh_slice table, struct unit_table_state *there)
{
	*there = (struct unit_table_state){ 0 };
	enum gh_err err = ops->unit_state_find(s, m->set.device, table, state_note, there);

	return err == GH_ENOTFOUND ? GH_OK : err;
}

/* A time that is still to come is of before the clock was set back: no order follows from it. A query that was
 * given in the same millisecond was given after, but for one that a later query went before (taken_since()): its
 * own settling leaves that time, and the result of a deletion comes from a unit that has deleted already. */
static bool removed_since(const struct query_mirror *m, const struct unit_table_state *there)
{
	return there->removed_ms > m->sent_ms &&
	       there->removed_ms <= server_steady_ms(m->server);
}

struct taken_search {
	gh_slice table;
	bool found;
};

static bool taken_see(void *ctx, const struct query_set *set)
{
	struct taken_search *x = ctx;

	x->found = gh_slice_ieq(set->table, x->table);
	return !x->found;
}

/* The answer to a later query of the table, given in the same millisecond, is in the mirror already. */
static enum gh_err taken_since(const struct query_mirror *m, const struct store_ops *ops,
			       struct store *s, gh_slice table,
			       const struct unit_table_state *there, bool *late)
{
	struct taken_search x = { .table = table };
	enum gh_err err;

	if (*late || there->removed_ms != m->sent_ms)
		return GH_OK;
	err = ops->query_sets_taken(s, m->set.device, m->set.command, m->sent_ms, taken_see,
				    &x);
	*late = x.found;
	return err;
}

/* Queried again, unless another query is under way already. A unit whose answers always come late is not
 * queried for ever. */
static enum gh_err late_note(const struct query_mirror *m, const struct store_ops *ops,
			     struct store *s, gh_slice table,
			     const struct unit_table_state *there)
{
	struct unit_table_state doubt = { .table = table,
					  .present = UNIT_STATE_DOUBT | UNIT_STATE_LATE,
					  .late = there->late + 1 };

	if (there->doubt == UNIT_DOUBT_QUERIED && there->query != m->set.command)
		return GH_OK;
	doubt.doubt = doubt.late > UNIT_LATE_MOST ? UNIT_DOUBT_REMAINS : UNIT_DOUBT_COUNTED;
	return ops->unit_state_put(s, m->set.device, &doubt);
}

/* A whole answer was taken. */
static enum gh_err late_end(const struct query_mirror *m, const struct store_ops *ops,
			    struct store *s, gh_slice table,
			    const struct unit_table_state *there)
{
	struct unit_table_state now = { .table = table, .present = UNIT_STATE_LATE };

	if (there->late == 0 || m->query.records.n)
		return GH_OK;
	if (there->late > UNIT_LATE_MOST && there->doubt == UNIT_DOUBT_REMAINS)
		now.present |= UNIT_STATE_DOUBT;
	return ops->unit_state_put(s, m->set.device, &now);
}

/* Whether rows of the table went since the query was given: by a deletion, or by the answer to a later query.
 * Then it would bring some of them back, so nothing of it is taken. */
static enum gh_err query_is_late(const struct query_mirror *m, const struct store_ops *ops,
				 struct store *s, bool *late)
{
	const struct ghi_access_table *t = ghi_access_table_find(m->query.table, &m->unit);
	struct unit_table_state all, there;
	gh_slice table;
	enum gh_err err;

	*late = false;
	if (t == NULL || t->name[0] == '\0')
		return GH_OK;
	table = gh_slice_of(t->name);
	err = state_there(m, ops, s, GH_LIT(UNIT_TABLES_ALL), &all);
	if (err == GH_OK)
		err = state_there(m, ops, s, table, &there);
	if (err)
		return err;
	*late = removed_since(m, &all) || removed_since(m, &there);
	err = taken_since(m, ops, s, table, &there, late);
	if (err)
		return err;
	if (*late)
		return late_note(m, ops, s, table, &there);
	return m->more ? GH_OK : late_end(m, ops, s, table, &there);
}

static enum gh_err query_mirror_write(struct store_job *job, const struct store_ops *ops,
				      struct store *s)
{
	struct query_mirror *m = query_mirror_of_write(job);
	bool late = false;
	enum gh_err err = m->query.table.n ? query_is_late(m, ops, s, &late) : GH_OK;

	if (late && err == GH_OK) {
		m->more = false;
		return ops->query_set_mirrored(s, m->set.command, m->set.changed_ms);
	}
	for (size_t i = 0; i < m->n && err == GH_OK; i++)
		err = unit_mirror_take(ops, s, m->set.device, &m->row[i], m->sent_ms);
	if (err || m->more)
		return err;
	err = query_mirror_settle(m, ops, s);
	return err ? err : ops->query_set_mirrored(s, m->set.command, m->set.changed_ms);
}

/* --- one after the other --- */

static void query_mirror_rest(struct query_mirror *m)
{
	ghi_arena_clear(&m->rows);
	ghi_arena_clear(&m->arena);
	m->set = (struct query_set){ 0 };
	m->query = (struct ghi_data_command){ 0 };
	m->words = m->parameters = (gh_slice){ 0 };
	m->after = 0;
	atomic_store(&m->busy, false);
}

static void query_mirror_begin(struct query_mirror *m)
{
	if (readers_put(m->server->readers, READERS_LIST, &m->read)) {
		query_mirror_rest(m);
		atomic_store(&m->due, true);
	}
}

static void query_mirror_written(struct store_job *job, enum gh_err err)
{
	struct query_mirror *m = query_mirror_of_write(job);
	bool more = m->more;

	ghi_arena_clear(&m->rows);
	if (err == GH_OK && more) {
		query_mirror_begin(m);
		return;
	}
	if (err)
		m->from = m->set.command;
	else
		unit_counts_wake(m->server->unit_counts);
	query_mirror_rest(m);
	query_mirror_wake(m);
}

static void query_mirror_was_read(struct read_job *job)
{
	struct query_mirror *m = (struct query_mirror *)job;

	if (m->err || m->set.command == 0) {
		/* The next tick, or the next set, begins again. */
		bool again = m->err != GH_OK || m->from;

		m->from = m->err ? m->set.command : 0;
		query_mirror_rest(m);
		if (again)
			atomic_store(&m->due, true);
		else if (atomic_load(&m->due))
			query_mirror_tick(m);
		return;
	}
	m->write.device = m->set.device;
	m->write.bytes = m->rows.used;
	if (store_put(m->server->queue, &m->write)) {
		query_mirror_rest(m);
		atomic_store(&m->due, true);
	}
}

void query_mirror_tick(struct query_mirror *m)
{
	if (m == NULL || !atomic_load(&m->due) || atomic_exchange(&m->busy, true))
		return;
	atomic_store(&m->due, false);
	query_mirror_begin(m);
}

void query_mirror_wake(struct query_mirror *m)
{
	if (m == NULL)
		return;
	atomic_store(&m->due, true);
	query_mirror_tick(m);
}

struct query_mirror *query_mirror_new(struct server *server)
{
	struct query_mirror *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->server = server;
	m->read = (struct read_job){ .run = query_mirror_read,
				     .done = query_mirror_was_read,
				     .admitted = true };
	m->write = (struct store_job){ .run = query_mirror_write,
				       .done = query_mirror_written,
				       .lane = LANE_LEDGER };
	atomic_init(&m->due, true);
	return m;
}

void query_mirror_free(struct query_mirror *m)
{
	if (m == NULL)
		return;
	ghi_arena_clear(&m->rows);
	ghi_arena_clear(&m->arena);
	free(m);
}
