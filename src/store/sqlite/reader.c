#include "store/sqlite/sqlite.h"

#include <stdlib.h>

struct sqlite_reader {
	struct store_reader reader;
	struct sqlite_conn conn;
};

enum gh_err sqlite_reader_open(struct store *s, struct store_reader **out)
{
	struct sqlite_reader *r = calloc(1, sizeof(*r));
	if (r == NULL)
		return GH_ENOMEM;
	r->conn.sql.engine = &sqlite_engine;
	r->reader.sql = &r->conn.sql;
	int rc = sqlite3_open_v2(
		sqlite_store_of(s)->path, &r->conn.db,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(r->conn.db,
				  "PRAGMA busy_timeout = 2000;"
				  "PRAGMA cache_size = -4096;",
				  NULL, NULL, NULL);
	if (rc == SQLITE_OK) {
		*out = &r->reader;
		return GH_OK;
	}
	enum gh_err err = r->conn.db ? sqlite_error(&r->conn, rc) : GH_ENOMEM;

	sqlite_reader_close(&r->reader);
	return err;
}

void sqlite_reader_close(struct store_reader *reader)
{
	struct sqlite_reader *r = (struct sqlite_reader *)reader;

	if (r == NULL)
		return;
	sqlite_conn_close(&r->conn);
	free(r);
}

void sqlite_reader_stop(struct store_reader *reader)
{
	sqlite3_interrupt(((struct sqlite_reader *)reader)->conn.db);
}
