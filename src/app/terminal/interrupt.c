#include "app/terminal/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

struct interrupt {
	pthread_t thread;
	sigset_t signals;
	atomic_bool seen, over;
	pthread_mutex_t lock; /* of device */
	struct gh_terminal *device;
};

static void *interrupt_wait(void *context)
{
	struct interrupt *i = context;
	int number;

	for (;;) {
		if (sigwait(&i->signals, &number))
			continue;
		if (atomic_load(&i->over))
			return NULL;
		if (atomic_exchange(&i->seen, true))
			_exit(130);
		pthread_mutex_lock(&i->lock);
		if (i->device)
			gh_terminal_cancel(i->device);
		pthread_mutex_unlock(&i->lock);
	}
}

struct interrupt *interrupt_start(void)
{
	struct interrupt *i = calloc(1, sizeof(*i));

	if (i == NULL)
		return NULL;
	sigemptyset(&i->signals);
	sigaddset(&i->signals, SIGINT);
	sigaddset(&i->signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &i->signals, NULL);
	pthread_mutex_init(&i->lock, NULL);
	if (pthread_create(&i->thread, NULL, interrupt_wait, i)) {
		pthread_sigmask(SIG_UNBLOCK, &i->signals, NULL);
		pthread_mutex_destroy(&i->lock);
		free(i);
		return NULL;
	}
	return i;
}

void interrupt_stop(struct interrupt *i)
{
	if (i == NULL)
		return;
	atomic_store(&i->over, true);
	pthread_kill(i->thread, SIGTERM);
	pthread_join(i->thread, NULL);
	pthread_mutex_destroy(&i->lock);
	free(i);
}

void interrupt_watch(struct interrupt *i, struct gh_terminal *device)
{
	pthread_mutex_lock(&i->lock);
	i->device = device;
	/* It may have come before there was anything to cancel. */
	if (device && atomic_load(&i->seen))
		gh_terminal_cancel(device);
	pthread_mutex_unlock(&i->lock);
}

bool interrupt_seen(const struct interrupt *i)
{
	return atomic_load(&i->seen);
}
