/* A connection's beginning and end. One over which something arrived but no request is reported when
 * it closes. That is what a device set to HTTPS looks like on a plain port. */
#include "base/clock.h"
#include "http/http_private.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <linux/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define TCP_OPEN \
	1 /* tcpi_state of a connection that neither side has closed: TCP_ESTABLISHED */

void connection_peer(struct MHD_Connection *connection, char to[INET6_ADDRSTRLEN])
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *sa = info ? info->client_addr : NULL;

	if (sa && sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)sa;

		inet_ntop(AF_INET, &in->sin_addr, to, INET6_ADDRSTRLEN);
	} else if (sa && sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)(const void *)sa;

		/* An IPv4 peer of a socket that serves both is still an IPv4 peer. */
		if (IN6_IS_ADDR_V4MAPPED(&in->sin6_addr))
			inet_ntop(AF_INET, in->sin6_addr.s6_addr + 12, to, INET6_ADDRSTRLEN);
		else
			inet_ntop(AF_INET6, &in->sin6_addr, to, INET6_ADDRSTRLEN);
	}
}

/* -1: unknown. From version 0.9.77.1 of the library on, what one question about a connection returns lasts
 * until the next one, so its value is taken at once. */
static int connection_fd(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info ? info->connect_fd : -1;
}

static struct http_connection *connection_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

/* The library reports no end of a request whose parameters do not fit, and version 1.0 none of one whose
 * line of a chunk's size does not: it ends when the next one begins, or with the connection. */
static void connection_request_drop(struct http_connection *c)
{
	struct http_request *r = c->request;

	c->request = NULL;
	if (r)
		request_free(r, MHD_REQUEST_TERMINATED_WITH_ERROR);
}

struct http_connection *connection_request_begun(struct MHD_Connection *connection,
						 struct http_request *r)
{
	struct http_connection *c = connection_of(connection);

	if (c == NULL)
		return NULL;
	connection_request_drop(c);
	c->request_begun = true;
	c->request = r;
	return c;
}

void connection_answer(struct MHD_Connection *connection, const char *bytes, size_t n)
{
	int fd = connection_fd(connection);
	const union MHD_ConnectionInfo *tls =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	if (fd < 0)
		return;
	/* A full buffer or a peer that has gone costs the answer, no more. */
	if (tls && tls->tls_session) {
		(void)gnutls_record_send(tls->tls_session, bytes, n);
		(void)gnutls_bye(tls->tls_session, GNUTLS_SHUT_WR);
	} else {
		(void)!send(fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	}
	shutdown(fd, SHUT_RDWR);
}

/* The bytes counted by the kernel; 0 when it reports none. */
static uint64_t bytes_received(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct tcp_info tcp = { 0 };
	socklen_t n = sizeof(tcp);

	if (info == NULL ||
	    getsockopt(info->connect_fd, IPPROTO_TCP, TCP_INFO, &tcp, &n) != 0 ||
	    n < offsetof(struct tcp_info, tcpi_bytes_received) +
			    sizeof(tcp.tcpi_bytes_received))
		return 0;
	/* The end of what the peer sends counts as a byte. */
	return tcp.tcpi_bytes_received -
	       (tcp.tcpi_bytes_received && tcp.tcpi_state != TCP_OPEN);
}

static void connection_report_none(struct http_listener *l, struct MHD_Connection *connection,
				   enum http_tls offered)
{
	char peer[INET6_ADDRSTRLEN] = "", text[192];
	struct http_no_request what = {
		.cause = l->config.tls_cert ? HTTP_NO_TLS : HTTP_NO_HTTP,
		.peer = peer,
		.bytes = bytes_received(connection),
		.message = text,
	};

	/* Nothing arrived: a probe of whether the port is open. */
	if (what.bytes == 0)
		return;
	connection_peer(connection, peer);
	if (offered != HTTP_TLS_UNKNOWN && offered < HTTP_TLS_1_2 &&
	    offered < l->config.tls_oldest) {
		what.cause = HTTP_TLS_TOO_OLD;
		snprintf(text, sizeof(text),
			 "%s offers no later TLS than %s; the oldest that is accepted is %s",
			 peer, tls_version_text(offered),
			 tls_version_text(l->config.tls_oldest));
	} else {
		snprintf(text, sizeof(text),
			 l->config.tls_cert
				 ? "%llu bytes from %s and no request; is it set to HTTP? this "
				   "is HTTPS"
				 : "%llu bytes from %s that are no request: a malformed or too "
				   "long "
				   "request line; or is it set to HTTPS? this is HTTP",
			 (unsigned long long)what.bytes, peer);
	}
	l->config.no_request(l->config.ctx, &what);
}

/* Over the ceiling a connection is closed at once, rather than left to wait in the kernel's
 * queue for one that leaves. */
enum MHD_Result connection_admit(void *cls, const struct sockaddr *peer, socklen_t peer_n)
{
	struct http_listener *l = cls;

	(void)peer_n;
	if (atomic_load_explicit(&l->quiet, memory_order_relaxed))
		return MHD_NO;
	return peers_admit(l->peers, peer, ghi_clock_monotonic_ms()) ? MHD_YES : MHD_NO;
}

static void *connection_begin(struct http_listener *l, struct MHD_Connection *connection)
{
	int fd = connection_fd(connection);
	const union MHD_ConnectionInfo *address =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct http_connection *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->listener = l;
	c->worker = resume_worker(l);
	if (fd >= 0 && address)
		c->peer = peers_enter(l->peers, address->client_addr, fd,
				      ghi_clock_monotonic_ms());
	if (l->tls) {
		const union MHD_ConnectionInfo *tls =
			MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

		if (tls && tls->tls_session)
			c->identity = tls_session_begin(l->tls, tls->tls_session, &c->offered);
	}
	return c;
}

void connection_notify(void *cls, struct MHD_Connection *connection, void **context,
		       enum MHD_ConnectionNotificationCode what)
{
	struct http_listener *l = cls;
	struct http_connection *c;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = connection_begin(l, connection);
		return;
	}
	c = *context;
	if (c == NULL)
		return;
	connection_request_drop(c);
	if (!c->request_begun && l->config.no_request)
		connection_report_none(l, connection, c->offered);
	peers_leave(l->peers, c->peer);
	tls_identity_drop(c->identity);
	free(c);
}
