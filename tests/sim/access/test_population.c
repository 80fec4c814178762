/* What people do at the doors of a device: when they come, how many are refused and why, and what else happens. */
#include "tests.h"

#include "sim/access/population.h"
#include "sim/access/shift.h"

#include <stdio.h>
#include <stdlib.h>

#define MONDAY 1772409600 /* 2026-03-02 00:00:00 */

enum { USERS = 100, EVENTS = 40000, HOURS = 24, CODES = 1024 };

/* A ring of years of a working life, counted. */
struct counted {
	uint64_t code[CODES], hour[HOURS], weekday[7], entries, passes;
	int64_t first_s, last_s;
};

static struct counted *count_past(const char *persona, uint32_t users, uint64_t seed)
{
	struct counted *c = calloc(1, sizeof(*c));
	struct acc_persona of = *acc_persona_named(gh_slice_of(persona));
	struct population n;
	struct panel p;

	assert_non_null(c);
	of.ring = EVENTS;
	panel_open(&p, &of, MONDAY, 1);
	population_open(&n, users, seed);
	population_people(&p, users, seed);
	population_past(&n, &p, users == USERS ? EVENTS : EVENTS / 5);
	for (uint32_t i = p.ring.first; i < p.ring.next; i++) {
		const struct panel_event *e = panel_ring_at(&p.ring, i);
		struct panel_moment m = panel_moment_of(e->at_s);
		bool person = strcmp(e->pin, "0") != 0;

		assert_in_range(e->event, 0, CODES - 1);
		c->code[e->event]++;
		if (c->first_s == 0)
			c->first_s = e->at_s;
		c->last_s = e->at_s;
		c->passes += person || e->event == 27;
		if (!person)
			continue;
		c->hour[m.hhmm / 100]++;
		c->weekday[m.weekday]++;
	}
	population_close(&n);
	panel_close(&p);
	return c;
}

/* In a million of what people do. */
static uint64_t share_of(const struct counted *c, uint64_t n)
{
	return n * 1000000 / c->passes;
}

/* The life that several tests look at. */
static struct counted *working_life;

static int working_life_count(void **state)
{
	(void)state;
	working_life = count_past("spec", USERS, 1);
	return 0;
}

static int working_life_free(void **state)
{
	(void)state;
	free(working_life);
	return 0;
}

static void three_in_a_hundred_are_refused_for_four_reasons(void **state)
{
	const struct counted *c = working_life;
	uint64_t refused = c->code[22] + c->code[23] + c->code[27] + c->code[29];

	(void)state;
	assert_in_range(share_of(c, refused), 25000, 35000);
	/* 5 : 2 : 2 : 1 */
	assert_in_range(c->code[23] * 100 / refused, 43, 57);
	assert_in_range(c->code[22] * 100 / refused, 16, 24);
	assert_in_range(c->code[27] * 100 / refused, 16, 24);
	assert_in_range(c->code[29] * 100 / refused, 7, 13);
}

static void doors_are_left_open_forced_and_opened_by_buttons_now_and_then(void **state)
{
	const struct counted *c = working_life;

	(void)state;
	/* Left open, forced, under duress: 0.5, 0.05 and 0.01 in a hundred. */
	assert_in_range(share_of(c, c->code[28]), 3500, 6500);
	assert_in_range(share_of(c, c->code[102]), 50, 1200);
	assert_in_range(c->code[103], 1, c->passes / 1000);
	assert_in_range(share_of(c, c->code[202]), 30000, 50000);
	assert_true(c->code[220] && c->code[221]);
}

static void a_working_day_has_its_hours_and_a_week_its_days(void **state)
{
	const struct counted *c = working_life;
	uint64_t night = 0, week = 0;

	(void)state;
	for (int h = 0; h < HOURS; h++)
		night += h < 7 || h >= 19 ? c->hour[h] : 0;
	assert_int_equal(night, 0);
	/* They arrive from half past seven to half past nine, and leave from four to six. */
	assert_true(c->hour[8] > c->hour[10] && c->hour[7] > 0 && c->hour[9] > 0);
	assert_true(c->hour[16] > c->hour[15] && c->hour[17] > c->hour[15]);
	assert_true(c->hour[12] > c->hour[11]);
	for (int d = 1; d <= 5; d++)
		week += c->weekday[d];
	assert_true(c->weekday[0] * 12 < week / 5 * 1 + week / 25 && c->weekday[6] * 12 < week);
	/* Two to six passages a person and day. */
	assert_in_range(week * 1000 /
				((uint64_t)(c->last_s - c->first_s) / 86400 * 5 / 7 * USERS),
			2000, 6000);
}

static void power_is_cut_once_in_a_thousand_days(void **state)
{
	struct counted *c;
	uint64_t cuts = 0, days = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++) {
		c = count_past("spec", 1, seed);
		cuts += c->code[206];
		days += (uint64_t)(c->last_s - c->first_s) / 86400;
		free(c);
	}
	assert_in_range(days, 1000, 12000);
	assert_in_range(cuts * 1000, days / 4, days * 3);
}

static void the_same_seed_has_the_same_life(void **state)
{
	struct counted *a = count_past("inbio260-pro", 50, 7),
		       *b = count_past("inbio260-pro", 50, 7),
		       *other = count_past("inbio260-pro", 50, 8);

	(void)state;
	assert_memory_equal(a, b, sizeof(*a));
	assert_memory_not_equal(a, other, sizeof(*a));
	free(a);
	free(b);
	free(other);
}

static void many_come_when_a_shift_begins_where_that_is_set(void **state)
{
	enum { A_DAY = 24000, NOON = 12 * 3600 };
	(void)state;

	for (int64_t start = 0; start <= NOON; start += NOON) {
		uint64_t hour[HOURS] = { 0 };
		int64_t before = -1;

		for (int64_t i = 0; i < 3 * A_DAY; i++) {
			int64_t ms = sim_shift_ms(MONDAY + start, i * 3600);

			assert_true(ms > before);
			before = ms;
			hour[(start + ms / 1000) / 3600 % HOURS]++;
		}
		/* In three days as many as at even distances, and the last not long before their end. */
		assert_in_range(before, 3 * 86400000 - 40000, 3 * 86400000 - 1);
		/* At eight five times the mean, at night a tenth. */
		assert_in_range(hour[8], 3 * 4990, 3 * 5010);
		assert_in_range(hour[17], 3 * 2990, 3 * 3010);
		assert_in_range(hour[2], 3 * 90, 3 * 110);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_in_a_hundred_are_refused_for_four_reasons),
		cmocka_unit_test(doors_are_left_open_forced_and_opened_by_buttons_now_and_then),
		cmocka_unit_test(a_working_day_has_its_hours_and_a_week_its_days),
		cmocka_unit_test(power_is_cut_once_in_a_thousand_days),
		cmocka_unit_test(the_same_seed_has_the_same_life),
		cmocka_unit_test(many_come_when_a_shift_begins_where_that_is_set),
	};

	return cmocka_run_group_tests(tests, working_life_count, working_life_free);
}
