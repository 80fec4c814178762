/* What the people of a day punched, in short: grouped by the database, from the index of the natural
 * key, which has everything that is needed. */
#include "store/sql/device_group.h"
#include "store/sql/rows.h"
#include "store/sql/sql_store.h"

/* A condition on p.status; the texts are of this program. */
static void direction_put(struct sql_list *l, enum attendance_direction way)
{
	enum attendance_direction one;
	bool more = false;
	int32_t status;

	sql_list_more(l, way == DIRECTION_NONE ? "p.status NOT IN (" : "p.status IN (");
	for (size_t i = 0; attendance_directed(i, &status, &one); i++) {
		if (way != DIRECTION_NONE && one != way)
			continue;
		sql_list_more(l, more ? ", " : "");
		ghi_put_signed(&l->w, status);
		more = true;
	}
	sql_list_more(l, ")");
}

static void day_select_put(struct sql_list *l)
{
	static const char *const sum[] = { ", count(CASE WHEN ", ", min(CASE WHEN ",
					   ", max(CASE WHEN " };

	sql_list_init(l, GH_LIT("SELECT p.pin, max(p.device)"));
	for (int way = 0; way < DIRECTIONS; way++)
		for (size_t i = 0; i < sizeof(sum) / sizeof(sum[0]); i++) {
			sql_list_more(l, sum[i]);
			direction_put(l, (enum attendance_direction)way);
			sql_list_more(l, i ? " THEN p.time END)" : " THEN 1 END)");
		}
}

enum gh_err sql_punch_days_read(struct store_reader *r, const struct punch_day_query *query,
				bool (*fn)(void *ctx, const struct punch_day *day), void *ctx)
{
	struct punch_day day = { .day = query->from / 1000000 };
	struct sql_list l;

	day_select_put(&l);
	sql_list_more(&l, " FROM punch p");
	sql_list_more(&l, r->sql->engine->punch_by_key);
	if (query->device)
		sql_list_int(&l, "p.device = ?", query->device);
	if (store_group_given(&query->group))
		device_group_put(&l, "p.device", &query->group);
	else if (query->device == 0)
		sql_list_term(&l, "p.device IN (SELECT id FROM device)");
	sql_list_int(&l, "p.time >= ?", query->from);
	sql_list_int(&l, "p.time <= ?", query->to);
	/* A check of an identity card is none. */
	sql_list_term(&l, "(p.extra IS NULL OR p.extra NOT LIKE '" PUNCH_CHECK_LIKE
			  "' OR p.extra LIKE '" PUNCH_CHECK_UNLIKE "')");
	if (query->after.n)
		sql_list_text(&l, "p.pin > ?", query->after);
	sql_list_more(&l, " GROUP BY p.pin ORDER BY p.pin LIMIT ?");
	sql_list_value_int(&l, query->limit);
	struct sql_call q = sql_list_start(r->sql, &l);
	bool more = true;

	q.together = query->limit <= ROWS_TOGETHER;
	while (more && sql_next(&q)) {
		day.pin = sql_text(&q, 0);
		day.device = sql_int(&q, 1);
		for (int way = 0; way < DIRECTIONS; way++) {
			day.n[way] = sql_int(&q, 2 + 3 * way);
			day.first[way] = day.n[way] ? sql_int(&q, 3 + 3 * way) : GHI_CIVIL_NONE;
			day.last[way] = day.n[way] ? sql_int(&q, 4 + 3 * way) : GHI_CIVIL_NONE;
		}
		more = fn(ctx, &day);
	}
	return sql_end(&q);
}
