#include "tests.h"

#include <stdio.h>

#include "core/trace.h"

struct seen {
	size_t n;
	size_t bytes;
	char first[64];
};

static bool trace_look(void *ctx, const struct traced *e)
{
	struct seen *s = ctx;

	if (s->n++ == 0)
		snprintf(s->first, sizeof(s->first), "%.*s", GH_FMT(e->target));
	s->bytes += e->body.n;
	return true;
}

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
	gh_slice name = gh_slice_of(serial);
	struct seen s = { 0 };

	trace_read(t, serial ? &name : NULL, trace_look, &s);
	return s;
}

static void a_device_shows_its_newest_first_and_no_more_than_its_share(void **state)
{
	struct trace *t = trace_new((struct trace_limits){ 1 << 20, 3, 100 });
	(void)state;

	for (int i = 1; i <= 5; i++)
		trace_add_test(t, "A", i, 10);
	trace_add_test(t, "B", 9, 10);
	struct seen s = read_back(t, "A");
	assert_int_equal(s.n, 3);
	assert_string_equal(s.first, "/5");
	assert_int_equal(read_back(t, "B").n, 1);
	assert_int_equal(read_back(t, NULL).n, 4);
	assert_string_equal(read_back(t, NULL).first, "/9");
	assert_int_equal(read_back(t, "C").n, 0);
	trace_free(t);
}

static void the_whole_stays_below_its_ceiling(void **state)
{
	struct trace *t = trace_new((struct trace_limits){ 20000, 100, 4096 });
	(void)state;

	for (int i = 0; i < 1000; i++)
		trace_add_test(t, i % 2 ? "A" : "B", i, 4096);
	struct seen s = read_back(t, NULL);
	assert_true(s.n >= 1 && s.n <= 4);
	assert_string_equal(s.first, "/999");
	trace_free(t);
}

static void bodies_are_cut_and_unknown_devices_have_their_own_ring(void **state)
{
	struct trace *t = trace_new((struct trace_limits){ 1 << 20, 10, 100 });
	(void)state;

	trace_add_test(t, "", 1, 4096);
	struct seen s = read_back(t, "");
	assert_int_equal(s.n, 1);
	assert_int_equal(s.bytes, 100);
	trace_drop(t, (gh_slice){ 0 });
	assert_int_equal(read_back(t, NULL).n, 0);
	trace_free(t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_shows_its_newest_first_and_no_more_than_its_share),
		cmocka_unit_test(the_whole_stays_below_its_ceiling),
		cmocka_unit_test(bodies_are_cut_and_unknown_devices_have_their_own_ring),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
