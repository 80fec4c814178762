/* One SQLite connection: its prepared statements, values in and out, and what its errors
 * mean. A statement that is run again and again is a line of statement.def; a list whose
 * text depends on the question is prepared for the occasion.
 *
 *	struct sql_call q = sql_call(c, SQL_STAMP_PUT);
 *	sql_put_int(&q, device);
 *	sql_put_text(&q, table);
 *	return sql_run(&q);
 */
#ifndef GH_STORE_SQLITE_SQL_H
#define GH_STORE_SQLITE_SQL_H

#include <sqlite3.h>

#include "base/err.h"
#include "base/slice.h"
#include "model/kind.h"

enum sql_id {
#define STATEMENT(NAME, text) SQL_##NAME,
#include "store/sqlite/statement.def"
#undef STATEMENT
	SQL_STATEMENTS
};

struct sql {
	sqlite3 *db;
	/* The writing handle: statements run inside a transaction only, and once one failed
	 * the transaction can only be rolled back. */
	bool writes;
	enum gh_err failed;
	sqlite3_stmt *stmt[SQL_STATEMENTS];
	sqlite3_stmt *record_put[KIND_COUNT];
	sqlite3_stmt *record_count[KIND_COUNT]; /* of one device */
};

/* Finalize everything and close. */
void sql_close(struct sql *c);

/* What an SQLite result code means to the rest of the program. */
enum gh_err sql_error(struct sql *c, int rc);

/* BEGIN, COMMIT or ROLLBACK. */
enum gh_err sql_control(struct sql *c, enum sql_id id);

/* One use of a statement. Parameters are put in order; errors stick until the end. Put
 * values are borrowed until sql_run or sql_end. */
struct sql_call {
	struct sql *c;
	sqlite3_stmt *st;
	enum gh_err err;
	int at;	      /* parameters put so far */
	bool passing; /* finalized at the end */
	bool stepped;
};

struct sql_call sql_call(struct sql *c, enum sql_id id);
/* A statement from elsewhere: *keep is prepared at its first use and kept ... */
struct sql_call sql_call_kept(struct sql *c, sqlite3_stmt **keep, gh_slice text);
/* ... or one only for this call. */
struct sql_call sql_call_once(struct sql *c, gh_slice text);

/* Whether bytes are stored as TEXT (UTF-8 without NUL) or as BLOB. */
bool sql_is_text(gh_slice s);

void sql_put_int(struct sql_call *q, int64_t v);
void sql_put_null(struct sql_call *q);
void sql_put_text(struct sql_call *q, gh_slice s);
void sql_put_blob(struct sql_call *q, gh_slice s);

/* The next row, if there is one. */
bool sql_next(struct sql_call *q);
enum gh_err sql_end(struct sql_call *q);
/* Step to the end. */
enum gh_err sql_run(struct sql_call *q);

/* A column of the row, borrowed until the next sql_next or sql_end. */
static inline bool sql_null(struct sql_call *q, int column)
{
	return sqlite3_column_type(q->st, column) == SQLITE_NULL;
}

static inline int64_t sql_int(struct sql_call *q, int column)
{
	return sqlite3_column_int64(q->st, column);
}

static inline gh_slice sql_text(struct sql_call *q, int column)
{
	const void *p = sqlite3_column_blob(q->st, column);

	return (gh_slice){ p, (size_t)sqlite3_column_bytes(q->st, column) };
}

#endif
