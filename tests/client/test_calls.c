#include "tests.h"

#include <stdlib.h>

#include "common.h"

/* Every claim holds over TCP and over UDP. */
static struct device d;
static struct gh_terminal *t;

static void pair_begin(bool udp)
{
	device_init(&d);
	d.udp = udp;
}

static void pair_connect(void)
{
	device_start(&d);
	t = open_terminal(&d, 0, 3000);
}

static void pair_end(void)
{
	gh_terminal_free(t);
	device_stop(&d);
}

#define BOTH for (int udp = 0; udp < 2; udp++)

static void a_device_reports_what_it_is(void **state)
{
	(void)state;
	BOTH
	{
		struct gh_terminal_info i;
		char text[8];
		int n;

		pair_begin(udp);
		device_add_punches(&d, 5);
		pair_connect();
		OK(gh_terminal_info(t, &i));
		assert_string_equal(i.serial, "ABC123=4");
		assert_string_equal(i.platform, "ZMM220_TFT");
		assert_string_equal(i.name, "F18");
		assert_string_equal(i.mac, "00:17:61:00:00:01");
		assert_string_equal(i.firmware, "Ver 6.60 Apr 28 2015");
		assert_string_equal(i.ip, "192.168.1.201");
		assert_string_equal(i.mask, "");
		assert_int_equal(i.fingerprint_version, 10);
		assert_int_equal(i.face_version, -1);
		assert_int_equal(i.pin_width, 9);
		assert_int_equal(i.counters.users, 3);
		assert_int_equal(i.counters.punches, 5);
		OK(gh_terminal_firmware(t, text, sizeof(text)));
		assert_string_equal(text, "Ver 6.6");
		OK(gh_terminal_pin_width(t, &n));
		assert_int_equal(n, 9);
		pair_end();
	}
}

static void options_are_read_written_and_missed(void **state)
{
	(void)state;
	BOTH
	{
		char v[64];
		int n;

		pair_begin(udp);
		pair_connect();
		assert_int_equal(gh_terminal_option_get(t, "NoSuch", v, sizeof(v)),
				 GH_ENOTFOUND);
		OK(gh_terminal_option_set(t, "VoiceOn", "1"));
		OK(gh_terminal_option_get_int(t, "VoiceOn", &n));
		assert_int_equal(n, 1);
		assert_int_equal(gh_terminal_option_set(t, "a=b", "1"), GH_EINVALID);
		assert_int_equal(gh_terminal_option_get_int(t, "~Platform", &n), GH_EMALFORMED);
		OK(gh_terminal_option_get(t, "~SerialNumber", v, sizeof(v)));
		assert_string_equal(v, "ABC123=4");
		pair_end();
	}
}

static void the_clock_is_read_and_set(void **state)
{
	static const struct gh_time good = { 2026, 11, 20, 12, 34, 56, 1 },
				    feb30 = { 2026, 2, 30, 0, 0, 0, 0 },
				    old = { 1999, 12, 31, 0, 0, 0, 1 };
	(void)state;
	BOTH
	{
		struct gh_time now;
		char text[GH_TIME_TEXT];

		pair_begin(udp);
		pair_connect();
		OK(gh_terminal_time_get(t, &now));
		gh_time_format(&now, text);
		assert_string_equal(text, "2024-02-29 23:59:58");
		OK(gh_terminal_time_set(t, &good));
		OK(gh_terminal_time_get(t, &now));
		assert_int_equal(now.minute, 34);
		assert_int_equal(gh_terminal_time_set(t, &feb30), GH_EINVALID);
		assert_int_equal(gh_terminal_time_set(t, &old), GH_EINVALID);
		OK(gh_time_parse("2026-11-20T01:02:03", &now));
		assert_int_equal(now.second, 3);
		assert_int_equal(gh_time_parse("yesterday", &now), GH_EMALFORMED);
		pair_end();
	}
}

static void users_are_written_found_and_deleted(void **state)
{
	(void)state;
	BOTH
	{
		struct gh_user u = { .pin = "000099", .name = "Zo\xC3\xAB", .privilege = 15 },
			       got;
		int size;

		pair_begin(udp);
		pair_connect();
		OK(gh_terminal_user_set(t, &u));
		assert_int_equal(u.uid, 4);
		OK(gh_terminal_user_get(t, "000099", &got));
		assert_string_equal(gh_terminal_privilege_text(got.privilege), "admin");
		assert_string_equal(got.name, "Zo\xC3\xAB");
		assert_int_equal(got.privilege, 15);
		/* The same PIN again is the same user. */
		u.uid = 0;
		memcpy(u.name, "Zoe", 4);
		OK(gh_terminal_user_set(t, &u));
		assert_int_equal(u.uid, 4);
		OK(gh_terminal_user_record_size(t, &size));
		assert_int_equal(size, 72);
		OK(gh_terminal_user_delete(t, "000099"));
		assert_int_equal(gh_terminal_user_get(t, "000099", &got), GH_ENOTFOUND);
		assert_int_equal(gh_terminal_user_delete(t, "000099"), GH_ENOTFOUND);
		assert_int_equal(gh_terminal_user_delete_uid(t, 40000), GH_ENOTFOUND);
		assert_int_equal(gh_terminal_user_get(t, "99", &got), GH_ENOTFOUND);
		OK(gh_terminal_user_free_slot(t, &got));
		assert_int_equal(got.uid, 4);
		assert_string_equal(got.pin, "4");
		memset(u.name, 'x', 25);
		u.name[25] = 0;
		assert_int_equal(gh_terminal_user_set(t, &u), GH_ETOOBIG);
		pair_end();
		assert_int_equal(d.n_users, 3);
	}
}

static void a_free_slot_passes_over_pins_in_use(void **state)
{
	struct gh_user u = { 0 };
	(void)state;

	pair_begin(false);
	memcpy(d.users[1].pin, "4", 2);
	memcpy(d.users[2].pin, "5", 2);
	pair_connect();
	OK(gh_terminal_user_free_slot(t, &u));
	assert_int_equal(u.uid, 4);
	assert_string_equal(u.pin, "6");
	pair_end();
}

static void old_devices_take_short_users(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct gh_user u = { .pin = "77", .name = "Abc", .password = "123" }, got;

		pair_begin(true);
		d.user_size = i ? 16 : 28;
		for (uint16_t k = 0; k < d.n_users; k++) {
			memset(d.users[k].pin, 0, GH_PIN_SIZE);
			d.users[k].pin[0] = (char)('1' + k);
			if (i)
				d.users[k].card = 0;
		}
		memcpy(d.users[2].name_raw, "Jo\0\0\0\0\0", 7);
		pair_connect();
		if (i)
			memset(u.pin, 0, sizeof(u.pin));
		OK(gh_terminal_user_set(t, &u));
		assert_int_equal(u.record_size, d.user_size);
		OK(gh_terminal_user_get(t, i ? "4" : "77", &got));
		assert_string_equal(got.name, "Abc");
		memcpy(u.pin, "A1", 3);
		u.uid = 9;
		assert_int_equal(gh_terminal_user_set(t, &u), GH_EINVALID);
		pair_end();
	}
}

static void names_are_written_in_the_requested_encoding(void **state)
{
	struct gh_terminal_options o;
	struct gh_user u = { .pin = "8", .name = "\xE5\xBC\xA0\xE4\xB8\x89" }, got;
	(void)state;

	pair_begin(false);
	device_start(&d);
	gh_terminal_options_init(&o);
	o.encoding = "GB18030";
	OK(gh_terminal_new(d.address, &o, &t));
	OK(gh_terminal_connect(t));
	OK(gh_terminal_user_set(t, &u));
	assert_string_equal(u.name_raw, "\xD5\xC5\xC8\xFD");
	OK(gh_terminal_user_get(t, "8", &got));
	assert_string_equal(got.name, u.name);
	pair_end();
}

static const uint8_t print[] = "a template of some bytes";

static void templates_are_listed_read_written_and_deleted(void **state)
{
	(void)state;
	BOTH
	{
		struct gh_terminal_templates *it;
		struct gh_template one = { .pin = "0007",
					   .finger = 3,
					   .flag = GH_TEMPLATE_VALID,
					   .size = sizeof(print),
					   .data = print },
				   got;
		size_t n = 0;

		pair_begin(udp);
		d.templates[d.n_templates++] =
			(struct gh_template){ .uid = 1,
					      .finger = 6,
					      .flag = 3,
					      .size = 1000,
					      .data = d.uploaded + 5000 };
		memset(d.uploaded + 5000, 9, 1000);
		pair_connect();
		OK(gh_terminal_template_set(t, &one));
		OK(gh_terminal_templates_open(t, &it));
		while (gh_terminal_templates_next(it, &got) == GH_OK) {
			assert_string_equal(got.pin, n ? "0007" : "1");
			assert_int_equal(got.finger, n ? 3 : 6);
			assert_int_equal(got.flag, n ? 1 : 3);
			assert_int_equal(got.size, n ? sizeof(print) : 1000);
			n++;
		}
		assert_int_equal(gh_terminal_templates_next(it, &got), GH_EEND);
		gh_terminal_templates_close(it);
		assert_int_equal(n, 2);
		OK(gh_terminal_template_get(t, "0007", 3, &got));
		assert_int_equal(got.size, sizeof(print));
		assert_memory_equal(got.data, print, sizeof(print));
		OK(gh_terminal_template_get_uid(t, 1, 6, &got));
		assert_int_equal(got.size, 1000);
		assert_int_equal(gh_terminal_template_get(t, "0007", 4, &got), GH_ENOTFOUND);
		assert_int_equal(gh_terminal_template_get(t, "nobody", 3, &got), GH_ENOTFOUND);
		assert_int_equal(gh_terminal_template_get(t, "0007", 10, &got), GH_EINVALID);
		OK(gh_terminal_template_delete(t, "0007", 3));
		assert_int_equal(gh_terminal_template_delete(t, "0007", 3), GH_ENOTFOUND);
		OK(gh_terminal_template_delete_uid(t, 1, 6));
		assert_int_equal(gh_terminal_template_delete_uid(t, 1, 6), GH_ENOTFOUND);
		pair_end();
		assert_int_equal(d.n_templates, 0);
	}
}

static void many_users_and_templates_go_up_at_once(void **state)
{
	(void)state;
	BOTH
	{
		struct gh_user users[30] = { 0 };
		struct gh_template templates[10];

		pair_begin(udp);
		pair_connect();
		for (uint16_t i = 0; i < 30; i++) {
			users[i].uid = (uint16_t)(100 + i);
			snprintf(users[i].pin, sizeof(users[i].pin), "%u", 500u + i);
			snprintf(users[i].name, sizeof(users[i].name), "N%u", i);
			if (i < 10)
				templates[i] = (struct gh_template){ .uid = users[i].uid,
								     .finger = (uint8_t)i,
								     .size = sizeof(print),
								     .data = print };
		}
		OK(gh_terminal_users_save(t, users, 30, templates, 10));
		users[3].uid = 0;
		assert_int_equal(gh_terminal_users_save(t, users, 30, NULL, 0), GH_EINVALID);
		pair_end();
		assert_int_equal(d.n_users, 33);
		assert_string_equal(d.users[32].pin, "529");
		assert_string_equal(d.users[32].name_raw, "N29");
		assert_int_equal(d.n_templates, 10);
	}
}

static void the_operation_log_is_read_and_cleared(void **state)
{
	(void)state;
	BOTH
	{
		struct gh_terminal_oplogs *it;
		struct gh_oplog o;
		int n = 0;

		pair_begin(udp);
		for (int i = 0; i < 8; i++)
			d.oplogs[d.n_oplogs++] = (struct gh_oplog){ .op = (uint8_t)i,
								    .admin = 1,
								    .time_code = 0x2E4969FE };
		pair_connect();
		OK(gh_terminal_oplogs_open(t, &it));
		while (gh_terminal_oplogs_next(it, &o) == GH_OK) {
			assert_int_equal(o.op, n++);
			assert_int_equal(o.time.year, 2024);
		}
		assert_int_equal(n, 8);
		gh_terminal_oplogs_close(it);
		OK(gh_terminal_oplogs_clear(t));
		assert_string_equal(gh_terminal_oplog_text(0), "power on");
		pair_end();
		assert_int_equal(device_saw(&d, GH_CMD_CLEAR_OPLOG), 1);
	}
}

static void photos_need_sdk_build_and_leave_it_as_it_was(void **state)
{
	static uint8_t jpeg[5000];
	(void)state;

	memset(jpeg, 0xAB, sizeof(jpeg));
	BOTH
	{
		const uint8_t *data;
		size_t size;

		pair_begin(udp);
		d.photo = jpeg;
		d.photo_size = sizeof(jpeg);
		device_option(&d, "SDKBuild", "0");
		pair_connect();
		OK(gh_terminal_photo(t, "1", &data, &size));
		assert_int_equal(size, sizeof(jpeg));
		assert_memory_equal(data, jpeg, size);
		assert_true(device_option_is(&d, "SDKBuild", "1"));
		device_lock(&d);
		d.photo = NULL;
		device_unlock(&d);
		assert_int_equal(gh_terminal_photo(t, "1", &data, &size), GH_ENOTFOUND);
		assert_int_equal(gh_terminal_photo(t, "", &data, &size), GH_EINVALID);
		pair_end();
		assert_true(device_option_is(&d, "SDKBuild", "0"));
	}
}

static void sdk_build_is_set_and_put_back(void **state)
{
	(void)state;
	BOTH
	{
		pair_begin(udp);
		device_option(&d, "SDKBuild", "7");
		pair_connect();
		OK(gh_terminal_sdk_build(t, true));
		assert_true(device_option_is(&d, "SDKBuild", "1"));
		OK(gh_terminal_sdk_build(t, true));
		OK(gh_terminal_sdk_build(t, false));
		assert_true(device_option_is(&d, "SDKBuild", "7"));
		OK(gh_terminal_sdk_build(t, true));
		OK(gh_terminal_disconnect(t));
		assert_true(device_option_is(&d, "SDKBuild", "7"));
		pair_end();
	}
}

static bool one_face(struct device *dev, const struct ghi_terminal_frame *f)
{
	if (f->command != GH_CMD_GET_USER_FACE)
		return false;
	if (f->data.p[0] == '1')
		device_stream(dev, (const uint8_t *)"face bytes", 10);
	else
		device_reply(dev, GH_NO_FINGER, 0, NULL, 0);
	return true;
}

static void faces_are_read_of_those_who_have_one(void **state)
{
	(void)state;
	BOTH
	{
		struct gh_terminal_faces *it;
		struct gh_face face;

		pair_begin(udp);
		device_option(&d, "FaceFunOn", "1");
		d.hook = one_face;
		pair_connect();
		OK(gh_terminal_faces_open(t, &it));
		OK(gh_terminal_faces_next(it, &face));
		assert_string_equal(face.pin, "1");
		assert_int_equal(face.size, 10);
		assert_int_equal(gh_terminal_faces_next(it, &face), GH_EEND);
		gh_terminal_faces_close(it);
		OK(gh_terminal_face_get(t, "1", &face));
		assert_memory_equal(face.data, "face bytes", 10);
		assert_int_equal(gh_terminal_face_get(t, "0007", &face), GH_ENOTFOUND);
		pair_end();

		pair_begin(udp);
		device_option(&d, "FaceFunOn", "0");
		pair_connect();
		assert_int_equal(gh_terminal_faces_open(t, &it), GH_EUNSUPPORTED);
		pair_end();
	}
}

static void control_commands_reach_the_device(void **state)
{
	static const struct {
		uint16_t command;
		enum gh_err (*call)(struct gh_terminal *t);
	} c[] = {
		{ GH_CMD_ENABLEDEVICE, gh_terminal_enable },
		{ GH_CMD_CLEAR_LCD, gh_terminal_lcd_clear },
		{ GH_CMD_REFRESHDATA, gh_terminal_refresh },
		{ GH_CMD_FREE_DATA, gh_terminal_free_data },
		{ GH_CMD_STARTVERIFY, gh_terminal_verify_start },
		{ GH_CMD_CANCELCAPTURE, gh_terminal_capture_cancel },
		{ GH_CMD_SLEEP, gh_terminal_sleep },
		{ GH_CMD_RESUME, gh_terminal_resume },
		{ GH_CMD_CLEAR_ATTLOG, gh_terminal_punches_clear },
		{ GH_CMD_CLEAR_ADMIN, gh_terminal_admins_clear },
	};
	(void)state;
	BOTH
	{
		enum gh_door door;
		uint8_t mode;
		int busy;

		pair_begin(udp);
		pair_connect();
		for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
			OK(c[i].call(t));
			assert_true(device_saw(&d, c[i].command) >= 1);
		}
		OK(gh_terminal_unlock(t, 30));
		OK(gh_terminal_voice(t, 10));
		OK(gh_terminal_lcd_write(t, 1, "hello"));
		OK(gh_terminal_clock_blink(t, true));
		OK(gh_terminal_data_clear(t, GH_DATA_ALL));
		OK(gh_terminal_data_clear(t, GH_DATA_OPLOG));
		assert_int_equal(gh_terminal_data_clear(t, (enum gh_data_kind)9), GH_EINVALID);
		OK(gh_terminal_events_register(t, 0));
		OK(gh_terminal_door(t, &door));
		assert_int_equal(door, GH_DOOR_OPEN);
		OK(gh_terminal_state(t, &busy));
		OK(gh_terminal_verify_mode_get(t, 1, &mode));
		assert_int_equal(mode, 129);
		OK(gh_terminal_verify_mode_set(t, 1, 130));
		assert_string_equal(gh_terminal_voice_text(10), "beep");
		assert_null(gh_terminal_voice_text(12));
		pair_end();
		assert_int_equal(device_saw(&d, GH_CMD_CLEAR_DATA), 2);
	}
}

static void any_command_can_be_sent(void **state)
{
	(void)state;
	BOTH
	{
		struct gh_terminal_data *it;
		struct gh_reply r;
		const uint8_t *data;
		size_t n, bytes = 0;
		enum gh_err err;

		pair_begin(udp);
		device_add_punches(&d, 3000);
		pair_connect();
		OK(gh_terminal_command(t, GH_CMD_GET_VERSION, NULL, 0, &r));
		assert_int_equal(r.code, GH_ACK_OK);
		assert_memory_equal(r.data, "Ver ", 4);
		OK(gh_terminal_command(t, 9999, "abc", 3, &r));
		assert_int_equal(r.code, GH_ACK_UNKNOWN);
		OK(gh_terminal_command(t, GH_CMD_ATTLOG_RRQ, NULL, 0, &r));
		assert_int_equal(r.code, GH_CMD_DATA);
		assert_int_equal(r.size, 120004);
		assert_memory_equal(r.data, d.punches, r.size);
		OK(gh_terminal_data_open(t, GH_CMD_DB_RRQ, 1, 0, &it));
		while ((err = gh_terminal_data_next(it, &data, &n)) == GH_OK) {
			assert_memory_equal(d.punches + bytes, data, n);
			bytes += n;
		}
		assert_int_equal(err, GH_EEND);
		assert_int_equal(bytes, 120004);
		gh_terminal_data_close(it);
		assert_int_equal(gh_terminal_data_open(t, GH_CMD_DB_RRQ, 99, 0, &it),
				 GH_EUNSUPPORTED);
		pair_end();
	}
}

static void one_iterator_at_a_time_and_halfway_ends_are_clean(void **state)
{
	(void)state;
	BOTH
	{
		struct gh_terminal_punches *it;
		struct gh_terminal_users *users;
		struct gh_punch p;
		struct gh_time now;
		uint64_t done, total;

		pair_begin(udp);
		device_add_punches(&d, 20000);
		pair_connect();
		OK(gh_terminal_punches_open(t, &it));
		OK(gh_terminal_punches_next(it, &p));
		assert_int_equal(gh_terminal_users_open(t, &users), GH_ESTATE);
		assert_int_equal(gh_terminal_time_get(t, &now), GH_ESTATE);
		gh_terminal_progress(t, &done, &total);
		assert_int_equal(total, 800004);
		assert_true(done > 0 && done < total);
		gh_terminal_punches_close(it);
		OK(gh_terminal_time_get(t, &now));
		/* And with the handle. */
		OK(gh_terminal_punches_open(t, &it));
		OK(gh_terminal_punches_next(it, &p));
		pair_end();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_reports_what_it_is),
		cmocka_unit_test(options_are_read_written_and_missed),
		cmocka_unit_test(the_clock_is_read_and_set),
		cmocka_unit_test(users_are_written_found_and_deleted),
		cmocka_unit_test(a_free_slot_passes_over_pins_in_use),
		cmocka_unit_test(old_devices_take_short_users),
		cmocka_unit_test(names_are_written_in_the_requested_encoding),
		cmocka_unit_test(templates_are_listed_read_written_and_deleted),
		cmocka_unit_test(many_users_and_templates_go_up_at_once),
		cmocka_unit_test(the_operation_log_is_read_and_cleared),
		cmocka_unit_test(photos_need_sdk_build_and_leave_it_as_it_was),
		cmocka_unit_test(sdk_build_is_set_and_put_back),
		cmocka_unit_test(faces_are_read_of_those_who_have_one),
		cmocka_unit_test(control_commands_reach_the_device),
		cmocka_unit_test(any_command_can_be_sent),
		cmocka_unit_test(one_iterator_at_a_time_and_halfway_ends_are_clean),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
