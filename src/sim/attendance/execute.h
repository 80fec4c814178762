/* Commands from a poll's reply, carried out on a unit in their order. */
#ifndef GH_SIM_ATTENDANCE_EXECUTE_H
#define GH_SIM_ATTENDANCE_EXECUTE_H

#include "sim/attendance/unit.h"

/* Carry out what a poll brought until something must be sent first. */
void execute_pending(struct unit *u, struct items_text *text);

/* Whether commands wait to be carried out, or one is at it. */
static inline bool execute_busy(const struct unit *u)
{
	return u->query.active || u->fetch.active ||
	       (u->commands && u->done < u->commands->len);
}

/* Data commands, one a line, with or without "C:<id>:" before them; with `replace` all of a
 * table goes first. How many were carried out, or a documented failure. */
int64_t execute_package(struct unit *u, gh_slice text, bool replace, enum table_id t);

/* The fetch that a command started came to its end; file.p NULL: it could not be fetched. */
void execute_fetched(struct unit *u, gh_slice file);

#endif
