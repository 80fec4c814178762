/* Many rows at once, by COPY in its binary form: CopyReadBinaryAttribute of the server's source, and
 * "Binary Format" in its documentation of COPY. The connection leaves its pipeline meanwhile, which
 * does not allow it. */
#include "store/postgres/bulk.h"

#include <stdlib.h>

#include "store/postgres/ledger.h"

#define BULK_BYTES (64u << 10) /* sent at once */

static enum gh_err bulk_fail(struct pg_pipeline *p, const PGresult *r)
{
	pg_pipeline_fail(p, pg_fault(&p->conn, r), p->job);
	return p->fault.err;
}

static enum gh_err bulk_statement(struct pg_pipeline *p, const char *text,
				  ExecStatusType wanted, PGresult **out)
{
	PGresult *r = PQexec(p->conn.db, text);
	enum gh_err err = PQresultStatus(r) == wanted ? GH_OK : bulk_fail(p, r);

	if (out)
		*out = r;
	else
		PQclear(r);
	return err;
}

/* The sizes of the columns' types; what varies has -1. */
static enum gh_err sizes_read(struct pg_pipeline *p, const char *table, gh_slice columns)
{
	struct pg_bulk *b = &p->bulk;
	char text[4096];
	PGresult *r;
	enum gh_err err;

	snprintf(text, sizeof(text), "SELECT %.*s FROM %s LIMIT 0", GH_FMT(columns), table);
	err = bulk_statement(p, text, PGRES_TUPLES_OK, &r);
	b->columns = 0;
	for (int i = 0; err == GH_OK && i < PQnfields(r) && i < PG_PARAMETERS; i++)
		b->size[b->columns++] = PQfsize(r, i);
	PQclear(r);
	return err;
}

static bool bulk_put(struct pg_bulk *b, const void *p, size_t n)
{
	if (!pg_room_make(&b->bytes, b->n, &b->room, n, 1))
		return false;
	if (n)
		memcpy(b->bytes + b->n, p, n);
	b->n += n;
	return true;
}

static bool bulk_put_number(struct pg_bulk *b, int64_t v, size_t size)
{
	uint8_t bytes[8];

	pg_number(bytes, v);
	return bulk_put(b, bytes + 8 - size, size);
}

static enum gh_err bulk_flush(struct pg_pipeline *p)
{
	struct pg_bulk *b = &p->bulk;
	bool sent = b->n <= INT32_MAX &&
		    PQputCopyData(p->conn.db, (const char *)b->bytes, (int)b->n) == 1;

	b->n = 0;
	return sent ? GH_OK : bulk_fail(p, NULL);
}

static enum gh_err copy_start(struct pg_pipeline *p, const char *table, gh_slice columns)
{
	static const uint8_t head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
	char text[4096];
	enum gh_err err;

	snprintf(text, sizeof(text), "COPY %s (%.*s) FROM STDIN BINARY", table,
		 GH_FMT(columns));
	/* It lasts as long as its rows take to be read. */
	err = bulk_statement(p, "SET LOCAL statement_timeout = 0", PGRES_COMMAND_OK, NULL);
	if (err == GH_OK)
		err = bulk_statement(p, text, PGRES_COPY_IN, NULL);
	p->bulk.n = 0;
	/* Signature, flags, and no more of a head. */
	if (err == GH_OK && !bulk_put(&p->bulk, head, 11 + 4 + 4))
		err = GH_ENOMEM;
	return err;
}

enum gh_err pg_bulk_begin(struct sql *c, const char *table, gh_slice columns)
{
	struct pg_pipeline *p = pg_pipeline_of(c);
	enum gh_err err = pg_pipeline_begin(p);

	if (err == GH_OK)
		err = pg_pipeline_settle(p);
	if (err)
		return err;
	p->wrote = true;
	if (!PQexitPipelineMode(p->conn.db) || PQsetnonblocking(p->conn.db, 0))
		return bulk_fail(p, NULL);
	err = sizes_read(p, table, columns);
	return err ? err : copy_start(p, table, columns);
}

/* A whole number came as eight bytes, the highest first, and goes as as many as the column has. */
static bool value_narrow(const uint8_t bytes[8], int size, const uint8_t **out)
{
	uint8_t sign = bytes[8 - size] & 0x80 ? 0xff : 0;

	*out = bytes + 8 - size;
	for (int i = 0; i < 8 - size; i++)
		if (bytes[i] != sign)
			return false;
	return true;
}

static enum gh_err bulk_value_put(struct pg_bulk *b, const char *value, int length, int size)
{
	const uint8_t *p = (const uint8_t *)value;

	if (value == NULL)
		return bulk_put_number(b, -1, 4) ? GH_OK : GH_ENOMEM;
	if (size > 0 && length == 8 && size < 8) {
		if (!value_narrow((const uint8_t *)value, size, &p))
			return GH_EINVALID;
		length = size;
	}
	return bulk_put_number(b, length, 4) && bulk_put(b, p, (size_t)length) ? GH_OK
									       : GH_ENOMEM;
}

enum gh_err pg_bulk_row(struct sql_call *q)
{
	struct pg_pipeline *p = pg_pipeline_of(q->c);
	struct pg_bulk *b = &p->bulk;
	const struct pg_values *v = &p->conn.values;
	enum gh_err err = q->err;

	if (err == GH_OK && v->n != b->columns)
		err = GH_EINVALID;
	if (err == GH_OK && !bulk_put_number(b, v->n, 2))
		err = GH_ENOMEM;
	for (int i = 0; i < v->n && err == GH_OK; i++)
		err = bulk_value_put(b, v->value[i], v->length[i], b->size[i]);
	return err == GH_OK && b->n >= BULK_BYTES ? bulk_flush(p) : err;
}

/* What the server answers to all of it. */
static void copy_finish(struct pg_pipeline *p, bool ok)
{
	PGresult *r;

	if (PQputCopyEnd(p->conn.db, ok ? NULL : "aborted") != 1)
		(void)bulk_fail(p, NULL);
	while ((r = PQgetResult(p->conn.db)) != NULL) {
		if (PQresultStatus(r) != PGRES_COMMAND_OK)
			(void)bulk_fail(p, r);
		PQclear(r);
		if (!pg_connected(&p->conn))
			break;
	}
}

enum gh_err pg_bulk_end(struct sql *c, bool ok)
{
	struct pg_pipeline *p = pg_pipeline_of(c);
	bool copying = pg_connected(&p->conn) && p->fault.err == GH_OK;

	if (copying && ok)
		ok = bulk_put_number(&p->bulk, -1, 2) && bulk_flush(p) == GH_OK;
	if (copying)
		copy_finish(p, ok);
	free(p->bulk.bytes);
	p->bulk = (struct pg_bulk){ .bytes = NULL };
	if (pg_connected(&p->conn) &&
	    (!PQenterPipelineMode(p->conn.db) || PQsetnonblocking(p->conn.db, 1)))
		(void)bulk_fail(p, NULL);
	return p->fault.err;
}
