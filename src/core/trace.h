/* The latest raw exchanges with devices, for troubleshooting. In memory, bounded as a whole and
 * per device; the oldest are dropped first. */
#ifndef GH_CORE_TRACE_H
#define GH_CORE_TRACE_H

#include "model/traced.h"

struct trace;

struct trace_limits {
	size_t bytes;	   /* of everything */
	size_t per_device; /* exchanges */
	size_t body;	   /* bytes kept of each body and reply */
};

struct trace *trace_new(struct trace_limits limits); /* NULL when memory is exhausted */
void trace_free(struct trace *t);

/* Copied, and cut to the limits. Does nothing when memory is exhausted. */
void trace_add(struct trace *t, const struct traced *e);
/* The exchanges of a serial number (those without one when it is empty; all when NULL), the
 * newest first. The row is borrowed until fn returns. */
void trace_read(struct trace *t, const gh_slice *serial,
		bool (*fn)(void *ctx, const struct traced *e), void *ctx);
void trace_drop(struct trace *t, gh_slice serial);

#endif
