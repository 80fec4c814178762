/* What is done to whole stores, on the command line: copied from one database to another, and
 * looked through for what cannot be. Nothing of it runs in the server. */
#ifndef GH_STORE_MAINTENANCE_H
#define GH_STORE_MAINTENANCE_H

#include "store/store.h"

struct store_report {
	/* A line for people: a table that was copied, something that was found. */
	void (*line)(void *ctx, const char *text);
	void *ctx;
};

/* Copy everything, with every number kept, and compare both sides: the count of rows, their
 * SHA-256 in the order of their numbers, 50,000 at a time, and the last number of each stream. PostgreSQL
 * analyzes each table then. `to` is new, or an earlier
 * copy that did not come to its end: what is there already is not copied again. While it runs
 * the writing transaction of `from` is held open. At the end `from` is marked: `mark` is the
 * place of the copy. `why` gets a sentence on failure. */
GH_MUST_CHECK enum gh_err store_copy(struct store_handle *from, struct store_handle *to,
				     const char *mark, const struct store_report *report,
				     char *why, size_t why_size);

/* Look for gaps and doubles in the ledger, for numbers against the order of arrival, for rows of
 * devices that do not exist, and for counters that are wrong: of ended commands, and of the rows of
 * each device. A line for each thing found, at most a hundred; *found counts them all. */
GH_MUST_CHECK enum gh_err store_check(struct store_handle *h, const struct store_report *report,
				      size_t *found);

/* Copy the SQLite database `from` into the new file `to`, mode 0600, as it is at one moment; a server may
 * use it meanwhile, and waits for nothing. GH_EIO: `why` has a sentence, and there is no file. */
GH_MUST_CHECK enum gh_err store_snapshot(const char *from, const char *to, char *why,
					 size_t why_size);

/* After a backup was put in place: the ledger gets a new id, since numbers after its last are given again,
 * and the server has every device send again what it still stores. */
GH_MUST_CHECK enum gh_err store_restored(struct store_handle *h, char *why, size_t why_size);

#endif
