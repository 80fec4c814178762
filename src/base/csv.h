/* Comma-separated values, written (RFC 4180). */
#ifndef GH_BASE_CSV_H
#define GH_BASE_CSV_H

#include "base/buffer.h"

enum csv_guard {
	CSV_AS_IS,
	/* A field that a spreadsheet would evaluate as a formula (it begins with = + - @, tab or
	 * CR) is prefixed with an apostrophe. */
	CSV_NO_FORMULA,
};

/* A comma before each field of a row except the first: `first` is true for it, and becomes
 * false. */
void csv_next(struct buffer *to, bool *first);
/* One field, in quotation marks where it has a quotation mark, comma or line end in it, or a
 * blank at either end. */
void csv_text(struct buffer *to, gh_slice s, enum csv_guard guard);

#endif
