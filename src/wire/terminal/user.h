/* User records of 72, 28 and 16 bytes (terminal digest 8.1). */
#ifndef GH_WIRE_TERMINAL_USER_H
#define GH_WIRE_TERMINAL_USER_H

#include <gatehouse/terminal_record.h>

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

enum { GHI_TERMINAL_USER_MAX = 72 };

bool ghi_terminal_user_size_known(size_t size);

/* One record of 72, 28 or 16 bytes; other sizes are GH_EMALFORMED. `name` is left empty:
 * making UTF-8 of `name_raw` is not the codec's business. */
GH_MUST_CHECK enum gh_err ghi_terminal_user_parse(gh_slice record, struct gh_user *out);

/* The record of that size, from `name_raw`. The writer's error is GH_ETOOBIG where a text, the
 * card or the PIN does not fit the layout, GH_EINVALID where the layout needs a PIN that is a
 * number (28 bytes) or the uid (16 bytes), or where size is none of the three. */
void ghi_terminal_user_write(struct ghi_writer *w, const struct gh_user *u, size_t size);

/* The size of the records of a table: the first bytes of it (after its own size), the bytes of
 * all records, and the number of users where it is known (else -1). 0: none fits. */
size_t ghi_terminal_user_size_of(gh_slice first, size_t bytes, int32_t count);

#endif
