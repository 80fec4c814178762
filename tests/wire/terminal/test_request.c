#include "tests.h"

#include <stdio.h>

#include "hex.h"
#include "wire/terminal/request.h"
#include "wire/terminal/upload.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static struct ghi_writer bits_on(uint8_t b[64])
{
	memset(b, 0xEE, 64);
	return ghi_writer_on(b, 64);
}

static void request_is(const struct ghi_writer *w, const char *want)
{
	uint8_t b[64];
	gh_slice h = hex_bytes(want, b, sizeof(b));

	assert_int_equal(w->err, GH_OK);
	assert_int_equal(w->n, h.n);
	assert_memory_equal(w->p, h.p, h.n);
}

static void reads_are_requested_as_captured(void **state)
{
	static const struct {
		struct ghi_terminal_prepare p;
		const char *bytes;
	} c[] = {
		{ { GH_CMD_ATTLOG_RRQ, 0, 0 }, "01 0D00 00000000 00000000" },
		{ { GH_CMD_USERTEMP_RRQ, 5, 0 }, "01 0900 05000000 00000000" },
		{ { GH_CMD_DB_RRQ, 2, 0 }, "01 0700 02000000 00000000" },
		{ { GH_CMD_OPLOG_RRQ, 0, 0 }, "01 2200 00000000 00000000" },
	};
	uint8_t b[64];
	struct ghi_writer w;
	struct ghi_terminal_window v;
	uint32_t size;
	(void)state;

	for (size_t i = 0; i < LENGTH(c); i++) {
		struct ghi_terminal_prepare got;

		w = bits_on(b);
		ghi_terminal_prepare_write(&w, &c[i].p);
		request_is(&w, c[i].bytes);
		assert_int_equal(ghi_terminal_prepare_parse(ghi_written(&w), &got), GH_OK);
		assert_int_equal(got.command, c[i].p.command);
		assert_int_equal(got.table, c[i].p.table);
		assert_int_equal(ghi_terminal_prepare_parse((gh_slice){ b, 10 }, &got),
				 GH_EMALFORMED);
	}
	w = bits_on(b);
	ghi_terminal_window_write(&w, (struct ghi_terminal_window){ 0, 65472 });
	request_is(&w, "00000000 c0ff0000");
	assert_int_equal(ghi_terminal_window_parse(ghi_written(&w), &v), GH_OK);
	assert_int_equal(v.size, 65472);
	w = bits_on(b);
	ghi_terminal_prepared_write(&w, 4000004);
	assert_int_equal(w.n, 13);
	assert_int_equal(ghi_terminal_prepared_parse(ghi_written(&w), &size), GH_OK);
	assert_int_equal(size, 4000004);
	assert_int_equal(ghi_terminal_prepared_parse((gh_slice){ b, 4 }, &size), GH_EMALFORMED);
	w = bits_on(b);
	ghi_terminal_announce_write(&w, 124, 0);
	request_is(&w, "7c000000");
}

static void fingers_are_named_by_uid_and_by_pin(void **state)
{
	static const size_t sizes[] = { 26, 5, 4 };
	struct ghi_terminal_pin_finger v = { "4711", 6, 1 }, got;
	uint8_t b[64], finger;
	uint16_t uid;
	struct ghi_writer w = bits_on(b);
	(void)state;

	ghi_terminal_finger_write(&w, 0x8001, 6);
	request_is(&w, "0180 06");
	assert_int_equal(ghi_terminal_finger_parse(ghi_written(&w), &uid, &finger), GH_OK);
	assert_int_equal(uid, 0x8001);

	w = bits_on(b);
	ghi_terminal_delete_finger_write(&w, &v);
	request_is(&w, "34373131 0000000000000000000000000000000000000000 06");
	for (size_t i = 0; i < LENGTH(sizes); i++) {
		w = bits_on(b);
		ghi_terminal_enroll_write(&w, &v, sizes[i]);
		assert_int_equal(w.n, sizes[i]);
		assert_int_equal(ghi_terminal_pin_finger_parse(ghi_written(&w), &got), GH_OK);
		assert_string_equal(got.pin, "4711");
		assert_int_equal(got.finger, 6);
	}
	memcpy(v.pin, "A1", 3);
	w = bits_on(b);
	ghi_terminal_enroll_write(&w, &v, 5);
	assert_int_equal(w.err, GH_EINVALID);
	assert_int_equal(ghi_terminal_pin_finger_parse((gh_slice){ b, 7 }, &got),
			 GH_EMALFORMED);
}

static void the_small_requests_come_back_as_written(void **state)
{
	struct ghi_terminal_store s = { 3, 1214, 6, 1 }, store;
	char pin[GH_PIN_SIZE];
	uint8_t b[64], mode;
	uint16_t uid;
	uint32_t number;
	int16_t line;
	gh_slice text;
	struct ghi_writer w = bits_on(b);
	(void)state;

	ghi_terminal_store_write(&w, &s);
	request_is(&w, "0300 06 01 be04");
	assert_int_equal(ghi_terminal_store_parse(ghi_written(&w), &store), GH_OK);
	assert_int_equal(store.size, 1214);

	w = bits_on(b);
	ghi_terminal_verify_write(&w, 3, 129);
	assert_int_equal(w.n, 24);
	assert_int_equal(ghi_terminal_verify_parse(ghi_written(&w), &uid, &mode), GH_OK);
	assert_int_equal(mode, 129);

	w = bits_on(b);
	ghi_terminal_face_request_write(&w, "12");
	request_is(&w, "3132 00000000000000000000000000000000000000000000 00 32 0000");
	assert_int_equal(ghi_terminal_face_request_parse(ghi_written(&w), pin, &uid), GH_OK);
	assert_string_equal(pin, "12");
	w = bits_on(b);
	ghi_terminal_face_request_write_uid(&w, 9);
	request_is(&w, "0900 32");
	assert_int_equal(ghi_terminal_face_request_parse(ghi_written(&w), pin, &uid), GH_OK);
	assert_int_equal(uid, 9);

	w = bits_on(b);
	ghi_terminal_photo_request_write(&w, "0012");
	request_is(&w, "303031322e6a706700");
	assert_int_equal(ghi_terminal_photo_request_parse(ghi_written(&w), pin), GH_OK);
	assert_string_equal(pin, "0012");
	assert_int_equal(ghi_terminal_photo_request_parse(GH_LIT(".jpg"), pin), GH_EMALFORMED);

	w = bits_on(b);
	ghi_terminal_lcd_write(&w, -1, GH_LIT("hi"));
	request_is(&w, "ffff 00 20 6869");
	assert_int_equal(ghi_terminal_lcd_parse(ghi_written(&w), &line, &text), GH_OK);
	assert_int_equal(line, -1);
	assert_true(gh_slice_eq(text, GH_LIT("hi")));

	w = bits_on(b);
	ghi_terminal_number_write(&w, 30);
	request_is(&w, "1e000000");
	assert_int_equal(ghi_terminal_number_parse(ghi_written(&w), &number), GH_OK);
	w = bits_on(b);
	ghi_terminal_uid_write(&w, 40000);
	assert_int_equal(ghi_terminal_uid_parse(ghi_written(&w), &uid), GH_OK);
	assert_int_equal(uid, 40000);
}

static void an_upload_comes_back_as_written(void **state)
{
	static const size_t sizes[] = { 72, 28 };
	(void)state;

	for (size_t s = 0; s < LENGTH(sizes); s++)
		for (size_t n = 0; n < 80; n += 1 + n / 10) {
			static uint8_t b[16384];
			static struct gh_user u[80];
			static struct gh_template t[80];
			struct ghi_writer w;
			struct ghi_terminal_upload up;
			struct gh_user got;
			struct gh_template finger;
			size_t size, seen = 0;

			for (size_t i = 0; i < n; i++) {
				u[i] = (struct gh_user){ .uid = (uint16_t)(i + 1) };
				snprintf(u[i].pin, sizeof(u[i].pin), "%zu", i + 100);
				t[i] = (struct gh_template){
					.uid = u[i].uid,
					.finger = (uint8_t)(i % 10),
					.size = (uint16_t)(i + 1),
					.data = (const uint8_t
							 *)"01234567890123456789012345678901"
							   "23456789012345678901234567890123"
							   "45678901234567890123456789",
				};
			}
			size = ghi_terminal_upload_size(n, sizes[s], t, n);
			assert_true(size <= sizeof(b));
			w = ghi_writer_on(b, size);
			ghi_terminal_upload_write(&w, u, n, sizes[s], t, n);
			assert_int_equal(w.err, GH_OK);
			assert_int_equal(w.n, size);
			assert_int_equal(ghi_terminal_upload_parse(ghi_written(&w), &up),
					 GH_OK);
			while (ghi_terminal_upload_next_user(&up, &got))
				assert_string_equal(got.pin, u[seen++].pin);
			assert_int_equal(seen, n);
			seen = 0;
			while (ghi_terminal_upload_next_template(&up, &finger)) {
				assert_int_equal(finger.uid, t[seen].uid);
				assert_int_equal(finger.finger, t[seen].finger);
				assert_int_equal(finger.size, t[seen].size);
				assert_memory_equal(finger.data, t[seen].data, finger.size);
				seen++;
			}
			assert_int_equal(seen, n);
			for (size_t cut = 0; cut < size; cut += 7)
				assert_int_equal(
					ghi_terminal_upload_parse((gh_slice){ b, cut }, &up),
					GH_EMALFORMED);
		}
}

static void the_save_command_is_as_captured(void **state)
{
	uint8_t b[64];
	struct ghi_writer w = bits_on(b);
	(void)state;

	ghi_terminal_upload_save_write(&w);
	request_is(&w, "0c000000 0000 0800");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_are_requested_as_captured),
		cmocka_unit_test(fingers_are_named_by_uid_and_by_pin),
		cmocka_unit_test(the_small_requests_come_back_as_written),
		cmocka_unit_test(an_upload_comes_back_as_written),
		cmocka_unit_test(the_save_command_is_as_captured),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
