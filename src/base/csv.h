/* Comma-separated values, written (RFC 4180), and as Excel opens them. */
#ifndef GH_BASE_CSV_H
#define GH_BASE_CSV_H

#include "base/buffer.h"

enum csv_guard {
	CSV_AS_IS,
	/* A field that a spreadsheet would evaluate as a formula (it begins with = + - @, tab or
	 * CR) is prefixed with an apostrophe, and so is one that begins with apostrophes and then so:
	 * ghi_csv_unguarded() gives back each text to the byte. */
	CSV_NO_FORMULA,
};

/* What is not as RFC 4180 has it; all zero: nothing. */
struct csv_form {
	char separator; /* 0: a comma */
	/* Excel reads text such as 007, 1E5 or 3-4 as a number or a date. A guarded field with a
	 * digit, or that is a truth value, is written as ="007", which stays text. */
	bool excel;
};

/* A file that is being written. */
struct csv {
	struct buffer *to;
	struct csv_form form;
	bool begun; /* the row has a field */
};

/* Before each field of a row. */
void csv_next(struct csv *c);
/* One field, in quotation marks where it has a quotation mark, separator or line end in it, or a
 * blank at either end. */
void csv_text(struct csv *c, gh_slice s, enum csv_guard guard);
/* The end of a row; `end` is the end of its line. */
void csv_row_end(struct csv *c, gh_slice end);

#endif
