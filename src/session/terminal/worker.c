/* The life of one terminal's connection: approved, called, known by its serial number, its clock
 * set, its log read, its commands carried out, its live events heard; and anew after a failure. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/number.h"
#include "core/commands.h"
#include "core/trace.h"
#include "session/terminal/worker.h"

enum {
	CLOCK_MAX_S = 5,    /* further off, and it is set */
	BACK_OFF_MS = 5000, /* after the first failure */
	BACK_OFF_MAX_MS = 300000,
	EAGER_MS = 5000,   /* what waits for a terminal that failed makes us call this soon */
	STEADY_MS = 30000, /* a connection that held so long was a good one */
	COMMAND_LOOK_MS = 5000, /* how often to look for open commands again */
	LISTEN_MS = 5000,	/* how often to look whether the connection is still the same */
	READ_INTERVAL_S = 600,
	READ_MORE = 2, /* how often a log that grew meanwhile is read again at once */
	DRAIN_MAX = 1000,
};

/* What the thread knows; nobody else looks at it. */
struct visit {
	struct terminal_worker *w;
	struct server *server;
	struct gh_terminal *t;
	struct arena arena; /* of row */
	struct device_row row;
	int64_t read_at; /* when the log was last read to its end; 0: not since the start */
	int64_t pause;	 /* before the next attempt */
	int32_t oplogs;	 /* as many were read */
	int32_t held;	 /* punches in its log, as far as we know */
	bool deaf;	 /* it tells no live events */
	bool anew;	 /* the connection has to be made anew, at once */
	bool told;	 /* what it is was stored */
	char last_error[200]; /* that was logged */
};

/* Of the monotonic clock: pauses must not depend on a clock that is set. */
static int64_t steady_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct timespec deadline(int64_t ms)
{
	int64_t at = steady_ms() + ms;

	return (struct timespec){ .tv_sec = at / 1000, .tv_nsec = at % 1000 * 1000000 };
}

bool terminal_worker_goes_on(struct terminal_worker *w)
{
	pthread_mutex_lock(&w->manager->lock);
	bool on = !w->manager->stopping;
	pthread_mutex_unlock(&w->manager->lock);
	return on;
}

enum gh_err terminal_worker_pause(struct terminal_worker *w, int64_t ms)
{
	struct timespec until = deadline(ms);
	int waited = 0;

	pthread_mutex_lock(&w->manager->lock);
	while (!w->manager->stopping && waited != ETIMEDOUT)
		waited = pthread_cond_timedwait(&w->news, &w->manager->lock, &until);
	bool stopping = w->manager->stopping;
	pthread_mutex_unlock(&w->manager->lock);
	return stopping ? GH_ECANCELLED : GH_OK;
}

void terminal_worker_link_set(struct terminal_worker *w, enum terminal_link state)
{
	pthread_mutex_lock(&w->manager->lock);
	if (w->status.link != state)
		w->status.since_ms = w->manager->server->now_ms();
	w->status.link = state;
	pthread_mutex_unlock(&w->manager->lock);
}

void terminal_worker_trace(struct terminal_worker *w, const char *what, const char *note)
{
	struct server *server = w->manager->server;
	struct arena a = ghi_arena_with_limit(65536);
	struct device_row row;

	device_row(w->device, &a, &row);
	trace_add(server->trace, &(struct traced){
					 .at_ms = server->now_ms(),
					 .serial = device_sn(w->device),
					 .peer = row.terminal,
					 .method = GH_LIT("CALL"),
					 .target = gh_slice_of(what),
					 .note = gh_slice_of(note),
				 });
	ghi_arena_clear(&a);
}

bool terminal_connection_lost(struct gh_terminal *t, enum gh_err err)
{
	return err == GH_ECANCELLED || (err && !gh_terminal_is_connected(t));
}

/* --- what the terminal is --- */

static enum gh_err fail(struct visit *v, enum gh_err err, const char *why)
{
	snprintf(v->w->error_text, sizeof(v->w->error_text), "%s", why);
	return err;
}

static enum gh_err check_serial(struct visit *v)
{
	char serial[GH_TEXT_SIZE];
	enum gh_err err = gh_terminal_option_get(v->t, "~SerialNumber", serial, sizeof(serial));

	if (err == GH_ENOTFOUND)
		return fail(v, err, "the device at this address tells no serial number");
	if (err)
		return err;
	gh_slice got = gh_slice_trim(gh_slice_of(serial));

	if (gh_slice_eq(got, device_sn(v->w->device)))
		return GH_OK;
	snprintf(v->w->error_text, sizeof(v->w->error_text),
		 "another device answers there: %.*s", got.n > 32 ? 32 : (int)got.n,
		 (const char *)got.p);
	return GH_EDENIED;
}

static enum gh_err tell_of_it(struct visit *v)
{
	char firmware[GH_TEXT_SIZE];
	enum gh_err err = gh_terminal_firmware(v->t, firmware, sizeof(firmware));

	if (terminal_connection_lost(v->t, err))
		return err;
	gh_slice text = gh_slice_of(firmware);

	/* A full queue has more urgent work; the next connection tells it again. */
	if (err == GH_OK && text.n && !gh_slice_eq(text, v->row.firmware) &&
	    device_change(v->server, v->w->device,
			  &(struct device_row){ .present = UINT64_C(1) << DEVICE_firmware,
						.firmware = text },
			  NULL, NULL))
		return GH_OK;
	if (v->told)
		return GH_OK;
	err = terminal_info_store(v->w, v->t);
	v->told = err == GH_OK;
	return terminal_connection_lost(v->t, err) || err == GH_EFULL ? err : GH_OK;
}

/* --- its log --- */

static int64_t interval_ms(const struct visit *v)
{
	int64_t s = v->row.read_interval_s;

	return (s > 0 ? s : READ_INTERVAL_S) * 1000;
}

static int64_t read_in(const struct visit *v)
{
	int64_t left = v->read_at ? v->read_at + interval_ms(v) - steady_ms() : 0;

	return left > 0 ? left : 0;
}

static enum gh_err read_oplog(struct visit *v, const struct gh_counters *c)
{
	if (c->oplogs <= 0 || c->oplogs == v->oplogs)
		return GH_OK;
	enum gh_err err = terminal_read_oplog(v->w, v->t);

	if (err == GH_OK)
		v->oplogs = c->oplogs;
	/* Firmware without one is no failure. */
	return err == GH_EFULL || err == GH_ENOTFOUND || terminal_connection_lost(v->t, err)
		       ? err
		       : GH_OK;
}

/* Punches may have been made while it was read: the counters tell. */
static enum gh_err read_everything(struct visit *v)
{
	struct gh_counters c = { .punches = -1, .oplogs = -1 };
	struct terminal_read r;
	enum gh_err err;
	char text[80];

	terminal_worker_link_set(v->w, TERMINAL_READING);
	for (int round = 0;; round++) {
		r = (struct terminal_read){ 0 };
		err = terminal_read_log(v->w, v->t, &r);
		if (err)
			return err;
		err = gh_terminal_counters(v->t, &c);
		if (terminal_connection_lost(v->t, err))
			return err;
		if (err || c.punches <= 0 || (uint64_t)c.punches <= r.rows ||
		    round == READ_MORE)
			break;
	}
	snprintf(text, sizeof(text), "%llu punches, %llu of them new",
		 (unsigned long long)r.rows, (unsigned long long)r.fresh);
	terminal_worker_trace(v->w, "read", text);
	if (err == GH_OK)
		err = read_oplog(v, &c);
	else
		err = GH_OK;
	v->read_at = steady_ms();
	v->held = c.punches;
	return err;
}

/* --- its live events --- */

/* Until somebody wants something, or for so long. False: there is something else to do. */
static bool begin_listening(struct terminal_worker *w)
{
	pthread_mutex_lock(&w->manager->lock);
	bool quiet = !w->woken && !w->manager->stopping;

	w->listening = quiet;
	pthread_mutex_unlock(&w->manager->lock);
	return quiet;
}

static bool end_listening(struct terminal_worker *w)
{
	pthread_mutex_lock(&w->manager->lock);
	bool cancelled = w->cancelled;

	w->listening = w->cancelled = false;
	pthread_mutex_unlock(&w->manager->lock);
	return cancelled;
}

static enum gh_err take_event(struct visit *v, const struct gh_event *e)
{
	device_seen(v->w->device, v->server->now_ms());
	if (e->type != GH_EVENT_PUNCH || !e->decoded)
		return GH_OK;
	enum gh_err err = terminal_read_live(v->w, &e->punch);

	v->held++;

	/* It is in the log as well. */
	if (err == GH_EFULL)
		v->read_at = 0;
	return err;
}

/* What one wait brought. After a connection was made anew, another device may be the one that
 * answers, and what happened in between is in the log only: GH_ECLOSED. */
static enum gh_err take(struct visit *v, struct gh_terminal_live *it, enum gh_err err,
			const struct gh_event *e)
{
	if (gh_terminal_live_reconnects(it))
		return GH_ECLOSED;
	/* Silence, with a connection that is watched; not the failure to make a new one. */
	if (err == GH_ETIMEOUT && gh_terminal_is_connected(v->t)) {
		device_seen(v->w->device, v->server->now_ms());
		return GH_OK;
	}
	return err ? err : take_event(v, e);
}

/* One wait. A cancellation that came a moment too late would hit the next call: it is used up
 * here. */
static enum gh_err hear(struct visit *v, struct gh_terminal_live *it, int64_t ms)
{
	struct gh_event e;

	if (!begin_listening(v->w))
		return GH_ECANCELLED;
	enum gh_err err = gh_terminal_live_next(it, (int)ms, &e);
	bool cancelled = end_listening(v->w);

	for (int i = 0; cancelled && err != GH_ECANCELLED && i < DRAIN_MAX; i++) {
		err = take(v, it, err, &e);
		if (err)
			return err;
		err = gh_terminal_live_next(it, 0, &e);
	}
	return take(v, it, err, &e);
}

/* GH_OK: there is something else to do. */
static enum gh_err listen_to(struct visit *v)
{
	struct gh_terminal_live *it;
	enum gh_err err = gh_terminal_live_open(v->t, GH_EVENT_PUNCH, &it);

	if (err && !terminal_connection_lost(v->t, err)) {
		terminal_worker_trace(v->w, "listen", gh_terminal_error(v->t)->text);
		v->deaf = true;
		return GH_OK;
	}
	if (err)
		return err;
	terminal_worker_link_set(v->w, TERMINAL_LISTENING);
	while (err == GH_OK && read_in(v) > 0 &&
	       !device_wants_offer(v->w->device, v->server->now_ms())) {
		int64_t ms = read_in(v);

		err = hear(v, it, ms < LISTEN_MS ? ms : LISTEN_MS);
	}
	v->anew = gh_terminal_live_reconnects(it) > 0;
	gh_terminal_live_close(it);
	return v->anew || err == GH_ECANCELLED ? GH_OK : err;
}

/* --- one connection --- */

static void forget_handle(struct visit *v)
{
	pthread_mutex_lock(&v->w->manager->lock);
	v->w->terminal = NULL;
	pthread_mutex_unlock(&v->w->manager->lock);
	gh_terminal_free(v->t);
	v->t = NULL;
}

static enum gh_err make_handle(struct visit *v)
{
	struct gh_terminal_options o;
	char *address = ghi_arena_text(&v->arena, v->row.terminal);

	gh_terminal_options_init(&o);
	if (address == NULL)
		return GH_ENOMEM;
	if (!terminal_key(v->row.comm_key, &o.comm_key))
		return fail(v, GH_EAUTH, "the comm key of a terminal is a number of 32 bits");
	if (gh_slice_ieq(v->row.charset, GH_LIT("gb18030")))
		o.encoding = "GB18030";
	enum gh_err err = gh_terminal_new(address, &o, &v->t);

	if (err)
		return err == GH_EINVALID
			       ? fail(v, err, "the address is none: tcp://HOST[:PORT]")
			       : fail(v, err, gh_strerror(err));
	pthread_mutex_lock(&v->w->manager->lock);
	v->w->terminal = v->t;
	pthread_mutex_unlock(&v->w->manager->lock);
	return GH_OK;
}

static enum gh_err begin(struct visit *v)
{
	enum gh_err err = gh_terminal_connect(v->t);

	if (err == GH_OK)
		err = check_serial(v);
	if (err)
		return err;
	device_seen(v->w->device, v->server->now_ms());
	LOG(v->server->log, LOG_INFO, "terminal connected", { "sn", device_sn(v->w->device) },
	    { "address", v->row.terminal });
	terminal_worker_trace(v->w, "connect", "");
	command_device_restarted(v->server, v->w->device);
	err = tell_of_it(v);
	return err ? err : terminal_clock_adjust(v->w, v->t);
}

static bool same(gh_slice a, gh_slice b)
{
	return gh_slice_eq(a, b);
}

/* The device as it is now; whether what a connection depends on is as it was. */
static bool look(struct visit *v)
{
	struct arena a = { 0 };
	struct device_row row;

	pthread_mutex_lock(&v->w->manager->lock);
	v->w->woken = false;
	pthread_mutex_unlock(&v->w->manager->lock);
	device_row(v->w->device, &a, &row);
	bool as_it_was = same(row.terminal, v->row.terminal) &&
			 same(row.comm_key, v->row.comm_key) &&
			 same(row.charset, v->row.charset);

	ghi_arena_clear(&v->arena);
	v->arena = a;
	v->row = row;
	return as_it_was && !device_deleted(v->w->device) &&
	       device_state(v->w->device) == DEVICE_APPROVED;
}

static bool is_cancelled(struct visit *v)
{
	return !terminal_worker_goes_on(v->w);
}

/* The library may have made the connection anew. */
static enum gh_err still_the_same(struct visit *v)
{
	enum gh_err err = check_serial(v);

	return err ? err : terminal_clock_adjust(v->w, v->t);
}

/* Punches made while nobody listened are in the log only: its counter tells. */
static enum gh_err catch_up(struct visit *v)
{
	struct gh_counters c;
	enum gh_err err = gh_terminal_counters(v->t, &c);

	if (err)
		return terminal_connection_lost(v->t, err) ? err : GH_OK;
	if (c.punches > 0 && c.punches != v->held)
		v->read_at = 0;
	return GH_OK;
}

/* What there is to do, in this order, until there is nothing or the connection is lost. */
static enum gh_err stay(struct visit *v)
{
	enum gh_err err = GH_OK;
	bool first = true;

	while (err == GH_OK && !v->anew && !is_cancelled(v)) {
		if (!look(v)) {
			v->anew = true;
			break;
		}
		int64_t now = v->server->now_ms();

		if (first || read_in(v) == 0) {
			err = first ? GH_OK : still_the_same(v);
			if (err == GH_OK)
				err = read_everything(v);
			first = false;
		} else if (device_wants_offer(v->w->device, now)) {
			err = check_serial(v);
			if (err == GH_OK)
				err = terminal_commands_execute(v->w, v->t);
		} else if (v->row.live && !v->deaf) {
			err = catch_up(v);
			if (err == GH_OK && read_in(v) > 0)
				err = listen_to(v);
		} else {
			break;
		}
	}
	return err;
}

static enum gh_err call(struct visit *v)
{
	enum gh_err err = make_handle(v);

	if (err)
		return err;
	terminal_worker_link_set(v->w, TERMINAL_CONNECTING);
	v->w->error_text[0] = 0;
	v->deaf = v->anew = false;
	err = begin(v);
	if (err == GH_OK) {
		pthread_mutex_lock(&v->w->manager->lock);
		v->w->status.error[0] = 0;
		pthread_mutex_unlock(&v->w->manager->lock);
		v->last_error[0] = 0;
		err = stay(v);
	}
	if (err && v->w->error_text[0] == 0)
		fail(v, err, gh_terminal_error(v->t)->text);
	forget_handle(v);
	return err;
}

/* --- between connections --- */

static void failed(struct visit *v, enum gh_err err)
{
	struct terminal_worker *w = v->w;
	const char *why = w->error_text[0] ? w->error_text : gh_strerror(err);

	terminal_worker_link_set(w, TERMINAL_FAILED);
	pthread_mutex_lock(&w->manager->lock);
	snprintf(w->status.error, sizeof(w->status.error), "%s", why);
	pthread_mutex_unlock(&w->manager->lock);
	terminal_worker_trace(w, "failed", why);
	/* A terminal that is off for a week is one line, not ten thousand. */
	if (strcmp(v->last_error, why) != 0)
		LOG(v->server->log, LOG_WARNING, "terminal failed",
		    { "sn", device_sn(w->device) }, { "address", v->row.terminal },
		    { "why", gh_slice_of(why) });
	snprintf(v->last_error, sizeof(v->last_error), "%s", why);
}

/* Sleep until somebody wakes us or so long; INT64_MAX: until somebody does. Whether it was
 * somebody. */
static bool sleep_ms(struct terminal_worker *w, int64_t ms)
{
	struct timespec until = deadline(ms < BACK_OFF_MAX_MS ? ms : BACK_OFF_MAX_MS);
	int waited = 0;

	pthread_mutex_lock(&w->manager->lock);
	while (!w->manager->stopping && !w->woken && waited != ETIMEDOUT)
		waited = pthread_cond_timedwait(&w->news, &w->manager->lock, &until);
	bool woken = w->woken || w->manager->stopping;
	pthread_mutex_unlock(&w->manager->lock);
	return woken;
}

/* After a failure: the pause doubles. Another address or key is tried at once, a command soon. */
static void back_off(struct visit *v)
{
	int64_t began = steady_ms(), until = began + v->pause;

	v->pause = v->pause * 2 < BACK_OFF_MAX_MS ? v->pause * 2 : BACK_OFF_MAX_MS;
	while (terminal_worker_goes_on(v->w) && steady_ms() < until) {
		if (!sleep_ms(v->w, until - steady_ms()))
			continue;
		if (!look(v))
			return;
		if (until > began + EAGER_MS)
			until = began + EAGER_MS;
	}
}

/* Nothing to do and nothing to listen to: until the next read, a command, or a change. */
static void rest(struct visit *v)
{
	terminal_worker_link_set(v->w, TERMINAL_WAITING);
	while (terminal_worker_goes_on(v->w) && read_in(v) > 0 &&
	       !device_wants_offer(v->w->device, v->server->now_ms())) {
		int64_t ms = read_in(v);

		if (device_commands(v->w->device) && ms > COMMAND_LOOK_MS)
			ms = COMMAND_LOOK_MS;
		if (sleep_ms(v->w, ms) && !look(v))
			return;
	}
}

void *terminal_worker_run(void *p)
{
	struct terminal_worker *w = p;
	struct visit v = { .w = w, .server = w->manager->server, .pause = BACK_OFF_MS };

	for (;;) {
		look(&v);
		if (!terminal_worker_goes_on(w) || device_deleted(w->device) ||
		    v.row.terminal.n == 0) {
			if (terminal_worker_retire(w))
				break;
			continue;
		}
		if (device_state(w->device) != DEVICE_APPROVED) {
			terminal_worker_link_set(w, TERMINAL_WAITING);
			sleep_ms(w, INT64_MAX);
			continue;
		}
		int64_t began = steady_ms();
		enum gh_err err = call(&v);

		if (err == GH_OK || is_cancelled(&v) || device_deleted(w->device)) {
			v.pause = BACK_OFF_MS;
			if (err == GH_OK && !v.anew)
				rest(&v);
			continue;
		}
		failed(&v, err);
		if (steady_ms() - began > STEADY_MS)
			v.pause = BACK_OFF_MS;
		back_off(&v);
	}
	ghi_arena_clear(&v.arena);
	return NULL;
}
