/* Answers to DATA QUERY, ACCOUNT and SYNC: uploads with Stamp=0, then the command's result
 * (PUSH SDK 2013, 3.2.4-7). */
#ifndef GH_SIM_ATTENDANCE_QUERY_H
#define GH_SIM_ATTENDANCE_QUERY_H

#include "sim/attendance/unit.h"

/* Punches (STREAM_ATTLOG) or photos of a time, both ends included; `answer` is the result's
 * whole line, given when all is uploaded. */
void query_times(struct unit *u, enum stream_id s, ghi_civil begin, ghi_civil end,
		 gh_slice answer);
/* Records of a table that match the keys; none given match all. */
void query_table(struct unit *u, enum table_id t, gh_slice keys, gh_slice answer);

/* The next upload of it. false: all is uploaded and the answer stands in the results. */
bool query_next(struct unit *u, struct unit_scratch *scratch, struct unit_request *out);
void query_acknowledged(struct unit *u);

/* How many punches the device has of a time. */
uint32_t query_count(const struct unit *u, ghi_civil begin, ghi_civil end);

/* Forget it. */
void query_end(struct unit *u);

#endif
