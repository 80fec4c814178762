/* Answers to DATA QUERY, ACCOUNT and SYNC: uploads with Stamp=0, then the command's result
 * (PUSH SDK 2013, 3.2.4-7). */
#ifndef GH_SIM_ATTENDANCE_QUERY_H
#define GH_SIM_ATTENDANCE_QUERY_H

#include "sim/attendance/device.h"

/* Punches (STREAM_ATTLOG) or photos of a time, both ends included; `answer` is the result's
 * whole line, given when all is uploaded. */
void query_times(struct sim_device *d, enum stream_id s, ghi_civil begin, ghi_civil end,
		 gh_slice answer);
/* Records of a table that match the keys; none given match all. */
void query_table(struct sim_device *d, enum table_id t, gh_slice keys, gh_slice answer);

/* The next upload of it. false: all is uploaded and the answer stands in the results. */
bool query_next(struct sim_device *d, struct sim_scratch *scratch, struct sim_request *out);
void query_acknowledged(struct sim_device *d);

/* How many punches the device has of a time. */
uint32_t query_count(const struct sim_device *d, ghi_civil begin, ghi_civil end);

/* End it without an answer. */
void query_end(struct sim_device *d);

#endif
