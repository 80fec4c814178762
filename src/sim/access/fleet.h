/* Many access devices in one thread: their sockets and timers. */
#ifndef GH_SIM_ACCESS_FLEET_H
#define GH_SIM_ACCESS_FLEET_H

#include "sim/access/unit.h"

struct acc_fleet;

/* GH_ENOMEM, GH_ETOOBIG (serial numbers), GH_EIO. The plan and the statistics must outlive it. */
GH_MUST_CHECK enum gh_err acc_fleet_open(const struct acc_plan *plan,
					 struct acc_statistics *statistics,
					 struct acc_fleet **out);

/* Run until the time is over (0: no limit), every unit is done (plan.once), or SIGINT or SIGTERM came;
 * both signals are blocked meanwhile. GH_EIO: the truth cannot be written,
 * or the visits cannot be read; GH_EMALFORMED: one of these is none (plan->visits has why). */
GH_MUST_CHECK enum gh_err acc_fleet_run(struct acc_fleet *f, int64_t duration_ms);

/* The statistics as one JSON object. */
void acc_fleet_report(const struct acc_fleet *f, struct json *j);

/* What device n and its sub-controllers hold, each row of a table an object and a line: deviceSerial, table and
 * row. */
void acc_fleet_rows_write(const struct acc_fleet *f, uint32_t n, struct json *j);

/* Whether everything was acknowledged. */
bool acc_fleet_complete(const struct acc_fleet *f);

void acc_fleet_close(struct acc_fleet *f); /* NULL is fine */

#endif
