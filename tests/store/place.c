#include "place.h"

#include <string.h>

#ifdef GH_HAVE_POSTGRES
#include <libpq-fe.h>

static bool server_execute(const char *text)
{
	PGconn *db = PQconnectdb(getenv("GATEHOUSE_TEST_POSTGRES"));
	PGresult *r = PQexec(db, text);
	bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;

	if (!ok)
		fprintf(stderr, "%s: %s\n", text, PQerrorMessage(db));
	PQclear(r);
	PQfinish(db);
	return ok;
}
#else
static bool server_execute(const char *text)
{
	(void)text;
	return false;
}
#endif

/* Gives a schema that is ready this name, or makes an empty one; see tests/postgres.py. */
static const char take[] =
	"DO $$ DECLARE ready name;"
	" BEGIN"
	"  SELECT min(nspname) INTO ready FROM pg_namespace WHERE nspname LIKE 'ready\\_%%';"
	"  IF ready IS NULL THEN CREATE SCHEMA %s;"
	"  ELSE EXECUTE format('ALTER SCHEMA %%I RENAME TO %s', ready); END IF;"
	" END $$";

static bool schema_make(struct place *p)
{
	static unsigned made;
	const char *base = getenv("GATEHOUSE_TEST_POSTGRES");
	char text[sizeof(take) + 2 * sizeof(p->schema)];

	if (base == NULL) {
		fprintf(stderr, "GATEHOUSE_TEST_POSTGRES is not set\n");
		return false;
	}
	snprintf(p->schema, sizeof(p->schema), "t%ld_%u", (long)getpid(), ++made);
	snprintf(p->url, sizeof(p->url), "%s&options=-csearch_path%%3D%s", base, p->schema);
	snprintf(text, sizeof(text), take, p->schema, p->schema);
	return server_execute(text);
}

bool place_make(struct place *p, const char *backend)
{
	*p = (struct place){ .schema = "" };
	if (strcmp(backend, "postgres") == 0)
		return schema_make(p);
	if (!temp_store_make(&p->sqlite))
		return false;
	snprintf(p->url, sizeof(p->url), "%s", p->sqlite.url);
	return true;
}

bool place_remove(struct place *p)
{
	char text[128];

	if (p->schema[0] == '\0')
		return temp_store_remove(&p->sqlite);
	snprintf(text, sizeof(text), "SET client_min_messages = error; DROP SCHEMA %s CASCADE",
		 p->schema);
	return server_execute(text);
}
