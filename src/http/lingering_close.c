#include "http/lingering_close.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define SOCKETS_MAX 64
#define SILENCE_MS 2000
#define TOTAL_MS 10000
#define POLL_MS 250
#define DRAIN_BUFFERS 64 /* read of one socket before the others are served */

struct lingering_socket {
	int fd;
	int64_t silent_at_ms, end_ms;
};

struct lingering_close {
	pthread_mutex_t lock; /* guards added, added_n, stopping, running */
	pthread_t thread;
	bool running, stopping;
	int wakeup; /* eventfd */
	int added[SOCKETS_MAX];
	unsigned added_n;
	struct lingering_socket sockets[SOCKETS_MAX]; /* the thread's own */
	unsigned sockets_n;
};

/* Move what was added to the thread's own list. True: the thread is to end. */
static bool lingering_added_take(struct lingering_close *l, int64_t now_ms)
{
	uint64_t count;
	bool stopping;

	if (read(l->wakeup, &count, sizeof(count)) < 0 && errno != EAGAIN)
		return true;
	pthread_mutex_lock(&l->lock);
	while (l->added_n) {
		int fd = l->added[--l->added_n];

		if (l->sockets_n < SOCKETS_MAX)
			l->sockets[l->sockets_n++] =
				(struct lingering_socket){ fd, now_ms + SILENCE_MS,
							   now_ms + TOTAL_MS };
		else
			close(fd);
	}
	stopping = l->stopping;
	pthread_mutex_unlock(&l->lock);
	return stopping;
}

/* Discard what arrived. False: the socket is to be closed. */
static bool lingering_socket_drain(struct lingering_socket *s, bool readable, int64_t now_ms)
{
	char discarded[16384];

	for (int i = 0; readable && i < DRAIN_BUFFERS; i++) {
		ssize_t n = recv(s->fd, discarded, sizeof(discarded), MSG_DONTWAIT);

		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return false;
		if (n < 0)
			break;
		s->silent_at_ms = now_ms + SILENCE_MS;
	}
	return now_ms < s->silent_at_ms && now_ms < s->end_ms;
}

static void *lingering_close_run(void *arg)
{
	struct lingering_close *l = arg;

	for (;;) {
		struct pollfd p[SOCKETS_MAX + 1];
		unsigned n = l->sockets_n, left = 0;
		int64_t now_ms;

		p[n] = (struct pollfd){ .fd = l->wakeup, .events = POLLIN };
		for (unsigned i = 0; i < n; i++)
			p[i] = (struct pollfd){ .fd = l->sockets[i].fd, .events = POLLIN };
		if (poll(p, n + 1, n ? POLL_MS : -1) < 0 && errno != EINTR)
			break;
		now_ms = ghi_clock_monotonic_ms();
		for (unsigned i = 0; i < n; i++) {
			if (lingering_socket_drain(&l->sockets[i], p[i].revents != 0, now_ms))
				l->sockets[left++] = l->sockets[i];
			else
				close(l->sockets[i].fd);
		}
		l->sockets_n = left;
		if (lingering_added_take(l, now_ms))
			break;
	}
	while (l->sockets_n)
		close(l->sockets[--l->sockets_n].fd);
	return NULL;
}

struct lingering_close *lingering_close_new(void)
{
	struct lingering_close *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->wakeup < 0) {
		free(l);
		return NULL;
	}
	pthread_mutex_init(&l->lock, NULL);
	return l;
}

static void lingering_close_wake(struct lingering_close *l)
{
	uint64_t one = 1;

	/* Fails only when the counter is full, and then the thread is woken anyway. */
	if (write(l->wakeup, &one, sizeof(one)) < 0)
		return;
}

void lingering_close_free(struct lingering_close *l)
{
	if (l == NULL)
		return;
	pthread_mutex_lock(&l->lock);
	l->stopping = true;
	pthread_mutex_unlock(&l->lock);
	if (l->running) {
		lingering_close_wake(l);
		pthread_join(l->thread, NULL);
	}
	while (l->added_n)
		close(l->added[--l->added_n]);
	close(l->wakeup);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

void lingering_close_add(struct lingering_close *l, int fd, bool finish)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (copy < 0)
		return;
	if (finish)
		shutdown(copy, SHUT_WR);
	pthread_mutex_lock(&l->lock);
	/* The first socket starts the thread; most listeners never have one. */
	if (!l->running)
		l->running = pthread_create(&l->thread, NULL, lingering_close_run, l) == 0;
	if (l->running && l->added_n < SOCKETS_MAX) {
		l->added[l->added_n++] = copy;
		copy = -1;
	}
	pthread_mutex_unlock(&l->lock);
	if (copy >= 0)
		close(copy);
	else
		lingering_close_wake(l);
}
