/* The value of TransFlag, digits or "TransData" and names (PUSH SDK 2013, 3.2.2; Attendance
 * PUSH 2020-03, 5; QUIRKS Q17). */
#ifndef GH_WIRE_ATTENDANCE_TRANS_FLAG_H
#define GH_WIRE_ATTENDANCE_TRANS_FLAG_H

#include "wire/attendance/handshake.h"

/* Bit per enum ghi_trans_flag; names that are not known are passed over. Digits that are all
 * zero mean attendance photos only, an old convention. */
uint32_t ghi_trans_flags_read(gh_slice s, bool *digits);

/* Names are parted by tabs: some firmware takes a list parted by blanks for one name. No flag
 * at all is written as an empty list, because zeros would mean photos. */
void ghi_trans_flags_write(struct ghi_writer *w, uint32_t flags, bool digits);

#endif
