#include "sim/terminal/listener.h"

#include "base/number.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 64 };

enum gh_err term_listen_parse(const char *text, struct term_listen *out, const char **reason)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *found;
	const char *colon = strrchr(text, ':');
	enum gh_err err = GH_EINVALID;
	uint64_t port;
	char *host;

	*reason = "ADDR:PORT is expected";
	if (colon == NULL || ghi_number_parse(gh_slice_of(colon + 1), UINT16_MAX, &port))
		return GH_EINVALID;
	host = text[0] == '[' && colon > text + 1 && colon[-1] == ']'
		       ? g_strndup(text + 1, (gsize)(colon - text - 2))
		       : g_strndup(text, (gsize)(colon - text));
	*reason = "no such address";
	if (getaddrinfo(host[0] ? host : NULL, NULL, &hints, &found) == 0) {
		*out = (struct term_listen){ .n = found->ai_addrlen, .port = (uint16_t)port };
		memcpy(&out->address, found->ai_addr, found->ai_addrlen);
		freeaddrinfo(found);
		err = GH_OK;
	}
	g_free(host);
	return err;
}

static void listener_port_set(struct sockaddr_storage *a, uint16_t port)
{
	if (a->ss_family == AF_INET6)
		((struct sockaddr_in6 *)a)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)a)->sin_port = htons(port);
}

static uint16_t port_of(int fd)
{
	struct sockaddr_storage a = { 0 };
	socklen_t n = sizeof(a);

	if (getsockname(fd, (struct sockaddr *)&a, &n))
		return 0;
	return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port
					     : ((struct sockaddr_in *)&a)->sin_port);
}

static int listener_bind(const struct term_listen *at, uint16_t port, int type)
{
	struct sockaddr_storage a = at->address;
	int on = 1;
	int fd = socket(a.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	listener_port_set(&a, port);
	/* UDP sockets that share an address would share datagrams, too. */
	if (type == SOCK_STREAM)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&a, at->n) ||
	    (type == SOCK_STREAM && listen(fd, BACKLOG))) {
		close(fd);
		return -1;
	}
	return fd;
}

enum gh_err term_ports_open(struct term_ports *p, const struct term_listen *at,
			    const char **reason)
{
	*p = (struct term_ports){ .tcp = -1, .udp = -1, .at = *at };
	p->tcp = listener_bind(at, at->port, SOCK_STREAM);
	p->port = p->tcp < 0 ? 0 : port_of(p->tcp);
	if (p->port)
		p->udp = listener_bind(at, p->port, SOCK_DGRAM);
	if (p->udp >= 0)
		return GH_OK;
	*reason = strerror(errno);
	term_ports_close(p);
	return GH_EIO;
}

void term_ports_close(struct term_ports *p)
{
	if (p->tcp >= 0)
		close(p->tcp);
	if (p->udp >= 0)
		close(p->udp);
	p->tcp = p->udp = -1;
}

char *term_ports_text(const struct term_ports *p, bool tcp)
{
	bool six = p->at.address.ss_family == AF_INET6;
	char host[INET6_ADDRSTRLEN];

	if (getnameinfo((const struct sockaddr *)&p->at.address, p->at.n, host, sizeof(host),
			NULL, 0, NI_NUMERICHOST))
		host[0] = 0;
	return g_strdup_printf("%s://%s%s%s:%u", tcp ? "tcp" : "udp", six ? "[" : "", host,
			       six ? "]" : "", (unsigned)p->port);
}

void term_no_delay(int fd)
{
	int on = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}
