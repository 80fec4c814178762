/* The bytes of a device's requests, as its persona sends them. */
#ifndef GH_SIM_ATTENDANCE_REQUEST_H
#define GH_SIM_ATTENDANCE_REQUEST_H

#include "sim/attendance/device.h"

/* A request to an endpoint ("cdata"): `query` follows SN=. body.p NULL: GET. The body may
 * lie in the scratch. */
void request_to(const struct sim_device *d, const char *endpoint, gh_slice query, gh_slice body,
		struct sim_scratch *scratch, struct sim_request *out);

/* GET of a path below the server's prefix, with one more header line or "". */
void request_file(const struct sim_device *d, const char *path, const char *line,
		  struct sim_scratch *scratch, struct sim_request *out);

/* "&INFO=…" with the counts of now. */
void request_info(struct ghi_writer *w, const struct sim_device *d);

/* How many people and fingers are on the device now. */
uint32_t request_count(const struct sim_device *d, enum table_id t);

#endif
