/* Where punches and access events are in time, derived again: by one statement where a database gains by it. */
#include "store/sql/sql_store.h"
#include "store/sql/value_list.h"

static enum gh_err rezone_one(struct store *s, enum sql_id statement, const struct punch *p)
{
	int64_t zone = 0;
	enum gh_err err = sql_zone_number(s, p->zone, &zone);

	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, statement);

	sql_put_int(&q, zone);
	if (p->utc == PUNCH_NO_UTC)
		sql_put_null(&q);
	else
		sql_put_int(&q, p->utc);
	sql_put_int(&q, p->flags);
	sql_put_int(&q, p->seq);
	return sql_run(&q);
}

enum rezone_list { REZONE_SEQ, REZONE_ZONE, REZONE_UTC, REZONE_FLAGS, REZONE_LISTS };

static enum gh_err rezone_texts(struct store *s, struct buffer list[REZONE_LISTS],
				const struct punch *p, size_t n)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < n && err == GH_OK; i++) {
		int64_t zone = 0;

		err = sql_zone_number(s, p[i].zone, &zone);
		value_list_number(&list[REZONE_SEQ], i, p[i].seq);
		value_list_number(&list[REZONE_ZONE], i, zone);
		if (p[i].utc == PUNCH_NO_UTC)
			value_list_null(&list[REZONE_UTC], i);
		else
			value_list_number(&list[REZONE_UTC], i, p[i].utc);
		value_list_number(&list[REZONE_FLAGS], i, p[i].flags);
	}
	for (size_t i = 0; i < REZONE_LISTS && err == GH_OK; i++)
		err = list[i].err;
	return err;
}

static enum gh_err rezone_many(struct store *s, const struct punch *p, size_t n)
{
	struct buffer list[REZONE_LISTS];

	for (size_t i = 0; i < REZONE_LISTS; i++)
		list[i] = buffer_with_limit(VALUE_LIST_BYTES);
	enum gh_err err = rezone_texts(s, list, p, n);

	if (err == GH_OK) {
		struct sql_call q =
			sql_call_once(s->sql, gh_slice_of(s->sql->engine->punches_rezone));

		for (size_t i = 0; i < REZONE_LISTS; i++)
			sql_put_text(&q, buffer_text(&list[i]));
		err = sql_run(&q);
	}
	for (size_t i = 0; i < REZONE_LISTS; i++)
		buffer_clear(&list[i]);
	return err;
}

enum gh_err sql_punches_rezone(struct store *s, const struct punch *p, size_t n)
{
	enum gh_err err = GH_OK;

	/* A list of nothing alone would have no element. */
	if (n > 1 && s->sql->engine->punches_rezone)
		return rezone_many(s, p, n);
	for (size_t i = 0; i < n && err == GH_OK; i++)
		err = rezone_one(s, SQL_PUNCH_REZONE, &p[i]);
	return err;
}

enum gh_err sql_access_rezone(struct store *s, const struct punch *p, size_t n)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < n && err == GH_OK; i++)
		err = rezone_one(s, SQL_ACCESS_REZONE, &p[i]);
	return err;
}
