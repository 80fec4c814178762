#include "tests.h"

#include "wire/access/command.h"

struct wanted {
	const char *id, *text, *unit;
};

static void assert_commands(const char *reply, const struct wanted *wanted, size_t n)
{
	gh_slice in = gh_slice_of(reply);
	struct ghi_access_command c;

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(ghi_access_command_next(&in, &c), GH_OK);
		assert_true(gh_slice_eq(c.id, gh_slice_of(wanted[i].id)));
		assert_true(gh_slice_eq(c.text, gh_slice_of(wanted[i].text)));
		assert_true(gh_slice_eq(c.unit, gh_slice_of(wanted[i].unit)));
	}
	assert_int_equal(ghi_access_command_next(&in, &c), GH_ENOTFOUND);
}

static void a_command_is_its_line_and_the_records_after_it(void **state)
{
	const struct wanted wanted[] = {
		{ "223", "SET OPTIONS IPAddress=192.168.213.222", "" },
		{ "224", "DATA UPDATE user Pin=1\tName=a\nPin=2\tName=C:b", "" },
		{ "225", "CONTROL DEVICE 01010105", "" },
	};

	(void)state;
	assert_commands("C:223:SET OPTIONS IPAddress=192.168.213.222\n"
			"C:224:DATA UPDATE user Pin=1\tName=a\nPin=2\tName=C:b\n"
			"C:225:CONTROL DEVICE 01010105",
			wanted, 3);
	assert_commands("OK", NULL, 0);
	assert_commands("OK\r\n", NULL, 0);
	assert_commands("", NULL, 0);
}

static void blanks_around_the_colons_and_line_ends_of_both_kinds_are_read(void **state)
{
	const struct wanted wanted[] = { { "123", "DATA COUNT user", "" },
					 { "124", " GET OPTIONS a", "" } };

	(void)state;
	assert_commands("C: 123 :DATA COUNT user\r\nC:124: GET OPTIONS a\r\n", wanted, 2);
}

static void the_long_form_names_its_unit(void **state)
{
	const struct wanted wanted[] = {
		{ "5", "DATA UPDATE user Pin=1\nPin=2", "DDG7050067042500078" },
		{ "6", "DATA DELETE user *", "B" },
	};

	(void)state;
	assert_commands("DataType=1,SN=DDG7050067042500078,Priority=0,CmdID=5,CmdDesc=C:5:"
			"DATA UPDATE user Pin=1\nPin=2\n"
			"DataType=1, SN=B, CmdID=6, CmdDesc=C:6:DATA DELETE user *\n",
			wanted, 2);
}

static void what_is_no_command_is_passed_over(void **state)
{
	gh_slice in = GH_LIT("hello\nC:1:A\n");
	struct ghi_access_command c;

	(void)state;
	assert_int_equal(ghi_access_command_next(&in, &c), GH_EMALFORMED);
	assert_int_equal(ghi_access_command_next(&in, &c), GH_OK);
	assert_true(gh_slice_eq(c.text, GH_LIT("A")));
}

static void what_is_written_is_read_again(void **state)
{
	static const struct ghi_access_command cases[] = {
		{ .id = { (const uint8_t *)"1", 1 }, .text = { (const uint8_t *)"A\nB", 3 } },
		{ .id = { (const uint8_t *)"77", 2 },
		  .text = { (const uint8_t *)"DATA DELETE user *", 18 },
		  .unit = { (const uint8_t *)"SN1", 3 },
		  .priority = 2 },
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));
		struct ghi_access_command c;
		gh_slice in;

		ghi_access_command_write(&w, &cases[i]);
		assert_int_equal(w.err, GH_OK);
		in = ghi_written(&w);
		assert_int_equal(ghi_access_command_next(&in, &c), GH_OK);
		assert_true(gh_slice_eq(c.id, cases[i].id));
		assert_true(gh_slice_eq(c.text, cases[i].text));
		assert_true(gh_slice_eq(c.unit, cases[i].unit));
		assert_int_equal(c.priority, cases[i].priority);
	}
}

static void no_text_smuggles_a_second_command(void **state)
{
	static const char *const texts[] = { "A\nC:2:CONTROL DEVICE 01010105", "A\n C : 2 :B",
					     "A\nDataType=1,CmdDesc=C:2:B", "A\rB" };
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));
		const struct ghi_access_command c = { .id = GH_LIT("1"),
						      .text = gh_slice_of(texts[i]) };

		ghi_access_command_write(&w, &c);
		assert_int_equal(w.err, GH_EMALFORMED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_is_its_line_and_the_records_after_it),
		cmocka_unit_test(blanks_around_the_colons_and_line_ends_of_both_kinds_are_read),
		cmocka_unit_test(the_long_form_names_its_unit),
		cmocka_unit_test(what_is_no_command_is_passed_over),
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(no_text_smuggles_a_second_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
