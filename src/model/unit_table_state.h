/* What is known of a table of an access unit besides its rows: what the unit counted last, whether the rows
 * that are known here are those it holds, and what of the table the unit answered that it does not know
 * (Security PUSH 3.1.2, 9.1.3 and 11.1). */
#ifndef GH_MODEL_UNIT_TABLE_STATE_H
#define GH_MODEL_UNIT_TABLE_STATE_H

#include "base/slice.h"

/* Whether the rows of a table that are known here are those that the unit holds. */
enum unit_doubt {
	UNIT_DOUBT_NONE,
	UNIT_DOUBT_COUNTED, /* it counts another number: they are to be queried */
	UNIT_DOUBT_QUERIED, /* they are: the answer is awaited */
	UNIT_DOUBT_REMAINS, /* the answer brought no rows, or came late each time: a plan with resync is left */
	UNIT_DOUBTS
};

/* Which members of a state are there; the others stay as they are stored. */
enum {
	UNIT_STATE_COUNT = 1 << 0,   /* counted, counted_ms */
	UNIT_STATE_KNOWN = 1 << 1,   /* known, upto */
	UNIT_STATE_DOUBT = 1 << 2,   /* doubt, query */
	UNIT_STATE_REFUSED = 1 << 3, /* refused, fields, trying, refused_ms */
	UNIT_STATE_MOST = 1 << 4,    /* rows_most */
	UNIT_STATE_REMOVED = 1 << 5, /* removed_ms */
	UNIT_STATE_LATE = 1 << 6,    /* late */
};

#define UNIT_TABLES_ALL "*" /* the name of a state whose removed_ms is that of every table */
#define UNIT_LATE_MOST 3    /* after so many late answers in a row the server queries no more */

struct unit_table_state {
	gh_slice
		table; /* its name; behind it, parted by a blank, the type that was counted: "biodata Type=9" */
	unsigned present;
	int64_t counted, counted_ms; /* rows of the unit; -1: not known */
	int64_t known; /* rows here at that time, of `transaction` events; -1: still to be counted */
	int64_t upto; /* of `transaction`: events up to that number are those */
	enum unit_doubt doubt;
	int64_t query;	 /* the command that is to settle it; 0: none yet */
	bool refused;	 /* it does not know the table */
	gh_slice fields; /* those that it does not know, parted by commas */
	bool trying;	 /* which of them it is, is being found out: the last one is tried */
	int64_t refused_ms;
	int64_t rows_most; /* in one command, after one was too much for it; 0: no such limit */
	int64_t removed_ms; /* when rows went last; 0: not known */
	int64_t late;	    /* answers in a row that are of before then */
};

/* The name of the table alone. */
static inline gh_slice unit_state_name(const struct unit_table_state *s)
{
	gh_slice name, rest;

	gh_slice_cut(s->table, ' ', &name, &rest);
	return name;
}

/* "none", "counted", "queried", "remains" */
const char *unit_doubt_name(enum unit_doubt d);

#endif
