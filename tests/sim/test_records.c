/* Records made from a seed: always the same, never two alike. */
#include "tests.h"

#include "base/text.h"
#include "sim/attendance/calendar.h"
#include "sim/attendance/pack.h"
#include "sim/attendance/punches.h"
#include "sim/picture.h"
#include "wire/attendance/attlog.h"

#include <glib.h>
#include <stdlib.h>

static struct plan plan_of(uint64_t seed)
{
	struct plan p = { .seed = seed,
			  .devices = 3,
			  .users = 50,
			  .punches = 200,
			  .interval_us = 700000,
			  .templates = 50,
			  .photos = 20,
			  .start_s = 1704096000,
			  .speed = 1 };
	gh_slice bad;

	assert_int_equal(att_faults_parse(GH_LIT("clock-jump:30"), &p.faults, &bad), GH_OK);
	return p;
}

static void the_same_seed_makes_the_same_punches(void **state)
{
	struct plan a = plan_of(5), b = plan_of(5), c = plan_of(6);
	const struct persona *persona = persona_named(GH_LIT("2.4.1"));
	char text[3][128];
	unsigned differ = 0;
	(void)state;

	for (uint32_t i = 0; i < 300; i++) {
		const struct plan *plans[] = { &a, &b, &c };

		for (size_t k = 0; k < 3; k++) {
			struct ghi_writer w = ghi_writer_on(text[k], sizeof(text[k]) - 1);
			struct punches_text hold;
			struct punch punch;

			punches_make(plans[k], persona, 1, i, 0, &punch, &hold);
			punches_write(&w, persona, &punch, GH_LIT(""), false);
			assert_int_equal(w.err, GH_OK);
			text[k][w.n] = 0;
		}
		assert_string_equal(text[0], text[1]);
		differ += strcmp(text[0], text[2]) != 0;
	}
	assert_true(differ > 250);
}

static void no_two_punches_of_a_device_share_a_second_even_when_its_clock_jumps(void **state)
{
	enum { N = 5000 };
	static const int64_t intervals[] = { 0, 700000, 4000000, 33000000 };
	(void)state;

	for (size_t k = 0; k < sizeof(intervals) / sizeof(intervals[0]); k++) {
		GHashTable *seen =
			g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
		struct plan p = plan_of(11 + k);
		uint32_t n = intervals[k] ? N : p.punches, jumps = 0;
		int64_t last = 0;

		p.interval_us = intervals[k];
		for (uint32_t i = 0; i < n; i++) {
			int64_t right = calendar_punch_s(&p, 2, i);
			int64_t jump = calendar_jump_s(&p, 2, i), *at = g_new(int64_t, 1);

			assert_true(right > last);
			last = right;
			*at = right + jump;
			jumps += jump != 0;
			assert_true(g_hash_table_add(seen, at));
		}
		assert_true(jumps > n / 10);
		g_hash_table_destroy(seen);
	}
}

static void punches_come_due_at_the_requested_rate(void **state)
{
	struct plan p = plan_of(3);
	uint32_t before = p.punches;
	(void)state;

	for (int64_t ms = 0; ms < 20000; ms += 13) {
		uint32_t now = calendar_punches(&p, 1, ms);

		assert_true(now >= before && now - before <= 1);
		if (now > before)
			assert_true(calendar_due_ms(&p, 1, now - 1) <= ms);
		assert_true(calendar_due_ms(&p, 1, now) >= ms);
		before = now;
	}
	assert_in_range(before - p.punches, 28, 29); /* 20 s at one in 0.7 s */
}

static void a_stamp_is_seconds_in_months_of_31_days(void **state)
{
	(void)state;
	/* 2007-11-30 10:20:30 */
	assert_int_equal(calendar_stamp(1196418030), ((7 * 12 + 10) * 31 + 29) * 86400 + 37230);
	assert_true(calendar_stamp(1204243199) < calendar_stamp(1204329600));
}

static void every_line_of_a_log_reads_back_as_the_punch_it_was_made_of(void **state)
{
	struct plan p = plan_of(9);
	const struct persona *persona;
	(void)state;

	for (size_t k = 0; (persona = persona_at(k)); k++) {
		for (uint32_t i = 0; i < 50; i++) {
			char line[160];
			struct ghi_writer w = ghi_writer_on(line, sizeof(line));
			struct ghi_attlog_fault fault;
			struct punches_text hold;
			struct punch made, read;
			struct ghi_lines lines;
			gh_slice text;

			punches_make(&p, persona, 0, i, 0, &made, &hold);
			punches_write(&w, persona, &made, GH_LIT("210218199001010001"), false);
			lines = ghi_lines_of(ghi_written(&w));
			assert_true(ghi_lines_next(&lines, &text));
			assert_int_equal(ghi_attlog_parse(text, &read, &fault), GH_OK);
			assert_true(gh_slice_eq(read.pin, made.pin));
			assert_int_equal(read.time, made.time);
			assert_int_equal(read.status, made.status);
			assert_int_equal(read.verify, made.verify);
			assert_true(gh_slice_eq(read.work_code, made.work_code));
		}
	}
}

/* QUIRKS Q25, to the byte. */
static void columns_and_line_ends_are_those_of_the_persona(void **state)
{
	static const struct {
		const char *persona, *line;
	} cases[] = {
		{ "old", "7\t2024-07-28 01:25:24\t1\t0\n" },
		{ "2.4.1", "7\t2024-07-28 01:25:24\t1\t0\t12\t0\t0\n" },
		{ "k40", "7\t2024-07-28 01:25:24\t1\t0\t\t0\t0\t\r\n" },
		{ "aspx", "7\t2024-07-28 01:25:24\t1\t0\t\t0\t0\t\n" },
		{ "senseface", "7\t2024-07-28 01:25:24\t1\t0\t12\t0\t0\t0\t0\t0\t\n" },
		{ "mb560", "7\t2024-07-28 01:25:24\t1\t0\t\t0\t0\t\t\t43\n" },
		{ "idcard", "7\t2024-07-28 01:25:24\t1\t0\t12\t0\t0\t2102\t0\n" },
	};
	const struct punch punch = { .pin = GH_LIT("7"),
				     .time = 20240728012524,
				     .status = 1,
				     .verify = 0,
				     .work_code = GH_LIT("12") };
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[128] = { 0 };
		struct ghi_writer w = ghi_writer_on(text, sizeof(text) - 1);

		punches_write(&w, persona_named(gh_slice_of(cases[i].persona)), &punch,
			      GH_LIT("2102"), false);
		assert_string_equal(text, cases[i].line);
	}
}

static void a_pin_leads_back_to_its_person(void **state)
{
	struct plan p = plan_of(1);
	const struct persona *persona;
	(void)state;

	for (size_t k = 0; (persona = persona_at(k)); k++) {
		uint32_t user;

		for (uint32_t i = 0; i < p.users; i++) {
			char pin[PEOPLE_PIN];

			assert_true(
				people_find(&p, persona, people_pin(persona, i, pin), &user));
			assert_int_equal(user, i);
		}
		assert_false(people_find(&p, persona, GH_LIT("0"), &user));
		assert_false(people_find(&p, persona, GH_LIT("51"), &user));
		assert_false(people_find(&p, persona, GH_LIT(""), &user));
		assert_false(people_find(&p, persona, GH_LIT("GA"), &user));
	}
}

static void chinese_names_are_gb18030_on_old_units_and_utf8_on_others(void **state)
{
	struct plan p = plan_of(1);
	struct people_text hold;
	struct person person;
	gh_slice utf8;
	(void)state;

	people_make(&p, persona_named(GH_LIT("old")), 3, &person, &hold);
	assert_false(ghi_text_is_utf8(person.name));
	assert_int_equal(ghi_text_from_gb18030(person.name, &utf8), GH_OK);
	assert_true(utf8.n >= 6); /* two or three characters of three bytes */
	free((void *)(uintptr_t)utf8.p);
	people_make(&p, persona_named(GH_LIT("2.4.1")), 3, &person, &hold);
	assert_true(ghi_text_is_utf8(person.name));
}

static void templates_are_base64_of_the_stated_length(void **state)
{
	struct plan p = plan_of(1);
	char text[PEOPLE_TEMPLATE], other[PEOPLE_TEMPLATE];
	gh_slice s = people_template(&p, "FP", GH_LIT("12"), 0, 0, text), t;
	gsize n;
	guchar *raw;
	(void)state;

	assert_int_equal(s.n % 4, 0);
	text[s.n] = 0;
	raw = g_base64_decode(text, &n);
	assert_memory_equal(raw + 2, "SS21", 4);
	assert_int_equal(raw[8] << 8 | raw[9], n);
	g_free(raw);
	t = people_template(&p, "FP", GH_LIT("13"), 0, 0, other);
	assert_false(gh_slice_eq(s, t));
}

static void a_picture_has_the_requested_size_and_is_a_jpeg(void **state)
{
	static const size_t sizes[] = { SIM_PICTURE_MIN, 1500, 8191, 60000 };
	static uint8_t a[60000], b[60000];
	(void)state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		gh_slice one = sim_picture(i, a, sizes[i]), same = sim_picture(i, b, sizes[i]);

		assert_int_equal(one.n, sizes[i]);
		assert_true(gh_slice_eq(one, same));
		assert_memory_equal(one.p, "\xff\xd8\xff", 3);
		assert_memory_equal(one.p + one.n - 2, "\xff\xd9", 2);
		assert_false(gh_slice_eq(one, sim_picture(i + 1, b, sizes[i])));
	}
}

static void a_packed_upload_unpacks_to_what_went_in(void **state)
{
	static uint8_t room[8192], again[8192];
	gh_slice text = GH_LIT("USER PIN=1\tName=A\nFP PIN=1\tFID=0\n"), packed, same, out;
	(void)state;

	assert_int_equal(pack_write(text, room, sizeof(room), &packed), GH_OK);
	assert_int_equal(pack_write(text, again, sizeof(again), &same), GH_OK);
	assert_true(gh_slice_eq(packed, same));
	assert_int_equal(pack_read(packed, 4096, &out), GH_OK);
	assert_true(gh_slice_eq(out, text));
	free((void *)(uintptr_t)out.p);
	assert_int_equal(pack_read(text, 4096, &out), GH_OK);
	assert_true(gh_slice_eq(out, text));
	free((void *)(uintptr_t)out.p);
	assert_int_equal(pack_read(packed, 10, &out), GH_ETOOBIG);
	assert_int_equal(pack_read(GH_LIT("\x1f\x8b nothing"), 4096, &out), GH_EMALFORMED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_makes_the_same_punches),
		cmocka_unit_test(
			no_two_punches_of_a_device_share_a_second_even_when_its_clock_jumps),
		cmocka_unit_test(punches_come_due_at_the_requested_rate),
		cmocka_unit_test(a_stamp_is_seconds_in_months_of_31_days),
		cmocka_unit_test(every_line_of_a_log_reads_back_as_the_punch_it_was_made_of),
		cmocka_unit_test(columns_and_line_ends_are_those_of_the_persona),
		cmocka_unit_test(a_pin_leads_back_to_its_person),
		cmocka_unit_test(chinese_names_are_gb18030_on_old_units_and_utf8_on_others),
		cmocka_unit_test(templates_are_base64_of_the_stated_length),
		cmocka_unit_test(a_picture_has_the_requested_size_and_is_a_jpeg),
		cmocka_unit_test(a_packed_upload_unpacks_to_what_went_in),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
