/* Who is called, and by which thread. */
#include "session/terminal/terminals.h"

#include <stdlib.h>
#include <time.h>

#include "session/terminal/caller.h"

static void caller_free(struct terminal_caller *l)
{
	if (l == NULL)
		return;
	pthread_cond_destroy(&l->news);
	device_unref(l->device);
	free(l);
}

static struct terminal_caller *caller_new(struct terminals_keeper *k, struct device *d)
{
	struct terminal_caller *l = calloc(1, sizeof(*l));
	pthread_condattr_t attr;

	if (l == NULL)
		return NULL;
	l->keeper = k;
	l->device = device_ref(d);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->news, &attr);
	pthread_condattr_destroy(&attr);
	l->status = (struct terminal_status){ .link = TERMINAL_WAITING,
					      .since_ms = k->server->now_ms() };
	return l;
}

/* Join the threads that have ended. Without the lock. */
static void reap(struct terminals_keeper *k)
{
	pthread_mutex_lock(&k->lock);
	struct terminal_caller *ended = k->ended;

	k->ended = NULL;
	pthread_mutex_unlock(&k->lock);
	while (ended) {
		struct terminal_caller *l = ended;

		ended = l->next;
		pthread_join(l->thread, NULL);
		caller_free(l);
	}
}

static struct terminal_caller *find(struct terminals_keeper *k, struct device *d)
{
	struct terminal_caller *l;

	HASH_FIND_PTR(k->by_device, &d, l);
	return l;
}

static void spawn(struct terminals_keeper *k, struct device *d)
{
	struct terminal_caller *l = caller_new(k, d);

	if (l == NULL)
		return;
	if (k->links < k->settings.links)
		l->running = pthread_create(&l->thread, NULL, terminal_caller_run, l) == 0;
	if (!l->running) {
		l->status.link = TERMINAL_FAILED;
		snprintf(l->status.error, sizeof(l->status.error),
			 "more terminals than this server may call (setting terminals)");
		LOG(k->server->log, LOG_ERROR, "terminal is not called", { "sn", device_sn(d) },
		    { "why", gh_slice_of(l->status.error) });
	}
	k->links += l->running;
	HASH_ADD_PTR(k->by_device, device, l);
}

/* Runs on whatever thread changed the device; the store's among them, so it may not wait. */
void terminal_wake(struct terminals_keeper *k, struct device *d)
{
	pthread_mutex_lock(&k->lock);
	struct terminal_caller *l = find(k, d);

	if (l && !l->running && (device_deleted(d) || !device_is_terminal(d))) {
		HASH_DEL(k->by_device, l);
		caller_free(l);
	} else if (l) {
		l->woken = true;
		if (l->listening && !l->cancelled) {
			l->cancelled = true;
			gh_terminal_cancel(l->terminal);
		}
		pthread_cond_signal(&l->news);
	} else if (!k->stopping && device_is_terminal(d) && !device_deleted(d)) {
		spawn(k, d);
	}
	pthread_mutex_unlock(&k->lock);
}

static void wake(void *self, struct device *d)
{
	terminal_wake(self, d);
}

static bool status(void *self, struct device *d, struct terminal_status *out)
{
	struct terminals_keeper *k = self;

	if (!device_is_terminal(d))
		return false;
	pthread_mutex_lock(&k->lock);
	const struct terminal_caller *l = find(k, d);

	if (l)
		*out = l->status;
	else
		*out = (struct terminal_status){ .link = TERMINAL_WAITING };
	pthread_mutex_unlock(&k->lock);
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
	.add = terminals_add,
	.discover = terminals_discover,
	.wake = wake,
	.usable = usable,
	.status = status,
};

enum gh_err terminals_open(struct server *server, const struct terminals_settings *s,
			   struct terminals_keeper **out)
{
	struct terminals_keeper *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return GH_ENOMEM;
	k->server = server;
	k->settings = *s;
	k->face = (struct terminals){ &ops, k };
	pthread_mutex_init(&k->lock, NULL);
	server->terminals = &k->face;
	*out = k;
	return GH_OK;
}

static bool start_one(void *ctx, struct device *d)
{
	if (device_is_terminal(d))
		terminal_wake(ctx, d);
	return true;
}

void terminals_start(struct terminals_keeper *k)
{
	devices_each(k->server->devices, start_one, k);
}

/* Whoever blocks is told to stop; again and again, since a thread may have been between two
 * calls. */
static bool cancel_all(struct terminals_keeper *k)
{
	struct terminal_caller *l, *next;
	bool any = k->attempts != NULL;

	HASH_ITER(hh, k->by_device, l, next)
	{
		if (!l->running)
			continue;
		any = true;
		if (l->terminal)
			gh_terminal_cancel(l->terminal);
		pthread_cond_signal(&l->news);
	}
	for (struct terminal_attempt *a = k->attempts; a; a = a->next)
		for (size_t i = 0; i < a->handles; i++)
			if (a->handle[i])
				gh_terminal_cancel(a->handle[i]);
	return any;
}

void terminals_stop(struct terminals_keeper *k)
{
	static const struct timespec moment = { .tv_nsec = 20000000 };
	bool any = true;

	if (k == NULL)
		return;
	pthread_mutex_lock(&k->lock);
	k->stopping = true;
	pthread_mutex_unlock(&k->lock);
	while (any) {
		pthread_mutex_lock(&k->lock);
		any = cancel_all(k);
		pthread_mutex_unlock(&k->lock);
		if (any)
			nanosleep(&moment, NULL);
	}
	reap(k);
	terminal_attempts_reap(k);
}

void terminals_close(struct terminals_keeper *k)
{
	struct terminal_caller *l, *next;

	if (k == NULL)
		return;
	HASH_ITER(hh, k->by_device, l, next)
	{
		HASH_DEL(k->by_device, l);
		caller_free(l);
	}
	k->server->terminals = NULL;
	pthread_mutex_destroy(&k->lock);
	free(k);
}

bool terminal_caller_leave(struct terminal_caller *l)
{
	struct terminals_keeper *k = l->keeper;

	pthread_mutex_lock(&k->lock);
	bool leaves = k->stopping || !l->woken;

	if (leaves) {
		HASH_DEL(k->by_device, l);
		k->links--;
		l->next = k->ended;
		k->ended = l;
	}
	pthread_mutex_unlock(&k->lock);
	return leaves;
}

void terminal_caller_reap(struct terminals_keeper *k)
{
	reap(k);
}
