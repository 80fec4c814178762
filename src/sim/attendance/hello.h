/* What a unit learns from the server's answer to its handshake. */
#ifndef GH_SIM_ATTENDANCE_HELLO_H
#define GH_SIM_ATTENDANCE_HELLO_H

#include "sim/attendance/unit.h"

/* The query of GET cdata. */
void hello_write(struct ghi_writer *w, const struct unit *u);

/* Take over delays, flags, zone and stamps. GH_EMALFORMED: this is no list of options. */
GH_MUST_CHECK enum gh_err hello_apply(struct unit *u, gh_slice body);

/* Set the clock from the Date header when it is off (QUIRKS Q16). */
void hello_date(struct unit *u, const struct sim_reply *reply);

#endif
