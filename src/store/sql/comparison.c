/* Comparisons of devices' logs with the ledger: a row for each device that has one. */
#include "model/comparison.h"
#include "store/sql/kind_sql.h"
#include "store/sql/sql_store.h"

enum gh_err sql_comparison_put(struct store *s, int64_t device, const struct comparison *c)
{
	char text[4096];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	enum gh_err err = sql_for_device(s, device);

	if (err)
		return err;
	sql_words(&w, "INSERT INTO device_comparison (device");
	kind_put_columns(&w, &comparison_kind, KIND_ALL_FIELDS, "%");
	sql_words(&w, ") VALUES (?");
	for (size_t i = 0; i < comparison_kind.fields; i++)
		sql_words(&w, ", ?");
	sql_words(&w, ") ON CONFLICT (device) DO UPDATE SET device = excluded.device");
	kind_put_columns(&w, &comparison_kind, KIND_ALL_FIELDS, "% = excluded.%");
	if (w.err)
		return w.err;

	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));
	struct comparison all = *c;

	all.present = (UINT64_C(1) << COMPARISON_FIELDS) - 1;
	sql_put_int(&q, device);
	kind_put_fields(&q, &comparison_kind, &all, KIND_ALL_FIELDS);
	return sql_run(&q);
}

enum gh_err sql_comparison_extra_add(struct store *s, int64_t device, int64_t day, int64_t n)
{
	enum gh_err err = sql_for_device(s, device);

	if (err)
		return err;

	struct sql_call q = sql_call(s->sql, SQL_COMPARISON_EXTRA_ADD);

	sql_put_int(&q, device);
	sql_put_int(&q, day);
	sql_put_int(&q, n);
	return sql_run(&q);
}

enum gh_err sql_comparisons_read(struct store_reader *r, store_comparison_fn *fn, void *ctx)
{
	char text[2048];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	bool more = true;

	sql_words(&w, "SELECT device");
	kind_put_columns(&w, &comparison_kind, KIND_ALL_FIELDS, "%");
	sql_words(&w, " FROM device_comparison");
	if (w.err)
		return w.err;

	struct sql_call q = sql_call_once(r->sql, ghi_written(&w));

	while (more && sql_next(&q)) {
		struct comparison c = comparison_new();

		/* A field of a later version is as in one that is new. */
		kind_read_fields(&q, &comparison_kind, 1, &c);
		more = fn(ctx, sql_int(&q, 0), &c);
	}
	return sql_end(&q);
}

enum gh_err sql_punches_between(struct store_reader *r, int64_t device, ghi_civil from,
				ghi_civil to, int64_t *n)
{
	struct sql_call q = sql_call(r->sql, SQL_PUNCH_BETWEEN);

	sql_put_int(&q, device);
	sql_put_int(&q, from);
	sql_put_int(&q, to);
	sql_put_int(&q, device);
	sql_put_int(&q, from / 1000000);
	sql_put_int(&q, to / 1000000);
	sql_put_int(&q, device);
	sql_put_int(&q, from / 1000000);
	sql_put_int(&q, to / 1000000);
	*n = sql_next(&q) ? sql_int(&q, 0) : 0;
	return sql_end(&q);
}
