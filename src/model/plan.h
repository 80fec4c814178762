/* A plan: what would be sent to units, found and shown before anything is sent. The plan itself is an entity
 * (entity.def); what it has for each unit, and the steps of each, are here. */
#ifndef GH_MODEL_PLAN_H
#define GH_MODEL_PLAN_H

#include "base/civil_time.h"
#include "base/slice.h"

enum plan_state {
#define PLAN_STATE(NAME, json, ended) PLAN_##NAME,
#include "model/plan_state.def"
#undef PLAN_STATE
	PLAN_STATES
};

const char *plan_state_name(enum plan_state s);
bool plan_state_ended(enum plan_state s);

enum plan_step_state {
#define PLAN_STEP_STATE(NAME, json) PLAN_STEP_##NAME,
#include "model/plan_step_state.def"
#undef PLAN_STEP_STATE
	PLAN_STEP_STATES
};

const char *plan_step_state_name(enum plan_step_state s);

/* What a plan does besides bringing a unit to what it is to hold. */
enum plan_flag {
	PLAN_RESYNC = 1 << 0,  /* every table is emptied first */
	PLAN_FOREIGN = 1 << 1, /* what was not written from here goes, too */
	PLAN_AUTO = 1 << 2,    /* made by the server itself */
	PLAN_ROSTER = 1 << 3,  /* of people of a clock or terminal (core/roster_plan.h) */
};

/* One unit of a plan. */
struct plan_unit {
	int64_t plan, device;
	gh_slice serial; /* set when read back */
	enum plan_state state;
	int64_t flags;
	ghi_civil at, good_until; /* by the unit's clock; 0: without an end */
	int64_t commands, bytes;
	int64_t added, changed, removed; /* rows */
	int64_t row_count, acknowledged,
		failed; /* rows of all steps; those left out are not acknowledged */
	int64_t foreigns, refusals;
	gh_slice foreign, refusal; /* the first of them, as JSON */
	gh_slice digest;	   /* of its steps: equal steps have an equal one */
	gh_slice note;		   /* why it ended so, in words */
};

/* Room between the numbers of two steps, for the parts of one. */
#define PLAN_STEP_ROOM (INT64_C(1) << 20)

struct plan_step {
	int64_t plan, device, step; /* its number, rising */
	int64_t verb;		    /* enum step_verb */
	gh_slice table;
	enum plan_step_state state;
	bool takes;
	int64_t rows, left_out;
	int64_t command; /* 0: none yet */
	bool has_return;
	int64_t return_code;
	gh_slice words, before;
};

/* Of a plan of many people: what it is for one of them. */
struct plan_item {
	int64_t plan, item; /* its number, from 1 */
	int64_t people, version;
	enum plan_step_state state;
	gh_slice pin;
	gh_slice before, after; /* objects of JSON; after empty: they are deleted */
	gh_slice note;		/* why it failed, in words */
};

/* A number that an owner has on a unit. */
enum device_slot_state {
	DEVICE_SLOT_GIVEN,   /* the unit may have it */
	DEVICE_SLOT_HELD,    /* the unit has it */
	DEVICE_SLOT_LEAVING, /* its owner is gone, and the unit may still have it */
	DEVICE_SLOT_FREE,
	DEVICE_SLOT_STATES
};

struct device_slot {
	gh_slice kind; /* the table: "timezone" */
	int64_t slot, owner, part;
	enum device_slot_state state;
	int64_t freed; /* of a free one: a larger number was freed later */
};

#endif
