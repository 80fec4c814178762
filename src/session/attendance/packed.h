/* Packed uploads: a gzipped tar of files with OPERLOG lines (Attendance PUSH 2020-03, 11.14).
 */
#ifndef GH_SESSION_PACKED_H
#define GH_SESSION_PACKED_H

#include "base/err.h"
#include "base/slice.h"

/* All files of the archive, one after another, each ended by a line end. On the heap, the
 * caller frees out->p. GH_ETOOBIG: over `limit` when unpacked; GH_EMALFORMED: no archive. */
GH_MUST_CHECK enum gh_err packed_open(gh_slice body, size_t limit, gh_slice *out);

#endif
