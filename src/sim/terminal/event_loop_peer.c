/* The sockets of the peers: accepting, receiving and sending. The bytes of the protocol are made in
 * link.c. */
#include "sim/terminal/event_loop_private.h"

#include <errno.h>
#include <unistd.h>

enum {
	ACCEPTS = 16,	 /* new connections in one turn */
	TURN = 64,	 /* pieces sent, or datagrams taken, in one turn */
	IDLE_MS = 60000, /* a peer over UDP that may make room for another */
};

uint64_t term_loop_tag(unsigned what, uint32_t terminal, uint32_t link)
{
	return (uint64_t)what << 48 | (uint64_t)link << 32 | terminal;
}

bool term_loop_watch(struct term_loop *s, int fd, uint32_t events, uint64_t what)
{
	struct epoll_event e = { .events = events, .data.u64 = what };

	return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e) == 0;
}

void term_loop_link_drop(struct loop_terminal *a, size_t i)
{
	struct peer *p = &a->peer[i];

	term_link_free(a->device.link[i]);
	if (p->fd >= 0)
		close(p->fd);
	*p = (struct peer){ .fd = -1 };
}

/* --- peers --- */

static size_t terminal_link_index(const struct loop_terminal *a, const struct term_link *l)
{
	size_t i = 0;

	while (a->device.link[i] != l)
		i++;
	return i;
}

void term_loop_accept(struct term_loop *s, uint32_t number)
{
	struct loop_terminal *a = &s->terminals[number];

	for (int i = 0; i < ACCEPTS; i++) {
		int fd = accept4(a->ports.tcp, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		struct term_link *l;
		size_t at;

		if (fd < 0)
			return;
		l = term_link_new(&a->device, true);
		if (l == NULL) {
			s->statistics.refused++;
			close(fd);
			continue;
		}
		term_no_delay(fd);
		at = terminal_link_index(a, l);
		a->peer[at] = (struct peer){ .fd = fd, .readable = true, .writable = true };
		if (!term_loop_watch(s, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
				     term_loop_tag(ON_LINK, number, (uint32_t)at)))
			term_loop_link_drop(a, at);
	}
}

/* The peer a datagram is from. A new one may replace the one that has sent nothing for the longest time. */
static struct term_link *terminal_peer(struct loop_terminal *a,
				       const struct sockaddr_storage *from, socklen_t n)
{
	size_t oldest = TERM_LINKS;
	struct term_link *l;

	for (size_t i = 0; i < TERM_LINKS; i++) {
		struct peer *p = &a->peer[i];

		l = a->device.link[i];
		if (l == NULL || l->tcp)
			continue;
		if (p->address_n == n && memcmp(&p->address, from, n) == 0)
			return l;
		if (oldest == TERM_LINKS ||
		    l->received_ms < a->device.link[oldest]->received_ms)
			oldest = i;
	}
	if (oldest < TERM_LINKS &&
	    a->device.now_ms - a->device.link[oldest]->received_ms > IDLE_MS)
		term_loop_link_drop(a, oldest);
	l = term_link_new(&a->device, false);
	if (l == NULL && oldest < TERM_LINKS) {
		term_loop_link_drop(a, oldest);
		l = term_link_new(&a->device, false);
	}
	if (l) {
		struct peer *p = &a->peer[terminal_link_index(a, l)];

		*p = (struct peer){ .fd = -1, .address_n = n };
		memcpy(&p->address, from, n);
	}
	return l;
}

static void loop_receive_datagrams(struct term_loop *s, struct loop_terminal *a)
{
	for (int i = 0; a->readable; i++) {
		struct sockaddr_storage from = { 0 };
		socklen_t from_n = sizeof(from);
		struct term_link *l;
		ssize_t n;

		if (i == TURN) {
			s->again = true;
			return;
		}
		n = recvfrom(a->ports.udp, s->datagram, GHI_TERMINAL_DATAGRAM_MAX, 0,
			     (struct sockaddr *)&from, &from_n);
		if (n < 0) {
			a->readable = errno != EAGAIN && errno != EWOULDBLOCK;
			continue;
		}
		l = terminal_peer(a, &from, from_n);
		if (l)
			term_link_datagram(l, (gh_slice){ s->datagram, (size_t)n });
	}
}

/* --- bytes --- */

/* false: the connection is over. */
static bool peer_receive(struct peer *p, struct term_link *l)
{
	for (int i = 0; i < TURN && p->readable; i++) {
		size_t room;
		uint8_t *at = term_link_space(l, &room);
		ssize_t n;

		if (room == 0)
			break;
		n = recv(p->fd, at, room, 0);
		if (n > 0 && !term_link_received(l, (size_t)n))
			return false;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			p->readable = false;
		else if (n < 0 && errno != EINTR)
			return false;
		if (n == 0) {
			/* It sends no more, but may still read the answers. */
			p->readable = false;
			l->closing = true;
		}
	}
	return true;
}

static ssize_t peer_send(struct loop_terminal *a, struct peer *p, gh_slice out)
{
	if (p->fd >= 0)
		return send(p->fd, out.p, out.n, MSG_NOSIGNAL);
	return sendto(a->ports.udp, out.p, out.n, MSG_NOSIGNAL,
		      (const struct sockaddr *)&p->address, p->address_n);
}

/* false: the connection is over. *at_ms: when there may be more to send. */
static bool loop_send(struct term_loop *s, struct loop_terminal *a, struct peer *p,
		      struct term_link *l, int64_t *at_ms)
{
	bool *writable = p->fd >= 0 ? &p->writable : &a->writable;

	for (int i = 0; *writable; i++) {
		gh_slice out = term_link_output(l, at_ms);
		ssize_t n;

		if (out.n == 0)
			return true;
		if (i == TURN) {
			s->again = true;
			return true;
		}
		n = peer_send(a, p, out);
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			*writable = false;
		else if (n < 0 && errno != EINTR && p->fd >= 0)
			return false;
		else if (n >= 0 || errno != EINTR)
			/* A datagram that cannot be sent is lost, as on the way. */
			term_link_sent(l, n < 0 ? out.n : (size_t)n);
	}
	return true;
}

static int64_t loop_serve_link(struct term_loop *s, struct loop_terminal *a, size_t i)
{
	struct term_link *l = a->device.link[i];
	struct peer *p = &a->peer[i];
	int64_t at_ms = TERM_NEVER;
	bool open = true;

	if (p->fd >= 0)
		open = peer_receive(p, l);
	if (open)
		open = loop_send(s, a, p, l, &at_ms);
	if (!open || term_link_over(l)) {
		term_loop_link_drop(a, i);
		return TERM_NEVER;
	}
	/* Bytes of the peer may wait until its answers are sent. */
	if (p->fd >= 0 && p->readable && term_outbox_empty(&l->out))
		s->again = true;
	return at_ms;
}

int64_t term_loop_serve(struct term_loop *s)
{
	int64_t next = TERM_NEVER;

	for (uint32_t i = 0; i < s->terminals_n; i++) {
		struct loop_terminal *a = &s->terminals[i];
		int64_t due;

		a->device.now_ms = s->now_ms;
		loop_receive_datagrams(s, a);
		due = term_device_tick(&a->device);
		next = due < next ? due : next;
		for (size_t k = 0; k < TERM_LINKS; k++) {
			if (a->device.link[k] == NULL)
				continue;
			due = loop_serve_link(s, a, k);
			next = due < next ? due : next;
		}
	}
	return next;
}
