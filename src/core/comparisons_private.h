/* Comparisons inside core; not included elsewhere. */
#ifndef GH_CORE_COMPARISONS_PRIVATE_H
#define GH_CORE_COMPARISONS_PRIVATE_H

#include "core/command_job.h"
#include "core/comparison_step.h"
#include "core/comparisons.h"
#include "core/device_private.h"
#include "core/readers.h"

#define COMPARISONS_AT_ONCE 64 /* devices of one pass */

struct comparing {
	struct device *device; /* referenced */
	struct comparison row;
	bool wanted;	/* a person ordered it since */
	bool calls;	/* it called recently */
	ghi_civil read; /* of a terminal: how far its log was read; 0: it was not */
	bool changed;
	enum gh_err err;	       /* it could not be read */
	struct comparison_extra extra; /* to be stored */
	bool besides;		       /* it queries a second range */
	struct comparison_question question;
	struct command order; /* of the question, if there is one */
};

struct comparisons {
	struct read_job read;
	struct store_job write;
	struct server *server;
	_Atomic bool busy; /* what follows is the job's then, but for looked_ms */
	_Atomic bool
		due; /* something was ordered, or did not fit among those that were answered */
	_Atomic bool look; /* the next pass is that of a tick */
	int64_t looked_ms; /* on the thread of the ticks */
	pthread_mutex_t lock;
	struct device *answered
		[COMPARISONS_AT_ONCE]; /* referenced, of which answers came; under the lock */
	size_t answered_n;	       /* the same */
	struct comparing of[COMPARISONS_AT_ONCE];
	size_t n, at; /* the job reads that one */
	struct arena arena;
};

/* The pass is over. */
void comparisons_end(struct comparisons *cs);
/* Nothing was stored: it is done again, at the next tick. */
void comparisons_again(struct comparisons *cs, enum gh_err err);
/* comparisons_write.c */
void comparisons_write_init(struct comparisons *cs);

/* comparison_time.c: whether it is time for one, and when the next one is. */
bool comparison_is_due(const struct server *server, struct device *d,
		       const struct comparison *c, int64_t now_ms);
/* Whether it is compared by itself. */
bool comparison_is_regular(const struct server *server, struct device *d);
/* How far its log can be compared: what is later may still be on its way. */
ghi_civil comparison_walk_to(struct device *d, int64_t now_ms);
int64_t comparison_next_ms(const struct server *server, struct device *d, int64_t now_ms);
/* Of a device that was never compared. */
int64_t comparison_first_ms(struct device *d, int64_t now_ms);
/* Begin where it is time; on a reader thread. */
void comparing_begin(struct comparisons *cs, struct comparing *c);

/* device_count.c: order what device_count_order() is to bring. */
void device_count_look(struct server *server, struct device *d, int64_t mono_ms);

/* comparison_seen.c: what came of a range since it was queried. */
struct comparison_seen {
	ghi_civil from, to;	/* the latest; 0: none was */
	int64_t rows, unplaced; /* as in struct comparison_answer, up to first_rows */
	int64_t first_seen, first_rows;
	ghi_civil first_to;
};
struct comparison_seen device_comparison_seen(struct device *d, ghi_civil first_to);
/* A range is queried; `besides`: after another one, what came of which is still needed. */
void device_comparison_queried(struct device *d, ghi_civil from, ghi_civil to, bool besides);
/* What came is not needed any more. */
void device_comparison_unsee(struct device *d);

/* comparison_problems.c: what an administrator has to look at of its log. */
void comparison_problems_see(struct server *server, struct device *d, int64_t now_ms);

/* comparison_turn.c, on a reader thread: what became of the order, and the next one. */
void comparing_turn(struct comparisons *cs, struct store_reader *r, struct comparing *c);

#endif
