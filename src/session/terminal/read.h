/* Reading a terminal's records into the ledger. */
#ifndef GH_SESSION_TERMINAL_READ_H
#define GH_SESSION_TERMINAL_READ_H

#include "session/terminal/worker.h"

enum {
	TERMINAL_STORE_TRIES = 8, /* a full queue and a busy database are temporary */
	TERMINAL_STORE_PAUSE_MS = 500,
	TERMINAL_QUARANTINE_MAX = 1000, /* records of one log that are put in quarantine */
};

struct terminal_read {
	uint64_t rows;	/* of the log */
	uint64_t fresh; /* that were new to the ledger */
	uint64_t
		quarantined; /* of rows: records that are no punch; in quarantine, the first of them */
	bool unstored;	 /* after an error: it is the store's, or the device was deleted here */
	bool incomplete; /* after an error: what came is stored, but the device counts more */
	ghi_civil from, to; /* to count rows of; 0: open */
	uint64_t within;    /* rows in that range */
};

/* Read the whole log into the ledger. Only GH_OK means that the end was reached, that the device
 * counts no more than came, and that every row is stored. Errors: GH_ECANCELLED, and what the
 * terminal's calls give; or, where r->unstored is set, GH_ENOTFOUND (the device was deleted) and
 * GH_EFULL (the store did not accept it; error_text has the reason). */
GH_MUST_CHECK enum gh_err terminal_read_log(struct terminal_worker *w, struct gh_terminal *t,
					    struct terminal_read *r);
/* "10 punches, 3 of them new", and how many records are none. */
void terminal_read_describe(const struct terminal_read *r, char *to, size_t size);
/* *unstored as above. */
GH_MUST_CHECK enum gh_err terminal_read_oplog(struct terminal_worker *w, struct gh_terminal *t,
					      bool *unstored);
struct terminal_people {
	size_t n;    /* read */
	size_t gone; /* removed, because the terminal does not have them any more */
};

/* All people, as records of the device. Those that it had and has no longer are removed, but only after
 * a read of as many as the terminal counts. *unstored as above. */
GH_MUST_CHECK enum gh_err terminal_read_people(struct terminal_worker *w, struct gh_terminal *t,
					       struct terminal_people *p, bool *unstored);
/* One punch of a live event; an error is the store's. One without a PIN is left to the log. */
GH_MUST_CHECK enum gh_err terminal_read_live(struct terminal_worker *w,
					     const struct gh_punch *p);
/* The store refused the records: set a sentence for people. Returns GH_EFULL. */
enum gh_err terminal_read_unstored(struct terminal_worker *w, enum gh_err err);

#endif
