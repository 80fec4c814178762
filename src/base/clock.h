/* The clocks of this machine. Only the outermost code reads a clock; all functions below it take
 * the time as an argument. All functions are safe from any thread. */
#ifndef GH_BASE_CLOCK_H
#define GH_BASE_CLOCK_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

/* Milliseconds since 1970 in UTC. This clock can be set, forwards and back. */
int64_t ghi_clock_wall_ms(void);

/* Time since an arbitrary moment before the start of the program; never set, never decreasing. */
int64_t ghi_clock_monotonic_ms(void);
int64_t ghi_clock_monotonic_us(void);

/* The moment `ms` milliseconds from now, for a timed wait on a condition of the next function. */
struct timespec ghi_clock_deadline(int64_t ms);
/* A condition whose timed waits count on the monotonic clock. 0, or an error of pthread. */
int ghi_clock_condition_init(pthread_cond_t *condition);

#endif
