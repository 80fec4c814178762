#include "base/utf16.h"

enum ghi_text_form ghi_text_form_of(gh_slice start, size_t *mark)
{
	*mark = 2;
	if (gh_slice_starts(start, GH_LIT("\xff\xfe")))
		return GHI_TEXT_UTF16_LE;
	if (gh_slice_starts(start, GH_LIT("\xfe\xff")))
		return GHI_TEXT_UTF16_BE;
	*mark = gh_slice_starts(start, GH_LIT("\xef\xbb\xbf")) ? 3 : 0;
	if (start.n >= 2 && start.p[0] && start.p[1] == 0)
		return GHI_TEXT_UTF16_LE;
	if (start.n >= 2 && start.p[0] == 0 && start.p[1])
		return GHI_TEXT_UTF16_BE;
	return GHI_TEXT_BYTES;
}

static size_t utf8_put(uint8_t *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (uint8_t)(0xc0 | c >> 6);
		to[1] = (uint8_t)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (uint8_t)(0xe0 | c >> 12);
		to[1] = (uint8_t)(0x80 | (c >> 6 & 63));
		to[2] = (uint8_t)(0x80 | (c & 63));
		return 3;
	}
	to[0] = (uint8_t)(0xf0 | c >> 18);
	to[1] = (uint8_t)(0x80 | (c >> 12 & 63));
	to[2] = (uint8_t)(0x80 | (c >> 6 & 63));
	to[3] = (uint8_t)(0x80 | (c & 63));
	return 4;
}

#define REPLACEMENT 0xfffd

static size_t unit_read(struct ghi_utf16 *t, uint16_t unit, uint8_t *to)
{
	size_t n = 0;

	if (t->high && (unit & 0xfc00) == 0xdc00) {
		uint32_t c = 0x10000 + ((uint32_t)(t->high & 0x3ff) << 10) + (unit & 0x3ff);

		t->high = 0;
		return utf8_put(to, c);
	}
	if (t->high)
		n = utf8_put(to, REPLACEMENT);
	t->high = 0;
	if ((unit & 0xfc00) == 0xd800) {
		t->high = unit;
		return n;
	}
	return n + utf8_put(to + n, (unit & 0xfc00) == 0xdc00 ? REPLACEMENT : unit);
}

size_t ghi_utf16_read(struct ghi_utf16 *t, gh_slice in, uint8_t *to)
{
	size_t n = 0;

	for (size_t i = 0; i < in.n; i++) {
		if (!t->has_byte) {
			t->byte = in.p[i];
			t->has_byte = true;
			continue;
		}
		t->has_byte = false;
		n += unit_read(t,
			       t->big ? (uint16_t)(t->byte << 8 | in.p[i])
				      : (uint16_t)(in.p[i] << 8 | t->byte),
			       to + n);
	}
	return n;
}
