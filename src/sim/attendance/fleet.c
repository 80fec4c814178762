/* Requests are sent exactly as a device sends them: whole, in pieces, too slowly or not at all.
 * Responses are read with the limits of a device. This is what is simulated, so no HTTP client
 * library is used. */
#include "sim/attendance/fleet.h"

#include "base/clock.h"
#include "sim/link.h"
#include "sim/timers.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 256
#define PROGRESS_MS 1000
#define REFUSED_MIN 2 /* once may be an accident */
#define SIGNAL_ID UINT32_MAX

/* A device and its connection. */
struct fleet_device {
	struct sim_device device;
	struct link link;
	enum sim_disturbance disturbance; /* of the request in flight */
	bool keep_alive;		  /* after it */
	bool resent;			  /* it went out on a second connection already */
	bool finished;			  /* nothing is left to do */
};

struct fleet {
	const struct plan *plan;
	struct statistics *statistics;
	struct fleet_device *devices;
	uint32_t devices_n, left; /* opened; not finished */
	struct sim_timers timers;
	struct sim_scratch *scratch;
	int epoll, signals;
	int64_t began_ms, now_ms;
	bool stop;
};

/* Each device needs a socket: raise the limit as far as the system allows. */
static void fleet_allow_sockets(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

enum gh_err fleet_open(const struct plan *plan, struct statistics *statistics,
		       struct fleet **out)
{
	struct fleet *f = calloc(1, sizeof(*f));
	enum gh_err err = GH_ENOMEM;

	if (f == NULL)
		return GH_ENOMEM;
	*f = (struct fleet){ .plan = plan,
			     .statistics = statistics,
			     .devices = calloc(plan->devices, sizeof(*f->devices)),
			     .scratch = malloc(sizeof(*f->scratch)),
			     .epoll = epoll_create1(EPOLL_CLOEXEC),
			     .signals = -1 };
	if (f->devices && f->scratch)
		err = f->epoll < 0 ? GH_EIO : sim_timers_open(&f->timers, plan->devices);
	while (err == GH_OK && f->devices_n < plan->devices) {
		struct fleet_device *s = &f->devices[f->devices_n];

		s->link = link_closed();
		err = sim_device_open(&s->device, plan, f->devices_n, statistics);
		sim_timers_set(&f->timers, f->devices_n++, sim_device_wake_ms(&s->device));
	}
	f->left = f->devices_n;
	if (err) {
		fleet_close(f);
		return err;
	}
	fleet_allow_sockets();
	*out = f;
	return GH_OK;
}

void fleet_close(struct fleet *f)
{
	if (f == NULL)
		return;
	for (uint32_t i = 0; i < f->devices_n; i++) {
		link_close(&f->devices[i].link);
		sim_device_close(&f->devices[i].device);
	}
	sim_timers_close(&f->timers);
	if (f->epoll >= 0)
		close(f->epoll);
	if (f->signals >= 0)
		close(f->signals);
	free(f->devices);
	free(f->scratch);
	free(f);
}

static void fleet_disconnect(struct fleet *f, struct link *l)
{
	f->statistics->bytes_received += l->received;
	link_close(l);
}

/* A request with its disturbance in bytes and milliseconds. */
static struct link_request link_request_of(const struct fleet *f, const struct sim_request *r)
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
		out.gap_ms = 1 + plan_wait(f->plan, 200 + (int64_t)sim_below(&g, 300));
	}
	return out;
}

/* Set the time of a device's next turn. */
static void fleet_wake_at(struct fleet *f, uint32_t id, int64_t at_ms)
{
	sim_timers_set(&f->timers, id, at_ms);
}

static void fleet_no_response(struct fleet *f, uint32_t id)
{
	struct fleet_device *s = &f->devices[id];

	fleet_disconnect(f, &s->link);
	sim_device_no_response(&s->device, f->now_ms);
	fleet_wake_at(f, id, sim_device_wake_ms(&s->device));
}

static void fleet_response(struct fleet *f, uint32_t id)
{
	struct fleet_device *s = &f->devices[id];
	struct link *l = &s->link;

	if (s->disturbance == DISTURBANCE_DROP) {
		fleet_no_response(f, id);
		return;
	}
	sim_device_response(&s->device, f->now_ms, &l->reply);
	if (!s->keep_alive || l->reply.close || l->sent < l->out_n)
		fleet_disconnect(f, l);
	else
		link_rest(l);
	/* Through the timers, so that no device delays the others. */
	fleet_wake_at(f, id, f->now_ms);
}

/* A connection that was kept alive may have ended while the request was on its way. This is no
 * failure of the server, so the request is sent once more on a new connection. */
static bool fleet_resend(struct fleet *f, uint32_t id)
{
	struct fleet_device *s = &f->devices[id];
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
	f->statistics->connections++;
	r.head = (gh_slice){ l->out, l->head_n };
	r.body = (gh_slice){ l->out + l->head_n, l->out_n - l->head_n };
	err = link_request(&fresh, &f->plan->server, f->epoll, id, &r, f->now_ms);
	fleet_disconnect(f, l);
	*l = fresh;
	return err == GH_OK;
}

/* Go on with the request in flight. */
static void fleet_continue(struct fleet *f, uint32_t id)
{
	struct fleet_device *s = &f->devices[id];
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

/* The device's next request, or the time of the next one. */
static void fleet_next_request(struct fleet *f, uint32_t id)
{
	struct fleet_device *s = &f->devices[id];
	struct sim_request r;
	struct link_request shape;

	if (s->finished)
		return;
	if (!sim_device_next_request(&s->device, f->now_ms, f->scratch, &r)) {
		s->finished = f->plan->once && sim_device_idle(&s->device);
		f->left -= s->finished;
		if (s->finished)
			fleet_disconnect(f, &s->link);
		fleet_wake_at(f, id, s->finished ? SIM_NEVER : sim_device_wake_ms(&s->device));
		return;
	}
	s->disturbance = r.disturbance;
	s->keep_alive = r.keep_alive;
	s->resent = false;
	shape = link_request_of(f, &r);
	f->statistics->connections += s->link.fd < 0;
	if (link_request(&s->link, &f->plan->server, f->epoll, id, &shape, f->now_ms))
		fleet_no_response(f, id);
	else
		fleet_continue(f, id);
}

static void fleet_event(struct fleet *f, uint32_t id)
{
	struct signalfd_siginfo info;
	struct link *l;

	if (id == SIGNAL_ID) {
		f->stop = read(f->signals, &info, sizeof(info)) > 0;
		return;
	}
	l = &f->devices[id].link;
	if (l->fd < 0)
		return;
	if (l->busy)
		fleet_continue(f, id);
	else if (link_stale(l))
		fleet_disconnect(f, l);
}

static enum gh_err fleet_take_signals(struct fleet *f, sigset_t *before)
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

static int fleet_wait_ms(const struct fleet *f, int64_t end_ms)
{
	int64_t first = sim_timers_first(&f->timers);

	if (end_ms < first)
		first = end_ms;
	if (first <= f->now_ms)
		return 0;
	return first - f->now_ms > 1000 ? 1000 : (int)(first - f->now_ms);
}

static void fleet_progress_show(struct fleet *f)
{
	struct fleet_progress p = { .devices = f->devices_n,
				    .refusal = f->statistics->refusal };

	for (uint32_t i = 0; i < f->devices_n; i++) {
		p.refused += f->devices[i].device.refused >= REFUSED_MIN;
		for (enum stream_id s = 0; s < STREAMS; s++)
			p.pending += sim_device_pending(&f->devices[i].device, s);
	}
	for (enum stream_id s = 0; s < STREAMS; s++)
		p.acknowledged += f->statistics->stream[s].acknowledged;
	f->plan->progress(f->plan->progress_ctx, &p);
}

enum gh_err fleet_run(struct fleet *f, int64_t duration_ms)
{
	int64_t show_ms = PROGRESS_MS;

	int64_t end_ms = duration_ms ? duration_ms : SIM_NEVER;
	struct epoll_event events[EVENTS];
	sigset_t before;
	enum gh_err err = fleet_take_signals(f, &before);
	uint32_t id;

	f->began_ms = ghi_clock_monotonic_ms();
	while (err == GH_OK && !f->stop && f->now_ms < end_ms && f->left) {
		int n = epoll_wait(f->epoll, events, EVENTS, fleet_wait_ms(f, end_ms));

		if (n < 0 && errno != EINTR)
			err = GH_EIO;
		f->now_ms = ghi_clock_monotonic_ms() - f->began_ms;
		for (int i = 0; i < n; i++)
			fleet_event(f, events[i].data.u32);
		for (int i = 0; i < EVENTS && sim_timers_due(&f->timers, f->now_ms, &id); i++) {
			if (f->devices[id].link.busy)
				fleet_continue(f, id);
			else
				fleet_next_request(f, id);
		}
		statistics_sync(f->statistics);
		if (f->plan->progress && f->now_ms >= show_ms) {
			show_ms = f->now_ms + PROGRESS_MS;
			fleet_progress_show(f);
		}
		if (f->statistics->broken)
			err = GH_EIO;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

bool fleet_complete(const struct fleet *f)
{
	for (uint32_t i = 0; i < f->devices_n; i++)
		if (!f->devices[i].finished && !sim_device_idle(&f->devices[i].device))
			return false;
	return true;
}

void fleet_report(const struct fleet *f, struct json *j)
{
	uint64_t pending[STREAMS] = { 0 };
	struct statistics total = *f->statistics;

	for (uint32_t i = 0; i < f->devices_n; i++) {
		total.bytes_received += f->devices[i].link.received;
		for (enum stream_id s = 0; s < STREAMS; s++)
			pending[s] += sim_device_pending(&f->devices[i].device, s);
	}
	statistics_report(&total, f->plan, f->now_ms, fleet_complete(f), pending, j);
}
