/* How much a device has: punches its log still holds, records in quarantine, options. */
#include "store/sql/sql_store.h"

enum gh_err sql_device_held(struct store *s, int64_t device, int64_t most,
			    struct store_held *out)
{
	*out = (struct store_held){ 0 };
	/* Jobs before this one may have put records in quarantine. */
	enum gh_err err = sql_settle(s->sql);

	if (err == GH_OK)
		err = row_counts_write(s);
	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, SQL_DEVICE_HELD);

	sql_put_int(&q, device);
	sql_put_int(&q, device);
	sql_put_int(&q, most);
	sql_put_int(&q, device);
	sql_put_int(&q, device);
	sql_put_int(&q, device);
	if (sql_next(&q))
		*out = (struct store_held){ .punches = sql_int(&q, 0),
					    .quarantined = sql_int(&q, 1) };
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
