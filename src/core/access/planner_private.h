/* The planner inside core/access; not included elsewhere. */
#ifndef GH_CORE_ACCESS_PLANNER_PRIVATE_H
#define GH_CORE_ACCESS_PLANNER_PRIVATE_H

#include <stdatomic.h>
#include <uthash.h>

#include "core/access/planner.h"
#include "core/access/unit_plan.h"
#include "core/readers.h"

/* Rows of a unit that become ours at once; others do with the next plan, which follows soon. */
#define PLAN_ADOPTS 500

/* When a unit is planned next. */
struct plan_due {
	UT_hash_handle hh;
	int64_t device;
	uint32_t version; /* of the device, when it was planned */
	uint64_t site;	  /* of the site */
	int64_t at_ms, due_ms;
};

struct planner {
	struct server *server;
	_Atomic uint64_t site;		  /* one more with each change */
	_Atomic int64_t changed_ms;	  /* the latest; monotonic */
	_Atomic int64_t changed_first_ms; /* the first since it was settled; 0: none */
	_Atomic bool asked;		  /* plans of people may wait to be made */
	_Atomic bool running;		  /* plans may be running */
	_Atomic bool units;		  /* the latest turn of all found running ones */
	_Atomic bool turning;		  /* their turns are under way */
	_Atomic bool keeping;		  /* what is too old is being looked for */
	int64_t kept_ms; /* when that was done last; on the thread of the ticks */

	/* --- one unit at a time: who set `busy` has what follows --- */
	_Atomic bool busy;
	int64_t again_ms; /* after an error, not before; monotonic */
	uint64_t settled; /* the site that units are planned for */
	struct plan_due *due;
	struct arena site_text;
	struct site model;
	uint64_t model_site;
	bool model_there;

	struct read_job read;
	struct store_job write;
	struct device *device; /* referenced; NULL: one of a plan of people is looked for */
	int64_t plan, flags;   /* 0: it is automatic */
	bool automatic, skipped, more;
	struct unit_plan made;
	uint64_t made_site;
	uint32_t made_version; /* of the device */
	int64_t began_ms;      /* by the clock */
	enum gh_err err;
	size_t from, to; /* steps of the piece */
	int64_t new_plan;
	enum plan_state state; /* it gets */
	gh_slice audit_after;  /* of what the server makes by itself; in made.text */
};

/* What the unit has as it is to have it is ours, also what others wrote: otherwise it would stay when it is needed no
 * more, and let a person pass who may not. What was changed or went since it was read is left to the next
 * plan. On the store thread. */
GH_MUST_CHECK enum gh_err planner_adopt(struct planner *p, const struct store_ops *ops,
					struct store *s);

/* The next unit, if one is due; who calls has `busy`, and has it no more when nothing is. */
void planner_next(struct planner *p);
/* planner_write.c: store what was made. */
void planner_write(struct planner *p);
/* After that, on the store thread; `again`: it was not stored. */
void planner_written(struct planner *p, enum gh_err err);
/* plan_turns.c: a turn of each running unit. */
void planner_turns(struct planner *p);
/* plan_keep.c: what waited too long, and what is too much. */
void planner_keep(struct planner *p);

#endif
