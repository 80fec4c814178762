/* Threads that call an address for a request of the API: their list, their limit and their end. */
#include <stdlib.h>

#include "session/terminal/attempt.h"

void terminal_attempt_free(struct terminal_attempt *a)
{
	ghi_arena_clear(&a->arena);
	free(a);
}

void terminal_attempts_reap(struct terminal_manager *m)
{
	pthread_mutex_lock(&m->lock);
	struct terminal_attempt *ended = m->attempts_ended;

	m->attempts_ended = NULL;
	pthread_mutex_unlock(&m->lock);
	while (ended) {
		struct terminal_attempt *a = ended;

		ended = a->next;
		pthread_join(a->thread, NULL);
		terminal_attempt_free(a);
	}
}

enum gh_err terminal_attempt_start(struct terminal_manager *m, struct terminal_attempt *a)
{
	enum gh_err err = GH_OK;

	terminal_attempts_reap(m);
	terminal_manager_reap(m);
	pthread_mutex_lock(&m->lock);
	if (m->stopping)
		err = GH_ECLOSED;
	else if (m->attempts_n >= m->settings.attempts)
		err = GH_EBUSY;
	else if (pthread_create(&a->thread, NULL, a->run, a))
		err = GH_ENOMEM;
	if (err == GH_OK) {
		a->next = m->attempts;
		m->attempts = a;
		m->attempts_n++;
	}
	pthread_mutex_unlock(&m->lock);
	return err;
}

void terminal_attempt_end(struct terminal_attempt *a)
{
	struct terminal_manager *m = a->manager;

	pthread_mutex_lock(&m->lock);
	struct terminal_attempt **at = &m->attempts;

	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
	m->attempts_n--;
	a->next = m->attempts_ended;
	m->attempts_ended = a;
	pthread_cond_signal(&m->ending);
	pthread_mutex_unlock(&m->lock);
}

bool terminal_attempt_use(struct terminal_attempt *a, size_t i, struct gh_terminal *t)
{
	pthread_mutex_lock(&a->manager->lock);
	a->handle[i] = t;
	bool on = !a->manager->stopping;
	pthread_mutex_unlock(&a->manager->lock);
	return on;
}
