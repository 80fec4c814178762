/* The engine of a connection that writes: its statements go into the pipeline. */
#include "store/postgres/bulk.h"

#include <stdio.h>

/* The answers to so many statements are read before more are sent: what they hold stays
 * bounded. */
#define ENTRIES_MAX 4096
#define BYTES_MAX (8u << 20)

static void writer_start(struct sql_call *q, gh_slice text, const char *locks)
{
	struct pg_pipeline *p = pg_pipeline_of(q->c);

	q->err = p->fault.err ? p->fault.err : p->open ? GH_OK : GH_ESTATE;
	pg_call_start(q, text, locks);
}

static enum gh_err writer_send(struct sql_call *q, int what)
{
	struct pg_pipeline *p = pg_pipeline_of(q->c);
	struct pg_entry e = { .what = ENTRY_WRITE,
			      .id = q->id,
			      .must_change = q->must_change,
			      .changed = q->changed,
			      .new_id = q->new_id,
			      .counts = q->counts,
			      .counted = q->counted };

	if (what == ENTRY_ROWS)
		e.what = ENTRY_ROWS;
	if (q->err == GH_OK && what == ENTRY_ROWS)
		q->err = p->gathered(p);
	if (q->err == GH_OK)
		q->err = pg_pipeline_begin(p);
	if (q->err == GH_OK)
		q->err = pg_pipeline_send(p, e, p->conn.text, &p->conn.values);
	return q->err;
}

static enum gh_err writer_write(struct sql_call *q)
{
	struct pg_pipeline *p = pg_pipeline_of(q->c);

	if (q->new_id && q->err == GH_OK)
		q->err = pg_text_add(&p->conn, " RETURNING id");
	/* A number was taken for the row in any case; a row that was there has another. */
	if (q->counts == COUNTS_ADDED && q->err == GH_OK)
		q->err = pg_text_add(&p->conn, " RETURNING (id = lastval())::integer::bigint");
	p->wrote = true;
	for (int i = 0; i < p->conn.values.n; i++)
		p->bytes += (size_t)p->conn.values.length[i];
	if (writer_send(q, ENTRY_WRITE) == GH_OK &&
	    (p->entries >= ENTRIES_MAX || p->bytes >= BYTES_MAX))
		q->err = pg_pipeline_settle(p);
	return q->err;
}

static bool writer_next(struct sql_call *q)
{
	struct pg_pipeline *p = pg_pipeline_of(q->c);

	if (q->err)
		return false;
	if (!q->stepped) {
		q->stepped = true;
		if (writer_send(q, ENTRY_ROWS) == GH_OK)
			q->err = pg_pipeline_settle(p);
		if (q->err)
			return false;
	}
	return ++p->conn.row < PQntuples(p->conn.rows);
}

static enum gh_err writer_end(struct sql_call *q)
{
	struct pg_pipeline *p = pg_pipeline_of(q->c);

	PQclear(p->conn.rows);
	p->conn.rows = NULL;
	return q->err;
}

static enum gh_err writer_settle(struct sql *c)
{
	return pg_pipeline_settle(pg_pipeline_of(c));
}

static void writer_discard(struct sql *sql, enum sql_id id)
{
	struct pg_pipeline *p = pg_pipeline_of(sql);
	char text[32];

	if (p->conn.prepared[id] != PG_PREPARED || pg_pipeline_begin(p))
		return;
	snprintf(text, sizeof(text), "DEALLOCATE s%d", (int)id);
	if (pg_pipeline_word(p, text, false) == GH_OK)
		p->conn.prepared[id] = PG_UNKNOWN;
}

const struct sql_engine pg_writer_engine = {
	.start = writer_start,
	.put_int = pg_put_int,
	.put_null = pg_put_null,
	.put_text = pg_put_bytes,
	.put_blob = pg_put_bytes,
	.next = writer_next,
	.is_null = pg_is_null,
	.int_of = pg_int_of,
	.bytes_of = pg_bytes_of,
	.end = writer_end,
	.write = writer_write,
	.settle = writer_settle,
	.punch_by_key = "",
	.punch_by_seq = "",
	.number_among = PG_NUMBER_AMONG,
	.commands_add = PG_COMMANDS_ADD,
	.devices_alive = PG_DEVICES_ALIVE,
	.punches_rezone = PG_PUNCHES_REZONE,
	.commands_about = "SELECT " COMMAND_FIELDS PG_COMMANDS_ABOUT,
	.contains = PG_CONTAINS,
	.people_found = PG_PEOPLE_FOUND,
	.long_key = "sha256(%)",
	.discard = writer_discard,
	.bulk_begin = pg_bulk_begin,
	.bulk_row = pg_bulk_row,
	.bulk_end = pg_bulk_end,
	PG_MAINTENANCE,
};
