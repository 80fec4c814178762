/* One connection of a simulated device, without blocking: a request is sent, in as many pieces
 * as its disturbance has, and the response is read. */
#ifndef GH_SIM_LINK_H
#define GH_SIM_LINK_H

#include "sim/prng.h"
#include "sim/reply.h"
#include "sim/server.h"

#include <sys/types.h>

struct link {
	int fd;		     /* -1: closed */
	struct sim_tls *tls; /* of the server; NULL: plain */
	const char *tunnel;  /* HOST:PORT that the proxy is still to connect to; NULL: none */
	size_t tunnel_sent, tunnel_n; /* of the request for it; of the reply */
	uint8_t tunnel_end; /* how much of the blank line behind the reply's head there is */
	uint8_t tunnel_status[12]; /* its beginning */
	gnutls_session_t session;  /* on that; NULL: none yet, or plain */
	uint8_t *out;		   /* owned; the request while it is being sent and answered */
	size_t out_n, head_n, sent;
	size_t piece;				/* bytes in one send; 0: all */
	bool connected, separate, reused, busy; /* connected: requests may be sent */
	int64_t gap_ms, gap_until_ms, timeout_ms, deadline_ms;
	struct sim_reply reply;
	uint64_t received; /* bytes since it was opened */
};

enum link_state {
	LINK_BUSY,     /* more to send or to come */
	LINK_SENT,     /* the last byte went out just now */
	LINK_ANSWERED, /* reply is complete */
	LINK_BROKEN,   /* closed by the server, refused, timed out, not HTTP */
};

/* A request as it is to be sent. */
struct link_request {
	gh_slice head, body;
	bool separate; /* head and body in sends of their own */
	bool exact_case;
	size_t piece;
	int64_t gap_ms; /* between pieces */
	int64_t timeout_ms;
};

static inline struct link link_closed(void)
{
	return (struct link){ .fd = -1 };
}

/* Keep the request; a connection is made when there is none, and reported to epoll (edge
 * triggered) with `id`. GH_ENOMEM, GH_EUNREACHABLE. */
GH_MUST_CHECK enum gh_err link_request(struct link *l, const struct sim_server *server,
				       int epoll, uint32_t id, const struct link_request *r,
				       int64_t now_ms);

/* Go on after an event or when link_deadline has come. */
enum link_state link_pump(struct link *l, int64_t now_ms);
int64_t link_deadline(const struct link *l);

/* The request is over; the connection stays. */
void link_rest(struct link *l);
/* Whether a resting connection was closed from the other side. */
bool link_stale(struct link *l);
void link_close(struct link *l);

#endif
