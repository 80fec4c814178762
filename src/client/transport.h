/* A socket to one terminal, with deadlines and a way to be interrupted. */
#ifndef GH_CLIENT_TRANSPORT_H
#define GH_CLIENT_TRANSPORT_H

#include "base/err.h"
#include "base/slice.h"
#include "client/address.h"

typedef int64_t ghi_clock; /* monotonic milliseconds */

struct ghi_transport {
	int fd; /* -1: closed */
	bool tcp;
	int wake;   /* readable: the wait is to end; -1: it cannot be ended */
	int system; /* errno of the last failure */
};

ghi_clock ghi_clock_now(void);

static inline struct ghi_transport ghi_transport_closed(int wake)
{
	return (struct ghi_transport){ .fd = -1, .wake = wake };
}

/* Connect over TCP or UDP before the deadline. GH_EUNREACHABLE: no such host, refused, no
 * route; GH_ETIMEOUT, GH_ECANCELLED. Resolving the name is not interrupted by either. */
GH_MUST_CHECK enum gh_err ghi_transport_open(struct ghi_transport *t,
					     const struct ghi_address *a, bool tcp,
					     ghi_clock deadline);
void ghi_transport_close(struct ghi_transport *t);

/* Send everything, or over UDP one datagram. GH_ECLOSED, GH_EIO, GH_ETIMEOUT, GH_ECANCELLED. */
GH_MUST_CHECK enum gh_err ghi_transport_send(struct ghi_transport *t, gh_slice bytes,
					     ghi_clock deadline);

/* Wait for bytes, or one datagram, and take what is there, at most cap. GH_ETIMEOUT: nothing
 * came before the deadline. GH_ECLOSED: the other side closed. GH_ECANCELLED, GH_EIO. */
GH_MUST_CHECK enum gh_err ghi_transport_receive(struct ghi_transport *t, void *buf, size_t cap,
						size_t *n, ghi_clock deadline);

/* Wait for nothing but an interruption: GH_ECANCELLED, or GH_OK at the deadline. */
enum gh_err ghi_transport_wait(struct ghi_transport *t, ghi_clock deadline);

#endif
