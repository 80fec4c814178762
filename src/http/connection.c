/* A connection's beginning and end: counted, and told of when something came and none of it
 * was a request. That is what a device set to HTTPS looks like on a plain port. */
#include "http/exchange.h"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define TCP_OPEN 1 /* tcpi_state of a connection nobody has closed yet: TCP_ESTABLISHED */

struct connection {
	bool asked; /* a request line was read */
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

void connection_asked(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct connection *c = info ? info->socket_context : NULL;

	if (c)
		c->asked = true;
}

/* What the kernel counted; 0 when it does not say. */
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

static void tell_of_none(struct http_listener *l, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *answered =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_HTTP_STATUS);
	uint64_t bytes = bytes_received(connection);
	char peer[INET6_ADDRSTRLEN] = "", text[160];

	/* Nothing came: somebody looked whether the port is open. Answered: told already. */
	if (bytes == 0 || (answered && answered->http_status))
		return;
	connection_peer(connection, peer);
	snprintf(text, sizeof(text),
		 "%llu bytes from %s that are no request; is it set to HTTPS? this is HTTP",
		 (unsigned long long)bytes, peer);
	l->config.noise(l->config.ctx, text);
}

void connection_changed(void *cls, struct MHD_Connection *connection, void **context,
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
	/* What goes wrong in TLS, its library tells. */
	if (c && !c->asked && l->config.noise && l->config.tls_cert == NULL)
		tell_of_none(l, connection);
	free(c);
}
