/* The plan of one access unit, in memory: what the site needs of it, what it holds as far as is known, and the
 * commands between the two. */
#ifndef GH_CORE_ACCESS_UNIT_PLAN_H
#define GH_CORE_ACCESS_UNIT_PLAN_H

#include "core/access/rights/steps.h"
#include "core/devices.h"

#define UNIT_PLAN_DIGEST 17 /* characters, and the NUL */

/* A change of a number on the unit that is stored with the plan. */
struct slot_change {
	enum unit_slot_kind kind;
	struct device_slot slot; /* kind is that above */
};

struct unit_plan {
	struct unit_rows rows;
	struct unit_steps steps;
	struct held_row *held;
	int64_t *held_as_of; /* milliseconds since 1970, of each */
	size_t helds;
	struct slot_change *slot;
	size_t slots;
	ghi_civil at;
	int64_t good_until_ms; /* since 1970; 0: without an end */
	int64_t bytes;	       /* of the words of its steps */
	char digest[UNIT_PLAN_DIGEST];
	bool known;	       /* a plan was carried out on it before */
	enum sync_policy sync; /* of the unit, or the server's */
	bool has_people;
	struct arena text; /* of what is not in rows and steps */
};

/* On a reader thread. The site stays until the plan is cleared, whatever the result. GH_ENOMEM, errors of the
 * store. */
GH_MUST_CHECK enum gh_err unit_plan_make(struct server *server, struct store_reader *r,
					 const struct site *site, struct device *d,
					 struct steps_wish wish, struct unit_plan *out);
void unit_plan_clear(struct unit_plan *p);

/* Whether a device can have one: an approved unit of the access dialect that has registered. */
bool device_has_plans(struct device *d);

#endif
