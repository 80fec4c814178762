#include "sim/link.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define REPLY_LIMIT ((size_t)4 << 20)

/* Where it is to come from a certain address. */
static int link_bind(int fd, const struct sim_server *server)
{
	int one = 1;

	if (server->from.length == 0)
		return 0;
	/* The port is chosen when it is known where it goes, so that one port serves many connections. */
	(void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
	return bind(fd, (const struct sockaddr *)&server->from.address, server->from.length);
}

static enum gh_err link_socket_open(struct link *l, const struct sim_server *server, int epoll,
				    uint32_t id)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
				 .data.u32 = id };
	int one = 1;

	l->fd = socket(server->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		       0);
	if (l->fd < 0)
		return GH_EUNREACHABLE;
	/* Pieces shall leave as they are cut. */
	setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	l->connected = l->reused = false;
	l->tunnel = server->tunnel[0] ? server->tunnel : NULL;
	l->tunnel_sent = l->tunnel_n = l->tunnel_end = 0;
	if (link_bind(l->fd, server) ||
	    (connect(l->fd, (const struct sockaddr *)&server->address, server->length) &&
	     errno != EINPROGRESS) ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, l->fd, &e)) {
		close(l->fd);
		l->fd = -1;
		return GH_EUNREACHABLE;
	}
	l->tls = server->tls;
	if (l->tls && sim_tls_begin(l->tls, l->fd, &l->session)) {
		close(l->fd);
		l->fd = -1;
		return GH_ENOMEM;
	}
	return GH_OK;
}

enum gh_err link_request(struct link *l, const struct sim_server *server, int epoll,
			 uint32_t id, const struct link_request *r, int64_t now_ms)
{
	uint8_t *out = malloc(r->head.n + r->body.n);

	if (out == NULL)
		return GH_ENOMEM;
	memcpy(out, r->head.p, r->head.n);
	if (r->body.n)
		memcpy(out + r->head.n, r->body.p, r->body.n);
	l->out = out;
	l->out_n = r->head.n + r->body.n;
	l->head_n = r->head.n;
	l->sent = 0;
	l->separate = r->separate;
	l->piece = r->piece;
	l->gap_ms = r->gap_ms;
	l->gap_until_ms = now_ms;
	l->timeout_ms = r->timeout_ms;
	l->deadline_ms = now_ms + r->timeout_ms;
	l->reply = sim_reply_with_limit(REPLY_LIMIT);
	l->reply.exact_case = r->exact_case;
	l->busy = true;
	if (l->fd >= 0) {
		l->reused = true;
		return GH_OK;
	}
	return link_socket_open(l, server, epoll, id);
}

/* --- a tunnel through a proxy --- */

#define TUNNEL_REPLY 4096 /* bytes of its head at most */

static enum gh_err tunnel_request(struct link *l)
{
	char text[640];
	int n = snprintf(text, sizeof(text), "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n",
			 l->tunnel, l->tunnel);

	while (l->tunnel_sent < (size_t)n) {
		ssize_t sent = send(l->fd, text + l->tunnel_sent, (size_t)n - l->tunnel_sent,
				    MSG_NOSIGNAL);

		if (sent < 0)
			return errno == EAGAIN || errno == EINTR ? GH_EBUSY : GH_EUNREACHABLE;
		l->tunnel_sent += (size_t)sent;
	}
	return GH_OK;
}

/* Byte by byte: what follows the head is no longer the proxy's. */
static enum gh_err tunnel_reply(struct link *l)
{
	static const char end[] = "\r\n\r\n";

	while (l->tunnel_end < sizeof(end) - 1) {
		uint8_t c;
		ssize_t n = recv(l->fd, &c, 1, 0);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? GH_EBUSY : GH_EUNREACHABLE;
		if (n == 0 || l->tunnel_n == TUNNEL_REPLY)
			return GH_EUNREACHABLE;
		if (l->tunnel_n < sizeof(l->tunnel_status))
			l->tunnel_status[l->tunnel_n] = c;
		l->tunnel_n++;
		if (c == end[l->tunnel_end])
			l->tunnel_end++;
		else
			l->tunnel_end = c == end[0];
	}
	return l->tunnel_n >= sizeof(l->tunnel_status) &&
			       memcmp(l->tunnel_status, "HTTP/1.", 7) == 0 &&
			       memcmp(l->tunnel_status + 8, " 200", 4) == 0
		       ? GH_OK
		       : GH_EDENIED;
}

/* GH_EBUSY: not yet. GH_EDENIED: the proxy refuses. */
static enum gh_err tunnel_make(struct link *l)
{
	enum gh_err err = tunnel_request(l);

	if (err == GH_OK)
		err = tunnel_reply(l);
	if (err == GH_OK)
		l->tunnel = NULL;
	if (err == GH_EDENIED)
		snprintf(l->tls->proxy_status, sizeof(l->tls->proxy_status), "%.*s",
			 (int)sizeof(l->tunnel_status), (const char *)l->tunnel_status);
	return err;
}

/* GH_EBUSY: not yet. */
static enum gh_err link_connect_finish(struct link *l)
{
	enum gh_err err;
	struct sockaddr_storage peer;
	socklen_t n = sizeof(peer);
	int error = 0;

	if (getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &error, &(socklen_t){ sizeof(error) }) ||
	    error)
		return GH_EUNREACHABLE;
	if (getpeername(l->fd, (struct sockaddr *)&peer, &n))
		return GH_EBUSY;
	err = l->tunnel ? tunnel_make(l) : GH_OK;
	if (err == GH_OK && l->tls)
		err = sim_tls_handshake(l->tls, l->session);
	l->connected = err == GH_OK;
	return err;
}

static ssize_t link_bytes_send(struct link *l, const void *bytes, size_t n)
{
	return l->tls ? sim_tls_send(l->session, bytes, n)
		      : send(l->fd, bytes, n, MSG_NOSIGNAL);
}

static ssize_t link_bytes_receive(struct link *l, void *to, size_t room)
{
	return l->tls ? sim_tls_receive(l->session, l->fd, to, room) : recv(l->fd, to, room, 0);
}

/* How many bytes may leave in one send. */
static size_t link_send_size(const struct link *l)
{
	size_t n = l->out_n - l->sent;

	if (l->separate && l->sent < l->head_n)
		n = l->head_n - l->sent;
	return l->piece && n > l->piece ? l->piece : n;
}

static enum link_state link_send(struct link *l, int64_t now_ms)
{
	while (l->sent < l->out_n) {
		ssize_t n;

		if (l->piece && l->sent && now_ms < l->gap_until_ms)
			return LINK_BUSY;
		n = link_bytes_send(l, l->out + l->sent, link_send_size(l));
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? LINK_BUSY : LINK_BROKEN;
		l->sent += (size_t)n;
		l->gap_until_ms = now_ms + l->gap_ms;
		l->deadline_ms = now_ms + l->timeout_ms;
	}
	return LINK_SENT;
}

static enum link_state link_receive(struct link *l)
{
	uint8_t buffer[16384];

	while (!l->reply.complete) {
		ssize_t n = link_bytes_receive(l, buffer, sizeof(buffer));

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return LINK_BUSY;
		if (n < 0)
			return LINK_BROKEN;
		if (n == 0)
			return sim_reply_end(&l->reply) ? LINK_BROKEN : LINK_ANSWERED;
		l->received += (uint64_t)n;
		if (sim_reply_feed(&l->reply, (gh_slice){ buffer, (size_t)n }))
			return LINK_BROKEN;
	}
	return LINK_ANSWERED;
}

enum link_state link_pump(struct link *l, int64_t now_ms)
{
	enum link_state state = LINK_BUSY;
	bool sending = l->sent < l->out_n;

	if (!l->connected) {
		enum gh_err err = link_connect_finish(l);

		if (err && err != GH_EBUSY)
			return LINK_BROKEN;
	}
	if (l->connected && sending)
		state = link_send(l, now_ms);
	if (state == LINK_SENT)
		return state;
	/* An answer may come before all is sent: a refusal, mostly. */
	if (l->connected) {
		enum link_state received = link_receive(l);

		if (received != LINK_BUSY || state == LINK_BROKEN)
			return received == LINK_ANSWERED ? received : LINK_BROKEN;
	}
	return now_ms >= l->deadline_ms ? LINK_BROKEN : LINK_BUSY;
}

int64_t link_deadline(const struct link *l)
{
	if (l->sent && l->sent < l->out_n && l->piece && l->gap_until_ms < l->deadline_ms)
		return l->gap_until_ms;
	return l->deadline_ms;
}

void link_rest(struct link *l)
{
	free(l->out);
	l->out = NULL;
	l->out_n = l->sent = 0;
	sim_reply_clear(&l->reply);
	l->busy = false;
}

bool link_stale(struct link *l)
{
	uint8_t byte;
	ssize_t n = recv(l->fd, &byte, 1, MSG_PEEK);

	/* Bytes without a request count as an end. */
	return n >= 0 || (errno != EAGAIN && errno != EINTR);
}

void link_close(struct link *l)
{
	link_rest(l);
	sim_tls_end(l->session);
	if (l->fd >= 0)
		close(l->fd);
	*l = link_closed();
}
