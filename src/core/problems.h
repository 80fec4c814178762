/* The problems there are now (model/problem.def). The part of the program whose state it is raises
 * one and clears it again; some kinds end by themselves when they do not happen again. They are in
 * memory and bounded: of each kind the most recent subjects are kept.
 *
 * A problem is logged when it begins, once a day while it lasts, and when it ends.
 *
 * Threads: any. One lock guards the table, and is held for no longer than a copy takes. Not on the
 * store thread, which logs nothing. */
#ifndef GH_CORE_PROBLEMS_H
#define GH_CORE_PROBLEMS_H

#include "base/err.h"
#include "core/server.h"
#include "model/problem.h"

#define PROBLEM_SUBJECTS 1000 /* of a kind */
#define PROBLEM_SUBJECT 64    /* bytes; longer ones are cut */
#define PROBLEM_DETAIL 240

#define PROBLEM_OF_SERVER GH_LIT("server") /* the subject of what no device and no address is */

struct problems;

struct problems *problems_new(void); /* NULL: no memory */
void problems_free(struct problems *ps);

/* It is so, or it happened (again). `detail` may be formatted; it replaces the previous one.
 * Does nothing for a server without problems (server->problems is NULL), as in some tests, and
 * when memory is exhausted. */
__attribute__((format(printf, 4, 5))) void problem_raise(struct server *server,
							 enum problem_kind kind,
							 gh_slice subject, const char *detail,
							 ...);
/* It is no longer so. Cheap where the kind has no subject at all. */
void problem_clear(struct server *server, enum problem_kind kind, gh_slice subject);
/* How often it happened since it began; 0: it is not so. */
uint64_t problem_times(struct server *server, enum problem_kind kind, gh_slice subject);
/* How many kinds of problem the subject has that are open. From any thread; called for each device of a list. */
size_t problems_open_of(struct server *server, gh_slice subject);
/* problem_clear, unless it happened again since it had happened so often. */
void problem_clear_unless_again(struct server *server, enum problem_kind kind, gh_slice subject,
				uint64_t times);
/* The subject is gone: nothing is a problem of it any more. */
void problem_clear_subject(struct server *server, gh_slice subject);
/* Ends what is over. Called about once a minute. */
void problems_tick(struct server *server);

/* Not shown as open until then, or with PROBLEM_UNTIL_CHANGE until its detail changes; 0: open
 * again. GH_ENOTFOUND: there is no problem with that number. */
GH_MUST_CHECK enum gh_err problem_snooze(struct server *server, int64_t id, int64_t until_ms);

/* Each problem, in no order; the row is borrowed until fn returns, which must not call anything
 * here. Returns when fn returns false. */
void problems_read(struct server *server, bool (*fn)(void *ctx, const struct problem *p),
		   void *ctx);
/* Whether it is open or snoozed at that time. */
enum problem_state problem_state_at(const struct problem *p, int64_t now_ms);

struct problem_counts {
	size_t open[PROBLEM_KINDS]; /* by kind */
	size_t snoozed;
	uint64_t dropped; /* since start, because there were too many of the kind */
};
void problems_count(struct server *server, struct problem_counts *out);

#endif
