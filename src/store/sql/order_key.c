/* The names that callers gave their orders. */
#include "store/sql/sql_store.h"

enum gh_err sql_order_key_find(struct store *s, int64_t token, gh_slice name, int64_t since_ms,
			       int64_t *command)
{
	struct sql_call q = sql_call(s->sql, SQL_ORDER_KEY_FIND);

	sql_put_int(&q, token);
	sql_put_text(&q, name);
	sql_put_int(&q, since_ms);
	bool found = sql_next(&q);

	if (found)
		*command = sql_int(&q, 0);
	enum gh_err err = sql_end(&q);

	return err == GH_OK && !found ? GH_ENOTFOUND : err;
}

enum gh_err sql_order_key_put(struct store *s, int64_t token, gh_slice name,
			      const int64_t *command, int64_t made_ms, int64_t since_ms)
{
	struct sql_call aged = sql_call(s->sql, SQL_ORDER_KEY_AGED);

	sql_put_int(&aged, since_ms);
	enum gh_err err = sql_run(&aged);

	/* The number of a new order. */
	if (err == GH_OK)
		err = sql_settle(s->sql);
	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, SQL_ORDER_KEY_PUT);

	sql_put_int(&q, token);
	sql_put_text(&q, name);
	sql_put_int(&q, *command);
	sql_put_int(&q, made_ms);
	return sql_run(&q);
}
