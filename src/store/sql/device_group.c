#include "store/sql/device_group.h"

#include <stdlib.h>

#define PEOPLE_MANY 5000

#define AREAS_WITHIN                                                           \
	"WITH RECURSIVE within(id) AS (SELECT id FROM area WHERE id = ? UNION" \
	" SELECT a.id FROM area a JOIN within w ON a.parent = w.id)"           \
	" SELECT id FROM within"

#define AREAS_OF_ACCOUNT                                                               \
	"WITH RECURSIVE own(id) AS (SELECT aa.area FROM account_area aa WHERE"         \
	" aa.account = ? UNION SELECT a.id FROM area a JOIN own o ON a.parent = o.id)" \
	" SELECT id FROM own"

static void group_text_put(struct sql_list *l, const struct store_group *g)
{
	sql_list_more(l, "SELECT g.id FROM device g WHERE g.deleted = 0");
	if (g->tag.n) {
		sql_list_more(l, " AND g.id IN (SELECT dt.device FROM device_tag dt"
				 " JOIN tag t ON t.id = dt.tag WHERE t.name = ?)");
		sql_list_value_text(l, g->tag);
	}
	if (g->area) {
		sql_list_more(l, " AND g.area IN (" AREAS_WITHIN ")");
		sql_list_value_int(l, g->area);
	}
	if (g->account) {
		sql_list_more(l, " AND g.area IN (" AREAS_OF_ACCOUNT ")");
		sql_list_value_int(l, g->account);
	}
}

enum gh_err people_area_measure(struct store_reader *r, struct store_group *g)
{
	struct sql_list l;

	if (g->area == 0 && g->account == 0)
		return GH_OK;
	sql_list_init(
		&l, GH_LIT("SELECT count(*) FROM (SELECT 1 FROM people_area pa WHERE pa.area IN"
			   " ("));
	sql_list_more(&l, g->area ? AREAS_WITHIN : AREAS_OF_ACCOUNT);
	sql_list_more(&l, ") LIMIT ?) AS found");
	sql_list_value_int(&l, g->area ? g->area : g->account);
	sql_list_value_int(&l, PEOPLE_MANY);
	struct sql_call q = sql_list_start(r->sql, &l);

	if (sql_next(&q))
		g->many = sql_int(&q, 0) == PEOPLE_MANY;
	return sql_end(&q);
}

static void people_term_put(struct sql_list *l, bool many, const char *areas, int64_t of)
{
	sql_list_term(
		l, many ? "EXISTS (SELECT 1 FROM people_area pa WHERE pa.people = r.id "
			  "AND +pa.area IN ("
			: "r.id IN (SELECT pa.people FROM people_area pa WHERE pa.area IN (");
	sql_list_more(l, areas);
	sql_list_more(l, "))");
	sql_list_value_int(l, of);
}

void people_area_put(struct sql_list *l, const struct store_group *g)
{
	if (g->area)
		people_term_put(l, g->many, AREAS_WITHIN, g->area);
	if (g->account)
		people_term_put(l, g->many, AREAS_OF_ACCOUNT, g->account);
}

void area_own_put(struct sql_list *l, const struct store_group *g)
{
	sql_list_term(l, "r.id IN (" AREAS_OF_ACCOUNT ")");
	sql_list_value_int(l, g->account);
}

void device_group_put(struct sql_list *l, const char *column, const struct store_group *g)
{
	sql_list_term(l, column);
	sql_list_more(l, " IN (");
	group_text_put(l, g);
	sql_list_more(l, ")");
}

enum gh_err device_group_read(struct store_reader *r, const struct store_group *g,
			      struct device_group *out)
{
	struct device_group found = { .id = NULL };
	size_t room = 0;
	struct sql_list l;
	enum gh_err err = GH_OK, end;

	*out = found;
	if (!store_group_given(g))
		return GH_OK;
	sql_list_init(&l, (gh_slice){ 0 });
	group_text_put(&l, g);
	sql_list_more(&l, " ORDER BY g.id");
	struct sql_call q = sql_list_start(r->sql, &l);

	while (err == GH_OK && sql_next(&q)) {
		if (found.n == room) {
			int64_t *p = realloc(found.id, (room = 2 * room + 64) * sizeof(*p));

			err = p ? GH_OK : GH_ENOMEM;
			found.id = p ? p : found.id;
		}
		if (err == GH_OK)
			found.id[found.n++] = sql_int(&q, 0);
	}
	end = sql_end(&q);
	err = err ? err : end;
	if (err)
		free(found.id);
	else
		*out = found;
	return err;
}
