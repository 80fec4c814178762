/* The problems that stand for what is kept of a device as it was sent: records in quarantine, uploads.
 * They are over when nothing of it is left. */
#ifndef GH_CORE_KEPT_PROBLEMS_H
#define GH_CORE_KEPT_PROBLEMS_H

#include "core/server.h"

/* Something of that device was removed, and it is committed. On a reader thread. A problem that is
 * raised again meanwhile stays; so do all of them when the store cannot be read. */
void kept_problems_end(struct server *server, struct store_reader *reader, int64_t device,
		       gh_slice serial);

#endif
