#include "store/sql/value_list.h"

#include "base/hex.h"

/* Nothing between two commas. */
void value_list_null(struct buffer *b, size_t i)
{
	if (i)
		buffer_add(b, GH_LIT(","));
}

void value_list_number(struct buffer *b, size_t i, int64_t v)
{
	value_list_null(b, i);
	buffer_add_signed(b, v);
}

void value_list_text(struct buffer *b, size_t i, gh_slice s)
{
	value_list_null(b, i);
	for (size_t k = 0; k < s.n; k++) {
		uint8_t hex[] = { (uint8_t)ghi_hex_digit(s.p[k] >> 4U),
				  (uint8_t)ghi_hex_digit(s.p[k]) };

		buffer_add(b, (gh_slice){ hex, sizeof(hex) });
	}
}
