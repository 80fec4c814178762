/* Plans of many people: what they are for each of them. */
#include "store/sql/sql_store.h"

enum gh_err sql_plan_items_add(struct store *s, const struct plan_item *p, size_t n)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < n && err == GH_OK; i++) {
		struct sql_call q = sql_call(s->sql, SQL_PLAN_ITEM_ADD);

		sql_put_int(&q, p[i].plan);
		sql_put_int(&q, p[i].item);
		sql_put_int(&q, p[i].people);
		sql_put_int(&q, p[i].version);
		sql_put_int(&q, p[i].state);
		sql_put_text(&q, p[i].pin);
		sql_put_text(&q, p[i].before);
		sql_put_text(&q, p[i].after);
		sql_put_text(&q, p[i].note);
		err = sql_run(&q);
	}
	return err;
}

enum gh_err sql_plan_item_put(struct store *s, const struct plan_item *p)
{
	struct sql_call q = sql_call(s->sql, SQL_PLAN_ITEM_PUT);

	sql_put_int(&q, p->state);
	sql_put_text(&q, p->note);
	sql_put_int(&q, p->plan);
	sql_put_int(&q, p->item);
	return sql_run_found(&q);
}

static enum gh_err plan_items(struct sql *c, const struct plan_items_of *of,
			      store_plan_item_fn *fn, void *ctx)
{
	struct sql_call q = sql_call(c, of->open ? SQL_PLAN_ITEMS_OPEN : SQL_PLAN_ITEMS);

	sql_put_int(&q, of->plan);
	sql_put_int(&q, of->after);
	sql_put_int(&q, of->limit);
	while (sql_next(&q)) {
		struct plan_item p = {
			.plan = of->plan,
			.item = sql_int(&q, 0),
			.people = sql_int(&q, 1),
			.version = sql_int(&q, 2),
			.state = (enum plan_step_state)sql_int(&q, 3),
			.pin = sql_text(&q, 4),
			.before = sql_text(&q, 5),
			.after = sql_text(&q, 6),
			.note = sql_text(&q, 7),
		};

		if (!fn(ctx, &p))
			break;
	}
	return sql_end(&q);
}

enum gh_err sql_plan_items_scan(struct store *s, const struct plan_items_of *of,
				store_plan_item_fn *fn, void *ctx)
{
	enum gh_err err = sql_settle(s->sql);

	return err ? err : plan_items(s->sql, of, fn, ctx);
}

enum gh_err sql_plan_items_read(struct store_reader *r, const struct plan_items_of *of,
				store_plan_item_fn *fn, void *ctx)
{
	return plan_items(r->sql, of, fn, ctx);
}
