/* Bytes leave here exactly as a device would send them, whole, in pieces, too slowly or not
 * at all, and answers are read with a device's eyes; that is what is being simulated, so no
 * HTTP client library stands between. */
#include "sim/attendance/fleet.h"

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

struct fleet {
	const struct plan *plan;
	struct account *account;
	struct unit *unit;
	struct link *link;
	bool *finished, *again; /* of each unit: nothing left; its request was sent twice */
	uint8_t *trouble;	/* enum unit_trouble of the request in flight */
	bool *keep_alive;
	uint32_t left;
	struct sim_timers timers;
	struct unit_scratch *scratch;
	int epoll, signals;
	int64_t began_ms, now_ms;
	bool stop;
};

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

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
	size_t n = plan->devices;
	enum gh_err err = GH_ENOMEM;

	if (f == NULL)
		return GH_ENOMEM;
	*f = (struct fleet){ .plan = plan,
			     .account = account,
			     .unit = calloc(n, sizeof(*f->unit)),
			     .link = calloc(n, sizeof(*f->link)),
			     .finished = calloc(n, sizeof(bool)),
			     .again = calloc(n, sizeof(bool)),
			     .trouble = calloc(n, 1),
			     .keep_alive = calloc(n, sizeof(bool)),
			     .scratch = malloc(sizeof(*f->scratch)),
			     .epoll = epoll_create1(EPOLL_CLOEXEC),
			     .signals = -1 };
	for (size_t i = 0; f->link && i < n; i++)
		f->link[i] = link_closed();
	if (f->unit && f->link && f->finished && f->again && f->trouble && f->keep_alive &&
	    f->scratch)
		err = f->epoll < 0 ? GH_EIO : sim_timers_open(&f->timers, plan->devices);
	for (; err == GH_OK && f->left < n; f->left++) {
		err = unit_open(&f->unit[f->left], plan, f->left, account);
		if (err == GH_OK)
			sim_timers_set(&f->timers, f->left, unit_wake(&f->unit[f->left]));
	}
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
	for (uint32_t i = 0; f->unit && f->link && i < f->plan->devices; i++) {
		link_close(&f->link[i]);
		unit_close(&f->unit[i]);
	}
	sim_timers_close(&f->timers);
	if (f->epoll >= 0)
		close(f->epoll);
	if (f->signals >= 0)
		close(f->signals);
	free(f->unit);
	free(f->link);
	free(f->finished);
	free(f->again);
	free(f->trouble);
	free(f->keep_alive);
	free(f->scratch);
	free(f);
}

static void hang_up(struct fleet *f, uint32_t id)
{
	f->account->bytes_received += f->link[id].received;
	link_close(&f->link[id]);
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

static void pump(struct fleet *f, uint32_t id);

/* The unit's next request, or the time to ask it again. */
static void step(struct fleet *f, uint32_t id)
{
	struct unit *u = &f->unit[id];
	struct link *l = &f->link[id];
	struct unit_request r;
	struct link_request shape;

	if (f->finished[id])
		return;
	if (!unit_next(u, f->now_ms, f->scratch, &r)) {
		if (f->plan->once && unit_idle(u)) {
			f->finished[id] = true;
			f->left--;
			hang_up(f, id);
			sim_timers_set(&f->timers, id, SIM_NEVER);
			return;
		}
		sim_timers_set(&f->timers, id, unit_wake(u));
		return;
	}
	f->trouble[id] = (uint8_t)r.trouble;
	f->keep_alive[id] = r.keep_alive;
	f->again[id] = false;
	shape = shaped(f, &r);
	f->account->connections += l->fd < 0;
	if (link_ask(l, &f->plan->server, f->epoll, id, &shape, f->now_ms)) {
		hang_up(f, id);
		unit_lost(u, f->now_ms);
		sim_timers_set(&f->timers, id, unit_wake(u));
		return;
	}
	pump(f, id);
}

/* A connection kept from before may have ended while the request was on its way: that says
 * nothing about the server, so it is sent once more on a new one. */
static bool resend(struct fleet *f, uint32_t id)
{
	struct link *l = &f->link[id];
	struct link fresh = link_closed();
	struct link_request r = { .separate = l->separate,
				  .piece = l->piece,
				  .gap_ms = l->gap_ms,
				  .timeout_ms = l->timeout_ms,
				  .exact_case = l->reply.exact_case };
	enum gh_err err;

	if (!l->reused || f->again[id] || l->reply.n || f->now_ms >= l->deadline_ms)
		return false;
	f->again[id] = true;
	f->account->connections++;
	r.head = (gh_slice){ l->out, l->head_n };
	r.body = (gh_slice){ l->out + l->head_n, l->out_n - l->head_n };
	err = link_ask(&fresh, &f->plan->server, f->epoll, id, &r, f->now_ms);
	hang_up(f, id);
	*l = fresh;
	return err == GH_OK;
}

static void lost(struct fleet *f, uint32_t id)
{
	hang_up(f, id);
	unit_lost(&f->unit[id], f->now_ms);
	sim_timers_set(&f->timers, id, unit_wake(&f->unit[id]));
}

static void answered(struct fleet *f, uint32_t id)
{
	struct link *l = &f->link[id];

	if (f->trouble[id] == TROUBLE_DROP) {
		lost(f, id);
		return;
	}
	unit_reply(&f->unit[id], f->now_ms, &l->reply);
	if (!f->keep_alive[id] || l->reply.close || l->sent < l->out_n)
		hang_up(f, id);
	else
		link_rest(l);
	/* Through the timers, so that no device keeps the others waiting. */
	sim_timers_set(&f->timers, id, f->now_ms);
}

static void pump(struct fleet *f, uint32_t id)
{
	struct link *l = &f->link[id];
	enum link_state state = link_pump(l, f->now_ms);

	if (state == LINK_BROKEN && resend(f, id))
		state = link_pump(l, f->now_ms);
	if (state == LINK_SENT)
		state = f->trouble[id] == TROUBLE_HANG_UP ? LINK_BROKEN
							  : link_pump(l, f->now_ms);
	switch (state) {
	case LINK_ANSWERED:
		answered(f, id);
		break;
	case LINK_BROKEN:
		lost(f, id);
		break;
	default:
		sim_timers_set(&f->timers, id, link_deadline(l));
		break;
	}
}

static void event(struct fleet *f, uint32_t id)
{
	struct signalfd_siginfo info;
	struct link *l;

	if (id == SIGNAL_ID) {
		f->stop = read(f->signals, &info, sizeof(info)) > 0;
		return;
	}
	l = &f->link[id];
	if (l->fd < 0)
		return;
	if (l->busy)
		pump(f, id);
	else if (link_stale(l))
		hang_up(f, id);
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

	f->began_ms = clock_ms();
	while (err == GH_OK && !f->stop && f->now_ms < end_ms && f->left) {
		int n = epoll_wait(f->epoll, events, EVENTS, wait_ms(f, end_ms));

		if (n < 0 && errno != EINTR)
			err = GH_EIO;
		f->now_ms = clock_ms() - f->began_ms;
		for (int i = 0; i < n; i++)
			event(f, events[i].data.u32);
		for (int i = 0; i < EVENTS && sim_timers_due(&f->timers, f->now_ms, &id); i++) {
			if (f->link[id].busy)
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

/* --- the report --- */

static uint64_t pending(const struct fleet *f, enum stream_id s)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < f->plan->devices; i++) {
		const struct unit *u = &f->unit[i];
		uint32_t end = stream_end(u, s), at = u->cursor[s].next;

		if (!stream_open(u, s))
			continue;
		for (; at < end; at++)
			n += stream_holds(u, s, at);
	}
	return n;
}

bool fleet_complete(const struct fleet *f)
{
	for (uint32_t i = 0; i < f->plan->devices; i++)
		if (!f->finished[i] && !unit_idle(&f->unit[i]))
			return false;
	return true;
}

static void put(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	json_int(j, (int64_t)value);
}

static void report_streams(const struct fleet *f, struct json *j)
{
	json_key(j, "records");
	json_object(j);
	for (enum stream_id s = 0; s < STREAMS; s++) {
		const struct account_stream *c = &f->account->stream[s];

		json_key(j, streams[s].table);
		json_object(j);
		put(j, "uploads", c->uploads);
		put(j, "sent", c->sent);
		put(j, "acknowledged", c->acknowledged);
		put(j, "acknowledgedByStamp", c->by_stamp);
		put(j, "repeated", c->repeated);
		put(j, "pending", pending(f, s));
		json_object_end(j);
	}
	json_object_end(j);
}

void fleet_report(const struct fleet *f, struct json *j)
{
	const struct account *a = f->account;
	const struct {
		const char *key;
		uint64_t value;
	} counts[] = {
		{ "milliseconds", (uint64_t)f->now_ms },
		{ "requests", a->requests },
		{ "connections", a->connections },
		{ "bytesSent", a->bytes_sent },
		{ "bytesReceived", a->bytes_received },
		{ "refused", a->refused },
		{ "lost", a->lost },
		{ "handshakes", a->handshakes },
		{ "polls", a->polls },
		{ "pings", a->pings },
		{ "settings", a->settings },
		{ "reboots", a->reboots },
		{ "queried", a->queried },
		{ "badLines", a->bad_lines },
		{ "askedForPeople", a->asked },
		{ "peopleLearned", a->strangers },
		{ "verifications", a->verdicts },
		{ "commands", a->commands },
		{ "commandsFailed", a->commands_failed },
		{ "results", a->results },
		{ "resultsAcknowledged", a->results_acknowledged },
	};

	json_object(j);
	json_key(j, "sim");
	json_string(j, GH_LIT("attendance"));
	put(j, "seed", f->plan->seed);
	put(j, "devices", f->plan->devices);
	json_key(j, "complete");
	json_bool(j, fleet_complete(f));
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		put(j, counts[i].key, counts[i].value);
	report_streams(f, j);
	json_key(j, "faults");
	json_object(j);
	for (size_t i = 0; i < SIM_FAULTS; i++)
		if (f->plan->faults.permille[i])
			put(j, sim_fault_word[i], a->faults[i]);
	json_object_end(j);
	json_object_end(j);
}
