#include "store/sql/sql_store.h"

void sql_zones_end(struct store *s, bool committed)
{
	if (committed)
		s->zones.committed = s->zones.n;
	s->zones.n = s->zones.committed;
	s->zones.last = 0;
}

static enum gh_err zone_insert(struct store *s, gh_slice name, int64_t *id)
{
	struct sql_call put = sql_call(s->sql, SQL_ZONE_PUT);

	sql_put_text(&put, name);
	enum gh_err err = sql_run(&put);
	if (err)
		return err;
	struct sql_call find = sql_call(s->sql, SQL_ZONE_FIND);

	sql_put_text(&find, name);
	if (sql_next(&find))
		*id = sql_int(&find, 0);
	return sql_end(&find);
}

static bool zone_is(const struct zone_name *z, gh_slice name)
{
	return gh_slice_eq((gh_slice){ z->name, z->n }, name);
}

/* Names too long or too many to keep are looked up. */
enum gh_err sql_zone_number(struct store *s, gh_slice name, int64_t *id)
{
	struct zone_names *z = &s->zones;

	if (z->last >= z->n || !zone_is(&z->name[z->last], name))
		for (z->last = 0; z->last < z->n; z->last++)
			if (zone_is(&z->name[z->last], name))
				break;
	if (z->last < z->n) {
		*id = z->name[z->last].id;
		return GH_OK;
	}
	enum gh_err err = zone_insert(s, name, id);

	if (err == GH_OK && name.n <= sizeof(z->name[0].name) &&
	    z->n < sizeof(z->name) / sizeof(z->name[0])) {
		struct zone_name *added = &z->name[z->n++];

		added->id = *id;
		added->n = name.n;
		if (name.n)
			memcpy(added->name, name.p, name.n);
	}
	return err;
}
