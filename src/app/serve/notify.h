/* The state of the server for the service manager, by the protocol of sd_notify(3) and libsystemd. Where
 * $NOTIFY_SOCKET is not set, or the build has no libsystemd, nothing is sent. The functions are for the
 * thread that opens, runs and closes the server. */
#ifndef GH_APP_SERVE_NOTIFY_H
#define GH_APP_SERVE_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

struct serve;

/* STATUS=: what is being done before the server is ready. */
void notify_opening(const char *what);
/* READY=1: the listeners serve; also after notify_reloading(). */
void notify_ready(const struct serve *s);
/* RELOADING=1, until notify_ready(). */
void notify_reloading(void);
/* STOPPING=1 */
void notify_stopping(void);
/* STATUS= of a server that runs, about once a minute. */
void notify_status(const struct serve *s);
/* WATCHDOG=1: everything made progress since the last time. */
void notify_alive(void);
/* The time within which notify_alive() is expected, in microseconds; 0: it is not expected. */
uint64_t notify_watchdog_us(void);

#endif
