/* The door of a clock: who may open it, by the groups, periods, holidays and combinations that the device holds
 * (Attendance PUSH 2020-03, 12.1.1.14 to 12.1.1.17; PUSH SDK 2013, 3.2.4-5). The documents print the records and
 * not what a device makes of them, so this is chosen here: a person without a group is in group 1; a period that is
 * not on the device lets no person pass, but number 1 always; on a holiday its period decides in place of those of groups
 * for which holidays count; without combinations each person opens, or as many as UnlockPerson has; those of a
 * combination come within ten seconds. TIMEZONE and GLOCK of the older document decide nothing: their layout is not
 * printed. */
#ifndef GH_SIM_ATTENDANCE_DOOR_H
#define GH_SIM_ATTENDANCE_DOOR_H

#include "sim/attendance/device.h"

/* A person who was verified comes to the door. */
void door_come(struct sim_device *d, gh_slice pin);
/* A person was refused before; `why` is a word of the truth. */
void door_refuse(struct sim_device *d, gh_slice pin, const char *why);

/* By order: for as long as the lock is set to (LockOn). */
void door_unlock(struct sim_device *d);
/* By order. */
void door_alarm_cancel(struct sim_device *d);

bool door_is_open(const struct sim_device *d);

#endif
