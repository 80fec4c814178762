/* What terminals were asked and what they said, for the line at the end. */
#ifndef GH_SIM_TERMINAL_ACCOUNT_H
#define GH_SIM_TERMINAL_ACCOUNT_H

#include "base/json.h"
#include "sim/terminal/plan.h"

#include <glib.h>

struct term_account {
	GHashTable *asked; /* command -> how often */
	uint64_t connections, refused, packets_in, bad_checksums, repeats, unauthorised;
	uint64_t packets, bytes, tables, events, event_acks, punches;
	uint64_t faults[TERM_FAULTS];
};

void term_account_open(struct term_account *a);
void term_account_close(struct term_account *a);

/* One more request, whatever becomes of it. */
void term_account_asked(struct term_account *a, uint16_t command);

/* Members of the object that is open. */
void term_account_report(const struct term_account *a, const struct term_plan *plan,
			 struct json *j);

#endif
