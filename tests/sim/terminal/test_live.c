/* Live events of `gatehouse sim terminal`, as libgatehouse receives them. */
#include "tests.h"

#include <stdio.h>
#include <string.h>

#include "expectation.h"

#define OK(call) assert_int_equal(GH_OK, (call))
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { PATIENCE_MS = 10000 };

/* The next punches are those that stand in the log afterwards. */
static void events_follow(const char *address, unsigned n)
{
	struct gh_terminal *t = expectation_connect(address, 0);
	struct gh_punch seen[8], p;
	struct gh_terminal_live *live;
	struct gh_terminal_punches *it;
	unsigned found = 0;
	struct gh_event e;

	assert_non_null(t);
	OK(gh_terminal_live_open(t, GH_EVENT_PUNCH, &live));
	for (unsigned i = 0; i < n; i++) {
		OK(gh_terminal_live_next(live, PATIENCE_MS, &e));
		assert_int_equal(e.type, GH_EVENT_PUNCH);
		assert_true(e.decoded);
		seen[i] = e.punch;
	}
	gh_terminal_live_close(live);
	OK(gh_terminal_punches_open(t, &it));
	while (gh_terminal_punches_next(it, &p) == GH_OK)
		if (found < n && p.time_code == seen[found].time_code &&
		    !strcmp(p.pin, seen[found].pin) && p.status == seen[found].status)
			found++;
	gh_terminal_punches_close(it);
	assert_int_equal(found, n);
	gh_terminal_free(t);
}

static void punches_are_sent_in_every_size(void **state)
{
	static const char *const layouts[] = {
		"--event-size 10",
		"--event-size 14",
		"--event-size 32",
		"--event-size 36",
		"--event-size 37",
		"--event-size 52",
		"--persona bw --event-size 12",
	};
	(void)state;

	for (size_t i = 0; i < COUNT(layouts); i++) {
		char arguments[96];
		struct program r;

		snprintf(arguments, sizeof(arguments), "--rate 20 --users 7 --punches 3 %s",
			 layouts[i]);
		program_start(&r, arguments);
		events_follow(r.tcp, 5);
		events_follow(r.udp, 5);
		program_stop(&r);
		assert_true(program_number(&r, "eventsAcknowledged") >= 10);
	}
}

static void a_mask_selects_the_events_that_are_sent(void **state)
{
	struct gh_terminal_live *live;
	struct gh_terminal *t;
	struct gh_event e;
	struct program r;
	unsigned types = 0;
	(void)state;

	program_start(&r, "--rate 30");
	t = expectation_connect(r.tcp, 0);
	OK(gh_terminal_live_open(t, GH_EVENT_VERIFY, &live));
	for (int i = 0; i < 5; i++) {
		OK(gh_terminal_live_next(live, PATIENCE_MS, &e));
		assert_int_equal(e.type, GH_EVENT_VERIFY);
		assert_true(e.uid >= 1 && e.uid <= 10);
	}
	gh_terminal_live_close(live);
	OK(gh_terminal_live_open(t, GH_EVENT_ALL, &live));
	for (int i = 0; i < 30; i++) {
		OK(gh_terminal_live_next(live, PATIENCE_MS, &e));
		types |= e.type;
	}
	assert_int_equal(types, GH_EVENT_VERIFY | GH_EVENT_PUNCH | GH_EVENT_FINGER);
	gh_terminal_live_close(live);
	gh_terminal_free(t);
	program_stop(&r);
}

static int32_t events_punches(struct gh_terminal *t)
{
	struct gh_counters c;

	OK(gh_terminal_counters(t, &c));
	return c.punches;
}

static void no_punch_is_made_while_it_is_disabled(void **state)
{
	struct gh_terminal_live *live;
	struct gh_terminal *t, *other;
	struct gh_event e;
	struct program r;
	int32_t before;
	(void)state;

	program_start(&r, "--rate 50");
	t = expectation_connect(r.tcp, 0);
	other = expectation_connect(r.tcp, 0);
	OK(gh_terminal_live_open(t, GH_EVENT_PUNCH, &live));
	OK(gh_terminal_live_next(live, PATIENCE_MS, &e));
	OK(gh_terminal_disable(other, 0));
	/* What was on its way arrives. */
	while (gh_terminal_live_next(live, 200, &e) == GH_OK)
		;
	before = events_punches(other);
	assert_int_equal(gh_terminal_live_next(live, 300, &e), GH_ETIMEOUT);
	assert_int_equal(events_punches(other), before);
	OK(gh_terminal_enable(other));
	OK(gh_terminal_live_next(live, PATIENCE_MS, &e));
	assert_true(events_punches(other) > before);
	gh_terminal_live_close(live);
	gh_terminal_free(other);
	gh_terminal_free(t);
	program_stop(&r);
}

static bool count_steps(void *context, const struct gh_event *e)
{
	unsigned *n = context;

	*n += e->type == GH_EVENT_FINGER || e->type == GH_EVENT_FINGER_SCORE;
	return true;
}

static void a_finger_is_enrolled_in_three_rounds(void **state)
{
	static const char *const personas[] = { "tft", "bw" };
	(void)state;

	for (size_t i = 0; i < COUNT(personas) * 2; i++) {
		struct gh_terminal *t;
		struct gh_template got;
		char arguments[64];
		struct program r;
		unsigned n = 0;

		snprintf(arguments, sizeof(arguments), "--persona %s --users 5 --templates 0",
			 personas[i / 2]);
		program_start(&r, arguments);
		t = expectation_connect(i % 2 ? r.udp : r.tcp, 0);
		assert_int_equal(gh_terminal_template_get(t, "2", 4, &got), GH_ENOTFOUND);
		OK(gh_terminal_enroll(t, "2", 4, count_steps, &n));
		assert_int_equal(n, 6);
		OK(gh_terminal_template_get(t, "2", 4, &got));
		assert_true(got.size >= 400);
		assert_int_equal(gh_terminal_enroll(t, "2", 4, count_steps, &n), GH_EEXISTS);
		gh_terminal_free(t);
		program_stop(&r);
	}
}

static void unlocking_is_reported(void **state)
{
	struct gh_terminal_live *live;
	struct gh_terminal *t, *other;
	struct gh_event e;
	struct program r;
	(void)state;

	program_start(&r, "--users 3");
	t = expectation_connect(r.udp, 0);
	other = expectation_connect(r.tcp, 0);
	OK(gh_terminal_live_open(t, GH_EVENT_UNLOCK, &live));
	OK(gh_terminal_unlock(other, 30));
	OK(gh_terminal_live_next(live, PATIENCE_MS, &e));
	assert_int_equal(e.type, GH_EVENT_UNLOCK);
	gh_terminal_live_close(live);
	gh_terminal_free(other);
	gh_terminal_free(t);
	program_stop(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(punches_are_sent_in_every_size),
		cmocka_unit_test(a_mask_selects_the_events_that_are_sent),
		cmocka_unit_test(no_punch_is_made_while_it_is_disabled),
		cmocka_unit_test(a_finger_is_enrolled_in_three_rounds),
		cmocka_unit_test(unlocking_is_reported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
