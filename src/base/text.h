/* Character sets of names and messages: UTF-8, and GB18030 (which contains GB2312 and GBK)
 * on older units (Attendance PUSH 2020-03, 1.2; QUIRKS Q28). */
#ifndef GH_BASE_TEXT_H
#define GH_BASE_TEXT_H

#include "base/err.h"
#include "base/slice.h"

/* Bytes of the UTF-8 character at the front of s; 0: there is none. Overlong forms, surrogates
 * and code points above U+10FFFF are rejected (Unicode 15, table 3-7), and so is NUL, because
 * many readers of text are written in C. */
size_t ghi_utf8_length(gh_slice s);
/* Whether s consists of such characters only. */
bool ghi_text_is_utf8(gh_slice s);
/* The number of leading bytes that are whole UTF-8 characters. */
size_t ghi_text_utf8_prefix(gh_slice s);

/* Convert between character sets as iconv names them. The result is on the heap, the caller
 * frees out->p. GH_EMALFORMED: s is not in `from`, or `to` lacks a character of it.
 * GH_EUNSUPPORTED: no such character set. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err ghi_text_convert(const char *to, const char *from, gh_slice s,
					   gh_slice *out);
/* Whether iconv has a character set of that name that holds ASCII as it is, so that the protocols'
 * lines stay lines. */
bool ghi_text_charset_fits(const char *charset);
GH_MUST_CHECK enum gh_err ghi_text_from_gb18030(gh_slice s, gh_slice *out);
GH_MUST_CHECK enum gh_err ghi_text_to_gb18030(gh_slice s, gh_slice *out);

#endif
