#include "tests.h"

#include <string.h>

#include "app/nearest.h"
#include "app/settings/setting.h"

static bool is_value(enum setting id, const char *text)
{
	union setting_value v;

	return setting_check(id, text, &v);
}

static void each_default_passes_its_own_check(void **state)
{
	(void)state;
	for (int i = 0; i < SETTING_COUNT; i++)
		if (!is_value((enum setting)i, setting_row((enum setting)i)->value))
			fail_msg("%s", setting_row((enum setting)i)->name);
}

static void each_number_takes_its_range_and_nothing_beyond(void **state)
{
	char text[32];
	(void)state;

	for (int i = 0; i < SETTING_COUNT; i++) {
		const struct setting_row *row = setting_row((enum setting)i);
		const struct {
			uint64_t n;
			bool good;
		} cases[] = { { row->least, true },
			      { row->most, true },
			      { row->most + 1, false },
			      { row->least - 1, false } };

		if (row->type != SETTING_TYPE_NUMBER)
			continue;
		assert_true(row->least < row->most);
		for (size_t k = 0; k < 4; k++) {
			snprintf(text, sizeof(text), "%llu", (unsigned long long)cases[k].n);
			if (is_value((enum setting)i, text) != cases[k].good)
				fail_msg("%s = %s", row->name, text);
		}
		assert_false(is_value((enum setting)i, ""));
		assert_false(is_value((enum setting)i, "1 "));
	}
}

static void values_are_of_their_type(void **state)
{
	static const struct {
		enum setting id;
		const char *text;
		bool good;
	} cases[] = {
		{ SETTING_NEW_DEVICES, "approve", true },
		{ SETTING_NEW_DEVICES, "hold|approve", false },
		{ SETTING_NEW_DEVICES, "Hold", false },
		{ SETTING_NEW_DEVICES, "", false },
		{ SETTING_LISTEN, "8080", true },
		{ SETTING_LISTEN, "[::1]:0", true },
		{ SETTING_LISTEN, "localhost:1", true },
		{ SETTING_LISTEN, "localhost", false },
		{ SETTING_LISTEN, "1.2.3:80", false },
		{ SETTING_LISTEN, "1.2.3.4:", false },
		{ SETTING_LISTEN, "1.2.3.4:65536", false },
		{ SETTING_ZONE, "", true },
		{ SETTING_ZONE, "+05:30", true },
		{ SETTING_ZONE, "Europe/Istanbul", true },
		{ SETTING_ZONE, "Mars/Olympus", false },
		{ SETTING_TRANS_TIMES, "23:59", true },
		{ SETTING_TRANS_TIMES, "00:00;14:05", true },
		{ SETTING_TRANS_TIMES, "24:00", false },
		{ SETTING_TRANS_TIMES, "00:60", false },
		{ SETTING_TRANS_TIMES, "0:00", false },
		{ SETTING_TRANS_TIMES, "00:00;", false },
		{ SETTING_TRANS_TIMES, ";00:00", false },
		{ SETTING_TRANS_TIMES, "00:00,14:05", false },
		{ SETTING_TRANS_TIMES, "", false },
		{ SETTING_DATA, "", false },
		{ SETTING_TLS_CERT, "", true },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (is_value(cases[i].id, cases[i].text) != cases[i].good)
			fail_msg("%s = \"%s\"", setting_row(cases[i].id)->name, cases[i].text);
}

static void an_address_is_taken_apart(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
	} cases[] = {
		{ "8080", "0.0.0.0", 8080 },	     { ":1", "0.0.0.0", 1 },
		{ "127.0.0.1:0", "127.0.0.1", 0 },   { "[::1]:65535", "::1", 65535 },
		{ "localhost:81", "127.0.0.1", 81 },
	};
	union setting_value v;
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(setting_check(SETTING_ADMIN, cases[i].text, &v));
		assert_string_equal(v.address.host, cases[i].host);
		assert_int_equal(v.address.port, cases[i].port);
	}
}

static void what_is_expected_follows_from_the_row(void **state)
{
	static const struct {
		enum setting id;
		const char *expected;
	} cases[] = {
		{ SETTING_TRANS_INTERVAL, "a number from 0 to 1440" },
		{ SETTING_REALTIME, "yes or no" },
		{ SETTING_NEW_DEVICES, "hold, approve or refuse" },
		{ SETTING_DATA, "a text of 1 to 4000 bytes" },
		{ SETTING_ZONE, "a time zone, such as Europe/Istanbul or +05:30" },
	};
	char text[160];
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		setting_expected(cases[i].id, text, sizeof(text));
		assert_string_equal(text, cases[i].expected);
	}
}

static void words_are_as_far_apart_as_they_are_mistyped(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} cases[] = {
		{ "", "", 0 },		 { "", "abc", 3 },	     { "delay", "delay", 0 },
		{ "delya", "delay", 1 }, { "dela", "delay", 1 },     { "deelay", "delay", 1 },
		{ "dalay", "delay", 1 }, { "kitten", "sitting", 3 }, { "listen", "threads", 7 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(word_distance(cases[i].a, cases[i].b), cases[i].distance);
		assert_int_equal(word_distance(cases[i].b, cases[i].a), cases[i].distance);
	}
	assert_int_equal(word_distance("0123456789012345678901234567890123456789", "0"), 40);
}

static void only_a_near_word_is_offered(void **state)
{
	static const char *const words[] = { "zone", "delay", "error-delay" };
	(void)state;
	assert_string_equal(word_nearest("delya", words, 3), "delay");
	assert_string_equal(word_nearest("eror-dellay", words, 3), "error-delay");
	assert_null(word_nearest("colour", words, 3));
	assert_null(word_nearest("zo", words, 3));
	assert_null(word_nearest("zone", words, 0));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_default_passes_its_own_check),
		cmocka_unit_test(each_number_takes_its_range_and_nothing_beyond),
		cmocka_unit_test(values_are_of_their_type),
		cmocka_unit_test(an_address_is_taken_apart),
		cmocka_unit_test(what_is_expected_follows_from_the_row),
		cmocka_unit_test(words_are_as_far_apart_as_they_are_mistyped),
		cmocka_unit_test(only_a_near_word_is_offered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
