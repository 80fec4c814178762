/* Live events of a terminal. */
#include "session/terminal/read.h"

enum {
	DRAIN_MAX = 1000, /* events read after a cancellation that came too late */
};

enum terminal_life_cause terminal_live_subscribe(struct terminal_worker *w)
{
	enum gh_err err = gh_terminal_live_open(w->handle, GH_EVENT_PUNCH, &w->live);

	if (terminal_connection_lost(w->handle, err))
		return terminal_activity_failed(w, err);
	if (err == GH_OK)
		return CAUSE_SUBSCRIBED;
	terminal_worker_trace(w, "listen", gh_terminal_error(w->handle)->text);
	return CAUSE_LIVE_UNSUPPORTED;
}

void terminal_live_unsubscribe(struct terminal_worker *w)
{
	gh_terminal_live_close(w->live);
	w->live = NULL;
}

/* --- the interruption of a wait --- */

void terminal_live_interrupt(struct terminal_worker *w)
{
	if (!w->live_waiting || w->live_cancelled)
		return;
	w->live_cancelled = true;
	gh_terminal_cancel(w->handle);
}

/* False: there is other work, and the wait does not begin. */
static bool live_wait_begin(struct terminal_worker *w)
{
	pthread_mutex_lock(&w->manager->lock);
	bool quiet = !w->woken && !w->manager->stopping;

	w->live_waiting = quiet;
	w->woken = false;
	pthread_mutex_unlock(&w->manager->lock);
	return quiet;
}

/* Whether it was cancelled. */
static bool live_wait_end(struct terminal_worker *w)
{
	pthread_mutex_lock(&w->manager->lock);
	bool cancelled = w->live_cancelled;

	w->live_waiting = w->live_cancelled = false;
	pthread_mutex_unlock(&w->manager->lock);
	return cancelled;
}

/* --- listening --- */

/* The result of one wait. After a reconnection the device may be another one, and events in
 * between are only in the log. */
static enum terminal_life_cause live_take(struct terminal_worker *w, enum gh_err err,
					  const struct gh_event *e)
{
	if (gh_terminal_live_reconnects(w->live))
		return CAUSE_RECONNECTED;
	if (err == GH_ECANCELLED)
		return CAUSE_WOKEN;
	/* No event; or the connection is lost, and no new one could be made. */
	if (err && (err != GH_ETIMEOUT || !gh_terminal_is_connected(w->handle)))
		return terminal_activity_failed(w, err);
	device_seen(w->device, w->manager->server->now_ms());
	if (err || e->type != GH_EVENT_PUNCH || !e->decoded)
		return CAUSE_NONE;
	err = terminal_read_live(w, &e->punch);
	w->punches_held++;
	return err ? terminal_activity_failed(w, err) : CAUSE_NONE;
}

/* A cancellation that came too late would end the next call: it is consumed here. */
enum terminal_life_cause terminal_live_listen(struct terminal_worker *w, int64_t ms)
{
	struct gh_event e;

	if (!live_wait_begin(w))
		return CAUSE_WOKEN;
	enum gh_err err = gh_terminal_live_next(w->live, (int)ms, &e);
	bool cancelled = live_wait_end(w);

	for (int i = 0; cancelled && err != GH_ECANCELLED && i < DRAIN_MAX; i++) {
		enum terminal_life_cause cause = live_take(w, err, &e);

		if (cause != CAUSE_NONE)
			return cause;
		err = gh_terminal_live_next(w->live, 0, &e);
	}
	return live_take(w, err, &e);
}
