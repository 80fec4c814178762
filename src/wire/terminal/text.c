#include "wire/terminal/text.h"

#include "base/number.h"

void ghi_terminal_text_put(struct ghi_writer *w, const char *text, size_t size, size_t n)
{
	static const uint8_t zeros[32];
	const char *end = memchr(text, 0, size);
	size_t len = end ? (size_t)(end - text) : size;

	if (len > n && w->err == GH_OK)
		w->err = GH_ETOOBIG;
	ghi_put(w, (gh_slice){ (const uint8_t *)text, len });
	for (size_t left = n > len ? n - len : 0; left;) {
		size_t step = left < sizeof(zeros) ? left : sizeof(zeros);

		ghi_put(w, (gh_slice){ zeros, step });
		left -= step;
	}
}

bool ghi_terminal_text_number(const char *text, uint32_t *out)
{
	uint64_t v;

	if (ghi_number_parse(gh_slice_of(text), UINT32_MAX, &v))
		return false;
	*out = (uint32_t)v;
	return true;
}

void ghi_terminal_text_decimal(uint32_t v, char *out, size_t size)
{
	struct ghi_writer w = ghi_writer_on(out, size - 1);

	memset(out, 0, size);
	ghi_put_decimal(&w, v);
}
