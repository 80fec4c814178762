#include "tests.h"

#include <stdio.h>

#include "hex.h"
#include "wire/terminal/event.h"
#include "wire/terminal/face.h"
#include "wire/terminal/oplog.h"
#include "wire/terminal/option.h"
#include "wire/terminal/packed_time.h"
#include "wire/terminal/sizes.h"
#include "wire/terminal/template.h"
#include "wire/terminal/user.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static void fill_text(char *out, size_t n, uint32_t *seed, bool digits)
{
	for (size_t i = 0; i < n; i++)
		out[i] = digits ? (char)('1' + random_next(seed) % 9)
				: (char)('A' + random_next(seed) % 26);
	out[n] = 0;
}

static void users_of_every_size_come_back_as_written(void **state)
{
	static const size_t sizes[] = { 72, 28, 16 };
	uint32_t seed = 1;
	(void)state;

	for (int round = 0; round < 300; round++)
		for (size_t s = 0; s < LENGTH(sizes); s++) {
			struct gh_user u = { .uid = (uint16_t)(1 + random_next(&seed) % 65535),
					     .privilege = (uint8_t)(random_next(&seed) % 16),
					     .record_size = (uint8_t)sizes[s] },
				       got;
			uint8_t b[80];
			struct ghi_writer w = ghi_writer_on(b, sizeof(b));
			bool big = sizes[s] == 72;

			fill_text(u.password, random_next(&seed) % (big ? 9 : 6), &seed, true);
			fill_text(u.name_raw, random_next(&seed) % (big ? 25 : 9), &seed,
				  false);
			fill_text(u.pin, 1 + random_next(&seed) % (big ? 24 : 8), &seed, true);
			if (sizes[s] == 16) {
				memset(u.pin, 0, sizeof(u.pin));
				snprintf(u.pin, sizeof(u.pin), "%u", u.uid);
			} else {
				u.card = random_next(&seed);
				if (!big)
					u.card |= (uint64_t)(random_next(&seed) % 256) << 32;
				u.group = (uint8_t)random_next(&seed);
				u.zones[0] = (uint16_t)random_next(&seed);
			}
			if (big) {
				u.own_zones = 1;
				u.zones[2] = (uint16_t)random_next(&seed);
			}
			ghi_terminal_user_write(&w, &u, sizes[s]);
			assert_int_equal(w.err, GH_OK);
			assert_int_equal(w.n, sizes[s]);
			assert_int_equal(ghi_terminal_user_parse((gh_slice){ b, w.n }, &got),
					 GH_OK);
			assert_memory_equal(&got, &u, sizeof(u));
		}
}

static void what_does_not_fit_a_user_record_is_refused(void **state)
{
	static const struct {
		size_t size;
		struct gh_user u;
		enum gh_err want;
	} c[] = {
		{ 72, { .pin = "1", .card = (uint64_t)1 << 32 }, GH_ETOOBIG },
		{ 28, { .pin = "1", .card = (uint64_t)1 << 40 }, GH_ETOOBIG },
		{ 28, { .pin = "A1" }, GH_EINVALID },
		{ 28, { .pin = "4294967296" }, GH_EINVALID },
		{ 28, { .pin = "1", .password = "123456" }, GH_ETOOBIG },
		{ 28, { .pin = "1", .name_raw = "123456789" }, GH_ETOOBIG },
		{ 16, { .pin = "7", .uid = 8 }, GH_EINVALID },
		{ 16, { .pin = "8", .uid = 8, .card = 1 }, GH_ETOOBIG },
		{ 40, { .pin = "8" }, GH_EINVALID },
	};
	(void)state;
	for (size_t i = 0; i < LENGTH(c); i++) {
		uint8_t b[80];
		struct ghi_writer w = ghi_writer_on(b, sizeof(b));
		struct gh_user u;

		ghi_terminal_user_write(&w, &c[i].u, c[i].size);
		assert_int_equal(w.err, c[i].want);
		if (c[i].size == 40)
			assert_int_equal(ghi_terminal_user_parse((gh_slice){ b, 40 }, &u),
					 GH_EMALFORMED);
	}
}

static void the_captured_user_reads_as_described(void **state)
{
	uint8_t b[72] = { 0x0D, 0, 0 }, out[72];
	struct ghi_writer w = ghi_writer_on(out, sizeof(out));
	struct gh_user u;
	(void)state;

	memcpy(b + 3, "3434340\0garbage", 8);
	memcpy(b + 11, "Ned\0rubbish", 11);
	b[35] = 0xDE;
	b[39] = 2;
	b[40] = 1;
	b[42] = 1;
	b[44] = 2;
	memcpy(b + 48, "555", 3);
	assert_int_equal(ghi_terminal_user_parse((gh_slice){ b, 72 }, &u), GH_OK);
	assert_int_equal(u.uid, 13);
	assert_string_equal(u.password, "3434340");
	assert_string_equal(u.name_raw, "Ned");
	assert_int_equal(u.card, 0xDE);
	assert_int_equal(u.group, 2);
	assert_int_equal(u.own_zones, 1);
	assert_int_equal(u.zones[0], 1);
	assert_int_equal(u.zones[1], 2);
	assert_string_equal(u.pin, "555");
	ghi_terminal_user_write(&w, &u, 72);
	memset(b + 15, 0, 20); /* the rubbish is not sent back */
	assert_memory_equal(out, b, 72);
}

/* n users of a size, as a table without its head. */
static gh_slice user_table(uint8_t *b, size_t cap, size_t size, size_t n)
{
	struct ghi_writer w = ghi_writer_on(b, cap);

	for (size_t i = 0; i < n; i++) {
		struct gh_user u = { .uid = (uint16_t)(i + 1) };

		snprintf(u.pin, sizeof(u.pin), "%zu", i + 1);
		snprintf(u.name_raw, sizeof(u.name_raw), "U%zu", i);
		ghi_terminal_user_write(&w, &u, size);
	}
	assert_int_equal(w.err, GH_OK);
	return ghi_written(&w);
}

static void the_size_of_user_records_is_found_from_the_data(void **state)
{
	static const size_t sizes[] = { 72, 28, 16 };
	static const size_t counts[] = { 1, 2, 7, 9, 18, 63 };
	static uint8_t b[8192];
	(void)state;

	for (size_t s = 0; s < LENGTH(sizes); s++)
		for (size_t c = 0; c < LENGTH(counts); c++) {
			gh_slice t = user_table(b, sizeof(b), sizes[s], counts[c]);

			assert_int_equal(ghi_terminal_user_size_of(t, t.n, -1), sizes[s]);
			assert_int_equal(ghi_terminal_user_size_of(t, t.n, (int32_t)counts[c]),
					 sizes[s]);
			/* A counter that is behind. */
			assert_int_equal(
				ghi_terminal_user_size_of(t, t.n, (int32_t)counts[c] - 1),
				sizes[s]);
		}
	assert_int_equal(ghi_terminal_user_size_of((gh_slice){ 0 }, 0, 0), 72);
	memset(b, 0xFF, 100);
	assert_int_equal(ghi_terminal_user_size_of((gh_slice){ b, 100 }, 100, -1), 0);
}

static void templates_come_back_as_written_and_single_reads_are_cut(void **state)
{
	uint8_t data[1300] = { 0x4D, 0xFD, 'S', 'S', '2', '1', 0, 0, 0x04, 0xBE, 0xBE, 0x04 };
	struct gh_template t = {
		.uid = 300, .finger = 6, .flag = 3, .size = 1214, .data = data
	};
	struct gh_template got;
	uint8_t b[1300];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	(void)state;

	ghi_terminal_template_write(&w, &t);
	assert_int_equal(w.n, 1220);
	assert_int_equal(ghi_terminal_template_parse(ghi_written(&w), &got), GH_OK);
	assert_int_equal(got.uid, 300);
	assert_int_equal(got.finger, 6);
	assert_int_equal(got.flag, 3);
	assert_int_equal(got.size, 1214);
	assert_memory_equal(got.data, data, 1214);
	assert_int_equal(ghi_terminal_template_parse((gh_slice){ b, 1219 }, &got),
			 GH_EMALFORMED);

	/* Its own length counts, though zeros are its true end. */
	assert_int_equal(ghi_terminal_template_trim((gh_slice){ data, 1221 }, true).n, 1214);
	assert_int_equal(ghi_terminal_template_trim((gh_slice){ data, 1214 }, false).n, 1214);
	data[2] = 'X'; /* older kinds do not contain theirs */
	memset(data + 100, 7, 400);
	assert_int_equal(ghi_terminal_template_trim((gh_slice){ data, 507 }, true).n, 500);
	assert_int_equal(ghi_terminal_template_trim((gh_slice){ data, 506 }, false).n, 500);
	assert_int_equal(ghi_terminal_template_trim((gh_slice){ data, 500 }, false).n, 500);
	assert_int_equal(ghi_terminal_template_trim((gh_slice){ data, 0 }, true).n, 0);
}

static void faces_come_back_as_written(void **state)
{
	static uint8_t b[3 * GHI_TERMINAL_FACE_ENTRY];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	struct ghi_terminal_face f = { .uid = 9, .valid = 1 }, got;
	gh_slice rest;
	(void)state;

	for (uint8_t i = 0; i < 3; i++) {
		f.index = i;
		f.data = (gh_slice){ (const uint8_t *)"facefaceface", 4u * (i + 1u) };
		ghi_terminal_face_write(&w, &f);
	}
	assert_int_equal(w.err, GH_OK);
	rest = ghi_written(&w);
	for (uint8_t i = 0; i < 3; i++) {
		assert_true(ghi_terminal_face_next(&rest, &got));
		assert_int_equal(got.uid, 9);
		assert_int_equal(got.index, i);
		assert_int_equal(got.data.n, 4 * (i + 1));
	}
	assert_false(ghi_terminal_face_next(&rest, &got));
	rest = (gh_slice){ b, GHI_TERMINAL_FACE_ENTRY - 1 };
	assert_false(ghi_terminal_face_next(&rest, &got));
}

static void the_captured_operation_reads_as_described(void **state)
{
	uint8_t b[16], out[16];
	gh_slice in = hex_bytes("0000 06 2A C29B6823 0300 0000 0700 0205", b, sizeof(b));
	struct ghi_writer w = ghi_writer_on(out, sizeof(out));
	struct gh_oplog o;
	(void)state;

	assert_int_equal(in.n, 16);
	ghi_terminal_oplog_parse(b, &o);
	assert_int_equal(o.admin, 0);
	assert_int_equal(o.op, 6);
	assert_int_equal(o.time.year, 2018);
	assert_int_equal(o.time.hour, 16);
	assert_int_equal(o.param[0], 3);
	assert_int_equal(o.param[2], 7);
	ghi_terminal_oplog_write(&w, &o);
	assert_memory_equal(out, b, 16);
}

static void counters_are_read_as_far_as_they_reach(void **state)
{
	uint8_t b[112] = { 0 };
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	struct gh_counters c = { .users = 3,
				 .templates = 3,
				 .punches = 58,
				 .oplogs = 90,
				 .admins = 2,
				 .passwords = 2,
				 .templates_capacity = 3000,
				 .users_capacity = 5000,
				 .punches_capacity = 100000,
				 .templates_free = 2997,
				 .users_free = 4997,
				 .punches_free = 99942,
				 .faces = 1,
				 .faces_capacity = 400 },
			   got;
	(void)state;

	ghi_terminal_sizes_write(&w, &c, true);
	assert_int_equal(w.n, 92);
	ghi_terminal_sizes_parse(ghi_written(&w), &got);
	assert_memory_equal(&got, &c, sizeof(c));
	ghi_terminal_sizes_parse((gh_slice){ b, 112 }, &got);
	assert_memory_equal(&got, &c, sizeof(c));
	ghi_terminal_sizes_parse((gh_slice){ b, 80 }, &got);
	assert_int_equal(got.punches_free, 99942);
	assert_int_equal(got.faces, -1);
	/* One dword, as small Wi-Fi platforms answer, has no counters. */
	ghi_terminal_sizes_parse((gh_slice){ b, 4 }, &got);
	assert_int_equal(got.users, -1);
}

static void option_values_keep_what_belongs_to_them(void **state)
{
	static const struct {
		const char *reply;
		size_t n;
		enum gh_err want;
		const char *value;
	} c[] = {
		{ "~SerialNumber=AB=C\0", 19, GH_OK, "AB=C" },
		{ "~SerialNumber=AB\0rubbish", 24, GH_OK, "AB" },
		{ "~SerialNumber=AB", 16, GH_OK, "AB" },
		{ "SerialNumber=AB", 15, GH_OK, "AB" },
		{ "~SerialNumber=", 14, GH_ENOTFOUND, NULL },
		{ "", 0, GH_ENOTFOUND, NULL },
		{ "\0", 1, GH_ENOTFOUND, NULL },
		{ "~Platform=AB", 12, GH_EMALFORMED, NULL },
		{ "noequals", 8, GH_EMALFORMED, NULL },
	};
	uint8_t b[64];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	gh_slice name, value;
	(void)state;

	for (size_t i = 0; i < LENGTH(c); i++) {
		gh_slice in = { (const uint8_t *)c[i].reply, c[i].n };

		assert_int_equal(ghi_terminal_option_parse(in, GH_LIT("~SerialNumber"), &value),
				 c[i].want);
		if (c[i].value)
			assert_true(gh_slice_eq(value, gh_slice_of(c[i].value)));
	}
	ghi_terminal_option_write(&w, GH_LIT("SDKBuild"), GH_LIT("1"));
	assert_int_equal(w.n, 11);
	assert_memory_equal(b, "SDKBuild=1", 11);
	assert_true(ghi_terminal_option_split(ghi_written(&w), &name, &value));
	assert_true(gh_slice_eq(name, GH_LIT("SDKBuild")));
	w = ghi_writer_on(b, sizeof(b));
	ghi_terminal_option_write(&w, GH_LIT("a=b"), GH_LIT("1"));
	assert_int_equal(w.err, GH_EINVALID);
}

static void the_captured_event_reads_as_described(void **state)
{
	uint8_t b[64] = { 0 };
	struct ghi_terminal_events it;
	struct gh_event e;
	(void)state;

	memcpy(b, "999111333", 9);
	hex_bytes("01 00 12 06 19 11 29 05", b + 24, 8);
	it = ghi_terminal_events_of(1, (gh_slice){ b, 32 });
	assert_true(ghi_terminal_events_next(&it, &e));
	assert_true(e.decoded);
	assert_string_equal(e.punch.pin, "999111333");
	assert_int_equal(e.punch.verify, 1);
	assert_int_equal(e.punch.status, 0);
	assert_int_equal(e.punch.time.year, 2018);
	assert_int_equal(e.punch.time.second, 5);
	assert_true(e.punch.time.valid);
	assert_false(ghi_terminal_events_next(&it, &e));
}

static void punch_events_of_any_size_are_read_or_kept_raw(void **state)
{
	struct gh_punch p = { .uid = 77,
			      .verify = 1,
			      .status = 4,
			      .pin = "4711",
			      .time = { 2024, 12, 31, 23, 59, 59, 1 } };
	(void)state;

	for (size_t n = 0; n < 300; n++) {
		uint8_t b[300] = { 0 };
		struct ghi_writer w = ghi_writer_on(b, sizeof(b));
		struct ghi_terminal_events it;
		struct gh_event e;
		size_t events = 0, decoded = 0;

		if (n && n % 52 == 0)
			for (size_t i = 0; i < n / 52; i++)
				ghi_terminal_event_write_punch(&w, &p, 52);
		else if (n >= 32)
			ghi_terminal_event_write_punch(&w, &p, n <= 52 ? n : 52);
		else if (n == 14 || n == 12)
			ghi_terminal_event_write_punch(&w, &p, n);
		else if (n && n % 10 == 0)
			for (size_t i = 0; i < n / 10; i++)
				ghi_terminal_event_write_punch(&w, &p, 10);
		assert_int_equal(w.err, GH_OK);
		it = ghi_terminal_events_of(GH_EVENT_PUNCH, (gh_slice){ b, n });
		while (ghi_terminal_events_next(&it, &e)) {
			events++;
			assert_true(events < 40);
			if (!e.decoded)
				continue;
			decoded++;
			assert_int_equal(e.punch.status, 4);
			assert_int_equal(e.punch.time.day, 31);
			assert_int_equal(e.punch.time.second, 59);
			if (n == 12 || n >= 32)
				assert_string_equal(e.punch.pin, "4711");
			else
				assert_int_equal(e.punch.uid, 77);
		}
		assert_true(events >= 1);
		if (w.n) {
			assert_int_equal(decoded, events);
			assert_int_equal(events, n % 52 == 0   ? n / 52
						 : n >= 32     ? 1
						 : n % 10 == 0 ? n / 10
							       : 1);
		} else {
			assert_int_equal(decoded, 0);
		}
	}
}

static void the_other_events_come_back_as_written(void **state)
{
	static const struct gh_event c[] = {
		{ .type = GH_EVENT_FINGER },
		{ .type = GH_EVENT_ENROLL_USER, .uid = 4711 },
		{ .type = GH_EVENT_ENROLL_FINGER, .result = 4 },
		{ .type = GH_EVENT_ENROLL_FINGER,
		  .size = 1214,
		  .finger = 6,
		  .punch = { .pin = "999111333" } },
		{ .type = GH_EVENT_ENROLL_FINGER,
		  .size = 1214,
		  .finger = 6,
		  .punch = { .pin = "99911133344" } },
		{ .type = GH_EVENT_BUTTON, .key = 0x01020304 },
		{ .type = GH_EVENT_UNLOCK },
		{ .type = GH_EVENT_VERIFY, .uid = UINT32_MAX },
		{ .type = GH_EVENT_FINGER_SCORE, .score = 100 },
		{ .type = GH_EVENT_ALARM, .alarm = GH_ALARM_TAMPER },
		{ .type = GH_EVENT_ALARM, .alarm = GH_ALARM_DOOR_CLOSED },
		{ .type = GH_EVENT_ALARM, .alarm = GH_ALARM_DURESS, .uid = 12, .key = 7 },
	};
	(void)state;
	for (size_t i = 0; i < LENGTH(c); i++) {
		uint8_t b[64];
		struct ghi_writer w = ghi_writer_on(b, sizeof(b));
		struct ghi_terminal_events it;
		struct gh_event e;

		ghi_terminal_event_write(&w, &c[i]);
		assert_int_equal(w.err, GH_OK);
		it = ghi_terminal_events_of(c[i].type, ghi_written(&w));
		assert_true(ghi_terminal_events_next(&it, &e));
		assert_true(e.decoded);
		assert_int_equal(e.uid, c[i].uid);
		assert_int_equal(e.alarm, c[i].alarm);
		assert_int_equal(e.result, c[i].result);
		assert_int_equal(e.size, c[i].size);
		assert_int_equal(e.finger, c[i].finger);
		assert_int_equal(e.key, c[i].key);
		assert_int_equal(e.score, c[i].score);
		assert_string_equal(e.punch.pin, c[i].punch.pin);
		assert_false(ghi_terminal_events_next(&it, &e));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(users_of_every_size_come_back_as_written),
		cmocka_unit_test(what_does_not_fit_a_user_record_is_refused),
		cmocka_unit_test(the_captured_user_reads_as_described),
		cmocka_unit_test(the_size_of_user_records_is_found_from_the_data),
		cmocka_unit_test(templates_come_back_as_written_and_single_reads_are_cut),
		cmocka_unit_test(faces_come_back_as_written),
		cmocka_unit_test(the_captured_operation_reads_as_described),
		cmocka_unit_test(counters_are_read_as_far_as_they_reach),
		cmocka_unit_test(option_values_keep_what_belongs_to_them),
		cmocka_unit_test(the_captured_event_reads_as_described),
		cmocka_unit_test(punch_events_of_any_size_are_read_or_kept_raw),
		cmocka_unit_test(the_other_events_come_back_as_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
