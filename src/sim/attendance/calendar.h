/* When things happen on a simulated device, in its own wall-clock seconds (since 1970, as if
 * it were UTC). Times follow from the seed and the record's number alone, so a record can be
 * made again at any time; they are four seconds apart, which leaves room between them for
 * records whose clock was off: no two punches of a device ever share a second. */
#ifndef GH_SIM_ATTENDANCE_CALENDAR_H
#define GH_SIM_ATTENDANCE_CALENDAR_H

#include "base/civil_time.h"
#include "sim/attendance/plan.h"

/* Of punch `index` on a clock that is right. */
int64_t calendar_punch_s(const struct plan *p, uint32_t device, uint32_t index);

/* How far off the clock was at that punch (fault clock-jump). */
int64_t calendar_jump_s(const struct plan *p, uint32_t device, uint32_t index);

/* When punch number `index` is made, in milliseconds after the fleet started; 0 for those
 * in the log at the start. */
int64_t calendar_due_ms(const struct plan *p, uint32_t device, uint32_t index);
/* How many punches there are by then. */
uint32_t calendar_punches(const struct plan *p, uint32_t device, int64_t elapsed_ms);

/* Of record `index` of a list that held `base` records at the start. */
int64_t calendar_record_s(const struct plan *p, uint32_t base, uint32_t index);

/* A device's stamp: seconds in months of 31 days since 2000 (QUIRKS Q23). */
uint64_t calendar_stamp(int64_t seconds);

#endif
