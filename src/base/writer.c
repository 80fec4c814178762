#include "base/writer.h"

void ghi_put_padded(struct ghi_writer *w, uint64_t v, unsigned width)
{
	uint8_t digits[20];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (uint8_t)('0' + v % 10);
		v /= 10;
	} while (i && (v || sizeof(digits) - i < width));
	ghi_put(w, (gh_slice){ digits + i, sizeof(digits) - i });
}

void ghi_put_decimal(struct ghi_writer *w, uint64_t v)
{
	ghi_put_padded(w, v, 1);
}

void ghi_put_signed(struct ghi_writer *w, int64_t v)
{
	if (v < 0)
		ghi_put_u8(w, '-');
	ghi_put_decimal(w, v < 0 ? -(uint64_t)v : (uint64_t)v);
}
