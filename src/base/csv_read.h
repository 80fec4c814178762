/* Comma-separated values, read (RFC 4180), also as spreadsheets write them: with another separator, and texts
 * as ="007" (csv.h). */
#ifndef GH_BASE_CSV_READ_H
#define GH_BASE_CSV_READ_H

#include "base/slice.h"

/* A record with a line end between its quotation marks is no longer; else they belong to no pair, and the line
 * is a record. */
#define GHI_CSV_RECORD 8192

/* How long the first record of s is, with the end of its line. 0: more is needed to find out, unless `whole`:
 * nothing follows s. */
size_t ghi_csv_record_length(gh_slice s, bool whole);

/* A record while it is read. */
struct ghi_csv_fields {
	gh_slice rest; /* the record, without the end of its line */
	char separator;
	uint8_t *to; /* room for as many bytes as the record has */
	bool ended;
};
/* The next field, without quotation marks, in the record or at `to`; false: there are no more. */
bool ghi_csv_field_next(struct ghi_csv_fields *r, gh_slice *field);
/* What csv_text() made of the text, where it was guarded: without the apostrophe before a formula, and without
 * ="…". In `s`, or in `to`, which has room for s.n bytes. */
gh_slice ghi_csv_unguarded(gh_slice s, uint8_t *to);

#endif
