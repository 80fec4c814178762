#include "contract.h"

static void a_page_has_bounds_at_both_ends(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	struct punch p[40];

	for (int i = 0; i < 40; i++)
		p[i] = punch_at(i % 2 ? b : a, i % 4 ? "1" : "2", i);
	assert_int_equal(punches_store(f, p, 40), 40);

	const struct {
		struct punch_query q;
		size_t n;
		int64_t first, last;
	} c[] = {
		{ PUNCHES(.limit = 10), 10, 1, 10 },
		{ PUNCHES(.limit = 10, .after = 35), 5, 36, 40 },
		{ PUNCHES(.limit = 10, .after = 40), 0, 0, 0 },
		{ PUNCHES(.limit = 10, .after = 999), 0, 0, 0 },
		{ PUNCHES(.limit = 10, .descending = true), 10, 40, 31 },
		{ PUNCHES(.limit = 10, .descending = true, .after = 4), 3, 3, 1 },
		{ PUNCHES(.limit = 10, .descending = true, .after = 1), 0, 0, 0 },
		{ PUNCHES(.limit = 2, .descending = true, .after = 99), 2, 40, 39 },
		{ PUNCHES(.limit = 0), 0, 0, 0 },
		{ PUNCHES(.limit = -1), 0, 0, 0 },
		{ PUNCHES(.limit = 3, .device = b, .after = 10), 3, 12, 16 },
		{ PUNCHES(.limit = 99, .device = b + 100), 0, 0, 0 },
		{ PUNCHES(.limit = 99, .pin = GH_LIT("2")), 10, 1, 37 },
		{ PUNCHES(.limit = 99, .device = b, .pin = GH_LIT("2")), 0, 0, 0 },
		{ BETWEEN(20260301080500, 20260301080700, .limit = 99), 3, 6, 8 },
		{ BETWEEN(20260301083800, GHI_CIVIL_NONE, .limit = 99), 2, 39, 40 },
		{ BETWEEN(GHI_CIVIL_NONE, 20260301080000, .limit = 99), 1, 1, 1 },
		{ BETWEEN(GHI_CIVIL_NONE, 0, .limit = 99), 0, 0, 0 },
		{ BETWEEN(20200101000000, 20270101000000, .limit = 99), 40, 1, 40 },
		{ BETWEEN(20260301080500, 20260301080700, .limit = 9, .device = a), 1, 7, 7 },
		{ BETWEEN(20260301080500, 20260301080700, .limit = 2, .descending = true), 2, 8,
		  7 },
		{ BETWEEN(20260301080500, 20260301080700, .limit = 2, .after = 7), 1, 8, 8 },
		{ BETWEEN(20260301080500, 20260301080400, .limit = 99), 0, 0, 0 },
	};
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct seen seen = { 0 };

		assert_ok(f->ops->punches_read(f->r, &c[i].q, see_punch, &seen));
		if (seen.n != c[i].n)
			print_error("case %zu\n", i);
		assert_int_equal(seen.n, c[i].n);
		if (seen.n == 0)
			continue;
		assert_int_equal(seen.id[0], c[i].first);
		assert_int_equal(seen.id[seen.n - 1], c[i].last);
	}
}

static void a_reader_may_stop_early(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct punch p[] = { punch_at(a, "1", 0), punch_at(a, "2", 1), punch_at(a, "3", 2) };
	struct seen seen = { .stop_at = 2 };

	assert_int_equal(punches_store(f, p, 3), 3);
	assert_ok(f->ops->punches_read(f->r, &PUNCHES(.limit = 1000), see_punch, &seen));
	assert_int_equal(seen.n, 2);
	p[0] = punch_at(a, "4", 3);
	assert_int_equal(punches_store(f, p, 1), 1);
	assert_int_equal(last_seq(f), 4);
}

static void readers_see_what_is_committed_and_nothing_else(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct punch p = punch_at(a, "1", 0);
	struct seen seen = { 0 };
	size_t fresh;

	tx_begin(f);
	assert_ok(f->ops->punches_put(f->s, &p, 1, &fresh));
	assert_int_equal(last_seq(f), 0);
	assert_ok(f->ops->punches_read(f->r, &PUNCHES(.limit = 1000), see_punch, &seen));
	assert_int_equal(seen.n, 0);
	tx_commit(f);
	assert_int_equal(last_seq(f), 1);
}

struct during {
	struct fixture *f;
	int64_t device;
	size_t n;
};

static bool write_meanwhile(void *ctx, const struct punch *row)
{
	struct during *d = ctx;
	struct punch p = punch_at(d->device, "9", 100 + (int)d->n++);

	(void)row;
	assert_int_equal(punches_store(d->f, &p, 1), 1);
	return d->n < 50;
}

static void a_list_is_of_the_moment_of_its_request(void **state)
{
	struct fixture *f = *state;
	struct during d = { .f = f, .device = device_new(f, "A1") };
	struct punch p[] = { punch_at(d.device, "1", 0), punch_at(d.device, "2", 1) };

	assert_int_equal(punches_store(f, p, 2), 2);
	assert_ok(f->ops->punches_read(f->r, &PUNCHES(.limit = 1000), write_meanwhile, &d));
	assert_int_equal(d.n, 2);
	assert_int_equal(last_seq(f), 4);
}

int contract_ledger_read(void)
{
	static const struct CMUnitTest tests[] = {
		CONTRACT(a_page_has_bounds_at_both_ends),
		CONTRACT(a_reader_may_stop_early),
		CONTRACT(readers_see_what_is_committed_and_nothing_else),
		CONTRACT(a_list_is_of_the_moment_of_its_request),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
