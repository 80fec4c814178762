/* A few reading handles of the store, borrowed for as long as one question takes. */
#ifndef GH_API_READERS_H
#define GH_API_READERS_H

#include "store/store.h"

struct readers;

/* Opened when they are needed, at most `n`. */
GH_MUST_CHECK enum gh_err readers_new(const struct store_handle *db, unsigned n,
				      struct readers **out);
void readers_free(struct readers *rs); /* all returned; NULL is fine */

/* Waits for one for at most two seconds (GH_EBUSY). */
GH_MUST_CHECK enum gh_err readers_borrow(struct readers *rs, struct store_reader **out);
void readers_return(struct readers *rs, struct store_reader *r);

#endif
