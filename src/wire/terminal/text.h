/* Text in fixed-size fields: NUL-padded, and whatever follows the NUL is rubbish (terminal
 * digest 13.30). */
#ifndef GH_WIRE_TERMINAL_TEXT_H
#define GH_WIRE_TERMINAL_TEXT_H

#include "base/slice.h"
#include "base/writer.h"

/* Copy a field of n bytes into out, which has room for n + 1; the rest of `size` is zeroed. */
static inline void ghi_terminal_text_get(const uint8_t *field, size_t n, char *out, size_t size)
{
	const uint8_t *end = memchr(field, 0, n);
	size_t len = end ? (size_t)(end - field) : n;

	memcpy(out, field, len);
	memset(out + len, 0, size - len);
}

/* The field of n bytes for a text of size bytes, padded. GH_ETOOBIG: it does not fit. */
void ghi_terminal_text_put(struct ghi_writer *w, const char *text, size_t size, size_t n);

/* A number without sign or blanks: "007" is 7. false: it is none, or over 32 bits. */
bool ghi_terminal_text_number(const char *text, uint32_t *out);
/* size is at least 11. */
void ghi_terminal_text_decimal(uint32_t v, char *out, size_t size);

/* Bytes before the first NUL. */
static inline gh_slice ghi_terminal_text_cut(gh_slice s)
{
	const uint8_t *end = s.n ? memchr(s.p, 0, s.n) : NULL;

	return end ? (gh_slice){ s.p, (size_t)(end - s.p) } : s;
}

#endif
