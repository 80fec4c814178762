/* The columns behind the tag OPLOG (PUSH SDK 2013, table 2-4; Attendance PUSH 2020-03, 11.4):
 * operation, administrator, time, four values. */
#ifndef GH_WIRE_ATTENDANCE_OPLOG_H
#define GH_WIRE_ATTENDANCE_OPLOG_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"
#include "model/record.h"

/* Columns after the time may be missing; those after the last value become part of it when they
 * contain anything but blanks and zeros. Text is borrowed. On error *reason and *column are set. */
GH_MUST_CHECK enum gh_err ghi_oplog_parse(gh_slice line, struct oplog *out, const char **reason,
					  gh_slice *column);
/* All seven columns, without line end. */
void ghi_oplog_write(struct ghi_writer *w, const struct oplog *o);

#endif
