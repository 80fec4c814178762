/* How a device's log is compared with the ledger: what it is to be ordered next, and what its answer means.
 *
 * The log is walked from its beginning to a moment shortly before the present. The device counts a range; where it
 * counts as many as are stored, or none, the next one follows. Otherwise the range is halved, down to a day, which
 * the device is to send again, and to count again. A device may have lost punches that are stored, because its
 * log was full or erased: then it counts fewer, and the day is complete when it sent as many as it counts. Where as
 * many were lost as never came, counts are equal; so the first days of what a device still has are queried once
 * when it may have lost some.
 *
 * What is dated before 2010, as by a clock without a battery, is one range, the last one; so is what is dated in the
 * future. All of it is a function of the row and the answers: no I/O, no clock. */
#ifndef GH_CORE_COMPARISON_STEP_H
#define GH_CORE_COMPARISON_STEP_H

#include "model/command_kind.h"
#include "model/comparison.h"

#define COMPARISON_TRIES 3 /* a day is queried so often in one comparison */
#define COMPARISON_QUIET \
	5 /* so many comparisons with the same gap: it is queried no more by itself */
#define COMPARISON_FAILS \
	3 /* a way that failed in so many comparisons: it is not tried until there is other firmware */
#define COMPARISON_LOST_MOST 24 /* a person's order begins again so often */
#define COMPARISON_DAYS 40 /* that are queried in one comparison without success, at most */
#define COMPARISON_FIRST ((ghi_civil)20000101000000)
#define COMPARISON_MODERN \
	((ghi_civil)20100101000000) /* what is before is of a clock that was not set */
#define COMPARISON_LAST ((ghi_civil)20991231235959)

struct comparison_start {
	int64_t now_ms;
	ghi_civil end; /* the last second that is compared */
	int64_t firmware;
};

/* The next order, and the range of which the stored punches are to be counted with its answer. */
struct comparison_question {
	enum command_kind kind; /* COMMAND_KINDS: there is none, it has ended */
	ghi_civil from, to;
	int64_t stored; /* of COMPARE_PUNCHES: how many are stored, when that is known */
};

/* Rows of a day that the device counts, and that are no punches of their own. */
struct comparison_extra {
	int64_t day; /* 20261130 */
	int64_t n;   /* 0: there are none more */
};

struct comparison_answer {
	enum {
		COMPARISON_COUNTED, /* n */
		COMPARISON_SENT,    /* what was queried */
		COMPARISON_REFUSED, /* the device does not know the order */
		COMPARISON_FAILED, /* it did not carry it out, with `code`, or never answers it */
		COMPARISON_LOST,   /* no answer came */
	} what;
	int64_t n; /* of INFO: punches of the log; negative: not reported */
	int64_t stored; /* punches of the range in the ledger, and what comparison_take() gave of its days */
	/* Of INFO: people and fingerprints, negative: not reported; and those that are stored. */
	int64_t people, people_stored, fingers, fingers_stored;
	/* Rows of its log that came since a range was queried: each once, but for those that are the same within
	 * one upload, and also what is kept in quarantine; `unplaced` are those of which the time cannot be read. */
	int64_t seen, unplaced;
	/* Of a device that counts no periods: what is stored of the range; how many rows of the day of its first_to
	 * came; and the earliest day, of 2010 or later, of which any came, and how many. 0: none. */
	int64_t queried, first_seen, first_rows;
	ghi_civil first_to;
	int64_t code;
	int64_t now_ms;
};

/* Begin with a device that may have other firmware than before. */
void comparison_begin(struct comparison *c, const struct comparison_start *s);
/* It is known by other means that there is no gap. */
void comparison_whole(struct comparison *c, enum comparison_way by, int64_t now_ms);
struct comparison_question comparison_question(const struct comparison *c);
/* What is to be kept of it with the row: it is counted as stored from then on. */
struct comparison_extra comparison_take(struct comparison *c,
					const struct comparison_answer *a);

#endif
