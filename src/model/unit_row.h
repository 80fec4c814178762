/* A row of a table of an access unit, as far as the server has it: the mirror of what the unit holds
 * (Security PUSH 3.1.2, 9.1). What a table is, and the form of `row` and `key`, is in wire/access/table.h. */
#ifndef GH_MODEL_UNIT_ROW_H
#define GH_MODEL_UNIT_ROW_H

#include "base/slice.h"

enum unit_row_origin {
	UNIT_ROW_WRITTEN,  /* the unit acknowledged a command with it */
	UNIT_ROW_READ,	   /* an answer to a query */
	UNIT_ROW_UPLOADED, /* the unit sent it by itself */
	/* The same of what was written before, or is as it was to be written: it goes when it is needed no more. */
	UNIT_ROW_OURS_READ,
	UNIT_ROW_OURS_UPLOADED,
	UNIT_ROW_ORIGINS
};

/* The value of a field that the unit has, and that is not known here any more: as of a secret that was sent, whose
 * command kept no copy. Two control characters that no unit is known to send as a value, and that a row may have: no tab,
 * line end or NUL (ghi_row_value_fits()), since rows are parted by lines. */
#define UNIT_VALUE_UNKNOWN "\x01\x7f"

struct unit_row {
	gh_slice unit;	/* serial number of a sub-controller; empty: the device itself */
	gh_slice table; /* as the table's own row writes its name */
	gh_slice key;	/* values of the key, parted by tabs */
	gh_slice row;	/* "name=value", parted by tabs */
	int64_t card;	/* number of the card it has (core/access/unit_card.h); 0: none */
	enum unit_row_origin origin;
	int64_t as_of_ms;
};

bool unit_value_is_known(gh_slice value);

/* Whether it is ours to remove: others stay until people decide about them. */
bool unit_row_is_ours(enum unit_row_origin o);
bool unit_row_is_uploaded(enum unit_row_origin o);
/* The origin that the same row has as one of ours. */
enum unit_row_origin unit_row_ours(enum unit_row_origin o);
/* "written", "read", "uploaded" */
const char *unit_row_origin_name(enum unit_row_origin o);

#endif
