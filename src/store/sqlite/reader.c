#include "store/sqlite/sqlite.h"

#include <stdlib.h>

enum gh_err sqlite_reader_open(struct store *s, struct store_reader **out)
{
	struct store_reader *r = calloc(1, sizeof(*r));
	if (r == NULL)
		return GH_ENOMEM;
	int rc = sqlite3_open_v2(
		s->path, &r->sql.db,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(r->sql.db,
				  "PRAGMA busy_timeout = 2000;"
				  "PRAGMA cache_size = -4096;",
				  NULL, NULL, NULL);
	if (rc == SQLITE_OK) {
		*out = r;
		return GH_OK;
	}
	enum gh_err err = r->sql.db ? sql_error(&r->sql, rc) : GH_ENOMEM;

	sqlite_reader_close(r);
	return err;
}

void sqlite_reader_close(struct store_reader *r)
{
	if (r == NULL)
		return;
	sql_close(&r->sql);
	free(r);
}

static enum gh_err number(struct sql *c, enum sql_id statement, int64_t *out)
{
	struct sql_call q = sql_call(c, statement);

	if (sql_next(&q))
		*out = sql_int(&q, 0);
	return sql_end(&q);
}

static enum gh_err command_counts(struct sql *c, int64_t counts[COMMAND_STATES])
{
	struct sql_call q = sql_call(c, SQL_COMMAND_COUNT);

	while (sql_next(&q)) {
		int64_t state = sql_int(&q, 0);

		if (state >= 0 && state < COMMAND_STATES)
			counts[state] = sql_int(&q, 1);
	}
	return sql_end(&q);
}

enum gh_err sqlite_counts(struct store_reader *r, struct store_counts *out)
{
	struct store_counts found = { 0 };
	enum gh_err err = number(&r->sql, SQL_PUNCH_LAST, &found.punches);

	if (err == GH_OK)
		err = number(&r->sql, SQL_QUARANTINE_COUNT, &found.quarantined);
	if (err == GH_OK)
		err = number(&r->sql, SQL_UPLOAD_COUNT, &found.raw_uploads);
	if (err == GH_OK)
		err = command_counts(&r->sql, found.commands);
	if (err == GH_OK)
		err = sqlite_record_counts(r, 0, found.records);
	if (err == GH_OK)
		*out = found;
	return err;
}
