/* Simulated terminals on sockets of this machine: TCP and UDP, one thread. */
#ifndef GH_SIM_TERMINAL_SITE_H
#define GH_SIM_TERMINAL_SITE_H

#include "sim/terminal/device.h"

struct term_site;

/* Open the terminals and listen, made after the plans in turn; how many, the first plan says: the first on ADDR:PORT, the others on the ports
 * after it; port 0 finds free ones. *reason is a static text where it fails. GH_EINVALID: not
 * an address. GH_EIO, GH_ENOMEM. The plans must outlive it. */
GH_MUST_CHECK enum gh_err term_site_open(const struct term_plan *plan, uint32_t plans,
					 const char *listen, struct term_site **out,
					 const char **reason);
void term_site_close(struct term_site *s); /* NULL is fine */

/* "tcp://127.0.0.1:4370" of a terminal; the text is freed by the caller. */
char *term_site_address(const struct term_site *s, uint32_t device, bool tcp);

/* Serve until the time is over (0: no limit), or SIGINT or SIGTERM came. */
GH_MUST_CHECK enum gh_err term_site_run(struct term_site *s, int64_t duration_ms);

/* What was asked and said, as one JSON object. */
void term_site_report(const struct term_site *s, struct json *j);

/* A terminal, to look at what it holds. */
const struct term_device *term_site_device(const struct term_site *s, uint32_t device);

#endif
