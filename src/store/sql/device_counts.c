/* How much a device has: punches its log still holds, records in quarantine, options. */
#include "store/sql/sql_store.h"

static enum gh_err held_state(struct store *s, int64_t device, struct store_held *out)
{
	struct sql_call q = sql_call(s->sql, SQL_DEVICE_HELD);

	sql_put_int(&q, device);
	sql_put_int(&q, device);
	if (sql_next(&q)) {
		out->log.erased = sql_int(&q, 0);
		out->log.upto = sql_int(&q, 1);
		out->quarantined = sql_int(&q, 2);
	}
	return sql_end(&q);
}

/* What was counted is as far as a removal may have come: a piece of it has one number for all of a day,
 * so that it is not known which of them are newer. */
static enum gh_err log_newer(struct store *s, int64_t device,
			     const struct store_log_count *from, struct store_held *out)
{
	struct sql_call q = sql_call(s->sql, SQL_LOG_NEWER);

	sql_put_int(&q, from->upto);
	sql_put_int(&q, out->log.upto);
	sql_put_int(&q, device);
	if (sql_next(&q)) {
		out->log.n = from->n + sql_int(&q, 0);
		out->far = sql_int(&q, 1) > from->upto;
	}
	return sql_end(&q);
}

enum gh_err sql_device_held(struct store *s, int64_t device,
			    const struct store_log_count *known, struct store_held *out)
{
	*out = (struct store_held){ 0 };
	/* Jobs before this one may have put records in quarantine. */
	enum gh_err err = sql_settle(s->sql);

	if (err == GH_OK)
		err = row_counts_write(s);
	if (err == GH_OK)
		err = held_state(s, device, out);
	if (err)
		return err;
	struct store_log_count from = { .erased = out->log.erased, .upto = out->log.erased };

	if (known->erased == from.erased && known->upto > from.upto)
		from = *known;
	/* The newest ones may have been rolled back, and other ones have their numbers. */
	out->far = from.upto > out->log.upto || out->log.upto - from.upto > STORE_LOG_NEWER;
	if (!out->far)
		err = log_newer(s, device, &from, out);
	if (out->far)
		out->log = *known;
	return err;
}

enum gh_err sql_log_count(struct store_reader *r, int64_t device, struct store_log_count *out)
{
	struct sql_call q = sql_call(r->sql, SQL_LOG_COUNT);

	*out = (struct store_log_count){ 0 };
	for (int i = 0; i < 4; i++)
		sql_put_int(&q, device);
	if (sql_next(&q))
		*out = (struct store_log_count){ .erased = sql_int(&q, 0),
						 .upto = sql_int(&q, 1),
						 .n = sql_int(&q, 2) };
	return sql_end(&q);
}

enum gh_err sql_device_erased(struct store *s, int64_t device)
{
	struct sql_call q = sql_call(s->sql, SQL_DEVICE_ERASED);

	sql_put_int(&q, device);
	return sql_run(&q);
}

enum gh_err sql_option_room(struct store *s, int64_t device, gh_slice key, int64_t *names,
			    bool *known)
{
	struct sql_call q = sql_call(s->sql, SQL_OPTION_ROOM);

	*names = 0;
	*known = false;
	sql_put_int(&q, device);
	sql_put_int(&q, device);
	sql_put_text(&q, key);
	if (sql_next(&q)) {
		*names = sql_int(&q, 0);
		*known = sql_int(&q, 1) != 0;
	}
	return sql_end(&q);
}
