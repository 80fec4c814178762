/* What is stored of the index against the ledger. */
#include "store/sql/punch_index.h"

static enum gh_err blocks_compare(struct store_reader *r, int64_t segment,
				  const struct punch_index_part *x, bool *same)
{
	struct sql_call q = sql_call(r->sql, SQL_BLOCK_LIST);
	int64_t first = (segment - 1) * SEGMENT_BLOCKS + 1;
	size_t n = 0;

	sql_put_int(&q, first);
	sql_put_int(&q, first + SEGMENT_BLOCKS - 1);
	while (sql_next(&q)) {
		struct punch_index_block block =
			punch_index_block(x, (size_t)(sql_int(&q, 0) - first));

		*same = *same && gh_slice_eq(sql_text(&q, 1), block.days) &&
			gh_slice_eq(sql_text(&q, 2), block.devices);
		n++;
	}
	*same = *same && n == SEGMENT_BLOCKS;
	return sql_end(&q);
}

static enum gh_err bucket_compare_stored(struct store_reader *r, int64_t id, gh_slice pins,
					 bool *same)
{
	struct sql_call q = sql_call(r->sql, SQL_PIN_LIST);

	sql_put_int(&q, id);
	sql_put_int(&q, id);
	*same = gh_slice_eq(sql_next(&q) ? sql_text(&q, 1) : (gh_slice){ 0 }, pins);
	return sql_end(&q);
}

enum gh_err punch_index_compare(struct store_reader *r, int64_t segment, bool *same)
{
	struct punch_index_part *x;
	enum gh_err err = punch_index_build(r, segment, &x);

	*same = true;
	if (err)
		return err;
	err = blocks_compare(r, segment, x, same);
	for (int64_t bucket = 0; bucket < PIN_BUCKETS && err == GH_OK && *same; bucket++)
		err = bucket_compare_stored(r, bucket * PIN_BUCKET_STEP + segment,
					    punch_index_pins(x, bucket), same);
	sql_punch_index_free(x);
	return err;
}
