#include "store/sql/device_group.h"

#include <stdlib.h>

#define PEOPLE_MANY 5000

#define AREAS_WITHIN                                                           \
	"WITH RECURSIVE within(id) AS (SELECT id FROM area WHERE id = ? UNION" \
	" SELECT a.id FROM area a JOIN within w ON a.parent = w.id)"           \
	" SELECT id FROM within"

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
}

enum gh_err people_area_measure(struct store_reader *r, struct store_group *g)
{
	struct sql_list l;

	if (g->area == 0)
		return GH_OK;
	sql_list_init(
		&l, GH_LIT("SELECT count(*) FROM (SELECT 1 FROM people_area pa WHERE pa.area IN"
			   " (" AREAS_WITHIN ") LIMIT ?) AS found"));
	sql_list_value_int(&l, g->area);
	sql_list_value_int(&l, PEOPLE_MANY);
	struct sql_call q = sql_list_start(r->sql, &l);

	if (sql_next(&q))
		g->many = sql_int(&q, 0) == PEOPLE_MANY;
	return sql_end(&q);
}

void people_area_put(struct sql_list *l, const struct store_group *g)
{
	sql_list_term(l,
		      g->many ? "EXISTS (SELECT 1 FROM people_area pa WHERE pa.people = r.id "
				"AND +pa.area IN"
				" (" AREAS_WITHIN "))"
			      : "r.id IN (SELECT pa.people FROM people_area pa WHERE pa.area IN"
				" (" AREAS_WITHIN "))");
	sql_list_value_int(l, g->area);
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
