/* A connection's beginning and end. Connections are counted. A connection that sent bytes but no
 * request is reported when it closes; a device set to HTTPS on a plain port does that. */
#include "http/http_private.h"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define TCP_OPEN \
	1 /* tcpi_state of a connection that neither side has closed: TCP_ESTABLISHED */

struct connection {
	bool request_begun;	      /* a request line was read */
	struct http_request *request; /* which has not ended */
};

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

static struct connection *connection_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

void connection_request_begun(struct MHD_Connection *connection, struct http_request *r)
{
	struct connection *c = connection_of(connection);

	if (c) {
		c->request_begun = true;
		c->request = r;
	}
}

void connection_request_ended(struct MHD_Connection *connection)
{
	struct connection *c = connection_of(connection);

	if (c)
		c->request = NULL;
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

static void connection_report_none(struct http_listener *l, struct MHD_Connection *connection)
{
	uint64_t bytes = bytes_received(connection);
	char peer[INET6_ADDRSTRLEN] = "", text[192];

	/* Nothing arrived: a probe of whether the port is open. */
	if (bytes == 0)
		return;
	connection_peer(connection, peer);
	snprintf(text, sizeof(text),
		 l->config.tls_cert
			 ? "%llu bytes from %s and no request; is it set to HTTP? this is HTTPS"
			 : "%llu bytes from %s that are no request: a malformed or too long "
			   "request line; or is it set to HTTPS? this is HTTP",
		 (unsigned long long)bytes, peer);
	l->config.no_request(l->config.ctx, text);
}

void connection_notify(void *cls, struct MHD_Connection *connection, void **context,
		       enum MHD_ConnectionNotificationCode what)
{
	struct http_listener *l = cls;
	struct connection *c;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		atomic_fetch_add_explicit(&l->connections, 1, memory_order_relaxed);
		*context = calloc(1, sizeof(struct connection));
		return;
	}
	atomic_fetch_sub_explicit(&l->connections, 1, memory_order_relaxed);
	c = *context;
	/* Version 1.0 of the library leaves a request without an end where the line of a chunk's size
	 * does not fit. */
	if (c && c->request)
		request_end(l, connection, &(void *){ c->request },
			    MHD_REQUEST_TERMINATED_WITH_ERROR);
	if (c && !c->request_begun && l->config.no_request)
		connection_report_none(l, connection);
	free(c);
}
