#include <stdio.h>

#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite.h"

/* "Gate", so that a file of another program is recognised. */
#define APPLICATION_ID 0x47617465

static int pragma_read(struct sqlite_conn *c, const char *text, int *out)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(c->db, text, -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		*out = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static int versions_read(struct sqlite_conn *c, int *version, int *application, int *tables)
{
	int rc = pragma_read(c, "PRAGMA user_version", version);

	if (rc == SQLITE_OK)
		rc = pragma_read(c, "PRAGMA application_id", application);
	if (rc == SQLITE_OK)
		rc = pragma_read(c, "SELECT count(*) FROM sqlite_master", tables);
	return rc;
}

static enum gh_err sqlite_version_check(int version, int application, int tables,
					const char *path, char *why, size_t why_size)
{
	if (application != APPLICATION_ID && (version || application || tables)) {
		snprintf(why, why_size, "%s is a database of another program", path);
		return GH_EINVALID;
	}
	if (version > sqlite_migration_count) {
		snprintf(why, why_size,
			 "database %s has schema version %d, written by a newer gatehouse; "
			 "this one supports versions up to %d",
			 path, version, sqlite_migration_count);
		return GH_EDENIED;
	}
	return GH_OK;
}

/* To the version `to`. */
static int sqlite_schema_migrate(struct sqlite_conn *c, const char *text, int to)
{
	char mark[80];
	int rc = sqlite3_exec(c->db, text, NULL, NULL, NULL);

	snprintf(mark, sizeof(mark), "PRAGMA application_id = %d; PRAGMA user_version = %d",
		 APPLICATION_ID, to);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(c->db, mark, NULL, NULL, NULL);
	return rc;
}

static enum gh_err migrate_fail(struct sqlite_conn *c, int rc, const char *path, char *why,
				size_t why_size)
{
	enum gh_err err = sqlite_error(c, rc);

	sqlite_message_write(c, path, "bring up to date", why, why_size);
	return err;
}

enum gh_err sqlite_migrate(struct sqlite_conn *c, const char *path, char *why, size_t why_size)
{
	int version = 0, application = 0, tables = 0;
	int rc = versions_read(c, &version, &application, &tables);
	if (rc != SQLITE_OK)
		return migrate_fail(c, rc, path, why, why_size);
	enum gh_err err =
		sqlite_version_check(version, application, tables, path, why, why_size);
	if (err || version == sqlite_migration_count)
		return err;

	/* Looked at again now that no other process can migrate it. */
	rc = sqlite3_exec(c->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = versions_read(c, &version, &application, &tables);
	if (rc == SQLITE_OK && version == 0 && tables == 0) {
		version = sqlite_migration_count;
		rc = sqlite_schema_migrate(c, sqlite_new_store, version);
	}
	for (; rc == SQLITE_OK && version < sqlite_migration_count; version++)
		rc = sqlite_schema_migrate(c, sqlite_migrations[version], version + 1);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(c->db, "COMMIT", NULL, NULL, NULL);
	return rc == SQLITE_OK ? GH_OK : migrate_fail(c, rc, path, why, why_size);
}
