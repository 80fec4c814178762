/* A device whose log is a list of punches, for the tests of comparisons. */
#ifndef GH_TESTS_CORE_COMPARISON_WORLD_H
#define GH_TESTS_CORE_COMPARISON_WORLD_H

#include "core/comparison_step.h"

#define WORLD_MOST 6000 /* punches */

struct device_world {
	struct world_punch {
		ghi_civil time;
		bool held, stored;
		bool twin;   /* the same as another one: it is never stored */
		bool unread; /* nor is this, of which the time cannot be read */
		bool sent;   /* since a range was queried */
	} p[WORLD_MOST];
	size_t n;
	unsigned refuses; /* bits: ways */
	unsigned fails;	  /* the same: with -3 */
	struct comparison_extra extra[64];
	size_t extras;
	ghi_civil from, to; /* what was queried */
	int64_t more;	    /* it counts so many more than it holds, where it holds any */
	int queries_lost;   /* of a thousand */
	bool no_info;
	size_t orders, queries, infos;
	bool besides; /* a second range is queried */
	bool amid;    /* comparisons are amid a day */
	uint64_t chance;
};

extern struct device_world w;
extern struct comparison c; /* of it */

/* An empty one; its chance begins with `seed`. */
void world_begin(uint64_t seed);
/* Less than n. */
unsigned world_chance(unsigned n);
/* Days are counted from 2026-11-01. */
ghi_civil civil_at(int64_t day, int64_t second);
void punch_add(ghi_civil t, bool held, bool stored);
/* Eight punches a day, of which some were never stored. */
void days_make(int64_t days, unsigned lost_in_thousand);
/* Punches of a period that it holds, or that are stored. */
int64_t range_count(ghi_civil from, ghi_civil to, bool held);
/* One comparison, to its end. */
void world_compare(int64_t day);
/* What is shown is so; where the latest comparison did not show it, but for what is dated back since. */
void expect_right(void);

#endif
