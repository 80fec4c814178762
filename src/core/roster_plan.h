/* Plans about the people of a clock or terminal, by what it is to hold beside what it holds (sync_gather.h): send what it
 * lacks or has otherwise, take into the roster what it has otherwise or what the roster lacks, and remove from it what
 * is in no roster. Nothing of the last two happens by itself.
 *
 * A plan has one unit, its device, and a step for each order, or for each record that is taken. It is found on a reader
 * thread before it is stored, and once more when it is applied: where it would be another one then, it is not applied.
 * What is sent is queued in the transaction that applies it; what is taken is taken in turns (roster_turn.c), which go on
 * after a restart. So do those that see what became of the orders. */
#ifndef GH_CORE_ROSTER_PLAN_H
#define GH_CORE_ROSTER_PLAN_H

#include "core/access/planner.h"
#include "core/commands.h"

enum roster_plan_kind {
	ROSTER_PLAN_SEND,
	ROSTER_PLAN_TAKE_OVER,
	ROSTER_PLAN_REMOVE,
	ROSTER_PLAN_KINDS
};

/* "send", "take_over", "remove"; ROSTER_PLAN_KINDS: none of them. */
const char *roster_plan_word(enum roster_plan_kind kind);
enum roster_plan_kind roster_plan_of(gh_slice word);

/* Of a step of such a plan, in place of enum step_verb: this and the kind. */
#define ROSTER_STEP 100
#define ROSTER_PLAN_STEPS 500 /* of a plan */

struct roster_plan_wish {
	enum roster_plan_kind kind;
	struct device *device;
	const gh_slice *pin; /* `pins` of them; none: all */
	size_t pins;
};

struct roster_plan {
	struct arena *arena; /* of all of it */
	gh_slice serial;     /* of the device */
	struct plan_unit unit;
	struct plan_step *step;
	size_t steps;
	char digest[20];
	struct command_order *order; /* one a step, without its device; of what is taken none */
	bool too_many;		     /* with GH_ETOOBIG */
	size_t impossible;	     /* of the PINs: what cannot go to the device */
};

/* On a reader thread; all of *out is in `a`. GH_ESTATE: the device is none that has people of the
 * roster. GH_ETOOBIG: more steps than ROSTER_PLAN_STEPS, or more bytes than a device is given at once. Errors of
 * sync_gather(). */
GH_MUST_CHECK enum gh_err roster_plan_make(struct server *server, struct store_reader *reader,
					   const struct roster_plan_wish *wish, struct arena *a,
					   struct roster_plan *out);

/* Queue the orders of a plan that is stored as r->id, in the transaction that applies it. Their
 * devices are set before. As plan_apply(); what is taken is applied by that. `p` stays until r->done. GH_ESTATE also where an order was refused. */
GH_MUST_CHECK enum gh_err roster_plan_apply(struct roster_plan *p, struct plan_request *r);

#endif
