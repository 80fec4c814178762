#include "store/sqlite/conn.h"

#include <errno.h>

#include "base/text.h"
#include "store/sql/row_count.h"

static struct sqlite_conn *conn_of(struct sql *c)
{
	return (struct sqlite_conn *)c;
}

static const char *own_text(enum sqlite_id id)
{
	static const char *const text[] = {
#define STATEMENT(NAME, text) [OWN_##NAME - SQL_KEPT] = text,
#include "store/sqlite/statement.def"
#undef STATEMENT
	};

	return text[id - SQL_KEPT];
}

void sqlite_conn_close(struct sqlite_conn *c)
{
	for (size_t i = 0; i < OWN_KEPT; i++)
		sqlite3_finalize(c->stmt[i]);
	sqlite3_close(c->db);
	*c = (struct sqlite_conn){ 0 };
}

/* SQLite notes the system's error in most places, but not when a COMMIT fails; then errno
 * still has it. ENOSPC has a code of its own, a quota has not. */
static enum gh_err io_error(struct sqlite_conn *c)
{
	int number = sqlite3_system_errno(c->db);

	switch (number ? number : errno) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return GH_EFULL;
	default:
		return GH_EIO;
	}
}

enum gh_err sqlite_error(struct sqlite_conn *c, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return GH_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return GH_EBUSY;
	case SQLITE_INTERRUPT:
		return GH_ECANCELLED;
	case SQLITE_FULL:
		return GH_EFULL;
	case SQLITE_IOERR:
		return io_error(c);
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return GH_EDENIED;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return GH_ECORRUPT;
	case SQLITE_NOMEM:
		return GH_ENOMEM;
	case SQLITE_TOOBIG:
		return GH_ETOOBIG;
	case SQLITE_CONSTRAINT:
		return rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY
			       ? GH_EEXISTS
			       : GH_EINVALID;
	default:
		return GH_EIO;
	}
}

/* A refused row leaves the transaction as it was; after anything else it may be half done,
 * or SQLite has rolled it back already. */
static void call_note(struct sql_call *q, int rc)
{
	struct sqlite_conn *c = conn_of(q->c);
	enum gh_err err = sqlite_error(c, rc);

	if (err == GH_OK || q->err)
		return;
	q->err = err;
	if (c->sql.writes && (rc & 0xff) != SQLITE_CONSTRAINT && !c->failed)
		c->failed = err;
}

static void conn_call_start(struct sql_call *q, gh_slice text, const char *locks)
{
	struct sqlite_conn *c = conn_of(q->c);
	bool keep = q->id != SQL_ONCE;
	sqlite3_stmt *st = keep ? c->stmt[q->id] : NULL;

	(void)locks;
	if (c->sql.writes && c->failed)
		q->err = c->failed;
	else if (c->sql.writes && sqlite3_get_autocommit(c->db))
		q->err = GH_ESTATE;
	else if (st == NULL)
		call_note(q,
			  sqlite3_prepare_v3(c->db, (const char *)text.p, (int)text.n,
					     keep ? SQLITE_PREPARE_PERSISTENT : 0, &st, NULL));
	if (keep && st)
		c->stmt[q->id] = st;
	if (keep && st && (int)q->id < SQL_KEPT)
		c->sql.known[q->id] = true;
	q->statement = st;
}

struct sql_call sqlite_call(struct sqlite_conn *c, enum sqlite_id id)
{
	struct sql_call q = { .c = &c->sql, .id = (enum sql_id)id };

	conn_call_start(&q, gh_slice_of(own_text(id)), "");
	return q;
}

enum gh_err sqlite_control(struct sqlite_conn *c, enum sqlite_id id)
{
	sqlite3_stmt **st = &c->stmt[id];
	int rc = SQLITE_OK;

	if (*st == NULL)
		rc = sqlite3_prepare_v3(c->db, own_text(id), -1, SQLITE_PREPARE_PERSISTENT, st,
					NULL);
	errno = 0;
	if (rc == SQLITE_OK)
		rc = sqlite3_step(*st);
	enum gh_err err = sqlite_error(c, rc);

	sqlite3_reset(*st);
	return err;
}

static void conn_int_put(struct sql_call *q, int64_t v)
{
	q->at++;
	if (q->err == GH_OK)
		call_note(q, sqlite3_bind_int64(q->statement, q->at, v));
}

static void conn_null_put(struct sql_call *q)
{
	q->at++;
	if (q->err == GH_OK)
		call_note(q, sqlite3_bind_null(q->statement, q->at));
}

static void conn_blob_put(struct sql_call *q, gh_slice s)
{
	q->at++;
	if (q->err == GH_OK)
		call_note(q,
			  sqlite3_bind_blob64(q->statement, q->at, s.n ? (const void *)s.p : "",
					      s.n, SQLITE_STATIC));
}

bool sqlite_is_text(gh_slice s)
{
	size_t plain = 0;

	while (plain < s.n && s.p[plain] != 0 && s.p[plain] < 0x80)
		plain++;
	return plain == s.n || ghi_text_is_utf8(s);
}

static void conn_text_put(struct sql_call *q, gh_slice s)
{
	if (!sqlite_is_text(s)) {
		conn_blob_put(q, s);
		return;
	}
	q->at++;
	if (q->err == GH_OK)
		call_note(q,
			  sqlite3_bind_text64(q->statement, q->at, s.n ? (const char *)s.p : "",
					      s.n, SQLITE_STATIC, SQLITE_UTF8));
}

static bool call_next(struct sql_call *q)
{
	if (q->err)
		return false;
	int rc = sqlite3_step(q->statement);

	q->stepped = true;
	if (rc == SQLITE_ROW)
		return true;
	if (rc != SQLITE_DONE)
		call_note(q, sqlite3_extended_errcode(conn_of(q->c)->db));
	return false;
}

static bool column_is_null(const struct sql_call *q, int column)
{
	return sqlite3_column_type(q->statement, column) == SQLITE_NULL;
}

static int64_t column_int(const struct sql_call *q, int column)
{
	return sqlite3_column_int64(q->statement, column);
}

static gh_slice column_bytes(const struct sql_call *q, int column)
{
	const void *p = sqlite3_column_blob(q->statement, column);

	return (gh_slice){ p, (size_t)sqlite3_column_bytes(q->statement, column) };
}

static enum gh_err call_end(struct sql_call *q)
{
	if (q->id == SQL_ONCE)
		sqlite3_finalize(q->statement);
	else if (q->stepped)
		sqlite3_reset(q->statement);
	q->statement = NULL;
	return q->err;
}

/* The results are there at once. A statement that only looks whether a row is there changes
 * none, and SQLite would still return the count of the previous one. */
static enum gh_err call_write(struct sql_call *q)
{
	sqlite3 *db = conn_of(q->c)->db;
	size_t rows = 0;

	/* An INSERT whose row was there already leaves the number of the newest one alone. */
	if (q->counts == COUNTS_ADDED)
		sqlite3_set_last_insert_rowid(db, 0);
	while (call_next(q)) {
		rows++;
		if (q->counts == COUNTS_REMOVED)
			row_count_removed(q->c->counts, q->counted.of, column_int(q, 0),
					  row_count_source(q->counted.of) ? column_bytes(q, 1)
									  : (gh_slice){ 0 });
	}
	if (q->counts == COUNTS_ADDED && q->err == GH_OK && sqlite3_last_insert_rowid(db))
		row_count_add(q->c->counts, &q->counted, 1);
	if (q->err == GH_OK && (q->must_change || q->changed)) {
		if (!sqlite3_stmt_readonly(q->statement))
			rows = (size_t)sqlite3_changes(db);
		if (q->changed)
			*q->changed = rows;
		if (q->must_change && rows == 0)
			q->err = GH_ENOTFOUND;
	}
	if (q->err == GH_OK && q->new_id)
		*q->new_id = sqlite3_last_insert_rowid(db);
	return call_end(q);
}

static enum gh_err conn_settle(struct sql *c)
{
	(void)c;
	return GH_OK;
}

static void conn_discard(struct sql *sql, enum sql_id id)
{
	struct sqlite_conn *c = conn_of(sql);

	sqlite3_finalize(c->stmt[id]);
	c->stmt[id] = NULL;
	sql->known[id] = false;
}

const struct sql_engine sqlite_engine = {
	.start = conn_call_start,
	.put_int = conn_int_put,
	.put_null = conn_null_put,
	.put_text = conn_text_put,
	.put_blob = conn_blob_put,
	.next = call_next,
	.is_null = column_is_null,
	.int_of = column_int,
	.bytes_of = column_bytes,
	.end = call_end,
	.write = call_write,
	.settle = conn_settle,
	.punch_by_key = " INDEXED BY punch_key",
	.punch_by_seq = " NOT INDEXED",
	.key_has_number = true,
	.number_among = "p.seq IN (SELECT value FROM json_each('[' || ? || ']'))",
	.long_key = "%",
	.contains = "lower(%) LIKE lower(?) ESCAPE '!'",
	.people_found = "instr(r.search, ?) > 0",
	.discard = conn_discard,
	.tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
		  " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name",
	.references = "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?)",
	.columns = "SELECT name, CASE type WHEN 'INTEGER' THEN 0 WHEN 'BLOB' THEN 2 ELSE 1 END"
		   " FROM pragma_table_info(?)",
	.sequence_get = "SELECT seq FROM sqlite_sequence WHERE name = ?",
	.sequence_set = { "DELETE FROM sqlite_sequence WHERE name = ?1 AND seq <= ?2",
			  "INSERT INTO sqlite_sequence (name, seq) SELECT ?1, ?2 WHERE NOT "
			  "EXISTS"
			  " (SELECT 1 FROM sqlite_sequence WHERE name = ?1)" },
	.bytes_order = { "CAST(\"", "\" AS BLOB)" },
	.whole_number = "?",
	.late_references = "PRAGMA defer_foreign_keys = ON",
};
