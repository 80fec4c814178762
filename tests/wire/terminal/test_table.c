#include "tests.h"

#include "hex.h"
#include "wire/terminal/table.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* A table of n records that contain their number; stride 0: of growing size, which each
 * contains. */
static gh_slice table_of(uint8_t *b, size_t cap, size_t stride, size_t n)
{
	struct ghi_writer w = ghi_writer_on(b, cap);
	size_t bytes;

	ghi_put_u32(&w, 0);
	for (size_t i = 0; i < n; i++) {
		size_t size = stride ? stride : 6 + i % 90;

		ghi_put_u16(&w, (uint16_t)(stride ? i : size));
		ghi_put_u16(&w, (uint16_t)i);
		for (size_t k = 4; k < size; k++)
			ghi_put_u8(&w, (uint8_t)(i + k));
	}
	bytes = w.n;
	w.n = 0;
	ghi_put_u32(&w, (uint32_t)(bytes - 4));
	assert_int_equal(w.err, GH_OK);
	return (gh_slice){ b, bytes };
}

static size_t read_split(gh_slice in, size_t stride, size_t first, uint32_t *seed)
{
	uint8_t carry[128];
	struct ghi_terminal_table t;
	gh_slice record;
	size_t n = 0, at = 0, excess;
	enum gh_err err = GH_OK;

	ghi_terminal_table_init(&t, in.n, carry, sizeof(carry));
	t.stride = stride;
	while (at < in.n) {
		size_t step = at == 0 ? first : 1 + random_next(seed) % 60;

		step = step < in.n - at ? step : in.n - at;
		assert_int_equal(ghi_terminal_table_give(&t, (gh_slice){ in.p + at, step }),
				 GH_OK);
		at += step;
		while ((err = ghi_terminal_table_next(&t, &record)) == GH_OK) {
			assert_int_equal(record.p[2] | record.p[3] << 8, n);
			assert_int_equal(record.n, stride ? stride : 6 + n % 90);
			for (size_t k = 4; k < record.n; k++)
				assert_int_equal(record.p[k], (uint8_t)(n + k));
			n++;
		}
		assert_int_equal(err, GH_ETRUNCATED);
	}
	assert_int_equal(ghi_terminal_table_finish(&t, &excess), GH_OK);
	return n;
}

static void any_split_of_a_table_gives_the_same_records(void **state)
{
	static const size_t strides[] = { 40, 49, 72, 28, 16, 8, 0 };
	static uint8_t b[16384];
	uint32_t seed = 9;
	(void)state;

	for (size_t s = 0; s < LENGTH(strides); s++) {
		gh_slice in = table_of(b, sizeof(b), strides[s], 150);

		for (size_t first = 4; first < 150; first++)
			assert_int_equal(read_split(in, strides[s], first, &seed), 150);
	}
}

static void padding_is_not_a_record_and_a_missing_one_is_noticed(void **state)
{
	static uint8_t b[4096];
	uint8_t carry[128];
	gh_slice in = table_of(b, sizeof(b), 49, 2), record;
	struct ghi_terminal_table t;
	size_t excess;
	(void)state;

	/* Two records of 49 and three bytes behind them: seen in the field. */
	ghi_terminal_table_init(&t, in.n + 3, carry, sizeof(carry));
	t.stride = 49;
	assert_int_equal(ghi_terminal_table_give(&t, (gh_slice){ in.p, in.n + 3 }), GH_OK);
	assert_int_equal(ghi_terminal_table_next(&t, &record), GH_OK);
	assert_int_equal(ghi_terminal_table_next(&t, &record), GH_OK);
	assert_int_equal(ghi_terminal_table_next(&t, &record), GH_ETRUNCATED);
	assert_int_equal(ghi_terminal_table_finish(&t, &excess), GH_OK);

	/* The same three counted as records. */
	b[0] = 101;
	ghi_terminal_table_init(&t, in.n + 3, carry, sizeof(carry));
	t.stride = 49;
	assert_int_equal(ghi_terminal_table_give(&t, (gh_slice){ in.p, in.n + 3 }), GH_OK);
	while (ghi_terminal_table_next(&t, &record) == GH_OK)
		;
	assert_int_equal(ghi_terminal_table_finish(&t, &excess), GH_EMALFORMED);
	assert_int_equal(excess, 3);
	b[0] = 98;

	/* The second does not come. */
	ghi_terminal_table_init(&t, in.n, carry, sizeof(carry));
	t.stride = 49;
	assert_int_equal(ghi_terminal_table_give(&t, (gh_slice){ in.p, 60 }), GH_OK);
	assert_int_equal(ghi_terminal_table_next(&t, &record), GH_OK);
	assert_int_equal(ghi_terminal_table_next(&t, &record), GH_ETRUNCATED);
	assert_int_equal(ghi_terminal_table_finish(&t, &excess), GH_ETRUNCATED);
}

static void heads_that_lie_are_refused_or_seen_through(void **state)
{
	static uint8_t b[4096];
	uint8_t carry[128];
	gh_slice in = table_of(b, sizeof(b), 40, 3), record;
	struct ghi_terminal_table t;
	size_t n = 0, excess;
	(void)state;

	/* One record more than was announced: what is there comes out, and then the error. */
	b[0] = 160;
	ghi_terminal_table_init(&t, in.n, carry, sizeof(carry));
	t.stride = 40;
	assert_int_equal(ghi_terminal_table_give(&t, in), GH_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(ghi_terminal_table_next(&t, &record), GH_OK);
	assert_int_equal(ghi_terminal_table_next(&t, &record), GH_ETRUNCATED);
	assert_int_equal(ghi_terminal_table_finish(&t, &excess), GH_ETRUNCATED);
	assert_int_equal(excess, 40);
	b[0] = 120;
	ghi_terminal_table_init(&t, in.n, carry, sizeof(carry));
	assert_int_equal(ghi_terminal_table_give(&t, (gh_slice){ b, 3 }), GH_EMALFORMED);
	ghi_terminal_table_init(&t, 0, carry, sizeof(carry));
	assert_int_equal(ghi_terminal_table_give(&t, (gh_slice){ 0 }), GH_OK);
	assert_int_equal(ghi_terminal_table_finish(&t, &excess), GH_OK);

	/* A head of zero in front of records. */
	memset(b, 0, 4);
	ghi_terminal_table_init(&t, in.n, carry, sizeof(carry));
	t.stride = 40;
	assert_int_equal(ghi_terminal_table_give(&t, in), GH_OK);
	while (ghi_terminal_table_next(&t, &record) == GH_OK)
		n++;
	assert_int_equal(n, 3);
	assert_int_equal(ghi_terminal_table_finish(&t, &excess), GH_OK);
}

static void entries_of_impossible_size_end_the_table(void **state)
{
	static const char *const c[] = { "08000000 0000 000000000000",
					 "08000000 0100 000000000000",
					 "08000000 ffff 000000000000" };
	(void)state;
	for (size_t i = 0; i < LENGTH(c); i++) {
		uint8_t b[32], carry[64];
		gh_slice in = hex_bytes(c[i], b, sizeof(b)), record;
		struct ghi_terminal_table t;

		ghi_terminal_table_init(&t, in.n, carry, sizeof(carry));
		assert_int_equal(ghi_terminal_table_give(&t, in), GH_OK);
		assert_int_equal(ghi_terminal_table_next(&t, &record), GH_EMALFORMED);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_split_of_a_table_gives_the_same_records),
		cmocka_unit_test(padding_is_not_a_record_and_a_missing_one_is_noticed),
		cmocka_unit_test(heads_that_lie_are_refused_or_seen_through),
		cmocka_unit_test(entries_of_impossible_size_end_the_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
