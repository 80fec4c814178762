#include "store/sql/punch_few.h"

#include <stdlib.h>

#include "store/sql/device_group.h"

/* How many of a device, or of a span of time of all of them, are few. Where there are more, not
 * much has to be read through until a page is full. */
static size_t few_most(const struct sql *c, int64_t device)
{
	if (!c->engine->key_has_number)
		return 2500;
	return device ? 20000 : 5000;
}

static struct sql_call key_call(struct store_reader *r, const struct store_rows *rows,
				int64_t from, int64_t to, size_t most)
{
	struct sql_list l;

	sql_list_init(&l, GH_LIT("SELECT p.seq FROM punch p"));
	sql_list_more(&l, r->sql->engine->punch_by_key);
	if (rows->device)
		sql_list_int(&l, "p.device = ?", rows->device);
	if (store_group_given(&rows->group))
		device_group_put(&l, "p.device", &rows->group);
	else if (rows->device == 0)
		sql_list_term(&l, "p.device IN (SELECT id FROM device)");
	if (from != INT64_MIN)
		sql_list_int(&l, "p.time >= ?", from);
	if (to != INT64_MAX)
		sql_list_int(&l, "p.time <= ?", to);
	sql_list_more(&l, " LIMIT ?");
	sql_list_value_int(&l, (int64_t)most + 1);
	struct sql_call q = sql_list_start(r->sql, &l);

	q.together = true;
	return q;
}

static int seq_order(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

enum gh_err punch_few_read(struct store_reader *r, const struct store_rows *rows, int64_t from,
			   int64_t to, struct punch_few *out)
{
	size_t most = few_most(r->sql, rows->device);

	*out = (struct punch_few){ .seq = malloc((most + 1) * sizeof(*out->seq)) };
	if (out->seq == NULL)
		return GH_ENOMEM;
	struct sql_call q = key_call(r, rows, from, to, most);

	while (sql_next(&q))
		out->seq[out->n++] = sql_int(&q, 0);
	out->few = out->n <= most;
	if (out->few)
		qsort(out->seq, out->n, sizeof(*out->seq), seq_order);
	return sql_end(&q);
}
