#include "tests.h"

#include <stdio.h>

#include "core/trace.h"

struct seen {
	size_t n;
	size_t bytes;
	char first[64];
};

static void trace_add_test(struct trace *t, const char *serial, int number, size_t body)
{
	static const uint8_t zeros[4096];
	char target[32];

	snprintf(target, sizeof(target), "/%d", number);
	trace_add(t, &(struct traced){ .serial = gh_slice_of(serial),
				       .target = gh_slice_of(target),
				       .body = { zeros, body },
				       .body_size = body });
}

static struct seen read_back(struct trace *t, const char *serial)
{
	const struct traced *e[100];
	struct seen s = { .n = trace_hold(t, gh_slice_of(serial), e, 100) };

	assert_int_equal(trace_count(t, gh_slice_of(serial)), s.n);
	for (size_t i = 0; i < s.n; i++) {
		s.bytes += e[i]->body.n;
		if (i == 0)
			snprintf(s.first, sizeof(s.first), "%.*s", GH_FMT(e[i]->target));
		else
			assert_true(e[i]->id < e[i - 1]->id);
		trace_release(e[i]);
	}
	return s;
}

static void a_device_shows_its_newest_first_and_no_more_than_its_share(void **state)
{
	struct trace *t = trace_new(
		(struct trace_limits){ .bytes = 1 << 20, .per_device = 3, .body = 100 });
	(void)state;

	for (int i = 1; i <= 5; i++)
		trace_add_test(t, "A", i, 10);
	trace_add_test(t, "B", 9, 10);
	struct seen s = read_back(t, "A");
	assert_int_equal(s.n, 3);
	assert_string_equal(s.first, "/5");
	assert_int_equal(read_back(t, "B").n, 1);
	assert_int_equal(read_back(t, "C").n, 0);
	trace_free(t);
}

static void trace_add_refused(struct trace *t, const char *serial, size_t body)
{
	static const uint8_t zeros[4096];

	trace_add(t, &(struct traced){ .serial = gh_slice_of(serial),
				       .target = GH_LIT("/refused"),
				       .status = 401,
				       .body = { zeros, body },
				       .body_size = body });
}

static void what_is_refused_pushes_out_nothing_else(void **state)
{
	struct trace *t = trace_new(
		(struct trace_limits){ .bytes = 40000, .per_device = 8, .body = 4096 });
	(void)state;

	for (int i = 1; i <= 6; i++)
		trace_add_test(t, "A", i, 10);
	/* Of the same device, then of others, and large. */
	for (int i = 0; i < 100; i++)
		trace_add_refused(t, "A", 10);
	assert_int_equal(read_back(t, "A").n, 6 + 2);
	for (int i = 0; i < 100; i++) {
		char serial[16];

		snprintf(serial, sizeof(serial), "B%d", i);
		trace_add_refused(t, serial, 4096);
	}
	assert_int_equal(read_back(t, "A").n, 6);
	trace_add_test(t, "A", 7, 10);
	struct seen s = read_back(t, "A");

	assert_int_equal(s.n, 6);
	assert_string_equal(s.first, "/7");
	trace_drop(t, GH_LIT("A"));
	assert_int_equal(trace_count(t, GH_LIT("A")), 0);
	trace_free(t);
}

static void the_whole_stays_below_its_ceiling(void **state)
{
	struct trace *t = trace_new(
		(struct trace_limits){ .bytes = 20000, .per_device = 100, .body = 4096 });
	(void)state;

	for (int i = 0; i < 1000; i++)
		trace_add_test(t, i % 2 ? "A" : "B", i, 4096);
	struct seen s = read_back(t, "A");
	assert_true(s.n + read_back(t, "B").n >= 1 && s.n + read_back(t, "B").n <= 4);
	assert_string_equal(s.first, "/999");
	trace_free(t);
}

static void bodies_are_cut_and_unknown_devices_have_their_own_ring(void **state)
{
	struct trace *t = trace_new(
		(struct trace_limits){ .bytes = 1 << 20, .per_device = 10, .body = 100 });
	(void)state;

	trace_add_test(t, "", 1, 4096);
	struct seen s = read_back(t, "");
	assert_int_equal(s.n, 1);
	assert_int_equal(s.bytes, 100);
	trace_drop(t, (gh_slice){ 0 });
	assert_int_equal(read_back(t, "").n, 0);
	trace_free(t);
}

static void what_is_held_outlives_the_trace(void **state)
{
	struct trace *t = trace_new(
		(struct trace_limits){ .bytes = 1 << 20, .per_device = 2, .body = 100 });
	const struct traced *e[2];
	(void)state;

	trace_add_test(t, "A", 1, 10);
	trace_add_test(t, "A", 2, 10);
	assert_int_equal(trace_hold(t, GH_LIT("A"), e, 2), 2);
	trace_add_test(t, "A", 3, 10);
	assert_int_equal(read_back(t, "A").n, 2);
	trace_free(t);
	assert_true(gh_slice_eq(e[1]->target, GH_LIT("/1")));
	assert_true(gh_slice_eq(e[0]->target, GH_LIT("/2")));
	trace_release(e[0]);
	trace_release(e[1]);
}

static void numbers_are_in_the_order_in_which_they_were_taken(void **state)
{
	struct trace *t = trace_new((struct trace_limits){
		.bytes = 1 << 20, .per_device = 10, .body = 100, .after = 1000 });
	int64_t number[3];
	const struct traced *e[4];
	(void)state;

	for (int i = 0; i < 3; i++)
		number[i] = trace_number_take(t);
	assert_int_equal(number[0], 1001);
	/* The last one ends first; one without a number gets the next. */
	for (int i = 3; i-- > 0;)
		trace_add(t, &(struct traced){ .id = number[i], .serial = GH_LIT("A") });
	trace_add(t, &(struct traced){ .serial = GH_LIT("A") });
	assert_int_equal(trace_hold(t, GH_LIT("A"), e, 4), 4);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(e[i]->id, 1004 - i);
		trace_release(e[i]);
	}
	for (int i = 0; i < 20; i++)
		trace_add(t, &(struct traced){ .serial = GH_LIT("A") });
	assert_int_equal(trace_hold(t, GH_LIT("A"), e, 1), 1);
	assert_int_equal(e[0]->id, 1024);
	trace_release(e[0]);
	trace_free(t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_shows_its_newest_first_and_no_more_than_its_share),
		cmocka_unit_test(what_is_refused_pushes_out_nothing_else),
		cmocka_unit_test(the_whole_stays_below_its_ceiling),
		cmocka_unit_test(bodies_are_cut_and_unknown_devices_have_their_own_ring),
		cmocka_unit_test(what_is_held_outlives_the_trace),
		cmocka_unit_test(numbers_are_in_the_order_in_which_they_were_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
