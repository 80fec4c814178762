/* Sockets only: the bytes of the protocol are made in link.c. */
#include "sim/terminal/event_loop.h"

#include "base/clock.h"
#include "sim/terminal/link.h"
#include "sim/terminal/listener.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	EVENTS = 128,
	ACCEPTS = 16,	 /* new connections in one turn */
	TURN = 64,	 /* pieces sent, or datagrams taken, in one turn */
	IDLE_MS = 60000, /* a peer over UDP that may make room for another */
	WAIT_MS = 1000,
	ATTEMPTS = 100, /* to find free ports */
	LOW_PORT = 10240,
	HIGH_PORT = 32000,
};

/* What an epoll event is about: a terminal's listener, its UDP socket, or one of its links. */
enum { ON_SIGNAL, ON_TCP, ON_UDP, ON_LINK };

struct peer {
	int fd; /* -1: UDP */
	bool readable, writable;
	struct sockaddr_storage address; /* UDP */
	socklen_t address_n;
};

struct loop_terminal {
	struct term_device device;
	struct term_ports ports;
	bool readable, writable; /* the UDP socket */
	struct peer peer[TERM_LINKS];
};

struct term_loop {
	const struct term_plan *plan;
	uint32_t plans;
	struct term_statistics statistics;
	struct loop_terminal *terminals;
	uint32_t terminals_n; /* that are open */
	int epoll, signals;
	sigset_t before; /* the signals that were blocked before */
	int64_t began_ms, now_ms;
	bool stop, again; /* again: a link has more to do than one turn allows */
	uint8_t *datagram;
};

static uint64_t loop_tag(unsigned what, uint32_t terminal, uint32_t link)
{
	return (uint64_t)what << 48 | (uint64_t)link << 32 | terminal;
}

static bool loop_watch(struct term_loop *s, int fd, uint32_t events, uint64_t what)
{
	struct epoll_event e = { .events = events, .data.u64 = what };

	return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e) == 0;
}

/* --- opening --- */

static void loop_close_ports(struct term_loop *s)
{
	for (uint32_t i = 0; i < s->terminals_n; i++)
		term_ports_close(&s->terminals[i].ports);
	s->terminals_n = 0;
}

/* All ports in a row, or none. */
static enum gh_err loop_open_ports(struct term_loop *s, struct term_listen *at,
				   const char **reason)
{
	enum gh_err err = GH_OK;
	uint16_t first = at->port;

	for (s->terminals_n = 0; err == GH_OK && s->terminals_n < s->plan->devices;) {
		struct term_ports *p = &s->terminals[s->terminals_n].ports;

		err = term_ports_open(p, at, reason);
		if (err)
			break;
		s->terminals_n++;
		if (at->port == 0)
			at->port = p->port;
		at->port++;
	}
	if (err)
		loop_close_ports(s);
	at->port = first;
	return err;
}

/* A free TCP port need not be free for UDP. Several in a row are hard to find among the
 * system's ephemeral ports, so they are searched below these. */
static enum gh_err loop_find_ports(struct term_loop *s, const struct term_listen *at,
				   const char **reason)
{
	struct term_listen attempt = *at;
	enum gh_err err = GH_EIO;

	if (at->port)
		return loop_open_ports(s, &attempt, reason);
	for (uint32_t i = 0; err == GH_EIO && i < ATTEMPTS; i++) {
		if (s->plan->devices > 1)
			attempt.port =
				(uint16_t)(LOW_PORT + ((uint32_t)getpid() * 211 + i * 257) %
							      (HIGH_PORT - LOW_PORT));
		err = loop_open_ports(s, &attempt, reason);
	}
	return err;
}

/* Before the ports are announced: a signal may come from then on. */
static enum gh_err loop_take_signals(struct term_loop *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, &s->before))
		return GH_EIO;
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signals < 0 || !loop_watch(s, s->signals, EPOLLIN, loop_tag(ON_SIGNAL, 0, 0)))
		return GH_EIO;
	return GH_OK;
}

enum gh_err term_loop_open(const struct term_plan *plan, uint32_t plans, const char *listen,
			   struct term_loop **out, const char **reason)
{
	struct term_listen at;
	enum gh_err err = term_listen_parse(listen, &at, reason);
	struct term_loop *s;

	if (err)
		return err;
	if (at.port && at.port + plan->devices - 1 > UINT16_MAX) {
		*reason = "there are not so many ports after it";
		return GH_EINVALID;
	}
	*reason = "not enough memory";
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return GH_ENOMEM;
	s->plan = plan;
	s->plans = plans;
	s->signals = -1;
	term_statistics_open(&s->statistics);
	s->datagram = g_malloc(GHI_TERMINAL_DATAGRAM_MAX);
	s->terminals = g_malloc0_n(plan->devices, sizeof(*s->terminals));
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	sigprocmask(SIG_SETMASK, NULL, &s->before);
	err = s->epoll < 0 ? GH_EIO : loop_find_ports(s, &at, reason);
	for (uint32_t i = 0; err == GH_OK && i < s->terminals_n; i++) {
		struct loop_terminal *a = &s->terminals[i];

		for (size_t k = 0; k < TERM_LINKS; k++)
			a->peer[k].fd = -1;
		term_device_open(&a->device, &plan[i % plans], i, &s->statistics);
		a->writable = true;
		if (!loop_watch(s, a->ports.tcp, EPOLLIN, loop_tag(ON_TCP, i, 0)) ||
		    !loop_watch(s, a->ports.udp, EPOLLIN | EPOLLOUT | EPOLLET,
				loop_tag(ON_UDP, i, 0)))
			err = GH_EIO;
	}
	if (err == GH_OK)
		err = loop_take_signals(s);
	if (err) {
		term_loop_close(s);
		return err;
	}
	*out = s;
	return GH_OK;
}

static void terminal_drop_link(struct loop_terminal *a, size_t i)
{
	struct peer *p = &a->peer[i];

	term_link_free(a->device.link[i]);
	if (p->fd >= 0)
		close(p->fd);
	*p = (struct peer){ .fd = -1 };
}

void term_loop_close(struct term_loop *s)
{
	if (s == NULL)
		return;
	for (uint32_t i = 0; i < s->terminals_n; i++) {
		struct loop_terminal *a = &s->terminals[i];

		for (size_t k = 0; k < TERM_LINKS; k++)
			if (a->device.link[k])
				terminal_drop_link(a, k);
		term_device_close(&a->device);
	}
	loop_close_ports(s);
	if (s->epoll >= 0)
		close(s->epoll);
	if (s->signals >= 0)
		close(s->signals);
	term_statistics_close(&s->statistics);
	sigprocmask(SIG_SETMASK, &s->before, NULL);
	g_free(s->datagram);
	g_free(s->terminals);
	free(s);
}

char *term_loop_address(const struct term_loop *s, uint32_t device, bool tcp)
{
	return term_ports_text(&s->terminals[device].ports, tcp);
}

const struct term_device *term_loop_device(const struct term_loop *s, uint32_t device)
{
	return &s->terminals[device].device;
}

/* --- peers --- */

static size_t terminal_link_index(const struct loop_terminal *a, const struct term_link *l)
{
	size_t i = 0;

	while (a->device.link[i] != l)
		i++;
	return i;
}

static void loop_accept(struct term_loop *s, uint32_t number)
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
		if (!loop_watch(s, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
				loop_tag(ON_LINK, number, (uint32_t)at)))
			terminal_drop_link(a, at);
	}
}

/* The peer a datagram is from. A new one may replace the one that was silent longest. */
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
		terminal_drop_link(a, oldest);
	l = term_link_new(&a->device, false);
	if (l == NULL && oldest < TERM_LINKS) {
		terminal_drop_link(a, oldest);
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
		terminal_drop_link(a, i);
		return TERM_NEVER;
	}
	/* Bytes of the peer may wait until its answers are sent. */
	if (p->fd >= 0 && p->readable && term_outbox_empty(&l->out))
		s->again = true;
	return at_ms;
}

/* Serve every link once; the result is when the next is due. */
static int64_t loop_serve(struct term_loop *s)
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

/* --- the loop --- */

static void loop_event(struct term_loop *s, const struct epoll_event *e)
{
	uint32_t number = (uint32_t)e->data.u64, link = e->data.u64 >> 32 & 0xFFFF;
	struct signalfd_siginfo info;
	struct loop_terminal *a;

	if (e->data.u64 >> 48 == ON_SIGNAL) {
		s->stop = read(s->signals, &info, sizeof(info)) > 0;
		return;
	}
	a = &s->terminals[number];
	a->device.now_ms = s->now_ms;
	switch (e->data.u64 >> 48) {
	case ON_TCP:
		loop_accept(s, number);
		break;
	case ON_UDP:
		a->readable |= (e->events & EPOLLIN) != 0;
		a->writable |= (e->events & EPOLLOUT) != 0;
		break;
	default:
		a->peer[link].readable |= (e->events & ~(uint32_t)EPOLLOUT) != 0;
		a->peer[link].writable |= (e->events & EPOLLOUT) != 0;
		break;
	}
}

enum gh_err term_loop_run(struct term_loop *s, int64_t duration_ms)
{
	int64_t end_ms = duration_ms ? duration_ms : TERM_NEVER, next = 0;
	struct epoll_event events[EVENTS];
	enum gh_err err = GH_OK;

	s->began_ms = ghi_clock_monotonic_ms();
	while (err == GH_OK && !s->stop && s->now_ms < end_ms) {
		int64_t until = next < end_ms ? next : end_ms;
		int64_t wait = s->again ? 0 : until - s->now_ms;
		int n;

		wait = wait < 0 ? 0 : wait > WAIT_MS ? WAIT_MS : wait;
		n = epoll_wait(s->epoll, events, EVENTS, (int)wait);
		if (n < 0 && errno != EINTR)
			err = GH_EIO;
		s->now_ms = ghi_clock_monotonic_ms() - s->began_ms;
		for (int i = 0; i < n; i++)
			loop_event(s, &events[i]);
		s->again = false;
		next = loop_serve(s);
	}
	return err;
}

/* --- the report --- */

static void loop_report_count(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	json_int(j, (int64_t)value);
}

static void loop_report_contents(const struct term_loop *s, struct json *j)
{
	uint64_t users = 0, templates = 0, punches = 0, oplogs = 0;

	for (uint32_t i = 0; i < s->terminals_n; i++) {
		struct gh_counters c;

		term_device_counters(&s->terminals[i].device, &c);
		users += (uint64_t)c.users;
		templates += (uint64_t)c.templates;
		punches += (uint64_t)c.punches;
		oplogs += (uint64_t)c.oplogs;
	}
	json_key(j, "holds");
	json_object(j);
	loop_report_count(j, "users", users);
	loop_report_count(j, "templates", templates);
	loop_report_count(j, "punches", punches);
	loop_report_count(j, "oplogs", oplogs);
	json_object_end(j);
}

void term_loop_report(const struct term_loop *s, struct json *j)
{
	json_object(j);
	json_key(j, "sim");
	json_string(j, GH_LIT("terminal"));
	json_key(j, "milliseconds");
	json_int(j, s->now_ms);
	json_key(j, "persona");
	json_string(j, gh_slice_of(s->plans > 1 ? "mixed" : s->plan->persona->name));
	term_statistics_report(&s->statistics, s->plan, j);
	loop_report_contents(s, j);
	json_object_end(j);
}
