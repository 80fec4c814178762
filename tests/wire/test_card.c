#include "tests.h"

#include <stdio.h>

#include "wire/push/card.h"

static void numbers_of_cards_read_back_as_written(void **state)
{
	uint64_t number = 1;
	(void)state;

	for (int i = 0; i < 4096; i++) {
		char text[32];
		struct ghi_writer w;
		uint64_t again = 0, v = number >> (i % 64);

		w = ghi_writer_on(text, sizeof(text));
		ghi_card_bracket_write(&w, v);
		assert_int_equal(ghi_card_number(ghi_written(&w), &again), GH_OK);
		assert_true(again == v);
		for (int lowest = 0; lowest < 2; lowest++) {
			w = ghi_writer_on(text, sizeof(text));
			ghi_card_hex_write(&w, v, lowest);
			assert_int_equal(ghi_card_hex(ghi_written(&w), lowest, &again), GH_OK);
			assert_true(again == v);
		}
		number = number * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	}
}

static void a_card_is_written_as_the_documents_print_it(void **state)
{
	static const struct {
		uint64_t number;
		const char *bracket, *highest, *lowest;
	} c[] = {
		{ 123456789, "[15CD5B07]", "75BCD15", "15CD5B07" },
		{ 0, "[00000000]", "0", "00" },
		{ 0x022281E409, "[09E4812202000000]", "22281E409", "09E4812202" },
		{ UINT64_MAX, "[FFFFFFFFFFFFFFFF]", "FFFFFFFFFFFFFFFF", "FFFFFFFFFFFFFFFF" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		char text[64];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		ghi_card_bracket_write(&w, c[i].number);
		ghi_put_u8(&w, ' ');
		ghi_card_hex_write(&w, c[i].number, false);
		ghi_put_u8(&w, ' ');
		ghi_card_hex_write(&w, c[i].number, true);
		char want[64];

		snprintf(want, sizeof(want), "%s %s %s", c[i].bracket, c[i].highest,
			 c[i].lowest);
		assert_int_equal(w.n, strlen(want));
		assert_memory_equal(text, want, w.n);
	}
}

static void what_is_not_hexadecimal_is_no_card(void **state)
{
	static const struct {
		const char *text;
		bool lowest;
	} c[] = {
		{ "", false },	   { "12345678901234567", false },
		{ "12G4", false }, { "123", true },
		{ "", true },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		uint64_t v = 7;

		assert_int_equal(ghi_card_hex(gh_slice_of(c[i].text), c[i].lowest, &v),
				 GH_EMALFORMED);
		assert_true(v == 7);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_cards_read_back_as_written),
		cmocka_unit_test(a_card_is_written_as_the_documents_print_it),
		cmocka_unit_test(what_is_not_hexadecimal_is_no_card),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
