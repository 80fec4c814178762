/* The commands that bring a unit from what it holds to what it is to hold, in an order in which no person keeps
 * for long what they lost, and no row names one that is not there (Security PUSH 3.1.2, 9.1).
 *
 * The order: options that switch the form of tables; removals of rows that let a person pass, the tables in
 * reverse; time rules that are made narrower; the tables in the order of order.def, with options of doors, first cards
 * and combinations before rights; other options; other removals, the tables in reverse; time rules that become wider (steps_zone.c).
 *
 * Where the unit has no room for all of it (unit_rows.over), rows of people and cards that are not there yet are left
 * out, and what names such people; everything else goes.
 *
 * Which rows one deletion removes is in access_table.def: exactly one, those that share a value, or all of
 * the table. Where more than the row itself would go, the rest is written again by the command behind it. */
#ifndef GH_CORE_ACCESS_RIGHTS_STEPS_H
#define GH_CORE_ACCESS_RIGHTS_STEPS_H

#include "core/access/rights/diff.h"
#include "model/time_rule.h"
#include "wire/access/pack.h"
#include "wire/access/table.h"

enum step_verb {
	STEP_OPTION, /* SET OPTIONS */
	STEP_UPDATE, /* DATA UPDATE */
	STEP_DELETE, /* DATA DELETE */
	STEP_VERBS
};

/* "option", "update", "delete" */
const char *step_verb_name(enum step_verb v);

/* One command. */
struct unit_step {
	enum step_verb verb;
	enum unit_table table; /* UNIT_TABLES of an option */
	gh_slice words;	       /* as the unit gets them */
	gh_slice
		before; /* of an update a line for each of its rows, empty where there is none; of a
				* deletion the rows that go; of an option its value; in lines */
	size_t rows; /* of an update, and that a deletion removes for good */
	bool takes;  /* a person loses a right */
};

struct unit_steps {
	struct unit_step *step;
	size_t steps, room;
	const struct needed_row **foreign; /* held, neither needed nor written from here */
	size_t foreigns, foreign_room;
	/* As they are to be, and not written from here: from now on they are ours, so that they go when they
	 * are needed no more. */
	const struct held_row **adopted;
	size_t adopts, adopt_room;
	size_t added, changed, removed; /* rows */
	struct arena text;		/* of all of these but the foreign rows */
};

struct steps_wish {
	bool resync; /* nothing that is known of the unit is trusted: every table is emptied first */
	bool foreign; /* what is foreign goes, too */
	int64_t rows; /* of one update at the most; 0: GHI_UPDATE_ROWS */
	int64_t rows_of
		[UNIT_TABLES]; /* the same for a table, as far as the unit refused more */
};

/* `unit`: its registration and options. out->foreign and out->adopted point into `held`. GH_ENOMEM.
 * unit_steps_clear() frees it either way. */
GH_MUST_CHECK enum gh_err unit_steps_make(const struct unit_rows *wanted,
					  const struct held_row *held, size_t n,
					  const struct ghi_table_unit *unit,
					  struct steps_wish wish, struct unit_steps *out);
void unit_steps_clear(struct unit_steps *s);

/* The table of that name; UNIT_TABLES: it is none that is compiled. */
enum unit_table unit_table_of(gh_slice name);

/* Need number i of the rows of a table: the field that has the key of the other row, and its table. false: no more. */
bool unit_table_need(enum unit_table t, size_t i, gh_slice *field, enum unit_table *needed);
/* Row number i that a row needs: its table and its key, borrowed from the text. false: no more. */
bool unit_row_needs(enum unit_table t, gh_slice text, size_t i, enum unit_table *needed,
		    gh_slice *key);

/* Whether rows of a table need rows of another. */
bool unit_table_needs(enum unit_table t, enum unit_table other);

/* The value of a field of "name=value", parted by tabs; false: it is not there. */
bool unit_row_value(gh_slice text, gh_slice name, gh_slice *value);
/* Period number n, from 1 on, of a column of a row of timezone, in minutes of the day; false: it has none, or one
 * that is no period. */
bool unit_row_period(gh_slice text, enum time_column column, unsigned n,
		     struct ghi_period *period);

/* Whether a held row has all that a needed one has. `uploaded`: units leave out names and cards there. */
bool unit_row_serves(const struct needed_row *held, const struct needed_row *needed,
		     bool uploaded);

#endif
