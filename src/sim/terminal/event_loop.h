/* Simulated terminals on sockets of this machine: TCP and UDP, one thread. */
#ifndef GH_SIM_TERMINAL_EVENT_LOOP_H
#define GH_SIM_TERMINAL_EVENT_LOOP_H

#include "sim/terminal/device.h"

struct term_loop;

/* Open the terminals, made after the plans in turn, and listen. The first plan has their number.
 * The first listens on ADDR:PORT, the others on the ports after it; port 0 finds free ones.
 * *reason is a static text where it fails. GH_EINVALID: not
 * an address. GH_EIO, GH_ENOMEM. The plans must outlive it. */
GH_MUST_CHECK enum gh_err term_loop_open(const struct term_plan *plan, uint32_t plans,
					 const char *listen, struct term_loop **out,
					 const char **reason);
void term_loop_close(struct term_loop *s); /* NULL is fine */

/* "tcp://127.0.0.1:4370" of a terminal; the text is freed by the caller. */
char *term_loop_address(const struct term_loop *s, uint32_t device, bool tcp);

/* Serve until the time is over (0: no limit), or SIGINT or SIGTERM came. */
GH_MUST_CHECK enum gh_err term_loop_run(struct term_loop *s, int64_t duration_ms);

/* The statistics as one JSON object. */
void term_loop_report(const struct term_loop *s, struct json *j);

/* A terminal, to read its contents. */
const struct term_device *term_loop_device(const struct term_loop *s, uint32_t device);

#endif
