/* The latest raw exchanges with devices, for troubleshooting. In memory, bounded as a whole and
 * per device; the oldest are dropped first. Those that were refused (4xx) have a quarter of the room and
 * push out no others: any address can send them in the name of any device.
 *
 * Threads: any. One lock guards all of it and is held while an exchange is added and while rows
 * are passed to a callback. */
#ifndef GH_CORE_TRACE_H
#define GH_CORE_TRACE_H

#include "model/traced.h"

#define TRACE_BODY 65536 /* of each body and reply, where nothing else is set */

struct trace;

struct trace_limits {
	size_t bytes;	   /* of everything */
	size_t per_device; /* exchanges */
	size_t body;	   /* bytes kept of each body and reply */
	int64_t after;	   /* numbers begin behind it */
};

struct trace *trace_new(struct trace_limits limits); /* NULL when memory is exhausted */
void trace_free(struct trace *t);

/* The number of an exchange that is added later. Never 0. */
int64_t trace_number_take(struct trace *t);
/* Copied, cut to the limits, and numbered where e->id is 0. Does nothing when memory is exhausted. */
void trace_add(struct trace *t, const struct traced *e);
/* How many exchanges there are of a serial number; of those without one when it is empty. */
size_t trace_count(struct trace *t, gh_slice serial);
/* The exchanges of a serial number (those without one when it is empty), the newest first, at
 * most `most` of them; how many. Each is there until trace_release(), whatever becomes of the
 * trace meanwhile. */
size_t trace_hold(struct trace *t, gh_slice serial, const struct traced **out, size_t most);
void trace_release(const struct traced *e);
void trace_drop(struct trace *t, gh_slice serial);

#endif
