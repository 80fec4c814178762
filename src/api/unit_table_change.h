/* A change of an access unit's table: the rows of a call, and the commands that they become. */
#ifndef GH_API_UNIT_TABLE_CHANGE_H
#define GH_API_UNIT_TABLE_CHANGE_H

#include "api/unit_tables.h"
#include "core/commands.h"

/* Commands of one call, all for one unit; in the request's arena. */
struct unit_change {
	struct call *c;
	struct unit_call u;
	const struct ghi_table_row *rows;
	size_t n;
	struct {
		enum command_kind kind;
		const struct ghi_table_row *rows;
		size_t n;
		bool new_rows;
		bool times; /* of events: from, to */
		ghi_civil from, to;
	} * order;
	size_t orders;
	size_t *taken; /* rows of each order */
	bool unverified;
	size_t rows_most; /* of one order; 0: no limit of the unit's own is known */
	/* What rows name that the unit is not known to hold; UNIT_WARNINGS of them at most. */
	struct unit_warning {
		size_t row;
		gh_slice field;
		gh_slice message;
	} * warning;
	size_t warnings;
};

#define UNIT_WARNINGS 100

/* NULL and answered when there is no memory. */
void *unit_change_alloc(struct unit_change *g, size_t n);

/* `rows` of the body, each completed by what is known of it, and checked: into g->rows. False and
 * answered: 422 with the row, the field and the rule. */
bool unit_rows_of_body(struct unit_change *g);

/* Into g->warning: rows that are named by those of the body and are not known here. They are no fault: units hold rows
 * that were never seen here. False and answered. */
bool unit_rows_warn(struct unit_change *g);

/* The query's `where`: "Pin=1,FingerID=6" into a row. False and answered. */
bool unit_conditions_read(struct unit_change *g, struct ghi_table_row *r);

#endif
