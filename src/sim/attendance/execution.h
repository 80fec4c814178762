/* Commands from a poll's reply, carried out on a device in their order. */
#ifndef GH_SIM_ATTENDANCE_EXECUTION_H
#define GH_SIM_ATTENDANCE_EXECUTION_H

#include "sim/attendance/device.h"

/* Carry out what a poll brought until something must be sent first. */
void execution_pending(struct sim_device *d, struct items_text *text);

/* Whether commands wait to be carried out, or one is at it. */
static inline bool execution_busy(const struct sim_device *d)
{
	return d->query.active || d->fetch.active ||
	       (d->commands && d->done < d->commands->len);
}

/* Data commands, one a line, with or without "C:<id>:" before them; with `replace` all of a
 * table goes first. How many were carried out, or a documented failure. */
int64_t execution_package(struct sim_device *d, gh_slice text, bool replace, enum table_id t);

/* Whether a person is on the device. */
bool execution_has_person(const struct sim_device *d, gh_slice pin);

/* The fetch that a command started came to its end; file.p NULL: it could not be fetched. */
void execution_fetched(struct sim_device *d, gh_slice file);

#endif
