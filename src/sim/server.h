/* Where a simulated device calls: http://HOST[:PORT][/PREFIX], or https://. */
#ifndef GH_SIM_SERVER_H
#define GH_SIM_SERVER_H

#include "base/err.h"
#include "sim/tls.h"

#include <stdint.h>
#include <sys/socket.h>

struct sim_server {
	struct sockaddr_storage address;
	socklen_t length;
	/* The address of this machine that devices call from, where they take datagrams (wire/push/wake.h);
	 * from.length 0: any, and they take none. */
	struct {
		struct sockaddr_storage address;
		socklen_t length;
	} from;
	char host
		[280]; /* as in the Host header; the port is left out when it is the usual one */
	char name[256]; /* the host alone */
	char prefix
		[512]; /* before "/iclock"; "" or "/slug"; behind a proxy also the address before it */
	char tunnel[280]; /* HOST:PORT that a proxy is to connect to; "": it is called itself */
	bool https;	  /* as the address has it */
	struct sim_tls *tls; /* owned; NULL: plain */
};

/* Names are looked up here, once. The port is 80 unless the address has another, of https 443. With `proxy`,
 * http://HOST[:PORT] (NULL: none), that is called: requests have the whole address in their line, and TLS goes
 * through a tunnel of CONNECT; the server's name is left to the proxy. GH_EINVALID (bad URL), GH_EUNREACHABLE (no
 * such host): *reason is a static text. */
GH_MUST_CHECK enum gh_err sim_server_open(const char *url, const char *proxy,
					  struct sim_server *out, const char **reason);

/* The same server behind the HTTP proxy at a numeric address; its trust stays the one of `direct`, which lives
 * longer. GH_EINVALID: it is no address, or `direct` is behind a proxy. */
GH_MUST_CHECK enum gh_err sim_server_through(const struct sim_server *direct,
					     const char *address, uint16_t port,
					     struct sim_server *out);

/* They call from that numeric address. GH_EINVALID: it is none, or of another family than the server's. */
GH_MUST_CHECK enum gh_err sim_server_call_from(struct sim_server *s, const char *address);
/* What is trusted of it, where the address is one of https; otherwise nothing happens. As sim_tls_open(). */
GH_MUST_CHECK enum gh_err sim_server_trust(struct sim_server *s, const char *ca, bool insecure,
					   const char **reason);
void sim_server_close(struct sim_server *s);

#endif
