#include "tests.h"

#include "hex.h"
#include "wire/terminal/auth.h"
#include "wire/terminal/code.h"
#include "wire/terminal/frame.h"
#include "wire/terminal/packed_time.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* The same sum the long way, as in the documents. */
static uint16_t slow_checksum(gh_slice p)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < p.n; i += 2) {
		if (i == 2)
			continue;
		sum += (uint32_t)(p.p[i] | (i + 1 < p.n ? p.p[i + 1] << 8 : 0));
		sum = (sum & 0xFFFF) + (sum >> 16);
	}
	return (uint16_t)~sum;
}

static void captured_packets_carry_the_checksum_we_compute(void **state)
{
	static const struct {
		const char *packet;
		uint16_t sum;
	} c[] = {
		{ "0b00 5a17 f38d 0300 5a4b4661636556657273696f6e00", 0x175A },
		{ "d007 296a f38d 0a00 09", 0x6A29 },
		{ "e803 16fc 0000 0100", 0xFC16 },
		{ "e803 17fc 0000 0000", 0xFC17 },
		{ "d007 b1f7 7c00 0200", 0xF7B1 },
		{ "0b00 58ef c5c0 0500 7e4f5300", 0xEF58 },
		{ "d007 40f7 f0ff feff ffffff", 0xF740 },
	};
	(void)state;
	for (size_t i = 0; i < LENGTH(c); i++) {
		uint8_t buf[64];
		gh_slice p = hex_bytes(c[i].packet, buf, sizeof(buf));
		struct ghi_terminal_frame f;

		assert_int_equal(ghi_terminal_checksum(p), c[i].sum);
		assert_int_equal(ghi_terminal_packet_parse(p, &f), GH_OK);
		assert_true(f.intact);
		buf[4] ^= 1;
		assert_int_equal(ghi_terminal_packet_parse(p, &f), GH_OK);
		assert_false(f.intact);
	}
}

static void the_fast_checksum_is_the_slow_one_for_any_length(void **state)
{
	uint32_t seed = 7;
	(void)state;

	for (size_t n = 8; n < 200; n++) {
		uint8_t b[200];

		for (size_t i = 0; i < n; i++)
			b[i] = (uint8_t)random_next(&seed);
		assert_int_equal(ghi_terminal_checksum((gh_slice){ b, n }),
				 slow_checksum((gh_slice){ b, n }));
	}
}

static const struct {
	struct ghi_terminal_head head;
	const char *data, *frame;
} frames[] = {
	{ { 1000, 0, 0 }, "", "5050827d 08000000 e80317fc00000000" },
	{ { 2000, 0x6BA0, 0 }, "", "5050827d 08000000 d0078f8ca06b0000" },
	{ { 2005, 1000, 0 }, "", "5050827d 08000000 d50742f4e8030000" },
	{ { 1102, 1000, 1 }, "4136327a", "5050827d 0c000000 4e045547e8030100 4136327a" },
	{ { 12, 0x6BA0, 1 },
	  "53444b4275696c643d3100",
	  "5050827d 13000000 0c00950ea06b0100 53444b4275696c643d3100" },
	{ { 2000, 0x6BA0, 2 }, "fe69492e", "5050827d 0c000000 d00745f4a06b0200 fe69492e" },
	{ { 1503, 0x6BA0, 3 },
	  "010d000000000000000000",
	  "5050827d 13000000 df057c81a06b0300 010d000000000000000000" },
	{ { 1503, 0x6BA0, 3 },
	  "0109000500000000000000",
	  "5050827d 13000000 df057c80a06b0300 0109000500000000000000" },
	{ { 1504, 0x6BA0, 4 },
	  "00000000c0ff0000",
	  "5050827d 10000000 e005ba8ea06b0400 00000000c0ff0000" },
	{ { 1001, 0x6BA0, 5 }, "", "5050827d 08000000 e9037190a06b0500" },
};

static void frames_are_written_and_read_as_captured(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(frames); i++) {
		uint8_t data_buf[64], frame_buf[64], out[64];
		gh_slice data = hex_bytes(frames[i].data, data_buf, sizeof(data_buf));
		gh_slice frame = hex_bytes(frames[i].frame, frame_buf, sizeof(frame_buf));
		struct ghi_writer w = ghi_writer_on(out, sizeof(out));
		struct ghi_terminal_frame f;
		size_t used;

		ghi_terminal_frame_write(&w, frames[i].head, data);
		assert_int_equal(w.err, GH_OK);
		assert_int_equal(w.n, frame.n);
		assert_memory_equal(out, frame.p, frame.n);

		assert_int_equal(ghi_terminal_frame_parse(frame, &f, &used), GH_OK);
		assert_int_equal(used, frame.n);
		assert_true(f.intact);
		assert_int_equal(f.command, frames[i].head.command);
		assert_int_equal(f.session, frames[i].head.session);
		assert_int_equal(f.reply, frames[i].head.reply);
		assert_true(gh_slice_eq(f.data, data));
		for (size_t n = 0; n < frame.n; n++)
			assert_int_equal(
				ghi_terminal_frame_parse((gh_slice){ frame.p, n }, &f, &used),
				GH_ETRUNCATED);
	}
}

static void what_is_no_frame_is_refused_before_its_bytes_come(void **state)
{
	static const struct {
		const char *bytes;
		enum gh_err want;
	} c[] = {
		{ "51", GH_EMALFORMED },
		{ "50508200", GH_EMALFORMED },
		{ "5050827d 01001000", GH_ETOOBIG },
		{ "5050827d ffffffff", GH_ETOOBIG },
		{ "5050827d 07000000", GH_EMALFORMED },
		{ "5050827d 00000000", GH_EMALFORMED },
		{ "aa01", GH_EMALFORMED },
	};
	(void)state;
	for (size_t i = 0; i < LENGTH(c); i++) {
		uint8_t buf[16];
		gh_slice in = hex_bytes(c[i].bytes, buf, sizeof(buf));
		struct ghi_terminal_frame f;
		size_t used;

		assert_int_equal(ghi_terminal_frame_parse(in, &f, &used), c[i].want);
		assert_int_equal(ghi_terminal_is_panel(in), buf[0] == 0xAA);
	}
}

static void the_comm_key_is_scrambled_as_captured(void **state)
{
	static const struct {
		uint32_t key;
		uint16_t session;
		uint8_t tick, want[4];
	} c[] = {
		{ 0, 1000, 50, { 0x61, 0x7d, 0x32, 0x7a } },
		{ 1, 1000, 50, { 0x61, 0xfd, 0x32, 0x7a } },
		{ 1234, 1000, 50, { 0x41, 0x36, 0x32, 0x7a } },
		{ 123456, 27552, 50, { 0x26, 0x7f, 0x32, 0x92 } },
		{ 999999, 65535, 50, { 0x22, 0x81, 0x32, 0x96 } },
		{ 983039, 36864, 50, { 0x61, 0x7d, 0x32, 0x79 } },
		{ 4321, 1000, 177, { 0xea, 0x79, 0xb1, 0xf9 } },
	};
	(void)state;
	for (size_t i = 0; i < LENGTH(c); i++) {
		uint8_t out[4];

		ghi_terminal_auth_write(c[i].key, c[i].session, c[i].tick, out);
		assert_memory_equal(out, c[i].want, 4);
		assert_true(ghi_terminal_auth_fits(out, c[i].key, c[i].session));
		assert_false(ghi_terminal_auth_fits(out, c[i].key ^ 0x100, c[i].session));
	}
}

static void packed_times_read_as_captured(void **state)
{
	static const struct {
		uint32_t code;
		struct gh_time t;
	} c[] = {
		{ 0x2E4969FE, { 2024, 2, 29, 23, 59, 58, 1 } },
		{ 0x2368B36B, { 2018, 6, 25, 17, 50, 35, 1 } },
		{ 0x23689BC2, { 2018, 6, 25, 16, 9, 38, 1 } },
		{ 0x1EA7EBA8, { 2016, 1, 1, 19, 2, 0, 1 } },
		{ 0, { 2000, 1, 1, 0, 0, 0, 0 } },
		{ 1, { 2000, 1, 1, 0, 0, 1, 1 } },
		/* 30 February 2023 */
		{ ((23 * 12 + 1) * 31 + 29) * 86400u, { 2023, 2, 30, 0, 0, 0, 0 } },
		{ UINT32_MAX, { 2133, 8, 18, 6, 28, 15, 1 } },
	};
	(void)state;
	for (size_t i = 0; i < LENGTH(c); i++) {
		struct ghi_terminal_day d = { 0 };
		struct gh_time t = ghi_terminal_time_unpack(c[i].code);

		assert_int_equal(t.year, c[i].t.year);
		assert_int_equal(t.month, c[i].t.month);
		assert_int_equal(t.day, c[i].t.day);
		assert_int_equal(t.hour, c[i].t.hour);
		assert_int_equal(t.minute, c[i].t.minute);
		assert_int_equal(t.second, c[i].t.second);
		assert_int_equal(t.valid, c[i].t.valid);
		if (t.year < 2100)
			assert_int_equal(ghi_terminal_time_pack(t), c[i].code);
		ghi_terminal_time_unpack_next(&d, c[i].code, &t);
		assert_int_equal(t.year, c[i].t.year);
		assert_int_equal(t.valid, c[i].t.valid);
	}
}

static void the_cached_day_never_changes_an_answer(void **state)
{
	struct ghi_terminal_day d = { 0 };
	uint32_t seed = 3, code = 0;
	(void)state;

	for (int i = 0; i < 200000; i++) {
		struct gh_time a, b;

		if (i % 50 == 0)
			code = random_next(&seed) << 8 | (i & 0xFF);
		else
			code += random_next(&seed) % 40000;
		if (i % 1000 == 0)
			code = i % 2000 ? 0 : UINT32_MAX - 5;
		a = ghi_terminal_time_unpack(code);
		ghi_terminal_time_unpack_next(&d, code, &b);
		assert_int_equal(a.year, b.year);
		assert_int_equal(a.month, b.month);
		assert_int_equal(a.day, b.day);
		assert_int_equal(a.hour, b.hour);
		assert_int_equal(a.minute, b.minute);
		assert_int_equal(a.second, b.second);
		assert_int_equal(a.valid, b.valid);
	}
}

static void codes_have_names_and_errors(void **state)
{
	(void)state;
	assert_string_equal(ghi_terminal_command_name(1503), "PREPARE_BUFFER");
	assert_null(ghi_terminal_command_name(9999));
	assert_int_equal(ghi_terminal_reply_err(2000), GH_OK);
	assert_int_equal(ghi_terminal_reply_err(2002), GH_OK);
	assert_int_equal(ghi_terminal_reply_err(4981), GH_EUNSUPPORTED);
	assert_int_equal(ghi_terminal_reply_err(4950), GH_EDENIED);
	assert_int_equal(ghi_terminal_reply_err(7777), GH_EDENIED);
	assert_true(ghi_terminal_repeatable(GH_CMD_READ_BUFFER));
	assert_false(ghi_terminal_repeatable(GH_CMD_UNLOCK));
	assert_false(ghi_terminal_repeatable(9999));
	assert_string_equal(ghi_terminal_oplog_text(21), "time set");
	assert_null(ghi_terminal_oplog_text(31));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(captured_packets_carry_the_checksum_we_compute),
		cmocka_unit_test(the_fast_checksum_is_the_slow_one_for_any_length),
		cmocka_unit_test(frames_are_written_and_read_as_captured),
		cmocka_unit_test(what_is_no_frame_is_refused_before_its_bytes_come),
		cmocka_unit_test(the_comm_key_is_scrambled_as_captured),
		cmocka_unit_test(packed_times_read_as_captured),
		cmocka_unit_test(the_cached_day_never_changes_an_answer),
		cmocka_unit_test(codes_have_names_and_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
