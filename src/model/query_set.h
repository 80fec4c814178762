/* With what an access unit answers a query: a set of packets, numbered from 1 (Security PUSH 3.1.2, 9.1.3
 * and 9.1.4). */
#ifndef GH_MODEL_QUERY_SET_H
#define GH_MODEL_QUERY_SET_H

#include "base/slice.h"

enum query_state {
	QUERY_INCOMPLETE, /* packets are missing */
	QUERY_COMPLETE,
	QUERY_TRUNCATED, /* over a limit: not all that came is kept */
	QUERY_NO_BODY,	 /* the unit answered, and sends no packets of it */
	QUERY_STATES
};

enum {
	QUERY_PACKETS_MAX = 4096,	    /* of one set */
	QUERY_BYTES_MAX = 64 << 20,	    /* the same, as they came */
	QUERY_DEVICE_BYTES_MAX = 256 << 20, /* of all sets of a device; the oldest make room */
	QUERY_HOURS = 24, /* after the query was given out they are collected */
};

struct query_set {
	int64_t command, device;
	gh_slice table; /* as the unit spells it */
	enum query_state state;
	int64_t packets; /* that there are in all, as declared; 0: none came */
	int64_t stored;	 /* of them */
	int64_t bytes;
	int64_t counted; /* what the unit counted, in answer to a count; -1: nothing */
	int64_t changed_ms;
	bool mirrored; /* nothing of it is to be brought into the mirror any more */
};

struct query_packet {
	int64_t command, number;
	bool packed; /* the body is base64 of a packed file, or that after a head */
	gh_slice body;
};

/* "incomplete", "complete", "truncated", "no-body" */
const char *query_state_name(enum query_state s);

#endif
