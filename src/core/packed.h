/* Packed uploads: a gzipped tar of files with lines (Attendance PUSH 2020-03, 11.14; Security PUSH 3.1.2, 9.2). A
 * package is unpacked piece by piece into a window, of which the reader keeps the unread bytes;
 * so the memory of a package does not depend on its unpacked size. */
#ifndef GH_CORE_PACKED_H
#define GH_CORE_PACKED_H

#include "base/budget.h"
#include "base/err.h"
#include "base/slice.h"

enum {
	PACKED_MAX = 64 << 20,	     /* bytes a package may unpack to */
	PACKED_RATIO = 100,	     /* and how many times its own size */
	PACKED_RATIO_FROM = 1 << 20, /* small ones consist mostly of the padding of their tar */
	PACKED_MEMBERS = 4096,	     /* files of its archive */
	PACKED_WINDOW = 262144,	     /* bytes at first */
	PACKED_WINDOW_MAX = 2 << 20, /* when one record fills it */
};

struct packed;

/* `body` and `share` are borrowed until packed_close(); the window is charged to the share. NULL
 * when memory or the budget is exhausted. */
struct packed *packed_open(gh_slice body, const struct budget_share *share);
void packed_close(struct packed *p); /* NULL is fine */

/* The next window, of a package that was found whole: one layer of gzip within the limits above, with
 * the right checksum and length. The first call looks at all of it; all of this takes long, and is not
 * for a thread that serves clocks. The window is the last `keep` bytes of the previous one, and the lines unpacked meanwhile;
 * possibly none, so that other requests can be served. It ends with a line end, as each file
 * does. It is valid until the next call. GH_ETOOBIG: over a limit above. GH_EMALFORMED: damaged,
 * or no package. GH_ENOMEM. After an error packed_reason() has the reason, and nothing more can
 * be read. */
GH_MUST_CHECK enum gh_err packed_next(struct packed *p, size_t keep, gh_slice *window);
/* Whether the last window contains the end of the package. */
bool packed_ended(const struct packed *p);
/* A text for people; valid as long as the package. */
const char *packed_reason(const struct packed *p);

#endif
