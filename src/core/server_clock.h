/* The time by which the lifetimes of commands end. It is the time of day, but does not follow a step of
 * the machine's clock (NTP after a boot, a virtual machine that resumes): it goes on with the monotonic
 * clock until the commands that wait are moved by the step, so that each has as much time left as before,
 * and none more than its whole lifetime. What acts (opens a door) or restarts, and words of no known
 * kind, are not moved forwards: their time may be over in truth.
 *
 * Ages of other things (a held device, a problem, what is kept for some days) are those by the time of
 * day, less the steps forwards since the program started: no step makes anything old. */
#ifndef GH_CORE_SERVER_CLOCK_H
#define GH_CORE_SERVER_CLOCK_H

#include "core/server.h"

#define SERVER_CLOCK_STEP_MS 2000 /* a smaller difference is followed at once */

/* Set once, before the first use of the following. Without it, and without `monotonic_ms`, all of these
 * times are that of now_ms(). */
void server_clock_start(struct server *server);

/* Milliseconds since 1970 by which lifetimes are set, and end. */
int64_t server_steady_ms(struct server *server);
/* The same as the time of day, less the steps forwards: what happened at a moment is as old as this is
 * after it. */
int64_t server_aging_ms(struct server *server);
/* Never set; for limits of so many within a time. */
int64_t server_monotonic_ms(struct server *server);

/* When the program opens: an order that waits for a moment was there at that time of day. Where that is still to come,
 * the clock was set back while the program did not run, and such orders (the end of a hold, or of a stay) wait for no
 * longer than until they would have without it, and the program had run: server_held_ahead_ms() is by how much they come
 * earlier. A step forwards makes up for it, as of a machine that sets its clock only after it has started. */
void server_clock_known(struct server *server, int64_t known_ms);
int64_t server_held_ahead_ms(struct server *server);

/* How far the time of day is behind the newest one that is known: of what the store has, and of what this program saw.
 * 0: it is not, or by less than SERVER_CLOCK_STEP_MS. A machine that starts in 1970, or whose clock was set back: what
 * ends or begins at a moment is not decided by it. */
int64_t server_clock_behind_ms(struct server *server);
/* A time that the store has of something that happened. */
void server_clock_stored(struct server *server, int64_t stored_ms);

/* Find a step and begin to move the commands. Called every second, always on the same thread, which is
 * not that of the store. */
void server_clock_tick(struct server *server);

#endif
