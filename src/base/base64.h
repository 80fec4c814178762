/* Base64 (RFC 4648). Devices break long texts at blanks, tabs and line ends, anywhere. The
 * functions that recognise base64 (base64.c) are used by the codecs and call no library;
 * encoding and decoding (base64_code.c) use GLib. */
#ifndef GH_BASE_BASE64_H
#define GH_BASE_BASE64_H

#include "base/err.h"
#include "base/slice.h"

/* One of the 64 digits, not the padding sign. */
bool ghi_base64_is_digit(uint8_t c);
/* CR, LF, blank or tab: may occur anywhere in a text. */
bool ghi_base64_is_blank(uint8_t c);
/* The number of digits and padding signs in s; other bytes are allowed. */
size_t ghi_base64_count(gh_slice s);
/* Only digits, padding signs and blanks, and not only blanks. */
bool ghi_base64_is_text(gh_slice s);
/* The same, with only padding after padding. An empty text is accepted, too. */
bool ghi_base64_is_padded_text(gh_slice s);

/* The text without its blanks. `to` needs s.n bytes; the result is s itself when there are
 * none. `to` may be where s begins. */
gh_slice ghi_base64_squeeze(gh_slice s, uint8_t *to);

/* Room for the text of n bytes, including what GLib writes beyond it. */
#define BASE64_SIZE(n) (((size_t)(n) + 2) / 3 * 4)
#define BASE64_ROOM(n) (BASE64_SIZE(n) + 4)

/* The text of some bytes, with padding and in one line. `to` needs BASE64_ROOM(bytes.n); the
 * result is at its front, without a NUL. */
gh_slice base64_encode(gh_slice bytes, char *to);
/* The same in the alphabet for addresses, without padding (RFC 4648, 5). */
gh_slice base64_encode_url(gh_slice bytes, char *to);

/* The bytes of a text that may have blanks in it. `to` needs text.n + 1 bytes; *out is at its
 * front, and written on success only. GH_EMALFORMED: the text is not base64, or decodes to no
 * bytes. */
GH_MUST_CHECK enum gh_err base64_decode(gh_slice text, uint8_t *to, gh_slice *out);

#endif
