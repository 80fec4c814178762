/* Requests are sent exactly as a device sends them: whole, in pieces, too slowly or not at all.
 * Responses are read with the limits of a device. This is what is simulated, so no HTTP client
 * library is used. */
#include "sim/fleet.h"

#include "base/clock.h"
#include "wire/push/wake.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 256
#define PROGRESS_MS 1000
#define SIGNAL_ID UINT32_MAX
#define WAKE_ID (UINT32_MAX - 1)

static void *fleet_device(const struct sim_fleet *f, uint32_t id)
{
	return (char *)f->plan.devices + id * f->plan.kind->size;
}

/* Each device needs a socket: raise the limit as far as the system allows. */
static void fleet_allow_sockets(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* Set the time of a device's next turn. */
static void fleet_wake_at(struct sim_fleet *f, uint32_t id, int64_t at_ms)
{
	sim_timers_set(&f->timers, id, at_ms);
}

/* A socket at port 4374 of the address that devices call from; -1 where they call from any. GH_EIO: it is
 * taken. */
static enum gh_err wake_open(const struct sim_server *server, int epoll, int *out)
{
	struct sockaddr_storage at = server->from.address;
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = WAKE_ID };
	int fd;

	*out = -1;
	if (server->from.length == 0)
		return GH_OK;
	if (at.ss_family == AF_INET)
		((struct sockaddr_in *)&at)->sin_port = htons(GHI_WAKE_PORT);
	else
		((struct sockaddr_in6 *)&at)->sin6_port = htons(GHI_WAKE_PORT);
	fd = socket(at.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return GH_EIO;
	if (bind(fd, (const struct sockaddr *)&at, server->from.length) ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e)) {
		close(fd);
		return GH_EIO;
	}
	*out = fd;
	return GH_OK;
}

enum gh_err sim_fleet_open(const struct sim_fleet_plan *plan, struct sim_traffic *traffic,
			   struct sim_fleet *out)
{
	struct sim_fleet f = { .plan = *plan,
			       .traffic = traffic,
			       .places = calloc(plan->n ? plan->n : 1, sizeof(*f.places)),
			       .left = plan->n,
			       .epoll = epoll_create1(EPOLL_CLOEXEC),
			       .signals = -1,
			       .wake = -1 };
	enum gh_err err = f.places == NULL ? GH_ENOMEM : f.epoll < 0 ? GH_EIO : GH_OK;

	if (err == GH_OK)
		err = wake_open(plan->server, f.epoll, &f.wake);
	if (err == GH_OK)
		err = sim_timers_open(&f.timers, plan->n);
	if (err) {
		if (f.wake >= 0)
			close(f.wake);
		free(f.places);
		if (f.epoll >= 0)
			close(f.epoll);
		return err;
	}
	for (uint32_t i = 0; i < plan->n; i++) {
		f.places[i].link = link_closed();
		fleet_wake_at(&f, i, plan->kind->wake_ms(fleet_device(&f, i)));
	}
	fleet_allow_sockets();
	*out = f;
	return GH_OK;
}

void sim_fleet_close(struct sim_fleet *f)
{
	if (f->places == NULL)
		return;
	for (uint32_t i = 0; i < f->plan.n; i++)
		link_close(&f->places[i].link);
	sim_timers_close(&f->timers);
	close(f->epoll);
	if (f->signals >= 0)
		close(f->signals);
	if (f->wake >= 0)
		close(f->wake);
	free(f->places);
	f->places = NULL;
}

static void fleet_disconnect(struct sim_fleet *f, struct link *l)
{
	f->traffic->bytes_received += l->received;
	link_close(l);
}

/* A request with its disturbance in bytes and milliseconds. */
static struct link_request link_request_of(const struct sim_fleet *f,
					   const struct sim_request *r)
{
	struct sim_prng g = { r->dice };
	struct link_request out = { .head = r->head,
				    .body = r->body,
				    .separate = r->separate,
				    .exact_case = r->exact_case,
				    .timeout_ms = r->timeout_ms };
	size_t n = r->head.n + r->body.n;

	if (r->disturbance == DISTURBANCE_SPLIT) {
		out.piece = n / (4 + sim_below(&g, 28)) + 1;
		out.gap_ms = 1 + (int64_t)sim_below(&g, 4);
	} else if (r->disturbance == DISTURBANCE_SLOW) {
		out.piece = n / 8 + 1;
		out.gap_ms = 1 + (int64_t)((double)(200 + (int64_t)sim_below(&g, 300)) /
					   f->plan.speed);
	}
	return out;
}

static void fleet_no_response(struct sim_fleet *f, uint32_t id)
{
	void *device = fleet_device(f, id);

	fleet_disconnect(f, &f->places[id].link);
	f->plan.kind->no_response(device, f->now_ms);
	fleet_wake_at(f, id, f->plan.kind->wake_ms(device));
}

static void fleet_response(struct sim_fleet *f, uint32_t id)
{
	struct sim_fleet_place *s = &f->places[id];
	struct link *l = &s->link;

	if (s->disturbance == DISTURBANCE_DROP) {
		fleet_no_response(f, id);
		return;
	}
	f->plan.kind->response(fleet_device(f, id), f->now_ms, &l->reply);
	if (s->woken)
		f->plan.kind->poll_now(fleet_device(f, id));
	s->woken = false;
	if (!s->keep_alive || l->reply.close || l->sent < l->out_n)
		fleet_disconnect(f, l);
	else
		link_rest(l);
	/* Through the timers, so that no device delays the others. */
	fleet_wake_at(f, id, f->now_ms);
}

/* A connection that was kept alive may have ended while the request was on its way. This is no
 * failure of the server, so the request is sent once more on a new connection. */
static bool fleet_resend(struct sim_fleet *f, uint32_t id)
{
	struct sim_fleet_place *s = &f->places[id];
	struct link *l = &s->link, fresh = link_closed();
	struct link_request r = { .separate = l->separate,
				  .piece = l->piece,
				  .gap_ms = l->gap_ms,
				  .timeout_ms = l->timeout_ms,
				  .exact_case = l->reply.exact_case };
	enum gh_err err;

	if (!l->reused || s->resent || l->reply.n || f->now_ms >= l->deadline_ms)
		return false;
	s->resent = true;
	f->traffic->connections++;
	r.head = (gh_slice){ l->out, l->head_n };
	r.body = (gh_slice){ l->out + l->head_n, l->out_n - l->head_n };
	err = link_request(&fresh, s->server, f->epoll, id, &r, f->now_ms);
	fleet_disconnect(f, l);
	*l = fresh;
	return err == GH_OK;
}

/* Go on with the request in flight. */
static void fleet_continue(struct sim_fleet *f, uint32_t id)
{
	struct sim_fleet_place *s = &f->places[id];
	enum link_state state = link_pump(&s->link, f->now_ms);

	if (state == LINK_BROKEN && fleet_resend(f, id))
		state = link_pump(&s->link, f->now_ms);
	if (state == LINK_SENT)
		state = s->disturbance == DISTURBANCE_HANG_UP ? LINK_BROKEN
							      : link_pump(&s->link, f->now_ms);
	if (state == LINK_ANSWERED)
		fleet_response(f, id);
	else if (state == LINK_BROKEN)
		fleet_no_response(f, id);
	else
		fleet_wake_at(f, id, link_deadline(&s->link));
}

/* What the device calls now; a connection to what it called before is closed. */
static void fleet_server_choose(struct sim_fleet *f, struct sim_fleet_place *s, void *device)
{
	bool changed = false;

	s->server =
		f->plan.kind->server ? f->plan.kind->server(device, &changed) : f->plan.server;
	if (changed)
		fleet_disconnect(f, &s->link);
}

/* The device's next request, or the time of the next one. */
static void fleet_next_request(struct sim_fleet *f, uint32_t id)
{
	struct sim_fleet_place *s = &f->places[id];
	void *device = fleet_device(f, id);
	struct sim_request r;
	struct link_request shape;

	if (s->finished)
		return;
	if (!f->plan.kind->next_request(device, f->now_ms, f->plan.scratch, &r)) {
		s->finished = f->plan.once && f->plan.kind->idle(device);
		f->left -= s->finished;
		if (s->finished)
			fleet_disconnect(f, &s->link);
		fleet_wake_at(f, id, s->finished ? SIM_NEVER : f->plan.kind->wake_ms(device));
		return;
	}
	s->disturbance = r.disturbance;
	s->keep_alive = r.keep_alive;
	s->resent = false;
	shape = link_request_of(f, &r);
	fleet_server_choose(f, s, device);
	f->traffic->connections += s->link.fd < 0;
	if (link_request(&s->link, s->server, f->epoll, id, &shape, f->now_ms))
		fleet_no_response(f, id);
	else
		fleet_continue(f, id);
}

/* It names no device: all of that address poll. The reply to a poll that is in flight may have been made before
 * the order was there, so that device polls once more. */
static void fleet_wake(struct sim_fleet *f)
{
	uint8_t datagram[64];
	ssize_t n;
	bool woken = false;

	while ((n = recv(f->wake, datagram, sizeof(datagram), 0)) >= 0)
		woken |= ghi_wake_is((gh_slice){ datagram, (size_t)n });
	for (uint32_t i = 0; woken && i < f->plan.n; i++) {
		struct sim_fleet_place *s = &f->places[i];

		s->woken = s->link.busy;
		if (s->link.busy || s->finished)
			continue;
		f->plan.kind->poll_now(fleet_device(f, i));
		fleet_wake_at(f, i, f->now_ms);
	}
}

static void fleet_event(struct sim_fleet *f, uint32_t id)
{
	struct signalfd_siginfo info;
	struct link *l;

	if (id == SIGNAL_ID) {
		f->stop = read(f->signals, &info, sizeof(info)) > 0;
		return;
	}
	if (id == WAKE_ID) {
		fleet_wake(f);
		return;
	}
	l = &f->places[id].link;
	if (l->fd < 0)
		return;
	if (l->busy)
		fleet_continue(f, id);
	else if (link_stale(l))
		fleet_disconnect(f, l);
}

static enum gh_err fleet_take_signals(struct sim_fleet *f, sigset_t *before)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = SIGNAL_ID };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, before))
		return GH_EIO;
	f->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (f->signals < 0 || epoll_ctl(f->epoll, EPOLL_CTL_ADD, f->signals, &e))
		return GH_EIO;
	return GH_OK;
}

static int fleet_wait_ms(const struct sim_fleet *f, int64_t end_ms)
{
	int64_t first = sim_timers_first(&f->timers);

	if (end_ms < first)
		first = end_ms;
	if (first <= f->now_ms)
		return 0;
	return first - f->now_ms > 1000 ? 1000 : (int)(first - f->now_ms);
}

/* What came, and what is due. */
static enum gh_err fleet_look_around(struct sim_fleet *f, int64_t end_ms)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(f->epoll, events, EVENTS, fleet_wait_ms(f, end_ms));
	uint32_t id;

	if (n < 0 && errno != EINTR)
		return GH_EIO;
	f->now_ms = ghi_clock_monotonic_ms() - f->began_ms;
	for (int i = 0; i < n; i++)
		fleet_event(f, events[i].data.u32);
	for (int i = 0; i < EVENTS && sim_timers_due(&f->timers, f->now_ms, &id); i++) {
		if (f->places[id].link.busy)
			fleet_continue(f, id);
		else
			fleet_next_request(f, id);
	}
	return GH_OK;
}

enum gh_err sim_fleet_run(struct sim_fleet *f, int64_t duration_ms)
{
	int64_t show_ms = PROGRESS_MS;
	int64_t end_ms = duration_ms ? duration_ms : SIM_NEVER;
	sigset_t before;
	enum gh_err err = fleet_take_signals(f, &before);

	f->began_ms = ghi_clock_monotonic_ms();
	while (err == GH_OK && !f->stop && f->now_ms < end_ms && f->left) {
		bool show;

		err = fleet_look_around(f, end_ms);
		show = f->now_ms >= show_ms;
		if (show)
			show_ms = f->now_ms + PROGRESS_MS;
		if (err == GH_OK)
			err = f->plan.turn(f->plan.ctx, show);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

bool sim_fleet_complete(const struct sim_fleet *f)
{
	for (uint32_t i = 0; i < f->plan.n; i++)
		if (!f->places[i].finished && !f->plan.kind->idle(fleet_device(f, i)))
			return false;
	return true;
}

uint64_t sim_fleet_received(const struct sim_fleet *f)
{
	uint64_t n = f->traffic->bytes_received;

	for (uint32_t i = 0; i < f->plan.n; i++)
		n += f->places[i].link.received;
	return n;
}
