/* Access events: live rows of table=rtlog, stored ones of the table `transaction` (uploads, queries,
 * files of ACCOUNT), and the record of a request for identification (Security PUSH 3.1.2, 7.2, 7.13,
 * 9.1.4, 9.2 and 10). */
#ifndef GH_WIRE_ACCESS_EVENT_H
#define GH_WIRE_ACCESS_EVENT_H

#include "model/access_event.h"
#include "wire/access/row.h"

enum ghi_event_row {
	GHI_EVENT_ROW,
	GHI_EVENT_ROW_STATE, /* a row of door states (state.h) among events: nothing is filled in */
	GHI_EVENT_ROW_REPORT, /* event 255, a report about a door; filled in as an event */
};

struct ghi_event_fault {
	const char *reason; /* static, for a person to read */
	const char *key;    /* static; NULL: of the row as a whole */
};

/* One line. Keys are found by name, in any order and case; unknown ones are passed over, the first of
 * a name counts. Fills all fields that a device sends, the groups and flags that follow from them,
 * and ACCESS_IMPOSSIBLE. What is not readable in an optional number makes it absent. Text is borrowed.
 * GH_EMALFORMED, GH_ETOOBIG: *fault has the reason, and *out is of no use. */
GH_MUST_CHECK enum gh_err ghi_event_parse(gh_slice line, struct access_event *out,
					  enum ghi_event_row *row,
					  struct ghi_event_fault *fault);

/* The number of a card as an event has it: decimal, otherwise hexadecimal with the highest byte first, or the
 * lowest. ACCESS_ABSENT: it is none of these, or above 2^63 - 1. */
int64_t ghi_event_card_number(gh_slice text, bool lowest_first);

/* A live row, and a stored one with its table's name before it; without a line end. What is absent is
 * left out, but the keys that every unit sends: those are 0, and the direction 2. GH_EMALFORMED in
 * w->err for text that would begin another field; GH_ETOOBIG: a stored row cannot hold the time. */
void ghi_event_write_live(struct ghi_writer *w, const struct access_event *e);
void ghi_event_write_stored(struct ghi_writer *w, const struct access_event *e);

#endif
