/* Cursors: where a page of a list ended, as a text the client gives back.
 *
 *	5c1f09aa.1234.t616263      the list and its order, the row's number, its value
 *
 * The first part is a hash: a cursor of another list or order is told from one that fits. A
 * cursor is no secret and proves nothing; one that is made up is a place in the list like any
 * other. */
#ifndef GH_API_LIST_CURSOR_H
#define GH_API_LIST_CURSOR_H

#include "base/arena.h"
#include "base/writer.h"
#include "store/store.h"

#define CURSOR_MAX 2048

/* `order` tells a list's order apart from all other orders and lists. */
void cursor_write(struct ghi_writer *w, gh_slice list, gh_slice order,
		  const struct store_key *key);
/* GH_EMALFORMED: it is none; GH_EINVALID: it is of another list or order; GH_ENOMEM. A text is
 * copied to `a`. */
GH_MUST_CHECK enum gh_err cursor_read(gh_slice text, gh_slice list, gh_slice order,
				      struct arena *a, struct store_key *key);

#endif
