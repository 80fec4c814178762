#include "tests.h"

#include <stdio.h>

#include "hex.h"
#include "wire/terminal/attendance.h"
#include "wire/terminal/packed_time.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static void fill_text(char *out, size_t n, uint32_t *seed, bool digits)
{
	for (size_t i = 0; i < n; i++)
		out[i] = digits ? (char)('1' + random_next(seed) % 9)
				: (char)('A' + random_next(seed) % 26);
	out[n] = 0;
}

static const struct ghi_terminal_punch_format formats[] = {
	{ GHI_PUNCH_40, 40 }, { GHI_PUNCH_16, 16 }, { GHI_PUNCH_8A, 8 },
	{ GHI_PUNCH_8B, 8 },  { GHI_PUNCH_40, 49 }, { GHI_PUNCH_40, 57 },
};

static void punches_of_every_layout_come_back_as_written(void **state)
{
	uint32_t seed = 5;
	(void)state;

	for (size_t f = 0; f < LENGTH(formats); f++) {
		struct ghi_terminal_day day = { 0 };

		for (int round = 0; round < 300; round++) {
			struct gh_punch p = { .status = (uint8_t)(random_next(&seed) % 6),
					      .verify = (uint8_t)(random_next(&seed) % 4),
					      .record_size = (uint8_t)formats[f].size,
					      .time_code = random_next(&seed) * 40 },
					got = { 0 };
			uint8_t b[80];
			struct ghi_writer w = ghi_writer_on(b, sizeof(b));

			p.time = ghi_terminal_time_unpack(p.time_code);
			if (formats[f].layout != GHI_PUNCH_16)
				p.uid = (uint16_t)random_next(&seed);
			if (formats[f].layout <= GHI_PUNCH_16) {
				fill_text(p.pin,
					  1 + random_next(&seed) %
							  (formats[f].layout == GHI_PUNCH_40
								   ? 24
								   : 9),
					  &seed, true);
				p.work_code = random_next(&seed);
			}
			ghi_terminal_punch_write(&w, &p, formats[f]);
			assert_int_equal(w.err, GH_OK);
			assert_int_equal(w.n, formats[f].size);
			ghi_terminal_punch_parse(b, formats[f], &day, &got);
			assert_string_equal(got.pin, p.pin);
			assert_int_equal(got.uid, p.uid);
			assert_int_equal(got.status, p.status);
			assert_int_equal(got.verify, p.verify);
			assert_int_equal(got.time_code, p.time_code);
			assert_int_equal(got.work_code, p.work_code);
			assert_int_equal(got.record_size, p.record_size);
			assert_int_equal(got.time.year, p.time.year);
			assert_int_equal(got.time.second, p.time.second);
			assert_int_equal(got.time.valid, p.time.valid);
		}
	}
}

static void a_pin_ends_at_its_nul_wherever_that_is(void **state)
{
	struct ghi_terminal_day day = { 0 };
	(void)state;

	for (size_t n = 0; n <= 24; n++) {
		uint8_t b[40];
		char want[GH_PIN_SIZE] = "";
		struct gh_punch p;

		memset(b, 0x80 | 'x', sizeof(b));
		memset(want, (char)(0x80 | 'x'), n);
		if (n < 24)
			b[2 + n] = 0;
		ghi_terminal_punch_parse(b, formats[0], &day, &p);
		assert_memory_equal(p.pin, want, sizeof(want));
		memset(b, 1, sizeof(b));
		memset(want, 1, n);
		if (n < 24)
			b[2 + n] = 0;
		ghi_terminal_punch_parse(b, formats[0], &day, &p);
		assert_memory_equal(p.pin, want, sizeof(want));
	}
}

/* n punches of a layout; what is past the known fields of odd sizes is not zero. */
static gh_slice punch_table(uint8_t *b, size_t cap, struct ghi_terminal_punch_format f,
			    size_t n, bool odd_dates)
{
	struct ghi_writer w = ghi_writer_on(b, cap);
	uint32_t code = 0x2C000000, seed = 11;

	for (size_t i = 0; i < n; i++) {
		struct gh_punch p = { .uid = (uint16_t)(i % 300 + 1),
				      .verify = 1,
				      .status = (uint8_t)(i % 2),
				      .time_code = code };
		size_t start = w.n;

		code += random_next(&seed) % 5000;
		if (odd_dates && i % 5 == 2)
			p.time_code = 0;
		snprintf(p.pin, sizeof(p.pin), "%u", (unsigned)(i % 300 + 1));
		ghi_terminal_punch_write(&w, &p, f);
		for (size_t k = start + 40; k < w.n; k++)
			b[k] = (uint8_t)random_next(&seed);
	}
	assert_int_equal(w.err, GH_OK);
	return ghi_written(&w);
}

static void the_layout_of_punches_is_found_from_the_data(void **state)
{
	static const size_t counts[] = { 1, 2, 3, 5, 10, 40, 245, 1000 };
	static uint8_t b[1 << 16];
	(void)state;

	for (size_t f = 0; f < LENGTH(formats); f++)
		for (size_t c = 0; c < LENGTH(counts); c++)
			for (int behind = -1; behind < 2; behind++)
				for (int odd = 0; odd < 2; odd++) {
					gh_slice t = punch_table(b, sizeof(b), formats[f],
								 counts[c], odd);
					struct ghi_terminal_punch_format got = { 0 };

					assert_int_equal(ghi_terminal_punch_format_of(
								 t, t.n,
								 (int32_t)counts[c] - behind,
								 0x33000000, &got),
							 GH_OK);
					/* One record of an odd size is as well one of 40
					 * and a rest. */
					if (counts[c] == 1 && formats[f].size > 49 && behind) {
						assert_int_equal(got.layout, GHI_PUNCH_40);
						continue;
					}
					assert_int_equal(got.layout, formats[f].layout);
					assert_int_equal(got.size, formats[f].size);
				}
}

static void the_captured_short_records_are_distinguished_from_the_others(void **state)
{
	/* pyzk 99 */
	static const char one[] = "0700 2800 a8eba71e";
	uint8_t b[64];
	gh_slice t = hex_bytes(one, b, sizeof(b));
	struct ghi_terminal_punch_format f;
	struct ghi_terminal_day day = { 0 };
	struct gh_punch p;
	(void)state;

	assert_int_equal(ghi_terminal_punch_format_of(t, 8, 1, 0x33000000, &f), GH_OK);
	assert_int_equal(f.layout, GHI_PUNCH_8B);
	ghi_terminal_punch_parse(b, f, &day, &p);
	assert_int_equal(p.uid, 7);
	assert_int_equal(p.status, 0);
	assert_int_equal(p.verify, 1);
	assert_int_equal(p.time.year, 2016);
	assert_int_equal(p.time.minute, 2);
}

static void rubbish_is_no_layout(void **state)
{
	static uint8_t b[4000];
	struct ghi_terminal_punch_format f;
	(void)state;

	memset(b, 0xFF, sizeof(b));
	assert_int_equal(
		ghi_terminal_punch_format_of((gh_slice){ b, 4000 }, 4000, -1, 0x33000000, &f),
		GH_EMALFORMED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(punches_of_every_layout_come_back_as_written),
		cmocka_unit_test(a_pin_ends_at_its_nul_wherever_that_is),
		cmocka_unit_test(the_layout_of_punches_is_found_from_the_data),
		cmocka_unit_test(the_captured_short_records_are_distinguished_from_the_others),
		cmocka_unit_test(rubbish_is_no_layout),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
