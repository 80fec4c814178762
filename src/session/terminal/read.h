/* Reading a terminal's records into the ledger. */
#ifndef GH_SESSION_TERMINAL_READ_H
#define GH_SESSION_TERMINAL_READ_H

#include "session/terminal/worker.h"

enum {
	TERMINAL_STORE_TRIES = 8, /* a full queue and a busy database are temporary */
	TERMINAL_STORE_PAUSE_MS = 500,
};

struct terminal_read {
	uint64_t rows;	    /* of the log */
	uint64_t fresh;	    /* that were new to the ledger */
	ghi_civil from, to; /* to count rows of; 0: open */
	uint64_t within;    /* rows in that range */
};

/* Read the whole log into the ledger. Only GH_OK means that the end was reached and every row is
 * stored. GH_ECANCELLED, GH_ENOTFOUND (the device was deleted), GH_EFULL (the store did not
 * accept it; error_text has the reason), and errors of the terminal's calls. */
GH_MUST_CHECK enum gh_err terminal_read_log(struct terminal_worker *w, struct gh_terminal *t,
					    struct terminal_read *r);
GH_MUST_CHECK enum gh_err terminal_read_oplog(struct terminal_worker *w, struct gh_terminal *t);
/* One punch of a live event; errors as above. */
GH_MUST_CHECK enum gh_err terminal_read_live(struct terminal_worker *w,
					     const struct gh_punch *p);
/* The store refused the records: set a sentence for people. Returns GH_EFULL. */
enum gh_err terminal_read_unstored(struct terminal_worker *w, enum gh_err err);

#endif
