#include "session/wake.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <utlist.h>

#include <uthash.h>

#include "core/access/subs.h"
#include "core/metrics.h"
#include "core/server_clock.h"
#include "session/dialect.h"
#include "session/wake_calls.h"

enum hold_end {
	HOLD_GOES_ON,
	HOLD_SERVES, /* an order is due, or the time is over */
	HOLD_GIVES_WAY,
};

/* A poll that is held, in the arena of its request. It is the module's from wake_hold() on until it is
 * taken out of the table, and its connection's afterwards. */
struct wake_hold {
	UT_hash_handle hh;
	struct wake_hold *prev, *next; /* in the order of their ends */
	struct exchange *x;
	struct device *device; /* the exchange has the reference */
	void (*serve)(struct exchange *x);
	int64_t until_ms;
	enum hold_end end;
};

struct wake {
	struct order_wake port;
	struct server *server;
	size_t held_most;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	bool stopping;
	struct wake_hold *holds, *hold_of; /* the list, and the table by device */
	struct wake_calls calls;
	atomic_size_t held;
};

/* --- polls that are held --- */

static void hold_remove(struct wake *w, struct wake_hold *h)
{
	DL_DELETE(w->holds, h);
	HASH_DELETE(hh, w->hold_of, h);
	atomic_fetch_sub(&w->held, 1);
}

/* By the end: nearly always the last. */
static void hold_insert(struct wake *w, struct wake_hold *h)
{
	struct wake_hold *after = w->holds ? w->holds->prev : NULL;

	while (after && after->until_ms > h->until_ms)
		after = after == w->holds ? NULL : after->prev;
	if (after)
		DL_APPEND_ELEM(w->holds, after, h);
	else
		DL_PREPEND(w->holds, h);
	HASH_ADD_PTR(w->hold_of, device, h);
	atomic_fetch_add(&w->held, 1);
}

/* It was taken out. The request, and h with it, may end at any moment then. */
static void hold_release(struct wake_hold *h, enum hold_end end)
{
	h->end = end;
	exchange_resume_with(h->x, h->serve);
}

static bool hold_end_of(struct wake *w, const struct device *d, enum hold_end end)
{
	struct wake_hold *h;

	if (atomic_load_explicit(&w->held, memory_order_acquire) == 0)
		return false;
	pthread_mutex_lock(&w->lock);
	HASH_FIND_PTR(w->hold_of, &d, h);
	if (h)
		hold_remove(w, h);
	pthread_mutex_unlock(&w->lock);
	if (h)
		hold_release(h, end);
	return h != NULL;
}

static struct wake_hold *hold_new(struct exchange *x, int64_t now_ms)
{
	int64_t ms = (int64_t)x->server->settings->access_hold_s * 1000;
	struct wake_hold *h = ms ? ghi_arena_alloc(x->arena, sizeof(*h)) : NULL;

	if (h)
		*h = (struct wake_hold){ .x = x, .device = x->device, .until_ms = now_ms + ms };
	return h;
}

bool wake_hold(struct exchange *x, void (*next)(struct exchange *x))
{
	struct wake *w = (struct wake *)x->server->order_wake;
	struct wake_hold *h = x->hold, *before = NULL;

	if (w == NULL || !x->dialect->holds_polls || atomic_load(&x->server->files_exhausted))
		return false;
	struct device *d = x->device;
	int64_t now_ms = server_monotonic_ms(x->server);
	bool held = false;

	if (h == NULL)
		x->hold = h = hold_new(x, now_ms);
	if (h == NULL || now_ms >= h->until_ms || h->end == HOLD_GIVES_WAY)
		return false;
	/* The peer has closed: what is made is dropped. */
	if (!exchange_defer(x))
		return false;
	h->serve = next;
	h->end = HOLD_GOES_ON;
	(void)device_ref(d);
	pthread_mutex_lock(&w->lock);
	HASH_FIND_PTR(w->hold_of, &d, before);
	if (before)
		hold_remove(w, before);
	if (!w->stopping && atomic_load(&w->held) < w->held_most) {
		hold_insert(w, h);
		held = true;
		if (w->holds == h)
			pthread_cond_signal(&w->changed);
	}
	pthread_mutex_unlock(&w->lock);
	if (before)
		hold_release(before, HOLD_GIVES_WAY);
	if (held) {
		metric_add(&w->server->metrics->polls_held, 1);
		/* An order that came just before it was held. */
		if (device_offers_due(w->server, d, w->server->now_ms()))
			(void)hold_end_of(w, d, HOLD_SERVES);
	}
	device_unref(d);
	return held;
}

bool wake_hold_serves(const struct exchange *x)
{
	/* The library reports that a peer has closed only when it reads next. */
	return x->hold == NULL ||
	       (x->hold->end != HOLD_GIVES_WAY && !x->transport->left(x->link));
}

void wake_request_seen(struct exchange *x)
{
	struct wake *w = (struct wake *)x->server->order_wake;

	if (w)
		(void)hold_end_of(w, x->device, HOLD_GIVES_WAY);
}

/* --- the thread --- */

/* When it has something to do, or 0: when something is changed. */
static int64_t wake_next_ms(const struct wake *w)
{
	int64_t hold_ms = w->holds ? w->holds->until_ms : 0,
		rested_ms = wake_calls_rested_ms(&w->calls);

	return hold_ms && (rested_ms == 0 || hold_ms < rested_ms) ? hold_ms : rested_ms;
}

static void wake_wait(struct wake *w)
{
	int64_t at_ms = wake_next_ms(w);
	struct timespec at = { .tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000 };

	if (at_ms)
		(void)pthread_cond_timedwait(&w->changed, &w->lock, &at);
	else
		(void)pthread_cond_wait(&w->changed, &w->lock);
}

/* The lock is held, but not while something is sent or released. */
static void wake_turn(struct wake *w)
{
	int64_t now_ms = server_monotonic_ms(w->server);
	struct wake_hold *over = w->holds;
	struct wake_call *call = wake_calls_take(&w->calls);
	int64_t rested_ms = wake_calls_rested_ms(&w->calls);

	if (call) {
		pthread_mutex_unlock(&w->lock);
		wake_call_send(&w->calls, call);
		pthread_mutex_lock(&w->lock);
		wake_calls_rest(&w->calls, call, now_ms);
	} else if (over && (over->until_ms <= now_ms || w->stopping)) {
		enum hold_end end = w->stopping ? HOLD_GIVES_WAY : HOLD_SERVES;

		hold_remove(w, over);
		pthread_mutex_unlock(&w->lock);
		hold_release(over, end);
		pthread_mutex_lock(&w->lock);
	} else if (rested_ms && rested_ms <= now_ms) {
		wake_calls_rested(&w->calls, now_ms);
	} else {
		wake_wait(w);
	}
}

static void *wake_run(void *ctx)
{
	struct wake *w = ctx;

	pthread_mutex_lock(&w->lock);
	while (!w->stopping || w->holds)
		wake_turn(w);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* --- its life --- */

static void wake_due(struct order_wake *self, struct device *d)
{
	struct wake *w = (struct wake *)self;
	struct device *of = device_parent(d).n
				    ? devices_find(w->server->devices, device_parent(d))
				    : device_ref(d);

	if (of && !hold_end_of(w, of, HOLD_SERVES) && device_udp_wake(of)) {
		pthread_mutex_lock(&w->lock);
		if (!w->stopping && wake_calls_add(&w->calls, of))
			pthread_cond_signal(&w->changed);
		pthread_mutex_unlock(&w->lock);
	}
	device_unref(of);
}

enum gh_err wake_open(struct server *server, size_t held_most, struct wake **out)
{
	struct wake *w = calloc(1, sizeof(*w));
	pthread_condattr_t monotonic;

	if (w == NULL)
		return GH_ENOMEM;
	*w = (struct wake){ .port.due = wake_due, .server = server, .held_most = held_most };
	wake_calls_begin(&w->calls, server);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&w->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&w->lock, NULL);
	if (pthread_create(&w->thread, NULL, wake_run, w)) {
		w->stopping = true;
		wake_close(w);
		return GH_ENOMEM;
	}
	server->order_wake = &w->port;
	*out = w;
	return GH_OK;
}

void wake_stop(struct wake *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	bool stopped = w->stopping;

	w->stopping = true;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	if (!stopped)
		pthread_join(w->thread, NULL);
}

void wake_close(struct wake *w)
{
	if (w == NULL)
		return;
	wake_stop(w);
	w->server->order_wake = NULL;
	wake_calls_end(&w->calls);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
