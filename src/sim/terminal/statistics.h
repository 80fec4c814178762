/* Counts of the requests to all terminals and of their answers, for the report. */
#ifndef GH_SIM_TERMINAL_STATISTICS_H
#define GH_SIM_TERMINAL_STATISTICS_H

#include "base/json.h"
#include "sim/terminal/plan.h"

#include <glib.h>

struct term_statistics {
	GHashTable *requests; /* command -> count */
	uint64_t connections, refused, packets_in, bad_checksums, repeats, unauthorised;
	uint64_t packets, bytes, tables, events, event_acks, punches;
	uint64_t faults[TERM_FAULTS];
};

void term_statistics_open(struct term_statistics *a);
void term_statistics_close(struct term_statistics *a);

/* Count a request, executed or not. */
void term_statistics_count_request(struct term_statistics *a, uint16_t command);

/* Members of the object that is open. */
void term_statistics_report(const struct term_statistics *a, const struct term_plan *plan,
			    struct json *j);

#endif
