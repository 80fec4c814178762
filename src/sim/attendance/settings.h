/* The settings of a device: what it was made with, and what SET OPTION made of it. */
#ifndef GH_SIM_ATTENDANCE_SETTINGS_H
#define GH_SIM_ATTENDANCE_SETTINGS_H

#include "sim/attendance/device.h"

/* The value of a key, or nothing when there is no such setting. */
void settings_put_value(struct ghi_writer *w, const struct sim_device *d, gh_slice key);

/* Whether SET OPTION set it. */
bool settings_changed(const struct sim_device *d, const char *key);
/* Its value as a number; 0: it is none, or there is no such setting. */
uint64_t settings_number(const struct sim_device *d, const char *key);

/* All of them, "key=value" with `end` after each. */
void settings_put_all(struct ghi_writer *w, const struct sim_device *d, const char *end);

/* The body of a settings push: the names in the server's request, or those a device sends
 * unasked; one line. */
void settings_write(struct ghi_writer *w, const struct sim_device *d);

/* GH_EFULL, GH_EMALFORMED (no "key=value"). */
GH_MUST_CHECK enum gh_err settings_set(struct sim_device *d, gh_slice pair);

/* When data that was not sent at once is sent: by interval or at fixed times. */
int64_t settings_flush(const struct sim_device *d);

#endif
