/* What limits the doors of a unit, as commands of a plan set it and as the unit has it. */
#ifndef GH_CORE_ACCESS_PLAN_LIMIT_H
#define GH_CORE_ACCESS_PLAN_LIMIT_H

#include "base/arena.h"
#include "core/access/rights/steps.h"
#include "model/plan.h"
#include "store/store.h"
#include "wire/access/pack.h"

/* A setting of a door: an option ("Door2ValidTZ=3"), or a row of DoorParameters. */
struct plan_setting {
	uint32_t door; /* bit n - 1 */
	gh_slice name; /* without "Door" and its number: "ValidTZ" */
	gh_slice value;
};

/* False: it is none. `words` of a SET OPTIONS; `line` of a row. Borrowed from it. */
bool plan_setting_of_option(gh_slice words, struct plan_setting *out);
bool plan_setting_of_row(gh_slice line, struct plan_setting *out);

/* Whether it keeps people out. */
bool plan_setting_limits(const struct plan_setting *p);
/* Whether it names a time rule: the number that this has on the unit. */
bool plan_setting_rule(const struct plan_setting *p, gh_slice *rule);

/* Bit n - 1 of door n that a row of first cards or of combinations is about; 0: a row of another table. */
uint32_t plan_row_opening(enum unit_table t, gh_slice line);

/* Whether a step may limit a door, so that what gives rights has to wait for the unit's answer. */
bool plan_step_limits(const struct plan_step *p);

/* What the unit has of it. */
struct plan_limits {
	uint32_t activated;		/* bit n - 1: door n waits for a first card */
	gh_slice usable[GHI_DOORS_MAX]; /* the time rule in which door n + 1 can be used */
};

/* `registered`: its registration. The texts are in `a`. */
GH_MUST_CHECK enum gh_err plan_limits_read(const struct store_ops *ops, struct store *s,
					   int64_t device, gh_slice registered, struct arena *a,
					   struct plan_limits *out);

/* "doors 2, 3: …", that no person gets a new right there; in `a`. */
gh_slice plan_limits_note(uint32_t doors, struct arena *a);

#endif
