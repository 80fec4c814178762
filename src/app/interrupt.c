#include "app/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

struct interrupt {
	pthread_t thread;
	sigset_t signals;
	atomic_bool seen, over;
	pthread_mutex_t lock; /* of what follows */
	void (*cancel)(void *what);
	void *what;
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
			_exit(INTERRUPT_STATUS);
		pthread_mutex_lock(&i->lock);
		if (i->what)
			i->cancel(i->what);
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
	pthread_sigmask(SIG_UNBLOCK, &i->signals, NULL);
	pthread_mutex_destroy(&i->lock);
	free(i);
}

void interrupt_watch(struct interrupt *i, void (*cancel)(void *what), void *what)
{
	pthread_mutex_lock(&i->lock);
	i->cancel = cancel;
	i->what = what;
	/* It may have come before there was anything to cancel. */
	if (what && atomic_load(&i->seen))
		cancel(what);
	pthread_mutex_unlock(&i->lock);
}

bool interrupt_seen(const struct interrupt *i)
{
	return atomic_load(&i->seen);
}
