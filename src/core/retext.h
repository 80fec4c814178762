/* A device's character set was corrected: its texts are derived again from the bytes it wrote
 * (own_text.def). In pieces, each read on a reader thread and stored by a job. */
#ifndef GH_CORE_RETEXT_H
#define GH_CORE_RETEXT_H

#include "core/devices.h"

/* On a reader thread or the store thread. After an error what was done stays. An error at once:
 * `done` is not called. */
GH_MUST_CHECK enum gh_err device_retext(struct server *server, struct device *d,
					core_done_fn *done, void *ctx);

#endif
