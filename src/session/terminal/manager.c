/* Who is called, and by which thread. */
#include "session/terminal/manager.h"

#include <stdlib.h>
#include <time.h>

#include "session/terminal/worker.h"

static void worker_free(struct terminal_worker *w)
{
	if (w == NULL)
		return;
	pthread_cond_destroy(&w->news);
	device_unref(w->device);
	free(w);
}

static struct terminal_worker *worker_new(struct terminal_manager *m, struct device *d)
{
	struct terminal_worker *w = calloc(1, sizeof(*w));
	pthread_condattr_t attr;

	if (w == NULL)
		return NULL;
	w->manager = m;
	w->device = device_ref(d);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->news, &attr);
	pthread_condattr_destroy(&attr);
	w->status = (struct terminal_status){ .link = TERMINAL_WAITING,
					      .since_ms = m->server->now_ms() };
	return w;
}

/* Join the threads that have ended. Without the lock. */
static void reap(struct terminal_manager *m)
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

static struct terminal_worker *find(struct terminal_manager *m, struct device *d)
{
	struct terminal_worker *w;

	HASH_FIND_PTR(m->by_device, &d, w);
	return w;
}

static void spawn(struct terminal_manager *m, struct device *d)
{
	struct terminal_worker *w = worker_new(m, d);

	if (w == NULL)
		return;
	if (m->links < m->settings.links)
		w->running = pthread_create(&w->thread, NULL, terminal_worker_run, w) == 0;
	if (!w->running) {
		w->status.link = TERMINAL_FAILED;
		snprintf(w->status.error, sizeof(w->status.error),
			 "more terminals than this server may call (setting terminals)");
		LOG(m->server->log, LOG_ERROR, "terminal is not called", { "sn", device_sn(d) },
		    { "why", gh_slice_of(w->status.error) });
	}
	m->links += w->running;
	HASH_ADD_PTR(m->by_device, device, w);
}

/* Runs on whatever thread changed the device; the store's among them, so it may not wait. */
void terminal_manager_wake(struct terminal_manager *m, struct device *d)
{
	pthread_mutex_lock(&m->lock);
	struct terminal_worker *w = find(m, d);

	if (w && !w->running && (device_deleted(d) || !device_is_terminal(d))) {
		HASH_DEL(m->by_device, w);
		worker_free(w);
	} else if (w) {
		w->woken = true;
		if (w->listening && !w->cancelled) {
			w->cancelled = true;
			gh_terminal_cancel(w->terminal);
		}
		pthread_cond_signal(&w->news);
	} else if (!m->stopping && device_is_terminal(d) && !device_deleted(d)) {
		spawn(m, d);
	}
	pthread_mutex_unlock(&m->lock);
}

static void wake(void *self, struct device *d)
{
	terminal_manager_wake(self, d);
}

static bool status(void *self, struct device *d, struct terminal_status *out)
{
	struct terminal_manager *m = self;

	if (!device_is_terminal(d))
		return false;
	pthread_mutex_lock(&m->lock);
	const struct terminal_worker *w = find(m, d);

	if (w)
		*out = w->status;
	else
		*out = (struct terminal_status){ .link = TERMINAL_WAITING };
	pthread_mutex_unlock(&m->lock);
	return true;
}

static bool usable(void *self, const gh_slice *address, const gh_slice *comm_key)
{
	char text[256];
	struct gh_terminal *probe;
	uint32_t key;

	(void)self;
	if (comm_key && !terminal_key(*comm_key, &key))
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

static const struct terminals_ops ops = {
	.add = terminal_manager_add,
	.discover = terminal_manager_discover,
	.wake = wake,
	.usable = usable,
	.status = status,
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
	m->face = (struct terminals){ &ops, m };
	pthread_mutex_init(&m->lock, NULL);
	server->terminals = &m->face;
	*out = m;
	return GH_OK;
}

static bool start_one(void *ctx, struct device *d)
{
	if (device_is_terminal(d))
		terminal_manager_wake(ctx, d);
	return true;
}

void terminal_manager_start(struct terminal_manager *m)
{
	devices_each(m->server->devices, start_one, m);
}

/* Whoever blocks is told to stop; again and again, since a thread may have been between two
 * calls. */
static bool cancel_all(struct terminal_manager *m)
{
	struct terminal_worker *w, *next;
	bool any = m->attempts != NULL;

	HASH_ITER(hh, m->by_device, w, next)
	{
		if (!w->running)
			continue;
		any = true;
		if (w->terminal)
			gh_terminal_cancel(w->terminal);
		pthread_cond_signal(&w->news);
	}
	for (struct terminal_attempt *a = m->attempts; a; a = a->next)
		for (size_t i = 0; i < a->handles; i++)
			if (a->handle[i])
				gh_terminal_cancel(a->handle[i]);
	return any;
}

void terminal_manager_stop(struct terminal_manager *m)
{
	static const struct timespec moment = { .tv_nsec = 20000000 };
	bool any = true;

	if (m == NULL)
		return;
	pthread_mutex_lock(&m->lock);
	m->stopping = true;
	pthread_mutex_unlock(&m->lock);
	while (any) {
		pthread_mutex_lock(&m->lock);
		any = cancel_all(m);
		pthread_mutex_unlock(&m->lock);
		if (any)
			nanosleep(&moment, NULL);
	}
	reap(m);
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
	pthread_mutex_destroy(&m->lock);
	free(m);
}

bool terminal_worker_retire(struct terminal_worker *w)
{
	struct terminal_manager *m = w->manager;

	pthread_mutex_lock(&m->lock);
	bool leaves = m->stopping || !w->woken;

	if (leaves) {
		HASH_DEL(m->by_device, w);
		m->links--;
		w->next = m->ended;
		m->ended = w;
	}
	pthread_mutex_unlock(&m->lock);
	return leaves;
}

void terminal_manager_reap(struct terminal_manager *m)
{
	reap(m);
}
