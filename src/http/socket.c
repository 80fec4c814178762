/* The listening socket is made here and not by libmicrohttpd, which reports no reason of a
 * failure. */
#include "http/http_private.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 4096 /* the kernel lowers it to net.core.somaxconn */

static enum gh_err bind_error(int error)
{
	switch (error) {
	case EADDRINUSE:
		return GH_EEXISTS;
	case EACCES:
	case EPERM:
		return GH_EDENIED;
	case EADDRNOTAVAIL:
	case EAFNOSUPPORT:
		return GH_EINVALID;
	default:
		return GH_EIO;
	}
}

static const char *bind_reason(int error)
{
	switch (error) {
	case EADDRINUSE:
		return "another program listens there";
	case EACCES:
	case EPERM:
		return "ports below 1024 need a privilege (CAP_NET_BIND_SERVICE)";
	case EADDRNOTAVAIL:
		return "this machine does not have that address";
	default:
		return strerror(error);
	}
}

static uint16_t bound_port(int fd)
{
	struct sockaddr_storage sa;
	socklen_t n = sizeof(sa);

	if (getsockname(fd, (struct sockaddr *)&sa, &n) != 0)
		return 0;
	if (sa.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)(void *)&sa)->sin6_port);
	return ntohs(((struct sockaddr_in *)(void *)&sa)->sin_port);
}

static int socket_open_bound(const struct addrinfo *ai)
{
	int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1, off = 0;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* accepted ones inherit */
	if (ai->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	on = errno;
	close(fd);
	errno = on;
	return -1;
}

enum gh_err socket_listen(const char *address, uint16_t port, int *fd, uint16_t *bound,
			  char *why, size_t why_size)
{
	const struct addrinfo hints = { .ai_flags =
						AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
					.ai_socktype = SOCK_STREAM };
	struct addrinfo *ai;
	char service[8];

	snprintf(service, sizeof(service), "%u", port);
	if (getaddrinfo(address, service, &hints, &ai) != 0) {
		snprintf(why, why_size, "\"%s\" is not a numeric IPv4 or IPv6 address",
			 address);
		return GH_EINVALID;
	}
	*fd = socket_open_bound(ai);
	freeaddrinfo(ai);
	if (*fd < 0) {
		int error = errno;

		snprintf(why, why_size, "cannot listen on %s port %u: %s", address, port,
			 bind_reason(error));
		return bind_error(error);
	}
	*bound = bound_port(*fd);
	return GH_OK;
}
