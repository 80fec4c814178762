#include "app/serve/watchdog.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/serve/notify.h"
#include "app/serve/serve.h"
#include "base/clock.h"

/* --- the listeners: a connection that ends at once is closed by them, with TLS and without --- */

/* Where the listener is reached from this machine; false: not an address. */
static bool probe_address(const struct address *at, uint16_t port, struct sockaddr_storage *to,
			  socklen_t *n)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

	memset(to, 0, sizeof(*to));
	if (inet_pton(AF_INET, at->host, &in4.sin_addr) == 1) {
		if (in4.sin_addr.s_addr == htonl(INADDR_ANY))
			in4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		memcpy(to, &in4, *n = sizeof(in4));
		return true;
	}
	if (inet_pton(AF_INET6, at->host, &in6.sin6_addr) == 1) {
		if (IN6_IS_ADDR_UNSPECIFIED(&in6.sin6_addr))
			in6.sin6_addr = in6addr_loopback;
		memcpy(to, &in6, *n = sizeof(in6));
		return true;
	}
	return false;
}

/* From the same address, so that one the machine has lost is not looked for elsewhere. */
static bool probe_bind(int fd, const struct sockaddr_storage *to, socklen_t n)
{
	struct sockaddr_storage from = *to;

	if (from.ss_family == AF_INET)
		((struct sockaddr_in *)&from)->sin_port = 0;
	else
		((struct sockaddr_in6 *)&from)->sin6_port = 0;
	return bind(fd, (struct sockaddr *)&from, n) == 0;
}

/* -1: it cannot be tried, or the attempt was turned down at once. */
static int probe_start(const struct address *at, const struct http_listener *l)
{
	struct sockaddr_storage to;
	socklen_t n = 0;

	if (l == NULL || !probe_address(at, http_port(l), &to, &n))
		return -1;
	int fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (!probe_bind(fd, &to, n) ||
	    (connect(fd, (struct sockaddr *)&to, n) != 0 && errno != EINPROGRESS)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Whether the listener closed the connection, or refused it. */
static bool probe_answered(int fd)
{
	char byte;

	if (recv(fd, &byte, 1, 0) >= 0 || (errno != EAGAIN && errno != EINTR))
		return true;
	/* Nothing is sent, so nothing is logged or counted there. Fails until it is connected. */
	shutdown(fd, SHUT_WR);
	return false;
}

/* --- a round --- */

static void round_begin(struct watchdog *w, const struct serve *s)
{
	struct store_queue_stats q;

	store_queue_stats(s->server.queue, &q);
	memcpy(w->turns, q.turns, sizeof(w->turns));
	/* Addresses do not change when the configuration is read again. */
	const struct settings *opened = g_ptr_array_index(s->generations, 0);

	w->probe[0] = probe_start(&opened->listen, s->devices);
	w->probe[1] = probe_start(&opened->admin, s->admin);
	w->trying = true;
}

static bool round_ended(struct watchdog *w, const struct serve *s)
{
	struct store_queue_stats q;
	bool ended = true;

	store_queue_stats(s->server.queue, &q);
	for (int i = 0; i < STORE_LANES; i++)
		ended &= q.turns[i] != w->turns[i];
	for (int i = 0; i < 2; i++) {
		if (w->probe[i] >= 0 && probe_answered(w->probe[i])) {
			close(w->probe[i]);
			w->probe[i] = -1;
		}
		ended &= w->probe[i] < 0;
	}
	return ended;
}

void watchdog_start(struct watchdog *w)
{
	*w = (struct watchdog){ .us = notify_watchdog_us(), .probe = { -1, -1 } };
}

void watchdog_tick(struct watchdog *w, const struct serve *s)
{
	int64_t now = ghi_clock_monotonic_us();

	if (w->us == 0)
		return;
	if (w->trying && round_ended(w, s)) {
		notify_alive();
		w->trying = false;
		w->next_us = now + (int64_t)(w->us / 4);
	}
	if (!w->trying && now >= w->next_us)
		round_begin(w, s);
}

void watchdog_stop(struct watchdog *w)
{
	for (int i = 0; i < 2; i++)
		if (w->probe[i] >= 0)
			close(w->probe[i]);
}
