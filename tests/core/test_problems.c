/* Problems: raised, cleared, over, snoozed, bounded and logged. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/problems.h"

static struct server server;
static int64_t now;
static struct log server_log;
static char *log_text;
static size_t log_size;

static int64_t clock_ms(void)
{
	return now;
}

static int problems_open(void **state)
{
	(void)state;
	now = INT64_C(1722470400000);
	server_log =
		(struct log){ .to = open_memstream(&log_text, &log_size), .level = LOG_DEBUG };
	server = (struct server){ .log = &server_log,
				  .now_ms = clock_ms,
				  .problems = problems_new() };
	return server.problems ? 0 : -1;
}

static int problems_close(void **state)
{
	(void)state;
	problems_free(server.problems);
	fclose(server_log.to);
	free(log_text);
	return 0;
}

static size_t log_count(const char *what)
{
	size_t n = 0;

	fflush(server_log.to);
	for (const char *at = log_text; (at = strstr(at, what)); at++)
		n++;
	return n;
}

struct found {
	enum problem_kind kind;
	gh_slice subject;
	bool any;
	struct problem row;
	char detail[PROBLEM_DETAIL];
};

static bool found_keep(void *ctx, const struct problem *p)
{
	struct found *f = ctx;

	if (p->kind != f->kind || !gh_slice_eq(p->subject, f->subject))
		return true;
	f->any = true;
	f->row = *p;
	snprintf(f->detail, sizeof(f->detail), "%.*s", GH_FMT(p->detail));
	return false;
}

static struct found problem_of(enum problem_kind kind, const char *subject)
{
	struct found f = { .kind = kind, .subject = gh_slice_of(subject) };

	problems_read(&server, found_keep, &f);
	return f;
}

static size_t open_of(enum problem_kind kind)
{
	struct problem_counts n;

	problems_count(&server, &n);
	return n.open[kind];
}

static void a_repetition_is_the_same_problem_with_its_latest_detail(void **state)
{
	(void)state;
	problem_raise(&server, PROBLEM_TERMINAL_FAILED, GH_LIT("T1"), "no answer %d", 1);
	problem_raise(&server, PROBLEM_TERMINAL_FAILED, GH_LIT("T2"), "no answer");
	now += 5000;
	problem_raise(&server, PROBLEM_TERMINAL_FAILED, GH_LIT("T1"), "no answer %d", 2);
	struct found f = problem_of(PROBLEM_TERMINAL_FAILED, "T1");

	assert_true(f.any);
	assert_string_equal(f.detail, "no answer 2");
	assert_int_equal(f.row.count, 2);
	assert_int_equal(f.row.last_ms - f.row.since_ms, 5000);
	assert_int_equal(open_of(PROBLEM_TERMINAL_FAILED), 2);
}

static void what_is_cleared_is_gone_and_nothing_else(void **state)
{
	(void)state;
	problem_raise(&server, PROBLEM_TERMINAL_FAILED, GH_LIT("T1"), "x");
	problem_raise(&server, PROBLEM_TERMINAL_FAILED, GH_LIT("T2"), "x");
	problem_raise(&server, PROBLEM_PACKAGE_REFUSED, GH_LIT("T1"), "x");
	problem_clear(&server, PROBLEM_TERMINAL_FAILED, GH_LIT("T1"));
	problem_clear(&server, PROBLEM_TERMINAL_FAILED, GH_LIT("T3"));
	assert_false(problem_of(PROBLEM_TERMINAL_FAILED, "T1").any);
	assert_true(problem_of(PROBLEM_TERMINAL_FAILED, "T2").any);
	assert_true(problem_of(PROBLEM_PACKAGE_REFUSED, "T1").any);
	problem_clear_subject(&server, GH_LIT("T1"));
	assert_false(problem_of(PROBLEM_PACKAGE_REFUSED, "T1").any);
	assert_true(problem_of(PROBLEM_TERMINAL_FAILED, "T2").any);
	assert_int_equal(log_count("problem ended"), 2);
}

static void one_that_does_not_happen_again_ends_by_itself(void **state)
{
	int64_t keep = problem_kinds[PROBLEM_TOKEN_REFUSED].keep_ms;

	(void)state;
	assert_true(keep > 0);
	problem_raise(&server, PROBLEM_TOKEN_REFUSED, GH_LIT("192.0.2.1"), "x");
	problem_raise(&server, PROBLEM_TOKEN_REFUSED, GH_LIT("192.0.2.2"), "x");
	problem_raise(&server, PROBLEM_TERMINAL_FAILED, GH_LIT("T1"), "x");
	now += keep - 1;
	problem_raise(&server, PROBLEM_TOKEN_REFUSED, GH_LIT("192.0.2.1"), "x");
	assert_int_equal(open_of(PROBLEM_TOKEN_REFUSED), 2);
	now += 1;
	assert_int_equal(open_of(PROBLEM_TOKEN_REFUSED), 1);
	assert_true(problem_of(PROBLEM_TOKEN_REFUSED, "192.0.2.1").any);
	now += 10 * keep;
	problems_tick(&server);
	assert_int_equal(open_of(PROBLEM_TOKEN_REFUSED), 0);
	assert_int_equal(open_of(PROBLEM_TERMINAL_FAILED), 1);
}

static void a_clock_that_is_set_back_keeps_none_for_ever(void **state)
{
	int64_t keep = problem_kinds[PROBLEM_TOKEN_REFUSED].keep_ms;

	(void)state;
	problem_raise(&server, PROBLEM_TOKEN_REFUSED, GH_LIT("192.0.2.1"), "x");
	now -= 365 * 24 * INT64_C(3600000);
	assert_int_equal(open_of(PROBLEM_TOKEN_REFUSED), 1);
	now += keep;
	assert_int_equal(open_of(PROBLEM_TOKEN_REFUSED), 0);
}

static void it_is_logged_once_a_day(void **state)
{
	(void)state;
	for (int hour = 0; hour < 50; hour++) {
		problem_raise(&server, PROBLEM_TERMINAL_FAILED, GH_LIT("T1"), "no answer");
		now += INT64_C(3600000);
	}
	assert_int_equal(log_count("no answer"), 3);
}

static void of_a_kind_the_latest_are_kept(void **state)
{
	struct problem_counts n;

	(void)state;
	problem_raise(&server, PROBLEM_TERMINAL_FAILED, GH_LIT("T1"), "x");
	for (int i = 0; i < PROBLEM_SUBJECTS + 50; i++) {
		char address[32];

		snprintf(address, sizeof(address), "192.0.2.%d", i);
		problem_raise(&server, PROBLEM_TOKEN_REFUSED, gh_slice_of(address), "x");
		problem_raise(&server, PROBLEM_TOKEN_REFUSED, GH_LIT("192.0.2.3"), "again");
	}
	problems_count(&server, &n);
	assert_int_equal(n.open[PROBLEM_TOKEN_REFUSED], PROBLEM_SUBJECTS);
	assert_int_equal(n.open[PROBLEM_TERMINAL_FAILED], 1);
	assert_int_equal(n.dropped, 50);
	assert_true(problem_of(PROBLEM_TOKEN_REFUSED, "192.0.2.3").any);
	assert_false(problem_of(PROBLEM_TOKEN_REFUSED, "192.0.2.4").any);
}

static void what_is_long_is_cut(void **state)
{
	char subject[500], detail[500];
	struct found f;

	(void)state;
	memset(subject, 'a', sizeof(subject));
	memset(detail, 'b', sizeof(detail));
	subject[499] = detail[499] = 0;
	problem_raise(&server, PROBLEM_TOKEN_REFUSED, gh_slice_of(subject), "%s", detail);
	problem_raise(&server, PROBLEM_TOKEN_REFUSED, GH_LIT(""), "of nothing");
	subject[PROBLEM_SUBJECT] = 0;
	f = problem_of(PROBLEM_TOKEN_REFUSED, subject);
	assert_true(f.any);
	assert_int_equal(strlen(f.detail), PROBLEM_DETAIL - 1);
	assert_int_equal(open_of(PROBLEM_TOKEN_REFUSED), 1);
}

static void a_snoozed_one_comes_back(void **state)
{
	struct problem_counts n;
	struct found f;

	(void)state;
	problem_raise(&server, PROBLEM_TERMINAL_FAILED, GH_LIT("T1"), "x");
	f = problem_of(PROBLEM_TERMINAL_FAILED, "T1");
	assert_int_equal(problem_snooze(&server, f.row.id + 1, now + 1000), GH_ENOTFOUND);
	assert_int_equal(problem_snooze(&server, f.row.id, now + 1000), GH_OK);
	problems_count(&server, &n);
	assert_int_equal(n.open[PROBLEM_TERMINAL_FAILED], 0);
	assert_int_equal(n.snoozed, 1);
	/* In time, … */
	now += 1000;
	assert_int_equal(open_of(PROBLEM_TERMINAL_FAILED), 1);
	/* … or when its detail changes. */
	assert_int_equal(problem_snooze(&server, f.row.id, PROBLEM_UNTIL_CHANGE), GH_OK);
	problem_raise(&server, PROBLEM_TERMINAL_FAILED, GH_LIT("T1"), "x");
	assert_int_equal(open_of(PROBLEM_TERMINAL_FAILED), 0);
	problem_raise(&server, PROBLEM_TERMINAL_FAILED, GH_LIT("T1"), "y");
	assert_int_equal(open_of(PROBLEM_TERMINAL_FAILED), 1);
	/* One that ended and began again is another one. */
	assert_int_equal(problem_snooze(&server, f.row.id, PROBLEM_UNTIL_CHANGE), GH_OK);
	problem_clear(&server, PROBLEM_TERMINAL_FAILED, GH_LIT("T1"));
	problem_raise(&server, PROBLEM_TERMINAL_FAILED, GH_LIT("T1"), "y");
	assert_int_equal(open_of(PROBLEM_TERMINAL_FAILED), 1);
	assert_int_not_equal(problem_of(PROBLEM_TERMINAL_FAILED, "T1").row.id, f.row.id);
}

static void one_that_happened_again_meanwhile_stays(void **state)
{
	gh_slice subject = GH_LIT("T1");

	(void)state;
	assert_int_equal(problem_times(&server, PROBLEM_RECORDS_QUARANTINED, subject), 0);
	problem_raise(&server, PROBLEM_RECORDS_QUARANTINED, subject, "x");
	problem_raise(&server, PROBLEM_RECORDS_QUARANTINED, subject, "x");
	assert_int_equal(problem_times(&server, PROBLEM_RECORDS_QUARANTINED, subject), 2);
	problem_raise(&server, PROBLEM_RECORDS_QUARANTINED, subject, "y");
	problem_clear_unless_again(&server, PROBLEM_RECORDS_QUARANTINED, subject, 2);
	assert_int_equal(open_of(PROBLEM_RECORDS_QUARANTINED), 1);
	problem_clear_unless_again(&server, PROBLEM_RECORDS_QUARANTINED, subject, 3);
	assert_int_equal(open_of(PROBLEM_RECORDS_QUARANTINED), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, problems_open, problems_close)
	static const struct CMUnitTest tests[] = {
		TEST(a_repetition_is_the_same_problem_with_its_latest_detail),
		TEST(what_is_cleared_is_gone_and_nothing_else),
		TEST(one_that_happened_again_meanwhile_stays),
		TEST(one_that_does_not_happen_again_ends_by_itself),
		TEST(a_clock_that_is_set_back_keeps_none_for_ever),
		TEST(it_is_logged_once_a_day),
		TEST(of_a_kind_the_latest_are_kept),
		TEST(what_is_long_is_cut),
		TEST(a_snoozed_one_comes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
