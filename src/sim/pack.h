/* Files packed as .tgz: uploads, data packages, files of ACCOUNT. */
#ifndef GH_SIM_PACK_H
#define GH_SIM_PACK_H

#include "base/err.h"
#include "base/slice.h"

#include <stdint.h>

/* One file of that name with `text` in it. The same text gives the same bytes. GH_ESPACE, GH_ENOMEM. */
GH_MUST_CHECK enum gh_err sim_pack_write(const char *name, gh_slice text, uint8_t *to,
					 size_t cap, gh_slice *out);

/* The contents of all files in a .tgz, one after the other, at most `limit` bytes; a file that is no
 * archive is its own content. On the heap, the caller frees out->p with free. GH_EMALFORMED,
 * GH_ETOOBIG, GH_ENOMEM. */
GH_MUST_CHECK enum gh_err sim_pack_read(gh_slice file, size_t limit, gh_slice *out);

#endif
