/* Counts of units inside core/access; not included elsewhere. */
#ifndef GH_CORE_ACCESS_UNIT_COUNTS_PRIVATE_H
#define GH_CORE_ACCESS_UNIT_COUNTS_PRIVATE_H

#include "core/access/unit_count.h"
#include "core/access/unit_counts.h"
#include "core/commands.h"
#include "core/readers.h"
#include "wire/access/table.h"

#define COUNTS_MOST 1000 /* states of one pass */
#define COUNTS_ORDERS 32 /* counts that one unit is given */

/* A table of a unit that was counted, or is in doubt. */
struct counted_table {
	int64_t device;
	char key[UNIT_COUNT_KEY];
	struct unit_table_state state; /* its texts are `key`, and none */
	enum unit_doubt doubt;	       /* it has from now on */
	bool known;		       /* was counted now */
	bool changed;
	struct device *unit; /* referenced, where it is queried; NULL: it is not */
	struct command query;
};

struct unit_counts {
	struct read_job read;
	struct store_job write;
	struct server *server;
	_Atomic bool busy;   /* the rest is the job's then */
	_Atomic bool due;    /* something was counted */
	int64_t looked_ms;   /* at the units; on the thread of the ticks */
	int64_t compared_ms; /* the same */

	enum { COUNTS_COMPARE, COUNTS_ORDER } what;
	/* What is compared. */
	struct counted_table *of;
	size_t n;
	int64_t after, upto; /* of units with numbers above the one, up to the other */
	struct arena arena;
	enum gh_err err;
	/* A unit that is made to count. */
	struct device *device; /* referenced */
	struct ghi_table_unit tables;
};

/* unit_compare.c, on a reader thread: what is known of what was counted. */
void counts_compare(struct unit_counts *u, struct store_reader *r);
/* The same, on the store thread: it is stored, and tables in doubt are queried. */
GH_MUST_CHECK enum gh_err counts_store(struct unit_counts *u, const struct store_ops *ops,
				       struct store *s);
/* After the commit. */
void counts_stored(struct unit_counts *u);
void counts_drop(struct unit_counts *u);

#endif
