/* One SQLite connection: its prepared statements, values in and out, and what its errors
 * mean. */
#ifndef GH_STORE_SQLITE_CONN_H
#define GH_STORE_SQLITE_CONN_H

#include <sqlite3.h>

#include "store/sql/sql.h"

/* Statements of SQLite alone, numbered after those of sql/. */
enum sqlite_id {
	OWN_FIRST = SQL_KEPT - 1,
#define STATEMENT(NAME, text) OWN_##NAME,
#include "store/sqlite/statement.def"
#undef STATEMENT
	OWN_KEPT
};

struct sqlite_conn {
	struct sql sql;
	sqlite3 *db;
	enum gh_err failed; /* the error that ended the open transaction */
	sqlite3_stmt *stmt[OWN_KEPT];
};

extern const struct sql_engine sqlite_engine;

/* Finalize everything and close. */
void sqlite_conn_close(struct sqlite_conn *c);

/* What an SQLite result code means to the rest of the program. */
enum gh_err sqlite_error(struct sqlite_conn *c, int rc);

/* BEGIN, COMMIT or ROLLBACK. */
enum gh_err sqlite_control(struct sqlite_conn *c, enum sqlite_id id);

/* One use of a statement of SQLite's own. */
struct sql_call sqlite_call(struct sqlite_conn *c, enum sqlite_id id);

/* Whether bytes are stored as TEXT (UTF-8 without NUL) or as BLOB. */
bool sqlite_is_text(gh_slice s);

#endif
