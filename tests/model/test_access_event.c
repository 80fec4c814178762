#include "tests.h"

#include "model/access_event.h"
#include "model/verify_mode.h"

static void every_code_has_its_class_and_words(void **state)
{
	int rows = 0;
	(void)state;

	for (const struct event_code *e; (e = event_code_at(rows)) != NULL; rows++) {
		const struct event_code *before = event_code_at(rows - 1);

		assert_true(before == NULL || before->code < e->code);
		assert_ptr_equal(event_code_find(e->code), e);
		assert_true(e->meaning[0] && e->merged[0]);
		assert_true(e->group <= e->code);
		assert_int_equal(event_group_of(e->group), e->group);
		assert_true(e->class != EVENT_SPECIAL || e->code == EVENT_CODE_ESCAPE ||
			    e->code == EVENT_CODE_DOOR);
	}
	assert_int_equal(rows, 227);
	assert_null(event_code_at(-1));
	assert_null(event_code_find(46));
	assert_null(event_code_find(238));
	assert_null(event_code_find(-1));
	assert_string_equal(event_code_find(102)->meaning, "door forced open");
	assert_string_equal(event_code_find(14)->merged, event_code_find(0)->merged);
}

static void a_code_without_a_row_is_classed_by_its_range(void **state)
{
	static const struct {
		int64_t code;
		enum event_class class;
	} c[] = {
		{ 46, EVENT_ABNORMAL },	 { 99, EVENT_ABNORMAL },   { 199, EVENT_ALARM },
		{ 253, EVENT_NORMAL },	 { 256, EVENT_SPECIAL },   { 3999, EVENT_SPECIAL },
		{ 4999, EVENT_NORMAL },	 { 5999, EVENT_ABNORMAL }, { 6999, EVENT_ALARM },
		{ 7000, EVENT_SPECIAL }, { -1, EVENT_SPECIAL },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		assert_null(event_code_find(c[i].code));
		assert_int_equal(event_class_of(c[i].code), c[i].class);
		assert_int_equal(event_group_of(c[i].code), c[i].code);
		assert_int_equal(event_place_of(c[i].code), EVENT_AT_DOOR);
		assert_false(event_is_granted(c[i].code));
	}
}

static void merged_codes_share_a_group(void **state)
{
	static const int64_t group[][3] = {
		{ 0, 14, 17 },	{ 1, 16, 16 },	{ 2, 18, 19 },	   { 3, 15, 203 },
		{ 20, 31, 50 }, { 21, 35, 49 }, { 26, 32, 51 },	   { 27, 30, 34 },
		{ 29, 33, 53 }, { 40, 48, 52 }, { 101, 103, 103 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(group) / sizeof(group[0]); i++)
		for (size_t k = 0; k < 3; k++)
			assert_int_equal(event_group_of(group[i][k]), group[i][0]);
}

static void granted_are_the_codes_of_a_person_who_passed(void **state)
{
	static const int64_t granted[] = { 0,	1,   2,	  3,   5,   14,	 15,  16,
					   17,	18,  19,  101, 103, 203, 207, 208,
					   215, 216, 218, 219, 222, 232, 4001 };
	size_t n = 0;
	(void)state;

	for (int64_t code = 0; code <= EVENT_CODE_MAX; code++) {
		if (!event_is_granted(code))
			continue;
		assert_true(n < sizeof(granted) / sizeof(granted[0]));
		assert_int_equal(code, granted[n++]);
	}
	assert_int_equal(n, sizeof(granted) / sizeof(granted[0]));
}

static void an_address_is_of_what_the_event_is_about(void **state)
{
	(void)state;
	assert_int_equal(event_place_of(220), EVENT_AT_AUX_INPUT);
	assert_int_equal(event_place_of(226), EVENT_AT_AUX_INPUT);
	assert_int_equal(event_place_of(12), EVENT_AT_AUX_OUTPUT);
	assert_int_equal(event_place_of(230), EVENT_AT_AUX_OUTPUT);
	assert_int_equal(event_place_of(66), EVENT_AT_READER);
	assert_int_equal(event_place_of(237), EVENT_AT_READER);
	assert_int_equal(event_place_of(200), EVENT_AT_DOOR);
	assert_true(event_has_trigger(6));
	assert_true(event_has_trigger(231));
	assert_false(event_has_trigger(0));
	assert_string_equal(event_class_name(event_class_of(28)), "abnormal");
	assert_string_equal(event_place_name(EVENT_AT_AUX_OUTPUT), "aux-output");
}

static void each_of_65536_verify_words_is_read_and_written_alike(void **state)
{
	(void)state;
	for (uint32_t word = 0; word <= UINT16_MAX; word++) {
		char text[2 * VERIFY_WORD_DIGITS];
		struct ghi_writer w =
			ghi_writer_on(text + VERIFY_WORD_DIGITS, VERIFY_WORD_DIGITS);
		int64_t value = -1;

		memset(text, '0', VERIFY_WORD_DIGITS);
		verify_word_put(&w, (uint16_t)word);
		assert_int_equal(verify_read(ghi_written(&w), &value),
				 word ? VERIFY_FACTORS : VERIFY_ABSENT);
		assert_int_equal(value, word);
		/* Zeros before it change nothing: one unit sends 32 digits. */
		assert_int_equal(
			verify_read((gh_slice){ (uint8_t *)text, sizeof(text) }, &value),
			word ? VERIFY_FACTORS : VERIFY_ABSENT);
		assert_int_equal(value, word);
	}
}

static void the_form_of_a_verify_type_decides(void **state)
{
	static const struct {
		const char *text;
		enum verify_form form;
		int64_t value;
	} c[] = {
		{ "", VERIFY_ABSENT, 0 },
		{ "0", VERIFY_MODE_NUMBER, 0 },
		{ "11", VERIFY_MODE_NUMBER, 11 },
		{ "200", VERIFY_MODE_NUMBER, 200 },
		{ "255", VERIFY_MODE_NUMBER, 255 },
		{ "256", VERIFY_RAW, 0 },
		{ "011", VERIFY_RAW, 0 },
		{ "-1", VERIFY_RAW, 0 },
		{ "000000000000010", VERIFY_RAW, 0 },
		{ "0000000000000010", VERIFY_FACTORS, 1 << 1 },
		{ "0000101000000011", VERIFY_FACTORS, 0x0a03 },
		{ "00000000000000000000000000000000", VERIFY_ABSENT, 0 },
		{ "10000000000000010", VERIFY_RAW, 0 },
		{ "0000000000000012", VERIFY_RAW, 0 },
		{ "00000000000000000000000000000000000000000000000000000000000000010",
		  VERIFY_RAW, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		int64_t value = -1;

		assert_int_equal(verify_read(gh_slice_of(c[i].text), &value), c[i].form);
		assert_int_equal(value, c[i].value);
	}
}

static void verify_has_words(uint16_t word, const char *want)
{
	char text[256];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	verify_words_put(&w, word);
	assert_int_equal(w.err, GH_OK);
	assert_int_equal(w.n, strlen(want));
	assert_memory_equal(text, want, w.n);
}

static void a_mode_and_its_word_name_the_same_factors(void **state)
{
	static const int64_t none[] = { 14, 30, 200, 255, -1 };
	uint16_t word = 0;
	(void)state;

	assert_true(verify_word_of_mode(11, &word));
	assert_int_equal(word, 0x0a01);
	verify_has_words(word, "password + card");
	verify_has_words(0x0a00, "password or card");
	verify_has_words(0x0a03, "face + password + card");
	verify_has_words(0x2000, "bit 13");
	verify_has_words(0, "");
	for (int64_t mode = 0; mode < 30; mode++)
		assert_true(mode == 14 || verify_word_of_mode(mode, &word));
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(verify_word_of_mode(none[i], &word));
}

static void the_index_decides_what_the_key_of_an_event_is(void **state)
{
	struct access_event a = access_event_empty(), b;
	(void)state;

	a.time = 20260831080901;
	a.event = a.event_group = 0;
	a.pin = GH_LIT("1024");
	a.address = a.door = 1;
	a.record_index = 7;
	b = a;
	assert_true(access_event_same(&a, &b));
	b.address = 2;
	b.card = GH_LIT("5");
	b.verify_raw = GH_LIT("4");
	assert_true(access_event_same(&a, &b));
	a.record_index = b.record_index = 0;
	assert_false(access_event_same(&a, &b));
	b = a;
	assert_true(access_event_same(&a, &b));
	b.pin = GH_LIT("01024");
	assert_false(access_event_same(&a, &b));
	assert_true(access_event_granted(&a));
	a.pin = GH_LIT("");
	assert_false(access_event_granted(&a));
	assert_false(access_event_granted(
		&(struct access_event){ .event = 23, .pin = GH_LIT("1") }));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_its_class_and_words),
		cmocka_unit_test(a_code_without_a_row_is_classed_by_its_range),
		cmocka_unit_test(merged_codes_share_a_group),
		cmocka_unit_test(granted_are_the_codes_of_a_person_who_passed),
		cmocka_unit_test(an_address_is_of_what_the_event_is_about),
		cmocka_unit_test(each_of_65536_verify_words_is_read_and_written_alike),
		cmocka_unit_test(the_form_of_a_verify_type_decides),
		cmocka_unit_test(a_mode_and_its_word_name_the_same_factors),
		cmocka_unit_test(the_index_decides_what_the_key_of_an_event_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
