/* The thread of one terminal: it drives the terminal's life and publishes its status. */
#include "session/terminal/worker.h"
#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "core/problems.h"
#include "core/trace.h"

#define WAIT_MAX_MS 300000 /* of one wait; a longer one is continued */

/* --- waiting --- */

static struct timespec worker_wait_deadline(int64_t ms)
{
	return ghi_clock_deadline(ms < WAIT_MAX_MS ? ms : WAIT_MAX_MS);
}

enum gh_err terminal_worker_pause(struct terminal_worker *w, int64_t ms)
{
	struct terminal_manager *m = w->manager;
	struct timespec until = worker_wait_deadline(ms);
	int waited = 0;

	pthread_mutex_lock(&m->lock);
	while (!m->stopping && waited != ETIMEDOUT)
		waited = pthread_cond_timedwait(&w->changed, &m->lock, &until);
	bool stopping = m->stopping;
	pthread_mutex_unlock(&m->lock);
	return stopping ? GH_ECANCELLED : GH_OK;
}

enum terminal_life_cause terminal_worker_wait(struct terminal_worker *w, int64_t ms)
{
	struct terminal_manager *m = w->manager;
	struct timespec until = worker_wait_deadline(ms);
	int waited = 0;

	pthread_mutex_lock(&m->lock);
	while (!m->stopping && !w->woken && waited != ETIMEDOUT)
		waited = pthread_cond_timedwait(&w->changed, &m->lock, &until);
	bool woken = w->woken;

	w->woken = false;
	pthread_mutex_unlock(&m->lock);
	return woken ? CAUSE_WOKEN : CAUSE_NONE;
}

/* --- what people are shown --- */

void terminal_worker_trace(struct terminal_worker *w, const char *what, const char *note)
{
	struct server *server = w->manager->server;
	struct arena a = ghi_arena_with_limit(65536);
	struct device_row row;

	device_row(w->device, &a, &row);
	trace_add(server->trace, &(struct traced){
					 .at_ms = server->now_ms(),
					 .serial = device_sn(w->device),
					 .peer = row.terminal.call_address,
					 .method = GH_LIT("CALL"),
					 .target = gh_slice_of(what),
					 .note = gh_slice_of(note),
				 });
	ghi_arena_clear(&a);
}

enum gh_err terminal_worker_explain(struct terminal_worker *w, enum gh_err err, const char *why)
{
	snprintf(w->error_text, sizeof(w->error_text), "%s", why);
	return err;
}

static void worker_link_publish(struct terminal_worker *w)
{
	struct terminal_manager *m = w->manager;
	int64_t now = m->server->now_ms();

	pthread_mutex_lock(&m->lock);
	enum terminal_link link = terminal_life_link(w->life.state, w->status.link);

	if (w->status.link != link)
		w->status.since_ms = now;
	w->status.link = link;
	pthread_mutex_unlock(&m->lock);
}

static void worker_error_publish(struct terminal_worker *w, const char *error)
{
	pthread_mutex_lock(&w->manager->lock);
	snprintf(w->status.error, sizeof(w->status.error), "%s", error);
	pthread_mutex_unlock(&w->manager->lock);
}

/* A terminal that is off for a week is one line of the log, not ten thousand. */
static void worker_failure_publish(struct terminal_worker *w, enum problem_kind kind)
{
	worker_error_publish(w, w->error_text);
	terminal_worker_trace(w, "failed", w->error_text);
	if (strcmp(w->logged_error, w->error_text) != 0)
		LOG(w->manager->server->log, LOG_WARNING, "terminal failed",
		    { "sn", device_sn(w->device) },
		    { "address", w->used.terminal.call_address },
		    { "why", gh_slice_of(w->error_text) });
	problem_raise(w->manager->server, kind, device_sn(w->device), "%s", w->error_text);
	memcpy(w->logged_error, w->error_text, sizeof(w->logged_error));
}

/* --- the life --- */

/* Read the device's current row. In READY everything about it is checked again, so an earlier
 * wake-up is done; in other states it ends the next wait. */
static void worker_look(struct terminal_worker *w, struct terminal_facts *f)
{
	struct server *server = w->manager->server;

	pthread_mutex_lock(&w->manager->lock);
	bool stopping = w->manager->stopping;

	if (w->life.state == LIFE_READY)
		w->woken = false;
	pthread_mutex_unlock(&w->manager->lock);
	ghi_arena_clear(&w->row_arena);
	device_row(w->device, &w->row_arena, &w->row);
	*f = (struct terminal_facts){
		.stopping = stopping,
		.deleted = device_deleted(w->device) || w->row.terminal.call_address.n == 0,
		.approved = device_state(w->device) == DEVICE_APPROVED,
		.moved = !gh_slice_eq(w->row.terminal.call_address,
				      w->used.terminal.call_address) ||
			 !gh_slice_eq(w->row.comm_key, w->used.comm_key) ||
			 !gh_slice_eq(w->row.charset, w->used.charset) ||
			 !gh_slice_eq(w->row.zone, w->used.zone) ||
			 !gh_slice_eq(w->row.clock, w->used.clock),
		.live = w->row.terminal.live,
		.command_waits = device_offer_due(w->device, server->now_ms()),
		.commands_open = device_commands(w->device) > 0,
		.read_interval_s = w->row.terminal.read_interval_s,
	};
}

/* The row that was read last becomes that of the connection. */
static void worker_use_row(struct terminal_worker *w)
{
	ghi_arena_clear(&w->used_arena);
	w->used_arena = w->row_arena;
	w->used = w->row;
	w->row_arena = (struct arena){ 0 };
}

/* After a transition: what the new state begins with. */
static void worker_enter(struct terminal_worker *w, enum terminal_life_state from,
			 enum terminal_life_cause cause)
{
	enum terminal_life_state to = w->life.state;

	LOG(w->manager->server->log, LOG_DEBUG, "terminal state",
	    { "sn", device_sn(w->device) },
	    { "from", gh_slice_of(terminal_life_state_name(from)) },
	    { "cause", gh_slice_of(terminal_life_cause_name(cause)) },
	    { "to", gh_slice_of(terminal_life_state_name(to)) });
	if (from == LIFE_LISTENING)
		terminal_live_unsubscribe(w);
	if (to == LIFE_CONNECTING || !terminal_life_is_linked(to))
		terminal_activity_disconnect(w);
	if (to == LIFE_CONNECTING)
		worker_use_row(w);
	if (cause == CAUSE_FAILED)
		worker_failure_publish(w, PROBLEM_TERMINAL_FAILED);
	if (cause == CAUSE_LOG_INCOMPLETE)
		worker_failure_publish(w, PROBLEM_LOG_INCOMPLETE);
	if (cause == CAUSE_LOG_READ)
		problem_clear(w->manager->server, PROBLEM_LOG_INCOMPLETE, device_sn(w->device));
	if (to == LIFE_READING) {
		worker_error_publish(w, "");
		w->logged_error[0] = 0;
		problem_clear(w->manager->server, PROBLEM_TERMINAL_FAILED,
			      device_sn(w->device));
	}
	worker_link_publish(w);
}

void *terminal_worker_run(void *worker)
{
	struct terminal_worker *w = worker;
	enum terminal_life_cause result = CAUSE_NONE;
	struct terminal_facts facts;

	terminal_life_begin(&w->life);
	for (;;) {
		enum terminal_life_state from = w->life.state;

		worker_look(w, &facts);
		enum terminal_life_cause cause =
			terminal_life_step(&w->life, &facts, result, ghi_clock_monotonic_ms());

		result = CAUSE_NONE;
		if (cause != CAUSE_NONE)
			worker_enter(w, from, cause);
		else if (w->life.state != LIFE_STOPPED)
			result = terminal_activity_run(w, &facts);
		else if (!terminal_manager_retire(w))
			result = CAUSE_RESUMED;
		else
			break;
	}
	ghi_arena_clear(&w->row_arena);
	ghi_arena_clear(&w->used_arena);
	return NULL;
}
