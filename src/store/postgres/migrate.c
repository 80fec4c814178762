#include <stdio.h>
#include <stdlib.h>

#include "store/postgres/postgres.h"
#include "store/postgres/schema.h"

/* Programs that start at once wait for each other at this table. */
static const char lock_text[] =
	"SET LOCAL lock_timeout = '30s';"
	"CREATE TABLE IF NOT EXISTS schema_version (version bigint NOT NULL);"
	"LOCK TABLE schema_version IN EXCLUSIVE MODE";

static enum gh_err pg_number_read(struct pg_conn *c, const char *text, int64_t *out)
{
	PGresult *r = NULL;
	enum gh_err err = pg_exec(c, text, &r);
	const char *value = err == GH_OK && PQntuples(r) ? PQgetvalue(r, 0, 0) : "0";

	*out = strtoll(value, NULL, 10);
	PQclear(r);
	return err;
}

/* Tables of our names without a version belong to another program. */
static const char foreign_text[] =
	"SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
	" AND tablename IN ('punch', 'device', 'ledger', 'command')";

static enum gh_err pg_version_check(int64_t version, int64_t foreign, char *why,
				    size_t why_size)
{
	if (version == 0 && foreign) {
		snprintf(why, why_size, "the database has tables of another program");
		return GH_EINVALID;
	}
	if (version > postgres_migration_count) {
		snprintf(why, why_size,
			 "the database has schema version %lld, written by a newer gatehouse; "
			 "this one supports versions up to %d",
			 (long long)version, postgres_migration_count);
		return GH_EDENIED;
	}
	return GH_OK;
}

static enum gh_err pg_schema_migrate(struct pg_conn *c, int64_t version)
{
	enum gh_err err = pg_exec(c, postgres_migrations[version], NULL);

	return err ? err
		   : pg_exec(c,
			     version ? "UPDATE schema_version SET version = version + 1"
				     : "INSERT INTO schema_version VALUES (1)",
			     NULL);
}

static enum gh_err migrate_all(struct pg_conn *c, char *why, size_t why_size)
{
	int64_t version = 0, foreign = 0;
	enum gh_err err = pg_exec(c, lock_text, NULL);

	if (err == GH_OK)
		err = pg_number_read(c, "SELECT max(version) FROM schema_version", &version);
	if (err == GH_OK)
		err = pg_number_read(c, foreign_text, &foreign);
	if (err)
		return err;
	err = pg_version_check(version, foreign, why, why_size);
	while (err == GH_OK && version < postgres_migration_count)
		err = pg_schema_migrate(c, version++);
	return err;
}

enum gh_err pg_migrate(struct pg_conn *c, char *why, size_t why_size)
{
	enum gh_err err = pg_exec(c, "BEGIN", NULL);

	why[0] = '\0';
	if (err == GH_OK)
		err = migrate_all(c, why, why_size);
	if (err == GH_OK)
		err = pg_exec(c, "COMMIT", NULL);
	if (err && why[0] == '\0')
		pg_message_write(c, "bring the database up to date", why, why_size);
	if (err)
		(void)pg_exec(c, "ROLLBACK", NULL);
	return err;
}
