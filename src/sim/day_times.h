/* The times of a day at which a device sends what it did not send at once, as a server sets them: "09:00;14:05".
 * What is no time among them counts as none. */
#ifndef GH_SIM_DAY_TIMES_H
#define GH_SIM_DAY_TIMES_H

#include "base/slice.h"

#include <stdint.h>

/* Seconds from `clock_s` (of the device's clock; any day) to the first of the times, 1 to 86400; 0: there is none. */
int64_t sim_day_times_wait(gh_slice times, int64_t clock_s);

#endif
