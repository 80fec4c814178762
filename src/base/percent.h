/* Percent encoding of paths and queries (RFC 3986, 2.1), read. Encoding is libcurl's. */
#ifndef GH_BASE_PERCENT_H
#define GH_BASE_PERCENT_H

#include "base/err.h"
#include "base/slice.h"

/* Decode as devices encode: a plus stays a plus, and a percent sign that starts no byte stays a
 * percent sign. `to` needs s.n bytes; the result is s itself when nothing was encoded. */
gh_slice ghi_percent_decode(gh_slice s, uint8_t *to);

/* Decode by the standard: every percent sign must start a byte, and no byte may be NUL. With
 * `plus`, a plus sign is a blank, as in a form. `to` needs s.n bytes; **out is in it, and is
 * written on success only. GH_EMALFORMED: a percent sign without two digits, or NUL. */
GH_MUST_CHECK enum gh_err ghi_percent_decode_strict(gh_slice s, bool plus, uint8_t *to,
						    gh_slice *out);

#endif
