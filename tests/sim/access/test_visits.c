/* Visits that a file names. */
#include "tests.h"

#include "sim/access/subs.h"
#include "sim/access/visits.h"
#include "unit_test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NOON 1772452800 /* 2026-03-02 12:00:00, a Monday */

static void a_line_has_six_fields(void **state)
{
	static const struct {
		const char *line;
		bool good;
	} cases[] = {
		{ "SIM1\t2\tin\tcard\t4711\t2026-03-02 12:00:00", true },
		{ "SIM1\t2\tout\tfinger\t1024\t2026-03-02 12:00:00", true },
		{ "SIM1\t2\tin\tface\t1024\t2026-03-02 12:00:00", true },
		{ "SIM1\t2\tin\tpassword\t1024:9999\t2026-03-02 12:00:00", true },
		{ "", false },
		{ "SIM1\t2\tin\tcard\t4711", false },
		{ "\t2\tin\tcard\t4711\t2026-03-02 12:00:00", false },
		{ "SIM1\t0\tin\tcard\t4711\t2026-03-02 12:00:00", false },
		{ "SIM1\t17\tin\tcard\t4711\t2026-03-02 12:00:00", false },
		{ "SIM1\t2\tby\tcard\t4711\t2026-03-02 12:00:00", false },
		{ "SIM1\t2\tin\tpalm\t4711\t2026-03-02 12:00:00", false },
		{ "SIM1\t2\tin\tcard\tx\t2026-03-02 12:00:00", false },
		{ "SIM1\t2\tin\tfinger\t\t2026-03-02 12:00:00", false },
		{ "SIM1\t2\tin\tpassword\t1024\t2026-03-02 12:00:00", false },
		{ "SIM1\t2\tin\tcard\t4711\t2026-02-30 12:00:00", false },
		{ "SIM1\t2\tin\tcard\t4711\t2026-03-02 12:00:00\t", false },
		{ "SIM1\t2\tin\tfinger\t1234567890123456789012345\t2026-03-02 12:00:00",
		  false },
	};
	struct acc_visit v;
	const char *problem;
	gh_slice sn;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool good =
			acc_visit_parse(gh_slice_of(cases[i].line), &sn, &v, &problem) == GH_OK;

		if (good != cases[i].good)
			fail_msg("%s", cases[i].line);
		assert_true(good == (problem == NULL));
	}
	assert_int_equal(acc_visit_parse(gh_slice_of(cases[3].line), &sn, &v, &problem), GH_OK);
	assert_true(gh_slice_eq(sn, GH_LIT("SIM1")));
	assert_int_equal(v.door, 2);
	assert_int_equal(v.direction, 0);
	assert_int_equal(v.factor, PANEL_PASSWORD);
	assert_string_equal(v.pin, "1024");
	assert_string_equal(v.password, "9999");
	assert_int_equal(v.at_s, NOON);
}

/* A unit, ready, whose clock begins at noon; and a pipe from which it has its visits. */
struct visited {
	struct unit_test *t;
	struct acc_visits visits;
	int end; /* of the pipe, to be written to */
};

static void visited_open(struct visited *v, const char *persona)
{
	int fd[2];

	assert_int_equal(pipe2(fd, O_NONBLOCK | O_CLOEXEC), 0);
	v->visits = acc_visits_of(fd[0]);
	v->end = fd[1];
	v->t = unit_test_of(persona);
	v->t->plan.start_s = NOON;
	v->t->plan.users = 2;
	v->t->plan.events = 0;
	v->t->plan.visits = &v->visits;
	unit_test_open(v->t);
	v->t->unit.state = UNIT_READY;
}

static void visited_close(struct visited *v)
{
	close(v->visits.fd);
	if (v->end >= 0)
		close(v->end);
	unit_test_close(v->t);
}

static void visited_write(struct visited *v, const char *text)
{
	assert_int_equal(write(v->end, text, strlen(text)), strlen(text));
}

/* The file as far as it goes, and what follows from it. */
static enum gh_err visited_read(struct visited *v)
{
	enum gh_err err = acc_visits_read(&v->visits, &v->t->unit, 1);

	acc_visits_follow(&v->t->unit);
	return err;
}

/* Event i from the latest back. */
static const struct panel_event *visited_event(const struct visited *v, uint32_t i)
{
	const struct panel_ring *r = &v->t->unit.panel.ring;

	return panel_ring_at(r, r->next - 1 - i);
}

static void the_clock_goes_to_each_visit(void **state)
{
	struct visited v;
	const struct panel_event *e;

	(void)state;
	visited_open(&v, "spec");
	visited_write(&v, "T000001\t1\tin\tfinger\t1\t2026-03-02 14:00:00\nT000001\t2\tout");
	assert_int_equal(visited_read(&v), GH_OK);
	assert_int_equal(v.visits.came, 1);
	e = visited_event(&v, 0);
	assert_int_equal(e->at_s, NOON + 2 * 3600);
	assert_int_equal(e->event, 14);
	assert_int_equal(e->direction, 0);
	/* The other half of a line; the door closed meanwhile. */
	visited_write(&v, "\tfinger\t3\t2026-03-02 23:59:59\n");
	assert_int_equal(visited_read(&v), GH_OK);
	e = visited_event(&v, 0);
	assert_int_equal(e->at_s, NOON + 12 * 3600 - 1);
	assert_int_equal(e->event, 23);
	assert_int_equal(e->direction, 1);
	assert_int_equal(e->address, 2);
	assert_int_equal(visited_event(&v, 1)->event, 201);
	assert_int_equal(visited_event(&v, 1)->at_s, NOON + 2 * 3600 + 4);
	/* Years ahead; and one behind the clock takes place at once. */
	visited_write(&v, "T000001\t1\tin\tfinger\t2\t2030-01-01 00:00:00\n"
			  "T000001\t3\tin\tfinger\t2\t2026-03-02 14:00:00\n");
	assert_int_equal(visited_read(&v), GH_OK);
	assert_int_equal(visited_event(&v, 0)->at_s, 1893456000);
	assert_int_equal(visited_event(&v, 0)->address, 3);
	assert_int_equal(visited_event(&v, 1)->at_s, 1893456000);
	assert_int_equal(v.visits.came, 4);
	assert_int_equal(v.visits.late, 1);
	visited_close(&v);
}

static void a_line_that_is_none_is_named(void **state)
{
	static const char *const lines[] = {
		"T000009\t1\tin\tcard\t1\t2026-03-02 14:00:00\n",  /* no such unit */
		"T000001\t2\tin\tcard\t1\t2026-03-02 14:00:00\n",  /* no such door */
		"T000001\t1\tout\tcard\t1\t2026-03-02 14:00:00\n", /* no such reader */
		"T000001\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct visited v;

		visited_open(&v, "index-0");
		visited_write(&v, "T000001\t1\tin\tfinger\t1\t2026-03-02 14:00:00\n");
		visited_write(&v, lines[i]);
		assert_int_equal(visited_read(&v), GH_EMALFORMED);
		assert_int_equal(v.visits.lines, 2);
		assert_non_null(v.visits.problem);
		visited_close(&v);
	}
}

static void a_line_without_an_end_is_not_kept_for_ever(void **state)
{
	struct visited v;
	char text[400];

	(void)state;
	memset(text, '7', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	visited_open(&v, "spec");
	visited_write(&v, text);
	assert_int_equal(visited_read(&v), GH_EMALFORMED);
	assert_string_equal(v.visits.problem, "the line is too long");
	visited_close(&v);
}

static void a_unit_is_idle_when_the_file_has_ended(void **state)
{
	struct visited v;

	(void)state;
	visited_open(&v, "spec");
	assert_int_equal(visited_read(&v), GH_OK);
	assert_true(v.visits.more);
	close(v.end);
	v.end = -1;
	assert_int_equal(visited_read(&v), GH_OK);
	assert_false(v.visits.more);
	visited_close(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_six_fields),
		cmocka_unit_test(the_clock_goes_to_each_visit),
		cmocka_unit_test(a_line_that_is_none_is_named),
		cmocka_unit_test(a_line_without_an_end_is_not_kept_for_ever),
		cmocka_unit_test(a_unit_is_idle_when_the_file_has_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
