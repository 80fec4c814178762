#include "store/sqlite/sql.h"

#include <errno.h>

#include "base/text.h"

static const char *const text_of[SQL_STATEMENTS] = {
#define STATEMENT(NAME, text) [SQL_##NAME] = text,
#include "store/sqlite/statement.def"
#undef STATEMENT
};

void sql_close(struct sql *c)
{
	for (size_t i = 0; i < SQL_STATEMENTS; i++)
		sqlite3_finalize(c->stmt[i]);
	for (size_t i = 0; i < KIND_COUNT; i++) {
		sqlite3_finalize(c->record_put[i]);
		sqlite3_finalize(c->record_count[i]);
	}
	sqlite3_close(c->db);
	*c = (struct sql){ 0 };
}

/* SQLite notes the system's error in most places, but not when a COMMIT fails; then errno
 * still has it. ENOSPC has a code of its own, a quota has not. */
static enum gh_err io_error(struct sql *c)
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

enum gh_err sql_error(struct sql *c, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return GH_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return GH_EBUSY;
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
static void note(struct sql_call *q, int rc)
{
	enum gh_err err = sql_error(q->c, rc);

	if (err == GH_OK || q->err)
		return;
	q->err = err;
	if (q->c->writes && (rc & 0xff) != SQLITE_CONSTRAINT && !q->c->failed)
		q->c->failed = err;
}

static struct sql_call call(struct sql *c, sqlite3_stmt **keep, const char *text, int n)
{
	struct sql_call q = { .c = c };

	if (c->writes && c->failed)
		q.err = c->failed;
	else if (c->writes && sqlite3_get_autocommit(c->db))
		q.err = GH_ESTATE;
	else if (keep && *keep)
		q.st = *keep;
	else
		note(&q, sqlite3_prepare_v3(c->db, text, n,
					    keep ? SQLITE_PREPARE_PERSISTENT : 0, &q.st, NULL));
	if (keep)
		*keep = *keep ? *keep : q.st;
	else
		q.passing = true;
	return q;
}

enum gh_err sql_control(struct sql *c, enum sql_id id)
{
	sqlite3_stmt **st = &c->stmt[id];
	int rc = SQLITE_OK;

	if (*st == NULL)
		rc = sqlite3_prepare_v3(c->db, text_of[id], -1, SQLITE_PREPARE_PERSISTENT, st,
					NULL);
	errno = 0;
	if (rc == SQLITE_OK)
		rc = sqlite3_step(*st);
	enum gh_err err = sql_error(c, rc);

	sqlite3_reset(*st);
	return err;
}

struct sql_call sql_call(struct sql *c, enum sql_id id)
{
	return call(c, &c->stmt[id], text_of[id], -1);
}

struct sql_call sql_call_kept(struct sql *c, sqlite3_stmt **keep, gh_slice text)
{
	return call(c, keep, (const char *)text.p, (int)text.n);
}

struct sql_call sql_call_once(struct sql *c, gh_slice text)
{
	return call(c, NULL, (const char *)text.p, (int)text.n);
}

void sql_put_int(struct sql_call *q, int64_t v)
{
	q->at++;
	if (q->err == GH_OK)
		note(q, sqlite3_bind_int64(q->st, q->at, v));
}

void sql_put_null(struct sql_call *q)
{
	q->at++;
	if (q->err == GH_OK)
		note(q, sqlite3_bind_null(q->st, q->at));
}

bool sql_is_text(gh_slice s)
{
	size_t plain = 0;

	while (plain < s.n && s.p[plain] != 0 && s.p[plain] < 0x80)
		plain++;
	return plain == s.n || ghi_text_is_utf8(s);
}

void sql_put_text(struct sql_call *q, gh_slice s)
{
	if (!sql_is_text(s)) {
		sql_put_blob(q, s);
		return;
	}
	q->at++;
	if (q->err == GH_OK)
		note(q, sqlite3_bind_text64(q->st, q->at, s.n ? (const char *)s.p : "", s.n,
					    SQLITE_STATIC, SQLITE_UTF8));
}

void sql_put_blob(struct sql_call *q, gh_slice s)
{
	q->at++;
	if (q->err == GH_OK)
		note(q, sqlite3_bind_blob64(q->st, q->at, s.n ? (const void *)s.p : "", s.n,
					    SQLITE_STATIC));
}

bool sql_next(struct sql_call *q)
{
	if (q->err)
		return false;
	int rc = sqlite3_step(q->st);

	q->stepped = true;
	if (rc == SQLITE_ROW)
		return true;
	if (rc != SQLITE_DONE)
		note(q, sqlite3_extended_errcode(q->c->db));
	return false;
}

enum gh_err sql_end(struct sql_call *q)
{
	if (q->passing)
		sqlite3_finalize(q->st);
	else if (q->stepped)
		sqlite3_reset(q->st);
	q->st = NULL;
	return q->err;
}

enum gh_err sql_run(struct sql_call *q)
{
	while (sql_next(q))
		;
	return sql_end(q);
}
