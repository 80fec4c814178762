/* Attendance records, table=ATTLOG (PUSH SDK 2013, 3.2.3-1; Attendance PUSH 2020-03, 11.2
 * and 11.7; QUIRKS Q25). */
#ifndef GH_WIRE_ATTENDANCE_ATTLOG_H
#define GH_WIRE_ATTENDANCE_ATTLOG_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"
#include "model/punch.h"
#include "wire/push/lines.h"

struct ghi_attlog_fault {
	const char *reason; /* static, for a person to read */
	unsigned column;    /* from 1 */
};

/* One line: PIN, time, and what else there is of status, verify mode and work code; later
 * columns go to `extra` when they contain anything but blanks and zeros. Fills pin, time,
 * status, verify, work_code, extra and the flags PUNCH_IMPOSSIBLE and PUNCH_EPOCH (time is then
 * the UTC wall time and utc the moment). GH_EMALFORMED, GH_ETOOBIG: *fault has the reason. */
GH_MUST_CHECK enum gh_err ghi_attlog_parse(gh_slice line, struct punch *out,
					   struct ghi_attlog_fault *fault);

/* The line a 2.4.1 device sends: seven columns and LF. */
void ghi_attlog_write(struct ghi_writer *w, const struct punch *p);

#endif
