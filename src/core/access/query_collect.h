/* The packets with which units answer queries are collected by the command they answer, in any order, and
 * are a set when all of them are there (Security PUSH 3.1.2, 9.1.4). What is over a limit of
 * model/query_set.h is not kept, and the set is marked as truncated. */
#ifndef GH_CORE_ACCESS_QUERY_COLLECT_H
#define GH_CORE_ACCESS_QUERY_COLLECT_H

#include "base/err.h"
#include "store/store.h"

/* One packet, or a count. Borrowed. */
struct query_arrival {
	struct query_packet packet;
	gh_slice table;
	int64_t packets; /* of which it is one */
	int64_t counted; /* below 0: it is a packet */
	int64_t events;	 /* access events up to that number were stored before it */
	int64_t now_ms;	 /* steady; see server_clock.h */
};

enum query_collected {
	QUERY_IGNORED, /* it answers no query that was given to the unit of late */
	QUERY_KEPT,
	QUERY_WHOLE,   /* the set is complete with it */
	QUERY_COUNTED, /* it is a count, to be compared (unit_counts.h) */
	QUERY_OVER,    /* a limit is exceeded */
};

/* On the store thread, in a transaction. */
GH_MUST_CHECK enum gh_err query_collect(const struct store_ops *ops, struct store *s,
					int64_t device, const struct query_arrival *a,
					enum query_collected *what);

/* The unit has acknowledged a query of that table. Without a packet so far, the set is empty where the unit
 * has no rows or sends none of such (QUERY_NO_BODY), and incomplete otherwise. On the store thread. */
GH_MUST_CHECK enum gh_err query_answered(const struct store_ops *ops, struct store *s,
					 const struct command *c, gh_slice table,
					 int64_t now_ms);

#endif
