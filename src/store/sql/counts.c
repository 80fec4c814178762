#include <stdio.h>

#include "store/sql/sql_store.h"

static enum gh_err counted_rows(struct sql *c, uint8_t of, int64_t *out)
{
	struct sql_call q = sql_call(c, SQL_ROW_COUNT_ALL);

	sql_put_text(&q, gh_slice_of(row_count_table(of)));
	if (sql_next(&q))
		*out = sql_int(&q, 0);
	return sql_end(&q);
}

enum gh_err sql_kept_counts(struct store_reader *r, int64_t device,
			    struct store_kept_counts *out)
{
	struct sql_call q = sql_call(r->sql, SQL_ROW_COUNTS);

	*out = (struct store_kept_counts){ 0 };
	sql_put_int(&q, device);
	sql_put_int(&q, device);
	while (sql_next(&q)) {
		gh_slice name = sql_text(&q, 0);

		if (gh_slice_eq(name, gh_slice_of(row_count_table(ROWS_QUARANTINE))))
			out->quarantined = sql_int(&q, 2);
		else if (gh_slice_eq(name, gh_slice_of(row_count_table(ROWS_UPLOADS))))
			out->uploads = sql_int(&q, 2);
	}
	return sql_end(&q);
}

enum gh_err sql_damaged_count(struct store_reader *r, int64_t device, int64_t *out)
{
	struct sql_call q = sql_call(r->sql, SQL_DAMAGED_COUNT);

	sql_put_int(&q, device);
	sql_put_int(&q, device ? device : INT64_MAX);
	if (sql_next(&q))
		*out = sql_int(&q, 0);
	return sql_end(&q);
}

static enum gh_err command_counts(struct sql *c, int64_t counts[COMMAND_STATES])
{
	struct sql_call q = sql_call(c, SQL_COMMAND_COUNT);

	while (sql_next(&q)) {
		int64_t state = sql_int(&q, 0);

		if (state >= 0 && state < COMMAND_STATES)
			counts[state] = sql_int(&q, 1);
	}
	return sql_end(&q);
}

enum gh_err sql_moved(struct store_reader *r, char *to, size_t size)
{
	struct sql_call q = sql_call(r->sql, SQL_MOVED);

	to[0] = '\0';
	if (sql_next(&q))
		snprintf(to, size, "%.*s", GH_FMT(sql_text(&q, 0)));
	return sql_end(&q);
}

enum gh_err sql_counts(struct store_reader *r, struct store_counts *out)
{
	struct store_counts found = { 0 };
	enum gh_err err = sql_last_seq(r, STREAM_PUNCH, &found.last_seq);
	int64_t floor = 0;

	if (err == GH_OK)
		err = sql_ledger_floor(r, STREAM_PUNCH, &floor);
	found.punches = found.last_seq - floor;

	if (err == GH_OK)
		err = counted_rows(r->sql, ROWS_QUARANTINE, &found.quarantined);
	if (err == GH_OK)
		err = counted_rows(r->sql, ROWS_UPLOADS, &found.raw_uploads);
	if (err == GH_OK)
		err = sql_damaged_count(r, 0, &found.damaged);
	if (err == GH_OK)
		err = command_counts(r->sql, found.commands);
	if (err == GH_OK)
		err = sql_record_counts(r, 0, found.records);
	if (err == GH_OK)
		err = sql_expired_read(r->sql, found.expired);
	if (err == GH_OK)
		*out = found;
	return err;
}
