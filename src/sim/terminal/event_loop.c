/* Opens the ports of the terminals, waits for events and serves them until it is stopped. */
#include "sim/terminal/event_loop.h"

#include "base/clock.h"
#include "sim/terminal/event_loop_private.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
	EVENTS = 128,
	WAIT_MS = 1000,
	ATTEMPTS = 100, /* to find free ports */
	LOW_PORT = 10240,
	HIGH_PORT = 32000,
};

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
	if (s->signals < 0 ||
	    !term_loop_watch(s, s->signals, EPOLLIN, term_loop_tag(ON_SIGNAL, 0, 0)))
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
		if (!term_loop_watch(s, a->ports.tcp, EPOLLIN, term_loop_tag(ON_TCP, i, 0)) ||
		    !term_loop_watch(s, a->ports.udp, EPOLLIN | EPOLLOUT | EPOLLET,
				     term_loop_tag(ON_UDP, i, 0)))
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

void term_loop_close(struct term_loop *s)
{
	if (s == NULL)
		return;
	for (uint32_t i = 0; i < s->terminals_n; i++) {
		struct loop_terminal *a = &s->terminals[i];

		for (size_t k = 0; k < TERM_LINKS; k++)
			if (a->device.link[k])
				term_loop_link_drop(a, k);
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
		term_loop_accept(s, number);
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
		next = term_loop_serve(s);
	}
	return err;
}
