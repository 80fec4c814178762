/* Steps under way; for steps*.c. */
#ifndef GH_CORE_ACCESS_RIGHTS_STEPS_PRIVATE_H
#define GH_CORE_ACCESS_RIGHTS_STEPS_PRIVATE_H

#include "core/access/rights/steps.h"

/* A difference of a table, as diff.h finds it. */
struct row_difference {
	enum row_change change;
	const struct needed_row *before, *after;
	bool done; /* another step has it */
};

/* Rows that one deletion removes: those that share a value. */
struct row_group {
	gh_slice value; /* of the fields of its conditions, parted by tabs; empty: all rows */
	size_t first, rows; /* in table_steps.again: what is written again behind it */
	size_t gone;	    /* rows that go for good */
	gh_slice before;    /* their text, in lines */
	const struct needed_row *row; /* one that goes */
};

/* What is to be done in one table. */
struct table_steps {
	struct row_difference *difference;
	size_t differences, difference_room;
	int field[GHI_TABLE_FIELDS]; /* the conditions of a deletion; none: all rows */
	size_t fields;
	bool exact;		 /* a deletion removes one row */
	struct row_group *group; /* by value */
	size_t groups, group_room;
	struct again_row {
		const struct needed_row *row, *before;
		size_t group;
	} * again;
	size_t agains;
};

/* A time rule that is narrower for a while. */
struct zone_change {
	const struct needed_row *before, *after;
	struct needed_row meet; /* with the hours of both */
	bool narrows;		/* it is not the one before */
};

/* Holidays before and afterwards. */
struct zone_days {
	const struct needed_row *const *held, *const *wanted;
	size_t helds, wanteds;
	bool gone; /* in between there are none */
	uint64_t today;
};

struct steps_maker {
	const struct unit_rows *wanted;
	const struct held_row *held;
	size_t n;
	const struct ghi_table_unit *unit;
	struct steps_wish wish;
	struct unit_steps *out;
	const struct needed_row **wanted_by_key, **held_by_key;
	struct table_steps table[UNIT_TABLES];
	bool limits_change; /* holidays, time rules, or what limits doors */
	struct zone_change *zone;
	size_t zones, zone_room;
	bool no_memory;
};

/* When an option is set: before everything, beside the settings of doors, after the rows. */
enum option_class { OPTION_OF_FORM, OPTION_OF_DOOR, OPTION_OTHER };

/* Of a class; of doors those that limit them less than before, or (not late) all others. */
void steps_options_add(struct steps_maker *m, enum option_class class, bool late);
/* What the unit has of an option. false: it is not known. */
bool steps_option_before(struct steps_maker *m, const struct unit_option *o, gh_slice *before);
/* Whether an option of a door is to be set. */
bool steps_options_differ(struct steps_maker *m);

/* A row_change_fn; ctx is the steps_maker. */
bool steps_difference(void *ctx, enum row_change change, const struct needed_row *before,
		      const struct needed_row *after);

/* NULL: no memory. */
struct unit_step *steps_add(struct steps_maker *m, struct unit_step s);
bool steps_grow(struct steps_maker *m, void *p, size_t *room, size_t n, size_t size);

/* By table and key; for qsort of pointers. */
int needed_row_order(const struct needed_row *x, const struct needed_row *y);
int steps_pointer_order(const void *a, const void *b);
/* NULL: it is not there. */
const struct needed_row *held_find(const struct steps_maker *m, enum unit_table t,
				   gh_slice key);

/* From its differences: what deletions remove and what is written again behind them. */
void table_steps_plan(struct steps_maker *m, enum unit_table t);
/* From those of all tables, and whether options change: which time rules are made narrower first. */
void zone_steps_plan(struct steps_maker *m, bool options);
/* steps_hours.c: the days on which another column counts than before. */
struct zone_days zone_days_of(const struct steps_maker *m);
/* The pairs of `after` with the hours of both. */
gh_slice zone_meet(struct steps_maker *m, const struct zone_days *d, gh_slice before,
		   gh_slice after);
/* Whether the one row is open whenever the other is; false also where there is no memory. */
bool zone_hours_include(gh_slice wide, gh_slice narrow);
/* Whether a setting of a door, "Door2ValidTZ" or "DoorValidTZ", lets more pass than before. An empty `before` is
 * not known. */
bool setting_loosens(const struct steps_maker *m, gh_slice name, gh_slice before,
		     gh_slice after);
void table_steps_clear(struct table_steps *t);

#endif
