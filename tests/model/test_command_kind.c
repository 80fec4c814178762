/* The table of kinds holds together. */
#include "tests.h"

#include "base/text.h"
#include "model/command_kind.h"
#include "model/command_takeover.h"
#include "model/command_title.h"

#define WEEK_MS (INT64_C(7) * 86400 * 1000)

static void every_kind_is_found_by_its_names(void **state)
{
	(void)state;

	for (enum command_kind k = 0; k < COMMAND_KINDS; k++) {
		const struct command_kind_row *row = command_kind_row(k);
		gh_slice rest = gh_slice_of(row->types), one;

		assert_int_equal(command_kind_of(gh_slice_of(row->name)), k);
		while (rest.n) {
			gh_slice_cut(rest, ' ', &one, &rest);
			assert_int_equal(command_kind_of_type(one), k);
		}
	}
	assert_int_equal(command_kind_of(GH_LIT("no such thing")), COMMAND_KINDS);
	assert_int_equal(command_kind_of_type(GH_LIT("")), COMMAND_KINDS);
	assert_int_equal(command_kind_of_type(GH_LIT("raw")), COMMAND_KINDS);
	assert_int_equal(command_kind_of_type(GH_LIT("unlock")), COMMAND_KIND_OPEN_DOOR);
}

static void every_argument_of_a_kind_is_in_the_table(void **state)
{
	(void)state;

	for (enum command_kind k = 0; k < COMMAND_KINDS; k++) {
		const struct command_kind_row *row = command_kind_row(k);
		const char *at = row->arguments;
		char why[COMMAND_WHY];
		struct command_parameter p;

		while (command_parameter_next(&at, &p))
			if (p.usual.n)
				assert_int_equal(
					command_value_check(&command_arguments[p.id].rule,
							    p.usual, why),
					GH_OK);
		if (*at)
			fail_msg("%s: unknown argument at \"%s\"", row->name, at);
		assert_true(row->record == KIND_COUNT ||
			    k == COMMAND_KIND_UPDATE_COMPARISON_PHOTO || *row->arguments == 0);
	}
}

static void a_command_expires_when_it_is_useless(void **state)
{
	static const struct {
		enum command_kind kind;
		int64_t ttl_s, life_ms; /* -1: refused */
	} c[] = {
		{ COMMAND_KIND_UPDATE_PERSON, 0, WEEK_MS },
		{ COMMAND_KIND_CHECK, 0, WEEK_MS },
		{ COMMAND_KIND_QUERY_PERSON, 0, 86400000 },
		{ COMMAND_KIND_OPEN_DOOR, 0, 30000 },
		{ COMMAND_KIND_OPEN_DOOR, 1, 1000 },
		{ COMMAND_KIND_OPEN_DOOR, 60, 60000 },
		{ COMMAND_KIND_OPEN_DOOR, 61, -1 },
		{ COMMAND_KIND_OPEN_DOOR, -1, -1 },
		{ COMMAND_KIND_RESTART, 0, 600000 },
		{ COMMAND_KIND_CLEAR_LOG, 0, 3600000 },
		{ COMMAND_KIND_RAW, 0, 86400000 },
		{ COMMAND_KIND_ENROLL_FINGERPRINT, 0, 600000 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		int64_t ms = -1;
		enum gh_err err = command_life(c[i].kind, c[i].ttl_s, WEEK_MS, &ms);

		assert_int_equal(ms, c[i].life_ms);
		assert_int_equal(err, c[i].life_ms < 0 ? GH_EINVALID : GH_OK);
	}
	int64_t ms;

	/* A server on which nothing waits long shortens every kind. */
	assert_int_equal(command_life(COMMAND_KIND_QUERY_PERSON, 0, 5000, &ms), GH_OK);
	assert_int_equal(ms, 5000);
}

static void what_acts_is_given_once(void **state)
{
	static const struct {
		enum command_kind kind;
		enum command_repeat repeat;
	} c[] = {
		{ COMMAND_KIND_UPDATE_PERSON, REPEAT_AGAIN },
		{ COMMAND_KIND_SET_OPTION, REPEAT_AGAIN },
		{ COMMAND_KIND_LOG, REPEAT_AGAIN },
		{ COMMAND_KIND_OPEN_DOOR, REPEAT_ONCE },
		{ COMMAND_KIND_CANCEL_ALARM, REPEAT_ONCE },
		{ COMMAND_KIND_ENROLL_BIODATA, REPEAT_ONCE },
		{ COMMAND_KIND_RESTART, REPEAT_HANDSHAKE },
		{ COMMAND_KIND_CLEAR_DATA, REPEAT_CHECKED },
		{ COMMAND_KIND_SHELL, REPEAT_ONCE },
		{ COMMAND_KIND_RAW, REPEAT_ONCE },
		{ COMMAND_KINDS, REPEAT_ONCE },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++)
		assert_int_equal(command_repeat(c[i].kind), c[i].repeat);
}

static void no_value_becomes_a_second_argument(void **state)
{
	const gh_slice bad[] = { GH_LIT("1\npin=2"), GH_LIT("a\r"), GH_LIT("a\0b") };
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint8_t room[64];
		struct ghi_writer w = ghi_writer_on(room, sizeof(room));

		command_argument_put(&w, "pin", bad[i]);
		assert_int_equal(w.err, GH_EMALFORMED);
	}
	gh_slice value;

	assert_true(command_argument(GH_LIT("name=a=b\npin=1\n"), ARGUMENT_pin, &value));
	assert_true(gh_slice_eq(value, GH_LIT("1")));
	assert_true(command_argument(GH_LIT("name=a=b\npin=1\n"), ARGUMENT_name, &value));
	assert_true(gh_slice_eq(value, GH_LIT("a=b")));
	assert_false(command_argument(GH_LIT("name=a=b\npin=1\n"), ARGUMENT_value, &value));
}

static void a_date_alone_is_its_first_or_last_second(void **state)
{
	gh_slice in = GH_LIT("from=2024-01-02\nto=2024-01-02\n");
	ghi_civil t;
	(void)state;

	assert_true(command_argument_time(in, ARGUMENT_from, &t));
	assert_int_equal(t, INT64_C(20240102000000));
	assert_true(command_argument_time(in, ARGUMENT_to, &t));
	assert_int_equal(t, INT64_C(20240102235959));
}

static void pins_that_a_device_may_take_for_one_are_equal(void **state)
{
	(void)state;
	static const char *const rows[][2] = { { "7", "7" },	{ "007", "7" }, { "0", "0" },
					       { "00", "0" },	{ " 7 ", "7" }, { "A7", "a7" },
					       { "0A7", "a7" }, { "70", "70" }, { "", "" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char room[COMMAND_PIN_MAX];
		gh_slice got = command_pin_normal(gh_slice_of(rows[i][0]), room);

		assert_true(gh_slice_eq(got, gh_slice_of(rows[i][1])));
	}
}

static void a_title_is_what_it_does_and_what_it_is_about(void **state)
{
	static const struct {
		enum command_kind kind;
		const char *arguments, *shown, *title;
	} c[] = {
		{ COMMAND_KIND_UPDATE_PERSON, "pin=7\nname=Ann\npasswd=secret\n", "",
		  "Write a person to the device (pin 7)" },
		{ COMMAND_KIND_DELETE_FINGERPRINT, "pin=7\nfinger=3\n", "",
		  "Remove a person's fingerprints, or one of them (pin 7, finger 3)" },
		{ COMMAND_KIND_OPEN_DOOR, "door=2\nseconds=5\n", "", "Open the door (door 2)" },
		{ COMMAND_KIND_SET_OPTION, "name=Volume\nvalue=5\n", "",
		  "Change a setting on the device (name Volume)" },
		{ COMMAND_KIND_UPDATE_TABLE, "table=user\npairs=pin=1\tpassword=9\n", "",
		  "Write a row of another table (table user)" },
		{ COMMAND_KIND_LOG, "", "LOG", "Send new records now" },
		{ COMMAND_KIND_RAW, "written=X Y\n", "X Y", "X Y" },
		{ COMMAND_KINDS, "", "OLD WORDS", "OLD WORDS" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct command cmd = { .kind = c[i].kind,
				       .arguments = gh_slice_of(c[i].arguments),
				       .shown = gh_slice_of(c[i].shown) };
		char room[COMMAND_TITLE_MAX];
		gh_slice got = command_title(&cmd, room);

		if (!gh_slice_eq(got, gh_slice_of(c[i].title)))
			fail_msg("%.*s", GH_FMT(got));
	}
}

/* Each kind has words for itself, whatever a value is. */
static void a_title_has_room_and_whole_characters(void **state)
{
	char arguments[4 * 500 + 64] = "pin=", shown[501] = "a", room[COMMAND_TITLE_MAX];
	(void)state;

	for (size_t i = 0; i < 249; i++)
		memcpy(shown + 1 + 2 * i, "\xc3\xa9", 2);
	for (size_t i = 0; i < 400; i++)
		strcat(arguments, "\xc3\xa9");
	strcat(arguments, "\nfinger=3\nname=x\n");
	for (enum command_kind k = 0; k <= COMMAND_KINDS; k++) {
		struct command cmd = { .kind = k,
				       .arguments = gh_slice_of(arguments),
				       .shown = gh_slice_of(shown) };
		gh_slice got = command_title(&cmd, room);

		assert_true(got.n > 0 && got.n <= COMMAND_TITLE_MAX);
		assert_true(ghi_text_is_utf8(got));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_found_by_its_names),
		cmocka_unit_test(every_argument_of_a_kind_is_in_the_table),
		cmocka_unit_test(a_command_expires_when_it_is_useless),
		cmocka_unit_test(what_acts_is_given_once),
		cmocka_unit_test(no_value_becomes_a_second_argument),
		cmocka_unit_test(a_date_alone_is_its_first_or_last_second),
		cmocka_unit_test(a_title_is_what_it_does_and_what_it_is_about),
		cmocka_unit_test(a_title_has_room_and_whole_characters),
		cmocka_unit_test(pins_that_a_device_may_take_for_one_are_equal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
