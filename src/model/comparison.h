/* The comparison of a device's log with what is stored of it: what the device counts in a period against the
 * punches of the ledger that bear a time of the period (PUSH SDK 2013, 3.2.4-15 and 3.2.5-3; Attendance PUSH
 * 2020-03, 12.3.3). */
#ifndef GH_MODEL_COMPARISON_H
#define GH_MODEL_COMPARISON_H

#include "model/field.h"

/* How it is known what a device holds. */
enum comparison_way {
	COMPARISON_NONE,
	COMPARISON_VERIFY_SUM, /* it counts periods: VERIFY SUM ATTLOG */
	COMPARISON_ACCOUNT,    /* the same, days: ACCOUNT */
	COMPARISON_COUNTERS,   /* it only reports how many its log has: INFO */
	COMPARISON_READ,       /* its log was read to the end */
	COMPARISON_WAYS
};

/* What is under way. */
enum comparison_step {
	COMPARISON_IDLE,
	COMPARISON_COUNT,	/* it counts a range */
	COMPARISON_QUERY,	/* it sends a day again ... */
	COMPARISON_RECOUNT,	/* and counts it */
	COMPARISON_AFTER,	/* it counts what bears a time that is not yet ... */
	COMPARISON_AFTER_QUERY, /* and sends it again */
	COMPARISON_INFO, /* it reports what it has, to be compared with what it counted ... */
	COMPARISON_SUM,	 /* it counts all ... */
	COMPARISON_INFO_AGAIN, /* and reports once more; what it counts is not right ... */
	COMPARISON_RELOAD,     /* the same as COMPARISON_COUNTER_QUERY, of earlier versions */
	COMPARISON_COUNTER,    /* it only reports what it has ... */
	COMPARISON_COUNTER_QUERY, /* sends what is new, or all ... */
	COMPARISON_COUNTER_EARLY, /* before that its earliest day ... */
	COMPARISON_COUNTER_AGAIN, /* and reports once more */
	COMPARISON_PEOPLE,	  /* it sends people */
	COMPARISON_PEOPLE_QUERY,  /* the same, by another order */
	COMPARISON_STEPS
};

/* Why a period is not complete. */
enum comparison_doubt {
	COMPARISON_MORE,	  /* it counts more than it sends */
	COMPARISON_NOT_SENT,	  /* it does not send as many as it counts */
	COMPARISON_QUERY_REFUSED, /* it refuses to send them again */
	COMPARISON_QUARANTINED, /* rows came of which the time cannot be read: they are in quarantine */
	COMPARISON_DOUBTS
};

enum comparison_field {
#define COMPARISON_FIELD(member, json, type) COMPARISON_##member,
#include "model/comparison.def"
#undef COMPARISON_FIELD
	COMPARISON_FIELDS
};

struct comparison {
	uint64_t present; /* model/field.h: all of them, or none: there is no row */
#define COMPARISON_FIELD(member, json, type) model_##type member;
#include "model/comparison.def"
#undef COMPARISON_FIELD
};

/* Its table is device_comparison. */
extern const struct model_kind comparison_kind;

/* One of a device that was never compared; no row. */
struct comparison comparison_new(void);

/* "none", "verify_sum", "account", "counters", "read" */
const char *comparison_way_name(enum comparison_way w);
/* "counts_more", "not_sent", "refused", "quarantined" */
const char *comparison_doubt_name(enum comparison_doubt d);

#endif
