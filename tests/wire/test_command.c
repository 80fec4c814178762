#include "tests.h"

#include "words.h"

#include "slices.h"
#include "wire/push/command.h"

static void a_batch_is_read_line_by_line(void **state)
{
	gh_slice in =
		GH_LIT("C:1:SET OPTION IPAddress=192.168.1.225\n\r\n"
		       "C:2273d2a2a5f844c2:DATA UPDATE USERINFO PIN=1\tName=a:b\r\nC:3:CHECK");
	struct ghi_command c;
	(void)state;

	assert_int_equal(ghi_command_next(&in, &c), GH_OK);
	assert_text(c.id, "1");
	assert_text(c.text, "SET OPTION IPAddress=192.168.1.225");
	assert_int_equal(ghi_command_next(&in, &c), GH_OK);
	assert_text(c.id, "2273d2a2a5f844c2");
	assert_text(c.text, "DATA UPDATE USERINFO PIN=1\tName=a:b");
	assert_int_equal(ghi_command_next(&in, &c), GH_OK);
	assert_text(c.text, "CHECK");
	assert_int_equal(ghi_command_next(&in, &c), GH_ENOTFOUND);
	assert_int_equal(ghi_command_next(&in, &c), GH_ENOTFOUND);
}

static void nothing_to_do_is_no_command(void **state)
{
	static const char *const idle[] = { "", "OK", "OK\n", "\r\n" };
	struct ghi_command c;
	(void)state;

	for (size_t i = 0; i < COUNT(idle); i++) {
		gh_slice in = gh_slice_of(idle[i]);

		assert_int_equal(ghi_command_next(&in, &c), GH_ENOTFOUND);
	}
}

static void a_bad_line_does_not_lose_the_next(void **state)
{
	static const char *const bad[] = {
		"hello", "C:", "C:1", "C::INFO", "C:1:", "c:1:INFO"
	};
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		char text[64];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));
		struct ghi_command c = { .id = GH_LIT("kept") };

		ghi_put(&w, gh_slice_of(bad[i]));
		ghi_put(&w, GH_LIT("\nC:9:INFO\n"));
		gh_slice in = ghi_written(&w);
		assert_int_equal(ghi_command_next(&in, &c), GH_EMALFORMED);
		assert_text(c.id, "kept");
		assert_int_equal(ghi_command_next(&in, &c), GH_OK);
		assert_text(c.id, "9");
	}
}

static void what_is_written_reads_back(void **state)
{
	char text[64];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct ghi_command c;
	(void)state;

	ghi_command_write(&w, 295, GH_LIT("DATA UPDATE USERINFO PIN=1\tName=A"));
	assert_text(ghi_written(&w), "C:295:DATA UPDATE USERINFO PIN=1\tName=A\n");
	gh_slice in = ghi_written(&w);
	assert_int_equal(ghi_command_next(&in, &c), GH_OK);
	assert_text(c.id, "295");
	assert_text(c.text, "DATA UPDATE USERINFO PIN=1\tName=A");
}

static void a_command_cannot_carry_another(void **state)
{
	const gh_slice bad[] = { GH_LIT("A\nC:2:REBOOT"), GH_LIT("A\rB"), GH_LIT("A\0B"),
				 GH_LIT("") };
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		char text[64];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		ghi_command_write(&w, 1, bad[i]);
		assert_int_equal(w.err, GH_EMALFORMED);
	}
}

static void the_longest_words_identify_a_command(void **state)
{
	static const struct {
		const char *text;
		enum command_kind kind;
		bool last;
	} c[] = {
		{ "DATA UPDATE USERINFO PIN=1", COMMAND_KIND_UPDATE_PERSON, false },
		{ "DATA UPDATE USERINFO2 PIN=1", COMMAND_KIND_UPDATE_TABLE, false },
		{ "DATA UPDATE", COMMAND_KIND_UPDATE_TABLE, false },
		{ "data query ATTLOG StartTime=", COMMAND_KIND_QUERY_PUNCHES, false },
		{ "REBOOT", COMMAND_KIND_RESTART, true },
		{ "CHECK", COMMAND_KIND_CHECK, true },
		{ "CLEAR DATA", COMMAND_KIND_CLEAR_DATA, true },
		{ "CLEAR LOG", COMMAND_KIND_CLEAR_LOG, false },
		{ "UPGRADE type=1,checksum=", COMMAND_KIND_UPGRADE, true },
		{ "PutFile file/a\t/mnt/", COMMAND_KIND_PUT_FILE, false },
		{ "SHELL ls", COMMAND_KIND_SHELL, false },
		{ "CHECKX", COMMAND_KIND_RAW, false },
		{ "DATA", COMMAND_KIND_RAW, false },
		{ "", COMMAND_KINDS, false },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		enum command_kind kind = words_kind(c[i].text);

		assert_int_equal(kind, c[i].kind);
		assert_int_equal(command_kind_row(kind)->last, c[i].last);
	}
}

static void a_return_code_means_what_its_command_makes_of_it(void **state)
{
	static const struct {
		const char *command;
		int64_t code;
		bool success;
		const char *meaning;
	} c[] = {
		{ "DATA UPDATE USERINFO PIN=1", 0, true, "success" },
		{ "DATA UPDATE USERINFO PIN=1", -1, false, "wrong parameter" },
		{ "DATA UPDATE BIODATA Pin=1", -12, false, "template is not valid" },
		{ "DATA UPDATE USERPIC PIN=1", -2, false,
		  "photo data and its given size differ" },
		{ "DATA UPDATE FACE PIN=1", -2, false, "no such person on the device" },
		{ "DATA UPDATE SMS MSG=a", 40, true, "bytes, or commands carried out" },
		{ "DATA DELETE USERINFO PIN=1", -10, true, "no such person on the device" },
		{ "DATA DELETE USERINFO PIN=1", -1, false, "wrong parameter" },
		{ "DATA DELETE FACE PIN=1", -2, true, "no such picture on the device" },
		{ "DATA QUERY ATTLOG StartTime=", 12, true, "records" },
		{ "ENROLL_FP PIN=1", 0, true, "success" },
		{ "ENROLL_FP PIN=1", 6, false, "cancelled at the device" },
		{ "ENROLL_BIO TYPE=9", 3, false, "enrolment failed" },
		{ "ENROLL_MF PIN=1", 5, false, "timed out at the device" },
		{ "PutFile file/a", 3132, true, "bytes, or commands carried out" },
		{ "GetFile /a", -1, false, "wrong parameter" },
		{ "SHELL ls", 2, true, "exit value" },
		{ "SHELL ls", -1, false, "command failed or badly formed" },
		{ "ACCOUNT Start=", 8095, true, "records" },
		{ "CHECK", -1002, false, "not supported by the device" },
		{ "NEW THING", 5, true, NULL },
		{ "NEW THING", -5, false, NULL },
		{ "NEW THING", INT64_MIN, false, NULL },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		enum command_kind kind = words_kind(c[i].command);
		const char *meaning = ghi_return_meaning(kind, c[i].code);

		if (ghi_return_success(kind, c[i].code) != c[i].success)
			fail_msg("%s: %lld", c[i].command, (long long)c[i].code);
		if (c[i].meaning)
			assert_string_equal(meaning, c[i].meaning);
		else
			assert_null(meaning);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_is_read_line_by_line),
		cmocka_unit_test(nothing_to_do_is_no_command),
		cmocka_unit_test(a_bad_line_does_not_lose_the_next),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(a_command_cannot_carry_another),
		cmocka_unit_test(the_longest_words_identify_a_command),
		cmocka_unit_test(a_return_code_means_what_its_command_makes_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
