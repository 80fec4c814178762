/* Bytes leave here exactly as a device would send them, whole, in pieces, too slowly or not
 * at all, and answers are read with a device's eyes; that is what is being simulated, so no
 * HTTP client library stands between. */
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
#define SIGNAL_ID UINT32_MAX

/* A device and its connection. */
struct seat {
	struct unit unit;
	struct link link;
	enum unit_trouble trouble; /* of the request in flight */
	bool keep_alive;	   /* after it */
	bool resent;		   /* it went out on a second connection already */
	bool finished;		   /* nothing is left to do */
};

struct fleet {
	const struct plan *plan;
	struct account *account;
	struct seat *seat;
	uint32_t seats, left; /* opened; not finished */
	struct sim_timers timers;
	struct unit_scratch *scratch;
	int epoll, signals;
	int64_t began_ms, now_ms;
	bool stop;
};

/* A device is a socket; as many as the system lets us. */
static void allow_sockets(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

enum gh_err fleet_open(const struct plan *plan, struct account *account, struct fleet **out)
{
	struct fleet *f = calloc(1, sizeof(*f));
	enum gh_err err = GH_ENOMEM;

	if (f == NULL)
		return GH_ENOMEM;
	*f = (struct fleet){ .plan = plan,
			     .account = account,
			     .seat = calloc(plan->devices, sizeof(*f->seat)),
			     .scratch = malloc(sizeof(*f->scratch)),
			     .epoll = epoll_create1(EPOLL_CLOEXEC),
			     .signals = -1 };
	if (f->seat && f->scratch)
		err = f->epoll < 0 ? GH_EIO : sim_timers_open(&f->timers, plan->devices);
	while (err == GH_OK && f->seats < plan->devices) {
		struct seat *s = &f->seat[f->seats];

		s->link = link_closed();
		err = unit_open(&s->unit, plan, f->seats, account);
		sim_timers_set(&f->timers, f->seats++, unit_wake(&s->unit));
	}
	f->left = f->seats;
	if (err) {
		fleet_close(f);
		return err;
	}
	allow_sockets();
	*out = f;
	return GH_OK;
}

void fleet_close(struct fleet *f)
{
	if (f == NULL)
		return;
	for (uint32_t i = 0; i < f->seats; i++) {
		link_close(&f->seat[i].link);
		unit_close(&f->seat[i].unit);
	}
	sim_timers_close(&f->timers);
	if (f->epoll >= 0)
		close(f->epoll);
	if (f->signals >= 0)
		close(f->signals);
	free(f->seat);
	free(f->scratch);
	free(f);
}

static void hang_up(struct fleet *f, struct link *l)
{
	f->account->bytes_received += l->received;
	link_close(l);
}

/* How a request meets with its trouble, in bytes and milliseconds. */
static struct link_request shaped(const struct fleet *f, const struct unit_request *r)
{
	struct sim_prng g = { r->dice };
	struct link_request out = { .head = r->head,
				    .body = r->body,
				    .separate = r->separate,
				    .exact_case = r->exact_case,
				    .timeout_ms = r->timeout_ms };
	size_t n = r->head.n + r->body.n;

	if (r->trouble == TROUBLE_SPLIT) {
		out.piece = n / (4 + sim_below(&g, 28)) + 1;
		out.gap_ms = 1 + (int64_t)sim_below(&g, 4);
	} else if (r->trouble == TROUBLE_SLOW) {
		out.piece = n / 8 + 1;
		out.gap_ms = 1 + plan_wait(f->plan, 200 + (int64_t)sim_below(&g, 300));
	}
	return out;
}

/* When to look after a device again. */
static void wake(struct fleet *f, uint32_t id, int64_t at_ms)
{
	sim_timers_set(&f->timers, id, at_ms);
}

static void lost(struct fleet *f, uint32_t id)
{
	struct seat *s = &f->seat[id];

	hang_up(f, &s->link);
	unit_lost(&s->unit, f->now_ms);
	wake(f, id, unit_wake(&s->unit));
}

static void answered(struct fleet *f, uint32_t id)
{
	struct seat *s = &f->seat[id];
	struct link *l = &s->link;

	if (s->trouble == TROUBLE_DROP) {
		lost(f, id);
		return;
	}
	unit_reply(&s->unit, f->now_ms, &l->reply);
	if (!s->keep_alive || l->reply.close || l->sent < l->out_n)
		hang_up(f, l);
	else
		link_rest(l);
	/* Through the timers, so that no device keeps the others waiting. */
	wake(f, id, f->now_ms);
}

/* A connection kept from before may have ended while the request was on its way: that says
 * nothing about the server, so it is sent once more on a new one. */
static bool resend(struct fleet *f, uint32_t id)
{
	struct seat *s = &f->seat[id];
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
	f->account->connections++;
	r.head = (gh_slice){ l->out, l->head_n };
	r.body = (gh_slice){ l->out + l->head_n, l->out_n - l->head_n };
	err = link_ask(&fresh, &f->plan->server, f->epoll, id, &r, f->now_ms);
	hang_up(f, l);
	*l = fresh;
	return err == GH_OK;
}

/* Go on with the request in flight. */
static void pump(struct fleet *f, uint32_t id)
{
	struct seat *s = &f->seat[id];
	enum link_state state = link_pump(&s->link, f->now_ms);

	if (state == LINK_BROKEN && resend(f, id))
		state = link_pump(&s->link, f->now_ms);
	if (state == LINK_SENT)
		state = s->trouble == TROUBLE_HANG_UP ? LINK_BROKEN
						      : link_pump(&s->link, f->now_ms);
	if (state == LINK_ANSWERED)
		answered(f, id);
	else if (state == LINK_BROKEN)
		lost(f, id);
	else
		wake(f, id, link_deadline(&s->link));
}

/* The device's next request, or the time to ask it again. */
static void step(struct fleet *f, uint32_t id)
{
	struct seat *s = &f->seat[id];
	struct unit_request r;
	struct link_request shape;

	if (s->finished)
		return;
	if (!unit_next(&s->unit, f->now_ms, f->scratch, &r)) {
		s->finished = f->plan->once && unit_idle(&s->unit);
		f->left -= s->finished;
		if (s->finished)
			hang_up(f, &s->link);
		wake(f, id, s->finished ? SIM_NEVER : unit_wake(&s->unit));
		return;
	}
	s->trouble = r.trouble;
	s->keep_alive = r.keep_alive;
	s->resent = false;
	shape = shaped(f, &r);
	f->account->connections += s->link.fd < 0;
	if (link_ask(&s->link, &f->plan->server, f->epoll, id, &shape, f->now_ms))
		lost(f, id);
	else
		pump(f, id);
}

static void event(struct fleet *f, uint32_t id)
{
	struct signalfd_siginfo info;
	struct link *l;

	if (id == SIGNAL_ID) {
		f->stop = read(f->signals, &info, sizeof(info)) > 0;
		return;
	}
	l = &f->seat[id].link;
	if (l->fd < 0)
		return;
	if (l->busy)
		pump(f, id);
	else if (link_stale(l))
		hang_up(f, l);
}

static enum gh_err take_signals(struct fleet *f, sigset_t *before)
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

static int wait_ms(const struct fleet *f, int64_t end_ms)
{
	int64_t first = sim_timers_first(&f->timers);

	if (end_ms < first)
		first = end_ms;
	if (first <= f->now_ms)
		return 0;
	return first - f->now_ms > 1000 ? 1000 : (int)(first - f->now_ms);
}

enum gh_err fleet_run(struct fleet *f, int64_t duration_ms)
{
	int64_t end_ms = duration_ms ? duration_ms : SIM_NEVER;
	struct epoll_event events[EVENTS];
	sigset_t before;
	enum gh_err err = take_signals(f, &before);
	uint32_t id;

	f->began_ms = ghi_clock_monotonic_ms();
	while (err == GH_OK && !f->stop && f->now_ms < end_ms && f->left) {
		int n = epoll_wait(f->epoll, events, EVENTS, wait_ms(f, end_ms));

		if (n < 0 && errno != EINTR)
			err = GH_EIO;
		f->now_ms = ghi_clock_monotonic_ms() - f->began_ms;
		for (int i = 0; i < n; i++)
			event(f, events[i].data.u32);
		for (int i = 0; i < EVENTS && sim_timers_due(&f->timers, f->now_ms, &id); i++) {
			if (f->seat[id].link.busy)
				pump(f, id);
			else
				step(f, id);
		}
		account_sync(f->account);
		if (f->account->broken)
			err = GH_EIO;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

bool fleet_complete(const struct fleet *f)
{
	for (uint32_t i = 0; i < f->seats; i++)
		if (!f->seat[i].finished && !unit_idle(&f->seat[i].unit))
			return false;
	return true;
}

void fleet_report(const struct fleet *f, struct json *j)
{
	uint64_t pending[STREAMS] = { 0 };
	struct account total = *f->account;

	for (uint32_t i = 0; i < f->seats; i++) {
		total.bytes_received += f->seat[i].link.received;
		for (enum stream_id s = 0; s < STREAMS; s++)
			pending[s] += unit_pending(&f->seat[i].unit, s);
	}
	account_report(&total, f->plan, f->now_ms, fleet_complete(f), pending, j);
}
