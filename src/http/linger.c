#include "http/linger.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define GUESTS 64
#define SILENCE_MS 2000
#define STAY_MS 10000

struct guest {
	int fd;
	int64_t silent_at, out_at;
};

struct linger_room {
	pthread_mutex_t lock; /* guards arrivals, n_arrivals, leaving, running */
	pthread_t thread;
	bool running, leaving;
	int bell;
	int arrivals[GUESTS];
	unsigned n_arrivals;
	struct guest guests[GUESTS]; /* the thread's own */
	unsigned n_guests;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Whether the house is to be closed. */
static bool welcome(struct linger_room *l, int64_t now)
{
	uint64_t rings;
	bool leaving;

	if (read(l->bell, &rings, sizeof(rings)) < 0 && errno != EAGAIN)
		return true;
	pthread_mutex_lock(&l->lock);
	while (l->n_arrivals) {
		int fd = l->arrivals[--l->n_arrivals];

		if (l->n_guests < GUESTS)
			l->guests[l->n_guests++] =
				(struct guest){ fd, now + SILENCE_MS, now + STAY_MS };
		else
			close(fd);
	}
	leaving = l->leaving;
	pthread_mutex_unlock(&l->lock);
	return leaving;
}

/* Whether the guest may stay. */
static bool drain(struct guest *g, bool readable, int64_t now)
{
	static const int enough = 64; /* buffers, before the others have a turn */
	char waste[16384];

	for (int i = 0; readable && i < enough; i++) {
		ssize_t n = recv(g->fd, waste, sizeof(waste), MSG_DONTWAIT);

		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return false;
		if (n < 0)
			break;
		g->silent_at = now + SILENCE_MS;
	}
	return now < g->silent_at && now < g->out_at;
}

static void *keep_house(void *arg)
{
	struct linger_room *l = arg;

	for (;;) {
		struct pollfd p[GUESTS + 1];
		unsigned n = l->n_guests, left = 0;
		int64_t now;

		p[n] = (struct pollfd){ .fd = l->bell, .events = POLLIN };
		for (unsigned i = 0; i < n; i++)
			p[i] = (struct pollfd){ .fd = l->guests[i].fd, .events = POLLIN };
		if (poll(p, n + 1, n ? 250 : -1) < 0 && errno != EINTR)
			break;
		now = now_ms();
		for (unsigned i = 0; i < n; i++) {
			if (drain(&l->guests[i], p[i].revents != 0, now))
				l->guests[left++] = l->guests[i];
			else
				close(l->guests[i].fd);
		}
		l->n_guests = left;
		if (welcome(l, now))
			break;
	}
	while (l->n_guests)
		close(l->guests[--l->n_guests].fd);
	return NULL;
}

struct linger_room *linger_new(void)
{
	struct linger_room *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->bell < 0) {
		free(l);
		return NULL;
	}
	pthread_mutex_init(&l->lock, NULL);
	return l;
}

static void ring(struct linger_room *l)
{
	uint64_t one = 1;

	/* It can only fail when it was rung already, beyond all counting. */
	if (write(l->bell, &one, sizeof(one)) < 0)
		return;
}

void linger_free(struct linger_room *l)
{
	if (l == NULL)
		return;
	pthread_mutex_lock(&l->lock);
	l->leaving = true;
	pthread_mutex_unlock(&l->lock);
	if (l->running) {
		ring(l);
		pthread_join(l->thread, NULL);
	}
	while (l->n_arrivals)
		close(l->arrivals[--l->n_arrivals]);
	close(l->bell);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

void linger_take(struct linger_room *l, int fd, bool finish)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (copy < 0)
		return;
	if (finish)
		shutdown(copy, SHUT_WR);
	pthread_mutex_lock(&l->lock);
	/* The thread is started by the first guest; most listeners never have one. */
	if (!l->running)
		l->running = pthread_create(&l->thread, NULL, keep_house, l) == 0;
	if (l->running && l->n_arrivals < GUESTS) {
		l->arrivals[l->n_arrivals++] = copy;
		copy = -1;
	}
	pthread_mutex_unlock(&l->lock);
	if (copy >= 0)
		close(copy);
	else
		ring(l);
}
