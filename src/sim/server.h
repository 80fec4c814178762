/* Where a simulated device calls: http://HOST[:PORT][/PREFIX]. */
#ifndef GH_SIM_SERVER_H
#define GH_SIM_SERVER_H

#include "base/err.h"

#include <sys/socket.h>

struct sim_server {
	struct sockaddr_storage address;
	socklen_t length;
	char host[280];	  /* as in the Host header; the port is left out when it is 80 */
	char prefix[128]; /* before "/iclock"; "" or "/slug" */
	/* The address of this machine that devices call from, where they take datagrams (wire/push/wake.h);
	 * from.length 0: any, and they take none. */
	struct {
		struct sockaddr_storage address;
		socklen_t length;
	} from;
};

/* Names are looked up here, once. GH_EINVALID (bad URL, https), GH_EUNREACHABLE (no such
 * host): *reason is a static text. */
GH_MUST_CHECK enum gh_err sim_server_open(const char *url, struct sim_server *out,
					  const char **reason);

/* They call from that numeric address. GH_EINVALID: it is none, or of another family than the server's. */
GH_MUST_CHECK enum gh_err sim_server_call_from(struct sim_server *s, const char *address);

#endif
