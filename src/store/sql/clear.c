/* What deleted devices leave is removed in pieces: it may be more than uploads can wait for. */
#include "store/sql/sql_store.h"

#include "model/record.h"

/* At most `limit` records of one kind. */
static enum gh_err kind_clear(struct store *s, enum model_kind_id kind, int64_t device,
			      size_t limit, size_t *removed)
{
	gh_slice table = gh_slice_of(model_kinds[kind].name);
	char text[256];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	*removed = 0;
	ghi_put(&w, GH_LIT("DELETE FROM "));
	ghi_put(&w, table);
	ghi_put(&w, GH_LIT(" WHERE id IN (SELECT id FROM "));
	ghi_put(&w, table);
	ghi_put(&w, GH_LIT(" WHERE device = ? LIMIT ?)"));
	ghi_put(&w, gh_slice_of(row_count_returning(kind)));
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	sql_put_int(&q, device);
	sql_put_int(&q, (int64_t)limit);
	enum gh_err err = sql_run_removing(&q, kind, removed);

	return err ? err : sql_settle(s->sql);
}

static enum gh_err device_cleared(struct store *s, int64_t device)
{
	struct sql_call q = sql_call(s->sql, SQL_INTAKE_OF_DEVICE);
	enum gh_err err;

	sql_put_int(&q, device);
	err = sql_run(&q);
	if (err)
		return err;
	q = sql_call(s->sql, SQL_DEVICE_CLEARED);
	sql_put_int(&q, device);
	sql_found_clear(s);
	return sql_run(&q);
}

enum gh_err sql_device_clear(struct store *s, int64_t device, size_t limit, size_t *removed)
{
	enum gh_err err = GH_OK;

	*removed = 0;
	for (enum model_kind_id kind = 0; err == GH_OK && kind < KIND_COUNT && *removed < limit;
	     kind++) {
		size_t n;

		err = kind_clear(s, kind, device, limit - *removed, &n);
		*removed += n;
	}
	return err == GH_OK && *removed < limit ? device_cleared(s, device) : err;
}

static enum gh_err clearing_find(struct store *s, int64_t *device)
{
	struct sql_call q = sql_call(s->sql, SQL_DEVICE_CLEARING);

	*device = sql_next(&q) ? sql_int(&q, 0) : 0;
	return sql_end(&q);
}

enum gh_err sql_devices_clear(struct store *s, size_t limit, size_t *removed, bool *more)
{
	int64_t device = 0;
	size_t n, done = 0; /* a device without records is some work, too */
	enum gh_err err;

	*removed = 0;
	do {
		err = clearing_find(s, &device);
		n = 0;
		if (err == GH_OK && device)
			err = sql_device_clear(s, device, limit - done, &n);
		*removed += n;
		done += n + 1;
	} while (err == GH_OK && device && done < limit);
	*more = device != 0;
	return err;
}
