/* Stamps: the mark a device sends with an upload and gets back at its next handshake. */
#ifndef GH_SESSION_ATTENDANCE_STAMP_H
#define GH_SESSION_ATTENDANCE_STAMP_H

#include "base/slice.h"

#define STAMP_MAX 32 /* bytes */

/* Whether a mark may be kept. A mark is opaque, but for three: "0" marks the answer to a query, which
 * must not move the stored mark back (PUSH SDK 2013, 3.2.4-7-9); one that does not fit an option
 * line; and a number that is a time beyond tomorrow however it is read, in seconds since 1970 or packed
 * (Attendance PUSH 2020-03, 11.5): with it a device sends nothing until then. */
bool stamp_is_plausible(gh_slice stamp, int64_t now_s);

#endif
