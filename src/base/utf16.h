/* Text in UTF-16, as spreadsheets and other programs of Windows write it, read piece by piece as UTF-8
 * (Unicode 15, 3.9, 3.10). */
#ifndef GH_BASE_UTF16_H
#define GH_BASE_UTF16_H

#include "base/slice.h"

enum ghi_text_form { GHI_TEXT_BYTES, GHI_TEXT_UTF16_LE, GHI_TEXT_UTF16_BE };

/* What the beginning of a text is in, by its mark, or by where the first letter has its zero byte. *mark: how
 * many bytes the mark has, that of UTF-8 included. */
enum ghi_text_form ghi_text_form_of(gh_slice start, size_t *mark);

/* Where a text is between two pieces of it; zero but for `big` at its beginning. */
struct ghi_utf16 {
	bool big; /* the high byte comes first */
	bool has_byte;
	uint8_t byte;  /* half a unit */
	uint16_t high; /* the first half of a pair; 0: none */
};

/* Bytes that n bytes become at the most. */
#define GHI_UTF16_ROOM(n) (((n) + 1) / 2 * 3 + 3)
/* The next piece; the result is how many bytes of UTF-8 were written. Half a pair alone becomes U+FFFD. */
size_t ghi_utf16_read(struct ghi_utf16 *t, gh_slice in, uint8_t *to);

#endif
