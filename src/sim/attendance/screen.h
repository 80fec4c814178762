/* Short messages on the screen of a clock (Attendance PUSH 2020-03, 12.1.1.9 and 12.1.1.10): one for all (TAG 253)
 * from its StartTime for MIN minutes, one for a person (254) when that person comes within them. MIN 0 has no end;
 * that is chosen here. */
#ifndef GH_SIM_ATTENDANCE_SCREEN_H
#define GH_SIM_ATTENDANCE_SCREEN_H

#include "sim/attendance/device.h"

/* What is shown to all now. */
void screen_update(struct sim_device *d);
/* A person comes. */
void screen_person(struct sim_device *d, gh_slice pin);

/* Whether the message of that UID is shown to all. */
bool screen_shows(const struct sim_device *d, gh_slice uid);

#endif
