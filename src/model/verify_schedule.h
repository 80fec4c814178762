/* What has to be shown at a door, by period of the day, as people write it and as it is stored. A device has the
 * same columns as of a time rule, with three periods each (Security PUSH 3.1.2, 9.1.1, table DiffTimezoneVS).
 *
 * A period is written "HH:MM-HH:MM door=MODE user=MODE": what everyone has to show, and what each person for
 * whom the schedule is made. One of the two may be missing. A mode is its number, or 16 digits. */
#ifndef GH_MODEL_VERIFY_SCHEDULE_H
#define GH_MODEL_VERIFY_SCHEDULE_H

#include "model/time_rule.h"

#define VERIFY_SPANS 3 /* of one column */
#define VERIFY_SPAN_TEXT 64
#define VERIFY_SCHEDULE_TEXT 4096 /* bytes that the periods of any schedule fit */

struct verify_span {
	uint16_t from, to;   /* minutes of the day, both included */
	gh_slice user, door; /* modes; empty: none of its own */
};

struct verify_table {
	struct verify_span span[TIME_COLUMNS][VERIFY_SPANS];
	size_t spans[TIME_COLUMNS];
};

/* Add a period to each column, 1 << enum time_column; modes are borrowed. GH_EINVALID, and *why has what was
 * expected, to go on after the name of the field. */
GH_MUST_CHECK enum gh_err verify_table_add(struct verify_table *t, unsigned columns,
					   gh_slice text, const char **why);

/* {"mon-fri":["08:00-18:00 door=4"]} and {"1":[]}, as they are stored. GH_EMALFORMED: they are not as
 * verify_table_add() takes them. */
GH_MUST_CHECK enum gh_err verify_table_read(gh_slice week, gh_slice holidays,
					    struct verify_table *t);

/* The one that contains a minute of the day; NULL: none. */
const struct verify_span *verify_span_at(const struct verify_table *t, enum time_column column,
					 int minute);

#endif
