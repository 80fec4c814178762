/* The two sockets of a simulated terminal: TCP and UDP on one port. */
#ifndef GH_SIM_TERMINAL_LISTENER_H
#define GH_SIM_TERMINAL_LISTENER_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct term_listen {
	struct sockaddr_storage address;
	socklen_t n;
	uint16_t port; /* 0: any */
};

/* "ADDR:PORT" or "[ADDR]:PORT". *reason: a static text. */
GH_MUST_CHECK enum gh_err term_listen_parse(const char *text, struct term_listen *out,
					    const char **reason);

struct term_ports {
	int tcp, udp;
	uint16_t port;
	struct term_listen at;
};

/* Both or none. GH_EIO: *reason is set. */
GH_MUST_CHECK enum gh_err term_ports_open(struct term_ports *p, const struct term_listen *at,
					  const char **reason);
void term_ports_close(struct term_ports *p);

/* "tcp://ADDR:PORT", freed by the caller. */
char *term_ports_text(const struct term_ports *p, bool tcp);

/* Small packets go at once, as a device sends them. */
void term_no_delay(int fd);

#endif
