/* Comparisons of devices' logs with what is stored of them: when they begin, and their orders and answers
 * (comparison_step.h decides what these are).
 *
 * Each attendance device that calls is compared every so many hours (setting compare), at its own time of the
 * night where these are days: between one and five o'clock in its zone, by its serial number, so that not all are
 * compared at once. One that did not call then is compared when it calls again. Each has one order at a time.
 *
 * Threads: any, unless noted. What is stored is counted on a reader thread, a number of devices at a time, and the
 * rows and orders are written together on the store's. */
#ifndef GH_CORE_COMPARISONS_H
#define GH_CORE_COMPARISONS_H

#include "core/devices.h"
#include "model/comparison.h"

struct comparisons;

/* NULL: no memory. */
struct comparisons *comparisons_new(struct server *server);
/* After the readers have ended and the store's queue was closed. NULL is fine. */
void comparisons_free(struct comparisons *cs);

/* Each second, always on the same thread. NULL is fine. */
void comparisons_tick(struct comparisons *cs);
/* Answers of that device were stored. NULL is fine. */
void comparisons_answered(struct comparisons *cs, struct device *d);
/* A person orders a comparison: it begins when the device calls. */
void comparison_order(struct server *server, struct device *d);

/* The log of a terminal was read to its end: all that bears a time up to that moment is stored, which was its
 * comparison_moment() when the read began. */
void comparison_read(struct server *server, struct device *d, ghi_civil upto);
/* The latest time, in the digits of its clock, of punches that it certainly has by now. */
ghi_civil comparison_moment(struct server *server, struct device *d);
/* The device is to report how many punches it has, because what is known is old: an INFO is queued, not more
 * often than each 30 seconds. */
void device_count_order(struct server *server, struct device *d);

/* What is known of it. */
void device_comparison(struct device *d, struct comparison *out);
/* Whether one was ordered, and has not begun. */
bool device_comparison_waits(const struct device *d);
/* As the store has it, when the program starts. */
void device_comparison_open(struct device *d, const struct comparison *c);
/* Punches of it came, or came again, in one upload: times as on the device. On the store thread. */
struct punch;
void device_comparison_see(struct device *d, const struct punch *p, size_t n);
/* A line of its log came that goes to quarantine. The same. */
void device_comparison_see_line(struct device *d, gh_slice line);

#endif
