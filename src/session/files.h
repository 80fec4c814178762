/* Published files, as devices fetch them (core/published.h). */
#ifndef GH_SESSION_FILES_H
#define GH_SESSION_FILES_H

#include "session/exchange.h"

/* A file that is named by its path, file/…, becomes a request of that endpoint; the path behind it is the rest. */
void files_target_read(struct ghi_target *t);
static inline bool files_target_is_path(const struct ghi_target *t)
{
	return t->endpoint == GHI_ENDPOINT_FILE && t->rest.n;
}
/* x->device may be NULL: the request bears no serial number. */
void files_serve(struct exchange *x);

#endif
