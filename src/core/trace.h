/* The latest raw exchanges, for people who want to see what a device really said. In memory,
 * bounded as a whole and per device; the oldest go first. */
#ifndef GH_CORE_TRACE_H
#define GH_CORE_TRACE_H

#include "base/slice.h"

struct trace;

struct trace_limits {
	size_t bytes;	   /* of everything */
	size_t per_device; /* exchanges */
	size_t body;	   /* bytes kept of each body and reply */
};

struct traced {
	int64_t at_ms;
	gh_slice serial; /* empty: no serial number could be read */
	gh_slice peer;
	gh_slice method, target, version;
	gh_slice headers; /* "Name: value\n" lines */
	gh_slice body;
	size_t body_size; /* as it came; body may be cut */
	unsigned status;
	gh_slice reply;
	gh_slice note; /* why, when it was refused */
};

struct trace *trace_new(struct trace_limits limits); /* NULL when memory is exhausted */
void trace_free(struct trace *t);

/* Copied, and cut to the limits. Does nothing when memory is exhausted. */
void trace_add(struct trace *t, const struct traced *e);
/* The exchanges of a serial number (those without one when it is empty; all when NULL), the
 * newest first. The row is borrowed until fn returns. */
void trace_read(struct trace *t, const gh_slice *serial,
		bool (*fn)(void *ctx, const struct traced *e), void *ctx);
void trace_forget(struct trace *t, gh_slice serial);

#endif
