/* Cursors: where a page of a list ended, as a text that the client sends back.
 *
 *	5c1f09aa.1234.t616263      the list and its order, the row's number, its value
 *
 * The first part is a hash that identifies the list and its order. A cursor is not secret and
 * proves nothing; an invented one is a place in the list like any other. */
#ifndef GH_API_LIST_CURSOR_H
#define GH_API_LIST_CURSOR_H

#include "base/arena.h"
#include "base/writer.h"
#include "store/store.h"

#define CURSOR_MAX 2048

/* `order` identifies a list and its order. */
void cursor_write(struct ghi_writer *w, gh_slice list, gh_slice order,
		  const struct store_key *key);
/* GH_EMALFORMED: it is none; GH_EINVALID: it is of another list or order; GH_ENOMEM. A text is
 * copied to `a`. */
GH_MUST_CHECK enum gh_err cursor_read(gh_slice text, gh_slice list, gh_slice order,
				      struct arena *a, struct store_key *key);

#endif
