/* The manager: creates the workers of terminals, and ends them. */
#include "session/terminal/manager.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/problems.h"
#include "session/terminal/attempt.h"

#define CANCEL_AGAIN_MS 20 /* how soon a cancellation is repeated */

/* --- workers --- */

static void worker_free(struct terminal_worker *w)
{
	if (w == NULL)
		return;
	pthread_cond_destroy(&w->changed);
	device_unref(w->device);
	free(w);
}

static struct terminal_worker *worker_new(struct terminal_manager *m, struct device *d)
{
	struct terminal_worker *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->manager = m;
	w->device = device_ref(d);
	ghi_clock_condition_init(&w->changed);
	w->status = (struct terminal_status){ .link = TERMINAL_WAITING,
					      .since_ms = m->server->now_ms() };
	return w;
}

static struct terminal_worker *worker_find(struct terminal_manager *m, struct device *d)
{
	struct terminal_worker *w;

	HASH_FIND_PTR(m->by_device, &d, w);
	return w;
}

/* Under the lock. False: it has no thread; its status has the reason. */
static bool worker_start(struct terminal_manager *m, struct terminal_worker *w)
{
	if (m->threads < m->settings.workers)
		w->has_thread = pthread_create(&w->thread, NULL, terminal_worker_run, w) == 0;
	m->threads += w->has_thread;
	HASH_ADD_PTR(m->by_device, device, w);
	if (w->has_thread)
		return true;
	w->status.link = TERMINAL_FAILED;
	snprintf(w->status.error, sizeof(w->status.error),
		 "more terminals than this server may call (setting terminals)");
	return false;
}

/* Under the lock. */
static void worker_wake(struct terminal_worker *w)
{
	w->woken = true;
	terminal_live_interrupt(w);
	pthread_cond_signal(&w->changed);
}

void terminal_manager_reap(struct terminal_manager *m)
{
	pthread_mutex_lock(&m->lock);
	struct terminal_worker *ended = m->ended;

	m->ended = NULL;
	pthread_mutex_unlock(&m->lock);
	while (ended) {
		struct terminal_worker *w = ended;

		ended = w->next;
		pthread_join(w->thread, NULL);
		worker_free(w);
	}
}

bool terminal_manager_retire(struct terminal_worker *w)
{
	struct terminal_manager *m = w->manager;

	pthread_mutex_lock(&m->lock);
	bool retires = m->stopping || !w->woken;

	w->woken = false;
	if (retires) {
		HASH_DEL(m->by_device, w);
		m->threads--;
		w->next = m->ended;
		m->ended = w;
		pthread_cond_signal(&m->ending);
	}
	pthread_mutex_unlock(&m->lock);
	return retires;
}

void terminal_manager_wake(struct terminal_manager *m, struct device *d)
{
	bool is_terminal = device_is_terminal(d) && !device_deleted(d), refused = false,
	     started = false;
	struct terminal_worker *unused = NULL;

	pthread_mutex_lock(&m->lock);
	struct terminal_worker *w = worker_find(m, d);

	if (w && !w->has_thread && !is_terminal) {
		HASH_DEL(m->by_device, w);
		unused = w;
	} else if (w) {
		worker_wake(w);
	} else if (!m->stopping && is_terminal) {
		w = worker_new(m, d);
		started = w && worker_start(m, w);
		refused = w && !started;
	}
	pthread_mutex_unlock(&m->lock);
	worker_free(unused);
	if (started)
		problem_clear(m->server, PROBLEM_TERMINAL_NOT_CALLED, device_sn(d));
	if (refused)
		problem_raise(m->server, PROBLEM_TERMINAL_NOT_CALLED, device_sn(d),
			      "more terminals than this server may call (setting terminals)");
}

/* --- server->terminals --- */

/* Called on the store thread, among others: workers are created by the starter. */
static void service_wake(void *self, struct device *d)
{
	struct terminal_manager *m = self;

	pthread_mutex_lock(&m->lock);
	struct terminal_worker *w = worker_find(m, d);

	if (w && w->has_thread) {
		worker_wake(w);
	} else {
		m->unserved = true;
		pthread_cond_signal(&m->starting);
	}
	pthread_mutex_unlock(&m->lock);
}

static bool service_status(void *self, struct device *d, struct terminal_status *out)
{
	struct terminal_manager *m = self;

	if (!device_is_terminal(d))
		return false;
	pthread_mutex_lock(&m->lock);
	const struct terminal_worker *w = worker_find(m, d);

	if (w)
		*out = w->status;
	else
		*out = (struct terminal_status){ .link = TERMINAL_WAITING };
	pthread_mutex_unlock(&m->lock);
	return true;
}

static bool service_usable(void *self, const gh_slice *address, const gh_slice *comm_key)
{
	char text[256];
	struct gh_terminal *probe;
	uint32_t key;

	(void)self;
	if (comm_key && !terminal_comm_key(*comm_key, &key))
		return false;
	if (address == NULL)
		return true;
	if (address->n >= sizeof(text))
		return false;
	memcpy(text, address->p, address->n);
	text[address->n] = 0;
	if (gh_terminal_new(text, NULL, &probe))
		return false;
	gh_terminal_free(probe);
	return true;
}

static const struct terminals_ops service_ops = {
	.add = terminal_manager_add,
	.discover = terminal_manager_discover,
	.wake = service_wake,
	.usable = service_usable,
	.status = service_status,
};

enum gh_err terminal_manager_open(struct server *server,
				  const struct terminal_manager_settings *s,
				  struct terminal_manager **out)
{
	struct terminal_manager *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return GH_ENOMEM;
	m->server = server;
	m->settings = *s;
	m->service = (struct terminals){ &service_ops, m };
	pthread_mutex_init(&m->lock, NULL);
	ghi_clock_condition_init(&m->ending);
	ghi_clock_condition_init(&m->starting);
	server->terminals = &m->service;
	*out = m;
	return GH_OK;
}

/* --- the starter --- */

static bool starter_serve(void *ctx, struct device *d)
{
	struct terminal_manager *m = ctx;

	if (!device_is_terminal(d))
		return true;
	pthread_mutex_lock(&m->lock);
	const struct terminal_worker *w = worker_find(m, d);
	bool served = w && w->has_thread;

	pthread_mutex_unlock(&m->lock);
	if (!served)
		terminal_manager_wake(m, d);
	return true;
}

/* Workers that never had a thread, and whose device is no terminal any more. */
static void starter_clear(struct terminal_manager *m)
{
	struct terminal_worker *w, *next, *unused = NULL;

	pthread_mutex_lock(&m->lock);
	HASH_ITER(hh, m->by_device, w, next)
	{
		if (w->has_thread ||
		    (device_is_terminal(w->device) && !device_deleted(w->device)))
			continue;
		HASH_DEL(m->by_device, w);
		w->next = unused;
		unused = w;
	}
	pthread_mutex_unlock(&m->lock);
	while (unused) {
		w = unused;
		unused = w->next;
		worker_free(w);
	}
}

static void *starter_run(void *arg)
{
	struct terminal_manager *m = arg;

	pthread_mutex_lock(&m->lock);
	while (!m->stopping) {
		if (!m->unserved) {
			pthread_cond_wait(&m->starting, &m->lock);
			continue;
		}
		m->unserved = false;
		pthread_mutex_unlock(&m->lock);
		starter_clear(m);
		devices_each(m->server->devices, starter_serve, m);
		pthread_mutex_lock(&m->lock);
	}
	pthread_mutex_unlock(&m->lock);
	return NULL;
}

void terminal_manager_start(struct terminal_manager *m)
{
	pthread_mutex_lock(&m->lock);
	m->unserved = true;
	m->has_starter = pthread_create(&m->starter, NULL, starter_run, m) == 0;
	pthread_mutex_unlock(&m->lock);
	if (!m->has_starter)
		problem_raise(m->server, PROBLEM_TERMINAL_NOT_CALLED, PROBLEM_OF_SERVER,
			      "no thread can be made for any of them");
}

/* Under the lock. True: some thread still runs. */
static bool manager_cancel_all(struct terminal_manager *m)
{
	struct terminal_worker *w, *next;
	bool any = m->attempts != NULL;

	HASH_ITER(hh, m->by_device, w, next)
	{
		if (!w->has_thread)
			continue;
		any = true;
		if (w->handle)
			gh_terminal_cancel(w->handle);
		pthread_cond_signal(&w->changed);
	}
	for (struct terminal_attempt *a = m->attempts; a; a = a->next)
		for (size_t i = 0; i < a->handles; i++)
			if (a->handle[i])
				gh_terminal_cancel(a->handle[i]);
	return any;
}

/* A thread may be between two calls, so the cancellation is repeated until each has ended. */
void terminal_manager_stop(struct terminal_manager *m)
{
	if (m == NULL)
		return;
	pthread_mutex_lock(&m->lock);
	m->stopping = true;
	pthread_cond_signal(&m->starting);
	pthread_mutex_unlock(&m->lock);
	if (m->has_starter)
		pthread_join(m->starter, NULL);
	m->has_starter = false;
	pthread_mutex_lock(&m->lock);
	while (manager_cancel_all(m)) {
		struct timespec until = ghi_clock_deadline(CANCEL_AGAIN_MS);

		pthread_cond_timedwait(&m->ending, &m->lock, &until);
	}
	pthread_mutex_unlock(&m->lock);
	terminal_manager_reap(m);
	terminal_attempts_reap(m);
}

void terminal_manager_close(struct terminal_manager *m)
{
	struct terminal_worker *w, *next;

	if (m == NULL)
		return;
	HASH_ITER(hh, m->by_device, w, next)
	{
		HASH_DEL(m->by_device, w);
		worker_free(w);
	}
	m->server->terminals = NULL;
	pthread_cond_destroy(&m->starting);
	pthread_cond_destroy(&m->ending);
	pthread_mutex_destroy(&m->lock);
	free(m);
}
