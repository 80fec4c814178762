#include "client/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum { WAIT_MAX_MS = 60 * 60 * 1000, RECEIVE_BUFFER = 1 << 20 };

ghi_clock ghi_clock_now(void)
{
	return ghi_clock_monotonic_ms();
}

/* A socket error as one of ours; t->system keeps errno. */
static enum gh_err transport_fail(struct ghi_transport *t, int error)
{
	t->system = error;
	switch (error) {
	case ECONNRESET:
	case EPIPE:
	case ENOTCONN:
		return GH_ECLOSED;
	case ECONNREFUSED:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EHOSTDOWN:
	case ENETDOWN:
	case EADDRNOTAVAIL:
		return GH_EUNREACHABLE;
	case ETIMEDOUT:
		return GH_ETIMEOUT;
	case ENOMEM:
	case ENOBUFS:
		return GH_ENOMEM;
	default:
		return GH_EIO;
	}
}

static enum gh_err transport_wait(struct ghi_transport *t, short events, ghi_clock deadline)
{
	struct pollfd p[2] = { { t->fd, events, 0 }, { t->wake, POLLIN, 0 } };

	for (;;) {
		ghi_clock left = deadline - ghi_clock_now();
		int n;

		if (left < 0)
			left = 0;
		n = poll(p, 2, left > WAIT_MAX_MS ? WAIT_MAX_MS : (int)left);
		if (n < 0 && errno != EINTR)
			return transport_fail(t, errno);
		if (n > 0 && p[1].revents)
			return GH_ECANCELLED;
		if (n > 0)
			return GH_OK;
		if (n == 0 && ghi_clock_now() >= deadline)
			return GH_ETIMEOUT;
	}
}

static enum gh_err transport_address_connect(struct ghi_transport *t, const struct addrinfo *a,
					     ghi_clock deadline)
{
	int one = 1, idle = 30, between = 10, probes = 3, size = RECEIVE_BUFFER, error = 0;
	socklen_t length = sizeof(error);
	enum gh_err err;

	t->fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       a->ai_protocol);
	if (t->fd < 0)
		return transport_fail(t, errno);
	if (t->tcp) {
		setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		/* A wait for live events ends when the device is gone. */
		setsockopt(t->fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
		setsockopt(t->fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
		setsockopt(t->fd, IPPROTO_TCP, TCP_KEEPINTVL, &between, sizeof(between));
		setsockopt(t->fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
	} else {
		setsockopt(t->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	}
	if (connect(t->fd, a->ai_addr, a->ai_addrlen) == 0)
		return GH_OK;
	if (errno != EINPROGRESS)
		return transport_fail(t, errno);
	err = transport_wait(t, POLLOUT, deadline);
	if (err)
		return err;
	if (getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &error, &length))
		error = errno;
	return error ? transport_fail(t, error) : GH_OK;
}

enum gh_err ghi_transport_open(struct ghi_transport *t, const struct ghi_address *a, bool tcp,
			       ghi_clock deadline)
{
	struct addrinfo hints = { .ai_socktype = tcp ? SOCK_STREAM : SOCK_DGRAM,
				  .ai_flags = AI_NUMERICSERV };
	struct addrinfo *list = NULL;
	enum gh_err err = GH_EUNREACHABLE;
	int rc = getaddrinfo(a->host, a->port, &hints, &list);

	t->tcp = tcp;
	t->system = 0;
	if (rc == EAI_MEMORY)
		return GH_ENOMEM;
	if (rc)
		return GH_EUNREACHABLE;
	for (const struct addrinfo *i = list; i; i = i->ai_next) {
		err = transport_address_connect(t, i, deadline);
		if (err == GH_OK || err == GH_ECANCELLED)
			break;
		ghi_transport_close(t);
	}
	freeaddrinfo(list);
	if (err)
		ghi_transport_close(t);
	return err;
}

void ghi_transport_close(struct ghi_transport *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

enum gh_err ghi_transport_send(struct ghi_transport *t, gh_slice bytes, ghi_clock deadline)
{
	t->system = 0;
	while (bytes.n) {
		ssize_t n = send(t->fd, bytes.p, bytes.n, MSG_NOSIGNAL);

		if (n >= 0) {
			bytes = gh_slice_from(bytes, (size_t)n);
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			enum gh_err err = transport_wait(t, POLLOUT, deadline);

			if (err)
				return err;
		} else if (errno != EINTR) {
			return transport_fail(t, errno);
		}
	}
	return GH_OK;
}

enum gh_err ghi_transport_receive(struct ghi_transport *t, void *buf, size_t cap, size_t *n,
				  ghi_clock deadline)
{
	t->system = 0;
	for (;;) {
		ssize_t got = recv(t->fd, buf, cap, 0);
		enum gh_err err;

		if (got > 0 || (got == 0 && !t->tcp)) {
			*n = (size_t)got;
			return GH_OK;
		}
		if (got == 0)
			return GH_ECLOSED;
		if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
			return transport_fail(t, errno);
		err = transport_wait(t, POLLIN, deadline);
		if (err)
			return err;
	}
}

enum gh_err ghi_transport_wait(struct ghi_transport *t, ghi_clock deadline)
{
	struct ghi_transport nothing = ghi_transport_closed(t->wake);
	enum gh_err err = transport_wait(&nothing, 0, deadline);

	return err == GH_ECANCELLED ? err : GH_OK;
}
