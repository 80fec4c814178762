/* What is written to `gatehouse sim terminal` is there afterwards, and what is deleted is not.
 */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expectation.h"

#define OK(call) assert_int_equal(GH_OK, (call))
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct gh_counters device_counters(struct gh_terminal *t)
{
	struct gh_counters c;

	OK(gh_terminal_counters(t, &c));
	return c;
}

static void users_of_every_size_are_written_and_deleted(void **state)
{
	static const char *const personas[] = { "tft", "bw", "old" };
	(void)state;

	for (size_t i = 0; i < COUNT(personas) * 2; i++) {
		struct gh_user u = { .uid = 700,
				     .privilege = GH_PRIVILEGE_ADMIN,
				     .pin = "700",
				     .name = "Zo\xC3\xAB",
				     .password = "4711" },
			       got;
		struct gh_terminal *t;
		char arguments[64];
		struct program r;

		snprintf(arguments, sizeof(arguments), "--persona %s --users 5",
			 personas[i / 2]);
		program_start(&r, arguments);
		t = expectation_connect(i % 2 ? r.udp : r.tcp, 0);
		if (i / 2 < 2) {
			u.card = 4000000001u;
			memcpy(u.pin, "12345", 6);
		}
		OK(gh_terminal_user_set(t, &u));
		OK(gh_terminal_user_get(t, u.pin, &got));
		assert_string_equal(got.name, u.name);
		assert_string_equal(got.password, u.password);
		assert_int_equal(got.uid, 700);
		assert_int_equal(got.card, u.card);
		assert_int_equal(got.privilege, GH_PRIVILEGE_ADMIN);
		assert_int_equal(device_counters(t).users, 6);
		OK(gh_terminal_admins_clear(t));
		OK(gh_terminal_user_get(t, u.pin, &got));
		assert_int_equal(got.privilege, GH_PRIVILEGE_USER);
		OK(gh_terminal_user_delete(t, u.pin));
		assert_int_equal(gh_terminal_user_get(t, u.pin, &got), GH_ENOTFOUND);
		assert_int_equal(gh_terminal_user_delete_uid(t, 700), GH_ENOTFOUND);
		assert_int_equal(device_counters(t).users, 5);
		gh_terminal_free(t);
		program_stop(&r);
	}
}

static void a_pin_belongs_to_one_uid(void **state)
{
	struct gh_user u = { .uid = 9, .pin = "1", .name = "Twin" };
	struct gh_terminal *t;
	struct program r;
	(void)state;

	program_start(&r, "--users 5");
	t = expectation_connect(r.tcp, 0);
	assert_int_equal(gh_terminal_user_set(t, &u), GH_EDENIED);
	gh_terminal_free(t);
	program_stop(&r);
}

static void templates_are_listed_read_written_and_deleted(void **state)
{
	uint8_t mine[900];
	struct expectation truth;
	(void)state;

	for (size_t i = 0; i < sizeof(mine); i++)
		mine[i] = (uint8_t)(i * 7 + 1);
	expectation_open(&truth, "tft", 30, 0);
	for (int udp = 0; udp < 2; udp++) {
		struct gh_template one = { .uid = 2,
					   .finger = 3,
					   .flag = GH_TEMPLATE_VALID,
					   .size = sizeof(mine),
					   .data = mine },
				   got, want;
		uint8_t made[TERM_TEMPLATE_MAX];
		struct gh_terminal_templates *it;
		struct gh_terminal *t;
		struct program r;
		int32_t n = 0;
		enum gh_err err;

		program_start(&r, "--users 30 --punches 0");
		t = expectation_connect(udp ? r.udp : r.tcp, 0);
		OK(gh_terminal_templates_open(t, &it));
		while ((err = gh_terminal_templates_next(it, &got)) == GH_OK) {
			assert_true(term_users_template(&truth.users,
							term_users_uid(&truth.users, got.uid),
							got.finger, made, &want));
			assert_int_equal(got.size, want.size);
			assert_memory_equal(got.data, want.data, want.size);
			n++;
		}
		assert_int_equal(err, GH_EEND);
		gh_terminal_templates_close(it);
		assert_true(n > 1);
		assert_int_equal(device_counters(t).templates, n);

		OK(gh_terminal_template_get(t, "1", 6, &got));
		assert_true(term_users_template(&truth.users, term_users_uid(&truth.users, 1),
						6, made, &want));
		assert_int_equal(got.size, want.size);
		assert_memory_equal(got.data, want.data, want.size);
		assert_int_equal(gh_terminal_template_get(t, "1", 9, &got), GH_ENOTFOUND);

		OK(gh_terminal_template_set(t, &one));
		OK(gh_terminal_template_get_uid(t, 2, 3, &got));
		assert_int_equal(got.size, one.size);
		assert_memory_equal(got.data, mine, sizeof(mine));
		OK(gh_terminal_template_delete(t, "2", 3));
		assert_int_equal(gh_terminal_template_get_uid(t, 2, 3, &got), GH_ENOTFOUND);
		OK(gh_terminal_template_delete_uid(t, 1, 6));
		assert_int_equal(gh_terminal_template_delete_uid(t, 1, 6), GH_ENOTFOUND);
		assert_int_equal(device_counters(t).templates, n - 1);
		gh_terminal_free(t);
		program_stop(&r);
	}
	expectation_close(&truth);
}

static void many_users_and_templates_go_up_at_once(void **state)
{
	enum { USERS = 150 };
	static struct gh_user users[USERS];
	static struct gh_template templates[USERS];
	static uint8_t data[1100];
	struct gh_terminal *t;
	struct gh_template got;
	struct program r;
	(void)state;

	memset(data, 0x5C, sizeof(data));
	for (int i = 0; i < USERS; i++) {
		users[i] = (struct gh_user){ .uid = (uint16_t)(1000 + i), .group = 1 };
		snprintf(users[i].pin, sizeof(users[i].pin), "%d", 500000 + i);
		snprintf(users[i].name, sizeof(users[i].name), "Guest %d", i);
		templates[i] = (struct gh_template){ .uid = users[i].uid,
						     .finger = (uint8_t)(i % 10),
						     .flag = GH_TEMPLATE_VALID,
						     .size = (uint16_t)(400 + i),
						     .data = data };
	}
	for (int udp = 0; udp < 2; udp++) {
		program_start(&r, "--users 3 --templates 0");
		t = expectation_connect(udp ? r.udp : r.tcp, 0);
		OK(gh_terminal_users_save(t, users, USERS, templates, USERS));
		assert_int_equal(device_counters(t).users, 3 + USERS);
		assert_int_equal(device_counters(t).templates, USERS);
		OK(gh_terminal_template_get(t, "500149", 9, &got));
		assert_int_equal(got.size, 549);
		assert_memory_equal(got.data, data, 549);
		gh_terminal_free(t);
		program_stop(&r);
	}
}

static void what_is_cleared_is_gone(void **state)
{
	struct gh_terminal *t;
	struct program r;
	(void)state;

	program_start(&r, "--users 40 --punches 500");
	t = expectation_connect(r.tcp, 0);
	assert_int_equal(device_counters(t).punches, 500);
	OK(gh_terminal_punches_clear(t));
	assert_int_equal(device_counters(t).punches, 0);
	assert_true(device_counters(t).templates > 0);
	OK(gh_terminal_data_clear(t, GH_DATA_TEMPLATES));
	assert_int_equal(device_counters(t).templates, 0);
	assert_int_equal(device_counters(t).users, 40);
	assert_true(device_counters(t).oplogs > 1);
	OK(gh_terminal_oplogs_clear(t));
	assert_int_equal(device_counters(t).oplogs, 0);
	OK(gh_terminal_data_clear(t, GH_DATA_ALL));
	assert_int_equal(device_counters(t).users, 0);
	gh_terminal_free(t);
	program_stop(&r);
}

static void the_operation_log_records_what_was_done(void **state)
{
	static const uint8_t want[] = { 0, 30, 30, 5, 21, 9 }; /* started, two users, mine */
	struct gh_time time = { 2031, 2, 28, 23, 59, 0, 1 };
	struct gh_terminal_oplogs *it;
	struct gh_terminal *t;
	struct gh_oplog o;
	struct program r;
	size_t n = 0;
	(void)state;

	program_start(&r, "--users 2");
	t = expectation_connect(r.udp, 0);
	OK(gh_terminal_option_set(t, "VoiceOn", "0"));
	OK(gh_terminal_time_set(t, &time));
	OK(gh_terminal_user_delete_uid(t, 2));
	OK(gh_terminal_oplogs_open(t, &it));
	while (gh_terminal_oplogs_next(it, &o) == GH_OK) {
		assert_true(n < sizeof(want));
		assert_int_equal(o.op, want[n++]);
		assert_true(o.time.valid);
	}
	assert_int_equal(n, sizeof(want));
	assert_int_equal(o.time.year, 2031);
	assert_int_equal(o.param[0], 2);
	gh_terminal_oplogs_close(it);
	gh_terminal_free(t);
	program_stop(&r);
}

static void options_clock_and_the_rest_answer(void **state)
{
	struct gh_time time = { 2031, 2, 28, 23, 59, 30, 1 }, got;
	struct gh_terminal_info info;
	struct gh_terminal *t;
	struct program r;
	char value[GH_TEXT_SIZE];
	enum gh_door door;
	uint8_t mode;
	int n;
	(void)state;

	program_start(&r, "--sn DEMO --users 4 --punches 9");
	t = expectation_connect(r.tcp, 0);
	OK(gh_terminal_info(t, &info));
	assert_string_equal(info.serial, "DEMO000001");
	assert_string_equal(info.platform, "ZMM220_TFT");
	assert_string_equal(info.name, "F18");
	assert_string_equal(info.firmware, "Ver 6.60 Apr 28 2015");
	assert_int_equal(info.counters.users, 4);
	assert_int_equal(info.counters.punches, 9);
	assert_int_equal(info.fingerprint_version, 10);
	assert_int_equal(info.pin_width, 9);
	assert_int_equal(strlen(info.mac), 17);
	assert_int_equal(gh_terminal_option_get(t, "NoSuchThing", value, sizeof(value)),
			 GH_ENOTFOUND);
	OK(gh_terminal_option_set(t, "VOLUME", "12=3"));
	OK(gh_terminal_option_get(t, "VOLUME", value, sizeof(value)));
	assert_string_equal(value, "12=3");
	OK(gh_terminal_time_set(t, &time));
	OK(gh_terminal_time_get(t, &got));
	assert_int_equal(got.year, 2031);
	assert_true(got.second >= 30);
	OK(gh_terminal_door(t, &door));
	assert_int_equal(door, GH_DOOR_CLOSED);
	OK(gh_terminal_unlock(t, 6000));
	OK(gh_terminal_door(t, &door));
	assert_int_equal(door, GH_DOOR_OPEN);
	OK(gh_terminal_state(t, &n));
	assert_int_equal(n, GH_STATE_IDLE);
	OK(gh_terminal_lcd_write(t, 1, "Welcome"));
	OK(gh_terminal_lcd_clear(t));
	OK(gh_terminal_voice(t, 0));
	assert_int_equal(gh_terminal_voice(t, 900), GH_EDENIED);
	OK(gh_terminal_verify_mode_set(t, 3, 131));
	OK(gh_terminal_verify_mode_get(t, 3, &mode));
	assert_int_equal(mode, 131);
	assert_int_equal(gh_terminal_verify_mode_get(t, 77, &mode), GH_EDENIED);
	gh_terminal_free(t);
	program_stop(&r);
}

static void access_rules_come_back_as_they_were_written(void **state)
{
	static const struct {
		uint16_t write, read;
		const char *data, *key, *want; /* sizes below */
		size_t data_n, key_n, want_n;
	} c[] = {
		{ GH_CMD_USERGRP_WRQ, GH_CMD_USERGRP_RRQ, "\2\0\0\0\5", "\2\0\0\0", "\5", 5, 4,
		  1 },
		{ GH_CMD_USERTZ_WRQ, GH_CMD_USERTZ_RRQ,
		  "\2\0\0\0\1\0\0\0\7\0\0\0\10\0\0\0\11\0\0\0", "\2\0\0\0",
		  "\1\0\7\0\10\0\11\0", 20, 4, 8 },
		{ GH_CMD_GRPTZ_WRQ, GH_CMD_GRPTZ_RRQ, "\3\1\0\2\0\3\0\200", "\3\0\0\0\0\0\0\0",
		  "\3\1\0\2\0\3\0\200", 8, 8, 8 },
		{ GH_CMD_ULG_WRQ, GH_CMD_ULG_RRQ, "\1\1\2\3\4\5\2\0", "\1\0\0\0\0\0\0\0",
		  "\1\1\2\3\4\5\2\0", 8, 8, 8 },
		{ GH_CMD_TZ_WRQ, GH_CMD_TZ_RRQ, "\4\0\0\0\1\2\3\4", "\4\0\0\0", "\4\0\1\2\3\4",
		  8, 4, 6 },
		{ GH_CMD_SMS_WRQ, GH_CMD_SMS_RRQ, "\375\6\0hello", "\6\0", "\375\6\0hello", 8,
		  2, 8 },
	};
	struct gh_terminal *t;
	struct gh_reply reply;
	struct program r;
	(void)state;

	program_start(&r, "--users 4");
	t = expectation_connect(r.tcp, 0);
	for (size_t i = 0; i < COUNT(c); i++) {
		OK(gh_terminal_command(t, c[i].write, c[i].data, c[i].data_n, &reply));
		assert_int_equal(reply.code, GH_ACK_OK);
		OK(gh_terminal_command(t, c[i].read, c[i].key, c[i].key_n, &reply));
		assert_int_equal(reply.code, GH_ACK_OK);
		assert_int_equal(reply.size, c[i].want_n);
		assert_memory_equal(reply.data, c[i].want, c[i].want_n);
	}
	OK(gh_terminal_command(t, GH_CMD_DELETE_SMS, "\6\0", 2, &reply));
	assert_int_equal(reply.code, GH_ACK_OK);
	OK(gh_terminal_command(t, GH_CMD_SMS_RRQ, "\6\0", 2, &reply));
	assert_int_equal(reply.code, GH_ACK_ERROR);
	OK(gh_terminal_command(t, 4242, NULL, 0, &reply));
	assert_int_equal(reply.code, GH_ACK_UNKNOWN);
	gh_terminal_free(t);
	program_stop(&r);
}

static void the_comm_key_opens_and_a_wrong_one_does_not(void **state)
{
	struct gh_terminal_options o;
	struct gh_terminal *t;
	struct program r;
	(void)state;

	program_start(&r, "--comm-key 983039");
	for (int udp = 0; udp < 2; udp++) {
		t = expectation_connect(udp ? r.udp : r.tcp, 983039);
		assert_non_null(t);
		assert_int_equal(device_counters(t).users, 10);
		gh_terminal_free(t);
		gh_terminal_options_init(&o);
		o.comm_key = 7;
		OK(gh_terminal_new(udp ? r.udp : r.tcp, &o, &t));
		assert_int_equal(gh_terminal_connect(t), GH_EAUTH);
		gh_terminal_free(t);
	}
	program_stop(&r);
}

static void photos_and_faces_are_there_for_those_who_may_see_them(void **state)
{
	static const char *const personas[] = { "tft", "f19" };
	struct gh_terminal_faces *it;
	struct gh_terminal *t;
	struct gh_face face;
	const uint8_t *photo;
	struct program r;
	char arguments[64], value[GH_TEXT_SIZE];
	size_t size, n = 0;
	(void)state;

	for (size_t i = 0; i < COUNT(personas) * 2; i++) {
		snprintf(arguments, sizeof(arguments), "--persona %s --users 20",
			 personas[i / 2]);
		program_start(&r, arguments);
		t = expectation_connect(i % 2 ? r.udp : r.tcp, 0);
		OK(gh_terminal_photo(t, "1", &photo, &size));
		assert_true(size > 1000);
		assert_memory_equal(photo, "\xFF\xD8\xFF", 3);
		OK(gh_terminal_face_get(t, "1", &face));
		assert_int_equal(face.size, 2 * 2576);
		OK(gh_terminal_faces_open(t, &it));
		for (n = 0; gh_terminal_faces_next(it, &face) == GH_OK; n++)
			assert_true(face.size > 0);
		gh_terminal_faces_close(it);
		assert_int_equal(n, device_counters(t).faces);
		assert_int_equal(gh_terminal_photo(t, "nobody", &photo, &size), GH_ENOTFOUND);
		OK(gh_terminal_disconnect(t));
		OK(gh_terminal_connect(t));
		OK(gh_terminal_option_get(t, "SDKBuild", value, sizeof(value)));
		assert_string_equal(value, "0");
		gh_terminal_free(t);
		program_stop(&r);
	}
	program_start(&r, "--persona bw");
	t = expectation_connect(r.tcp, 0);
	assert_int_equal(gh_terminal_photo(t, "1", &photo, &size), GH_EUNSUPPORTED);
	gh_terminal_free(t);
	program_stop(&r);
}

static void a_restart_ends_every_link_and_enables_the_device(void **state)
{
	static const char *const personas[] = { "tft", "f19" };
	(void)state;

	for (size_t i = 0; i < COUNT(personas); i++) {
		struct gh_terminal *t, *other;
		char arguments[64];
		struct program r;

		snprintf(arguments, sizeof(arguments), "--persona %s", personas[i]);
		program_start(&r, arguments);
		t = expectation_connect(r.tcp, 0);
		other = expectation_connect(r.tcp, 0);
		OK(gh_terminal_disable(t, 0));
		gh_terminal_keep_disabled(t);
		OK(gh_terminal_restart(t));
		assert_false(gh_terminal_is_connected(t));
		/* The library reconnects when the link was lost. */
		assert_int_equal(device_counters(other).users, 10);
		OK(gh_terminal_connect(t));
		assert_int_equal(device_counters(t).users, 10);
		gh_terminal_free(other);
		gh_terminal_free(t);
		program_stop(&r);
		assert_true(program_number(&r, "CONNECT") >= 4);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(users_of_every_size_are_written_and_deleted),
		cmocka_unit_test(a_pin_belongs_to_one_uid),
		cmocka_unit_test(templates_are_listed_read_written_and_deleted),
		cmocka_unit_test(many_users_and_templates_go_up_at_once),
		cmocka_unit_test(what_is_cleared_is_gone),
		cmocka_unit_test(the_operation_log_records_what_was_done),
		cmocka_unit_test(options_clock_and_the_rest_answer),
		cmocka_unit_test(access_rules_come_back_as_they_were_written),
		cmocka_unit_test(the_comm_key_opens_and_a_wrong_one_does_not),
		cmocka_unit_test(photos_and_faces_are_there_for_those_who_may_see_them),
		cmocka_unit_test(a_restart_ends_every_link_and_enables_the_device),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
