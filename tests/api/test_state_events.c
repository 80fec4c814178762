#include "tests.h"

#include <stdio.h>

#include "../core/server.h"
#include "api/state_events.h"

static struct server_fixture f;
static struct state_events *events;
static int woken;

static void count_wake(void *ctx)
{
	(void)ctx;
	woken++;
}

static int state_events_begin(void **state)
{
	(void)state;
	server_fixture_open(&f);
	f.settings.devices_max = f.settings.held_max = 1000;
	woken = 0;
	events = state_events_new(&f.server, count_wake, NULL);
	assert_non_null(events);
	return 0;
}

static int state_events_end(void **state)
{
	(void)state;
	state_events_free(events);
	server_fixture_close(&f);
	return 0;
}

#define DEVICES (1U << STATE_DEVICE)
#define PROBLEMS (1U << STATE_PROBLEM)

static void nothing_follows(void *ctx, enum gh_err err)
{
	(void)ctx;
	assert_int_equal(err, GH_OK);
}

static char text[1 << 20];

/* What there is behind the cursor. */
static const char *events_taken(uint64_t *cursor, unsigned topics, int64_t device)
{
	struct event_filter filter = { .device = device };
	struct piece p = { .out = json_with_limit(PIECE_LIMIT), .full = PIECE_LIMIT };

	text[0] = 0;
	if (state_events_take(events, cursor, topics, &filter, &p) == STATE_EVENTS_TAKEN)
		snprintf(text, sizeof(text), "%.*s", GH_FMT(json_text(&p.out)));
	json_clear(&p.out);
	return text;
}

static size_t events_in(const char *all)
{
	size_t n = 0;

	for (const char *at = all; (at = strstr(at, "event: ")); at++)
		n++;
	return n;
}

static void assert_next(uint64_t *cursor, const char *event, const char *part)
{
	state_events_tick(events);
	events_taken(cursor, DEVICES | PROBLEMS, 0);
	if (events_in(text) != 1 || !strstr(text, event) || !strstr(text, part))
		fail_msg("expected one %s with %s, not: %s", event, part, text);
}

static void assert_nothing(uint64_t *cursor)
{
	state_events_tick(events);
	assert_string_equal(events_taken(cursor, DEVICES | PROBLEMS, 0), "");
}

static void a_device_is_followed_from_online_to_silent_and_back(void **state)
{
	struct device *d = server_admit(&f, "A");
	uint64_t cursor = state_events_join(events, DEVICES);
	(void)state;

	assert_nothing(&cursor);
	server_fixture_now += 30000;
	device_seen(d, server_fixture_now);
	assert_nothing(&cursor);
	server_fixture_now += 90001;
	assert_next(&cursor, "event: device\n", "\"contact\":\"late\"");
	assert_nothing(&cursor);
	server_fixture_now += 600000;
	assert_next(&cursor, "event: device\n", "\"contact\":\"silent\"");
	device_seen(d, server_fixture_now);
	assert_next(&cursor, "event: device\n", "\"contact\":\"online\"");
	for (int i = 0; i < 5; i++) {
		server_fixture_now += 1000;
		device_seen(d, server_fixture_now);
		assert_nothing(&cursor);
	}
	device_unref(d);
}

static void one_that_was_announced_is_never_until_it_calls(void **state)
{
	uint64_t cursor = state_events_join(events, DEVICES);
	struct device *d = server_announce(&f, "B");
	(void)state;

	assert_next(&cursor, "event: device\n", "\"contact\":\"never\"");
	device_seen(d, server_fixture_now);
	assert_next(&cursor, "event: device\n", "\"contact\":\"online\"");
	server_approve(&f, d);
	assert_next(&cursor, "event: device\n", "\"state\":\"approved\"");
	assert_int_equal(device_delete(&f.server, d, NULL, nothing_follows, NULL), GH_OK);
	server_settle(&f);
	assert_next(&cursor, "event: device\n", "\"sn\":\"B\",\"state\":\"deleted\"");
	assert_nothing(&cursor);
	device_unref(d);
}

static void a_problem_is_raised_changed_and_ended(void **state)
{
	uint64_t cursor = state_events_join(events, PROBLEMS);
	(void)state;

	assert_nothing(&cursor);
	problem_raise(&f.server, PROBLEM_SERIAL_TWICE, GH_LIT("A"), "%s", "first");
	assert_next(&cursor, "event: problem\n", "\"detail\":\"first\"");
	problem_raise(&f.server, PROBLEM_SERIAL_TWICE, GH_LIT("A"), "%s", "first");
	assert_nothing(&cursor);
	problem_raise(&f.server, PROBLEM_SERIAL_TWICE, GH_LIT("A"), "%s", "second");
	assert_next(&cursor, "event: problem\n", "\"detail\":\"second\"");
	problem_clear(&f.server, PROBLEM_SERIAL_TWICE, GH_LIT("A"));
	assert_next(&cursor, "event: problem\n", "\"subject\":\"A\",\"state\":\"ended\"");
	assert_nothing(&cursor);
}

static void a_stream_gets_its_topics_and_its_device(void **state)
{
	struct device *a = server_admit(&f, "A"), *b = server_admit(&f, "B");
	uint64_t both = state_events_join(events, DEVICES | PROBLEMS), one = both, of_b = both;
	(void)state;

	server_approve(&f, a);
	problem_raise(&f.server, PROBLEM_SERIAL_TWICE, GH_LIT("B"), "%s", "x");
	state_events_tick(events);
	assert_int_equal(woken, 1);
	assert_int_equal(events_in(events_taken(&both, DEVICES | PROBLEMS, 0)), 2);
	assert_int_equal(events_in(events_taken(&one, DEVICES, 0)), 1);
	assert_non_null(strstr(text, "\"sn\":\"A\""));
	assert_int_equal(events_in(events_taken(&of_b, DEVICES | PROBLEMS, device_id(b))), 1);
	assert_non_null(strstr(text, "event: problem"));
	device_unref(a);
	device_unref(b);
}

/* Changes while nothing is followed are no events for who comes later. */
static void who_comes_later_begins_with_what_is_then(void **state)
{
	struct device *a = server_admit(&f, "A");
	uint64_t first = state_events_join(events, DEVICES), second;
	(void)state;

	state_events_leave(events, DEVICES);
	server_approve(&f, a);
	state_events_tick(events);
	second = state_events_join(events, DEVICES);
	assert_nothing(&second);
	(void)first;
	device_unref(a);
}

static void who_is_too_slow_is_not_given_half(void **state)
{
	uint64_t cursor = state_events_join(events, PROBLEMS), slow = cursor;
	struct piece p = { .out = json_with_limit(PIECE_LIMIT), .full = PIECE_LIMIT };
	(void)state;

	for (int turn = 0; turn < 40; turn++) {
		for (int i = 0; i < 500; i++) {
			char name[16];

			snprintf(name, sizeof(name), "S%d", i);
			problem_raise(&f.server, PROBLEM_SERIAL_TWICE, gh_slice_of(name), "%d",
				      turn);
		}
		state_events_tick(events);
		assert_int_equal(events_in(events_taken(&cursor, PROBLEMS, 0)), 500);
	}
	assert_int_equal(state_events_take(events, &slow, PROBLEMS, 0, &p), STATE_EVENTS_LOST);
	assert_int_equal(json_text(&p.out).n, 0);
	json_clear(&p.out);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, state_events_begin, state_events_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_device_is_followed_from_online_to_silent_and_back),
		CASE(one_that_was_announced_is_never_until_it_calls),
		CASE(a_problem_is_raised_changed_and_ended),
		CASE(a_stream_gets_its_topics_and_its_device),
		CASE(who_comes_later_begins_with_what_is_then),
		CASE(who_is_too_slow_is_not_given_half),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
