/* Time rules as people write them and as they are stored; holidays; validity. */
#include "tests.h"

#include <stdio.h>

#include "model/holiday.h"
#include "model/time_rule.h"
#include "model/validity.h"

static char *text_of(struct ghi_writer *w, char *p)
{
	assert_int_equal(w->err, GH_OK);
	p[w->n] = 0;
	return p;
}

static void week_check(const struct time_table *t, const char *want)
{
	char text[TIME_RULE_TEXT + 1];
	struct ghi_writer w = ghi_writer_on(text, TIME_RULE_TEXT);

	time_week_write(&w, t);
	assert_string_equal(text_of(&w, text), want);
}

static enum gh_err week_add(struct time_table *t, const char *days, const char *range,
			    const char **why)
{
	unsigned bits = 0;
	enum gh_err err = time_days_read(gh_slice_of(days), &bits, why);

	return err ? err : time_table_add(t, bits, gh_slice_of(range), why);
}

static void a_week_is_sorted_merged_and_split_at_midnight(void **state)
{
	static const struct {
		const char *in[8]; /* days, range, days, range … */
		const char *want;
	} c[] = {
		{ { "mon-fri", "12:30-18:00", "mon-fri", "08:00-12:00" },
		  "{\"mon-fri\":[\"08:00-12:00\",\"12:30-18:00\"]}" },
		{ { "tue", "08:00-12:00", "tue", "12:00-14:00" },
		  "{\"tue\":[\"08:00-14:00\"]}" },
		{ { "tue", "08:00-11:59", "tue", "12:00-14:00" },
		  "{\"tue\":[\"08:00-14:00\"]}" },
		{ { "tue", "08:00-11:58", "tue", "12:00-14:00" },
		  "{\"tue\":[\"08:00-11:58\",\"12:00-14:00\"]}" },
		{ { "tue", "08:00-09:00", "tue", "10:00-11:00", "tue", "08:30-10:30" },
		  "{\"tue\":[\"08:00-11:00\"]}" },
		{ { "mon-sun", "00:00-24:00" }, "{\"mon-sun\":[\"00:00-24:00\"]}" },
		{ { "mon-sun", "00:00-23:59" }, "{\"mon-sun\":[\"00:00-24:00\"]}" },
		{ { "fri", "22:00-06:00" },
		  "{\"fri\":[\"22:00-24:00\"],\"sat\":[\"00:00-06:00\"]}" },
		{ { "sat", "22:00-06:00" },
		  "{\"sat\":[\"22:00-24:00\"],\"sun\":[\"00:00-06:00\"]}" },
		{ { "sun", "22:00-06:00" },
		  "{\"mon\":[\"00:00-06:00\"],\"sun\":[\"22:00-24:00\"]}" },
		{ { "mon-sun", "22:00-06:00" },
		  "{\"mon-sun\":[\"00:00-06:00\",\"22:00-24:00\"]}" },
		{ { "fri", "22:00-00:00" }, "{\"fri\":[\"22:00-24:00\"]}" },
		{ { "fri", "23:59-24:00" }, "{\"fri\":[\"23:59-24:00\"]}" },
		{ { "fri-mon", "10:00-11:00" },
		  "{\"mon\":[\"10:00-11:00\"],\"fri-sun\":[\"10:00-11:00\"]}" },
		{ { "Mon, WED ,fri", "10:00-11:00" },
		  "{\"mon\":[\"10:00-11:00\"],\"wed\":[\"10:00-11:00\"],"
		  "\"fri\":[\"10:00-11:00\"]}" },
		{ { NULL }, "{}" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct time_table t = { 0 }, again = { 0 };
		const char *why = NULL;

		for (size_t k = 0; k < 8 && c[i].in[k]; k += 2)
			assert_int_equal(week_add(&t, c[i].in[k], c[i].in[k + 1], &why), GH_OK);
		week_check(&t, c[i].want);
		assert_int_equal(time_table_read(gh_slice_of(c[i].want), GH_LIT("{}"), &again),
				 GH_OK);
		assert_memory_equal(&t.named, &again.named, sizeof(t.named));
		week_check(&again, c[i].want);
	}
}

static void what_makes_no_sense_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *days, *range, *why;
	} c[] = {
		{ "mon", "8:00-12:00", "must be a range" },
		{ "mon", "08:00", "must be a range" },
		{ "mon", "08:00-24:01", "must be a range" },
		{ "mon", "24:00-24:00", "must be a range" },
		{ "mon", "08:60-12:00", "must be a range" },
		{ "mon", "-", "must be a range" },
		{ "mon", "", "must be a range" },
		{ "mon", "08:00-08:00", "begins and ends" },
		{ "mon", "00:00-00:00", "begins and ends" },
		{ "monday", "08:00-12:00", "must be days" },
		{ "", "08:00-12:00", "must be days" },
		{ "mon-", "08:00-12:00", "must be days" },
		{ "mon,,tue", "08:00-12:00", "must be days" },
	};
	struct time_table t = { 0 };
	enum time_column column;
	const char *why = NULL;
	char range[16];
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		assert_int_equal(week_add(&t, c[i].days, c[i].range, &why), GH_EINVALID);
		assert_memory_equal(why, c[i].why, strlen(c[i].why));
	}
	week_check(&t, "{}");
	assert_int_equal(time_holiday_name(&t, GH_LIT("4"), &column, &why), GH_EINVALID);
	assert_int_equal(time_holiday_name(&t, GH_LIT("2"), &column, &why), GH_OK);
	assert_int_equal(time_holiday_add(&t, column, GH_LIT("22:00-06:00"), &why),
			 GH_EINVALID);
	assert_memory_equal(why, "goes over midnight", 18);
	for (int i = 0; i < TIME_SPANS; i++) {
		snprintf(range, sizeof(range), "%02d:00-%02d:30", i % 24, i % 24);
		assert_int_equal(time_holiday_add(&t, column, gh_slice_of(range), &why), GH_OK);
	}
	assert_int_equal(time_holiday_add(&t, column, GH_LIT("00:40-00:50"), &why),
			 GH_EINVALID);
	assert_memory_equal(why, "has too many", 12);
}

static void holidays_are_closed_unless_they_are_named(void **state)
{
	static const char holidays[] = "{\"1\":[],\"3\":[\"08:00-10:00\"]}";
	char text[TIME_RULE_TEXT + 1];
	struct ghi_writer w = ghi_writer_on(text, TIME_RULE_TEXT);
	struct time_table t;
	(void)state;

	assert_int_equal(time_table_read(GH_LIT("{\"mon-sun\":[\"00:00-24:00\"]}"),
					 gh_slice_of(holidays), &t),
			 GH_OK);
	assert_int_equal(t.named, 5);
	assert_false(time_open(&t, TIME_HOLIDAY1, 540));
	assert_false(time_open(&t, TIME_HOLIDAY2, 540));
	assert_true(time_open(&t, TIME_HOLIDAY3, 480));
	assert_true(time_open(&t, TIME_HOLIDAY3, 600)); /* the minute of the end */
	assert_false(time_open(&t, TIME_HOLIDAY3, 601));
	time_holidays_write(&w, &t);
	assert_string_equal(text_of(&w, text), holidays);
	assert_true(time_over_midnight(&t));
	assert_int_equal(time_table_read(GH_LIT("{\"x\":[]}"), GH_LIT("{}"), &t),
			 GH_EMALFORMED);
	assert_int_equal(time_table_read(GH_LIT("{}"), GH_LIT("[\"08:00-10:00\"]"), &t),
			 GH_EMALFORMED);
}

static void the_weekday_of_a_moment(void **state)
{
	(void)state;
	assert_int_equal(time_weekday(20261225080000), TIME_FRI);
	assert_int_equal(time_weekday(20261129235959), TIME_SUN);
	assert_int_equal(time_weekday(19691231000000), TIME_WED);
	assert_string_equal(time_day_word(TIME_SAT), "sat");
}

static void a_holiday_is_a_day_a_range_or_every_year(void **state)
{
	static const struct {
		struct holiday_days h;
		int64_t day;
		bool on;
	} c[] = {
		{ { 20261225, 20261225, 1, false }, 20261225, true },
		{ { 20261225, 20261225, 1, false }, 20271225, false },
		{ { 20261225, 20261225, 1, true }, 20191225, true },
		{ { 20261224, 20270102, 1, false }, 20261231, true },
		{ { 20261224, 20270102, 1, false }, 20270103, false },
		{ { 20261224, 20270102, 1, true }, 20300101, true },
		{ { 20261224, 20270102, 1, true }, 20301231, true },
		{ { 20261224, 20270102, 1, true }, 20300103, false },
	};
	static const struct {
		struct holiday_days h;
		const char *field; /* NULL: it is fine */
	} check[] = {
		{ { 20261225, 20261225, 1, true }, NULL },
		{ { 20240229, 20240229, 1, false }, NULL },
		{ { 20240229, 20240229, 1, true }, "date" },
		{ { 20240227, 20240302, 1, true }, "date" },
		{ { 20260227, 20260302, 1, true }, NULL },
		{ { 20261225, 20261224, 1, false }, "to" },
		{ { 20260101, 20261231, 1, false }, NULL },
		{ { 20260101, 20270102, 1, false }, "to" },
	};
	const struct holiday_days once = { 20261224, 20270102, 1, false },
				  yearly = { 20200101, 20200101, 2, true },
				  other = { 20270103, 20270103, 2, false },
				  wrap = { 20201231, 20210101, 2, true };
	int64_t day = 0;
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++)
		assert_int_equal(holiday_on(&c[i].h, c[i].day), c[i].on);
	for (size_t i = 0; i < sizeof(check) / sizeof(check[0]); i++) {
		const char *field = NULL, *why = NULL;
		enum gh_err err = holiday_check(&check[i].h, &field, &why);

		assert_int_equal(err, check[i].field ? GH_EINVALID : GH_OK);
		if (err)
			assert_string_equal(field, check[i].field);
	}
	assert_true(holidays_meet(&once, &yearly));
	assert_true(holidays_meet(&yearly, &once));
	assert_false(holidays_meet(&once, &other));
	assert_true(holidays_meet(&wrap, &yearly));
	assert_false(holidays_meet(&wrap, &other));
	assert_int_equal(holiday_next_day(20261231), 20270101);
	assert_int_equal(holiday_day_read(GH_LIT("2026-12-25"), &day), GH_OK);
	assert_int_equal(day, 20261225);
	assert_int_equal(holiday_day_read(GH_LIT("2026-02-29"), &day), GH_EINVALID);
	assert_int_equal(holiday_day_read(GH_LIT("2026-2-9"), &day), GH_EMALFORMED);
	assert_int_equal(holiday_day_read(GH_LIT("2026-1x-09"), &day), GH_EMALFORMED);
}

static void validity_is_whole_days_minutes_or_seconds(void **state)
{
	static const struct {
		const char *text;
		bool end;
		ghi_civil want;
	} c[] = {
		{ "2026-09-01", false, 20260901000000 },
		{ "2026-12-31", true, 20261231235959 },
		{ "2026-12-31 18:00", true, 20261231180059 },
		{ "2026-12-31T18:00", false, 20261231180000 },
		{ "2026-12-31 18:00:30", true, 20261231180030 },
	};
	struct validity v = { 20260901000000, 20261231235959 }, open = { 0 }, past, both;
	ghi_civil t = 0;
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		assert_int_equal(validity_read(gh_slice_of(c[i].text), c[i].end, &t), GH_OK);
		assert_int_equal(t, c[i].want);
	}
	assert_int_equal(validity_read(GH_LIT("2026-02-30"), false, &t), GH_EINVALID);
	assert_int_equal(validity_read(GH_LIT("tomorrow"), false, &t), GH_EMALFORMED);
	assert_int_equal(validity_read(GH_LIT(""), false, &t), GH_EMALFORMED);
	assert_true(validity_at(&open, 1));
	assert_true(validity_at(&v, 20261231235959));
	assert_false(validity_at(&v, 20260831235959));
	assert_false(validity_at(&v, 20270101000000));
	both = validity_both(v, open);
	assert_int_equal(both.from, v.from);
	assert_int_equal(both.to, v.to);
	past = (struct validity){ 0, 20260101000000 };
	both = validity_both(v, past);
	assert_true(validity_empty(&both));
	assert_false(validity_empty(&open));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_week_is_sorted_merged_and_split_at_midnight),
		cmocka_unit_test(what_makes_no_sense_is_refused_with_the_reason),
		cmocka_unit_test(holidays_are_closed_unless_they_are_named),
		cmocka_unit_test(the_weekday_of_a_moment),
		cmocka_unit_test(a_holiday_is_a_day_a_range_or_every_year),
		cmocka_unit_test(validity_is_whole_days_minutes_or_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
