#include "wire/push/card.h"

#include "base/hex.h"
#include "base/number.h"

enum gh_err ghi_card_number(gh_slice text, uint64_t *number)
{
	uint64_t v = 0;

	text = gh_slice_trim(text);
	if (text.n < 2 || text.p[0] != '[' || text.p[text.n - 1] != ']')
		return ghi_number_parse(text, UINT64_MAX, number) ? GH_EMALFORMED : GH_OK;
	text = (gh_slice){ text.p + 1, text.n - 2 };
	if (text.n == 0 || text.n % 2 || text.n > 16)
		return GH_EMALFORMED;
	for (size_t i = text.n; i; i -= 2) {
		int byte = ghi_hex_byte(text.p + i - 2);

		if (byte < 0)
			return GH_EMALFORMED;
		v = v << 8 | (uint64_t)byte;
	}
	*number = v;
	return GH_OK;
}

static char card_hex_digit(uint64_t nibble)
{
	return "0123456789ABCDEF"[nibble & 15];
}

static void card_byte_write(struct ghi_writer *w, uint8_t byte)
{
	ghi_put_u8(w, (uint8_t)card_hex_digit(byte >> 4));
	ghi_put_u8(w, (uint8_t)card_hex_digit(byte));
}

void ghi_card_bracket_write(struct ghi_writer *w, uint64_t number)
{
	unsigned bytes = number > UINT32_MAX ? 8 : 4;

	ghi_put_u8(w, '[');
	for (unsigned i = 0; i < bytes; i++)
		card_byte_write(w, (uint8_t)(number >> 8 * i));
	ghi_put_u8(w, ']');
}

enum gh_err ghi_card_hex(gh_slice text, bool lowest_first, uint64_t *number)
{
	uint64_t v = 0;

	text = gh_slice_trim(text);
	if (text.n == 0 || text.n > 16 || (lowest_first && text.n % 2))
		return GH_EMALFORMED;
	for (size_t i = 0; i < text.n; i++) {
		size_t at = lowest_first ? text.n - 2 - i / 2 * 2 + i % 2 : i;
		int digit = ghi_hex_value(text.p[at]);

		if (digit < 0)
			return GH_EMALFORMED;
		v = v << 4 | (uint64_t)digit;
	}
	*number = v;
	return GH_OK;
}

void ghi_card_hex_write(struct ghi_writer *w, uint64_t number, bool lowest_first)
{
	unsigned digits = 1;

	while (digits < 16 && number >> 4 * digits)
		digits++;
	if (!lowest_first) {
		while (digits--)
			ghi_put_u8(w, (uint8_t)card_hex_digit(number >> 4 * digits));
		return;
	}
	for (unsigned i = 0; i < (digits + 1) / 2; i++)
		card_byte_write(w, (uint8_t)(number >> 8 * i));
}
