/* The handshake of a device: its query, and what it takes from the server's response. */
#ifndef GH_SIM_ATTENDANCE_HANDSHAKE_H
#define GH_SIM_ATTENDANCE_HANDSHAKE_H

#include "sim/attendance/device.h"

/* The query of GET cdata. */
void handshake_write(struct ghi_writer *w, const struct sim_device *d);

/* Apply delays, flags, zone and stamps. GH_EMALFORMED: this is no list of options. */
GH_MUST_CHECK enum gh_err handshake_apply(struct sim_device *d, gh_slice body);

/* Set the clock from the Date header when it is off (QUIRKS Q16). */
void handshake_date(struct sim_device *d, const struct sim_reply *reply);

#endif
