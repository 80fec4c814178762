/* Many devices in one thread: their sockets and timers. */
#ifndef GH_SIM_ATTENDANCE_FLEET_H
#define GH_SIM_ATTENDANCE_FLEET_H

#include "sim/attendance/device.h"

struct fleet;

/* GH_ENOMEM, GH_ETOOBIG (serial numbers), GH_EIO. The plan and the statistics must outlive it. */
GH_MUST_CHECK enum gh_err fleet_open(const struct plan *plan, struct statistics *statistics,
				     struct fleet **out);

/* Run until the time is over (0: no limit), every unit is done (plan.once), or SIGINT or
 * SIGTERM came; both signals are blocked meanwhile. GH_EIO: the file of acknowledged punches cannot be
 * written.
 */
GH_MUST_CHECK enum gh_err fleet_run(struct fleet *f, int64_t duration_ms);

/* The statistics as one JSON object. */
void fleet_report(const struct fleet *f, struct json *j);

/* Whether everything was acknowledged. */
bool fleet_complete(const struct fleet *f);

void fleet_close(struct fleet *f); /* NULL is fine */

#endif
