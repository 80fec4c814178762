#include "http/peers.h"

#include "base/ip_address.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <utlist.h>

#define BODY_SMALL 65536 /* bytes of a body that are not held against its address's share */
#define VICTIMS_LOOKED_AT 64
#define UNKNOWN UINT64_MAX
#define DISCARDED (1 << 20) /* bytes of what was received and is not read */
#define CUT_AGAIN_MS 1000

/* While it has connections. */
struct peer {
	UT_hash_handle hh;
	struct ip_address party;
	size_t connections, body_bytes;
	struct peer_connection *fresh; /* those without a whole head so far, the oldest first */
};

enum peer_state {
	PEER_FRESH, /* it has sent no whole head so far */
	PEER_IDLE,  /* between two requests, or amid the head of the second */
	PEER_BODY,
	PEER_CUT,  /* shut down by us, and not closed by the library so far */
	PEER_BUSY, /* it waits for us */
	PEER_STATES
};

struct peer_connection {
	struct peer *peer;
	int fd;
	enum peer_state state;
	int64_t since_ms;  /* it has been in that state, or was looked at */
	uint64_t received; /* bytes by then; UNKNOWN: it was not looked at in that state */
	struct peer_connection *prev, *next;	       /* in the list of its state */
	struct peer_connection *peer_prev, *peer_next; /* in its peer's */
};

struct peers {
	pthread_mutex_t lock; /* guards the rest */
	struct peers_limits limits;
	struct peer *by_party;
	size_t count;
	struct peer_connection *lists[PEER_STATES];
};

static struct peer *peer_find(struct peers *ps, const struct ip_address *party)
{
	struct peer *p;

	HASH_FIND(hh, ps->by_party, party, sizeof(*party), p);
	return p;
}

struct peers *peers_new(const struct peers_limits *limits)
{
	struct peers *ps = calloc(1, sizeof(*ps));

	if (ps == NULL)
		return NULL;
	ps->limits = *limits;
	pthread_mutex_init(&ps->lock, NULL);
	return ps;
}

void peers_free(struct peers *ps)
{
	if (ps == NULL)
		return;
	pthread_mutex_destroy(&ps->lock);
	free(ps);
}

/* --- the lists; the lock is held --- */

/* The bytes counted by the kernel; 0 when it reports none. */
static uint64_t connection_received(const struct peer_connection *c)
{
	struct tcp_info tcp = { 0 };
	socklen_t n = sizeof(tcp);

	if (getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &tcp, &n) != 0 ||
	    n < offsetof(struct tcp_info, tcpi_bytes_received) +
			    sizeof(tcp.tcpi_bytes_received))
		return 0;
	return tcp.tcpi_bytes_received;
}

static void connection_move(struct peers *ps, struct peer_connection *c, enum peer_state state,
			    int64_t now_ms)
{
	DL_DELETE(ps->lists[c->state], c);
	if (c->state == PEER_FRESH)
		DL_DELETE2(c->peer->fresh, c, peer_prev, peer_next);
	c->state = state;
	c->since_ms = now_ms;
	c->received = UNKNOWN;
	DL_APPEND(ps->lists[state], c);
	if (state == PEER_FRESH)
		DL_APPEND2(c->peer->fresh, c, peer_prev, peer_next);
}

/* The library detects it and closes the connection. It overlooks an end that comes together with bytes
 * it has not read, so these go first; and each shutdown is reported to it again (cuts_check). */
static void connection_cut(struct peers *ps, struct peer_connection *c, int64_t now_ms)
{
	connection_move(ps, c, PEER_CUT, now_ms);
	(void)!recv(c->fd, NULL, DISCARDED, MSG_TRUNC | MSG_DONTWAIT);
	shutdown(c->fd, SHUT_RDWR);
}

/* In the midst of what the peer does, unless it is cut off. */
static void connection_progress(struct peers *ps, struct peer_connection *c,
				enum peer_state state, int64_t now_ms)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&ps->lock);
	if (c->state != PEER_CUT)
		connection_move(ps, c, state, now_ms);
	pthread_mutex_unlock(&ps->lock);
}

/* The one of the oldest without a whole head whose address has most connections; `of` NULL: of any
 * address. */
static struct peer_connection *victim_find(struct peers *ps, const struct peer *of)
{
	struct peer_connection *best = of ? of->fresh : ps->lists[PEER_FRESH], *c = best;

	for (unsigned n = 0; of == NULL && c && n < VICTIMS_LOOKED_AT; c = c->next, n++)
		if (c->peer->connections > best->peer->connections)
			best = c;
	return best;
}

/* --- a connection's life --- */

bool peers_admit(struct peers *ps, const struct sockaddr *address, int64_t now_ms)
{
	const struct peers_limits *most = &ps->limits;
	struct ip_address from = ghi_ip_address_of(address),
			  party = ghi_ip_address_party(&from);
	bool full, full_here;
	struct peer *p;

	pthread_mutex_lock(&ps->lock);
	p = peer_find(ps, &party);
	full = most->connections && ps->count >= most->connections;
	full_here =
		most->address_connections && p && p->connections >= most->address_connections;
	if (full || full_here) {
		struct peer_connection *victim = victim_find(ps, full_here ? p : NULL);

		full = victim == NULL;
		if (victim)
			connection_cut(ps, victim, now_ms);
	}
	pthread_mutex_unlock(&ps->lock);
	return !full;
}

struct peer_connection *peers_enter(struct peers *ps, const struct sockaddr *address, int fd,
				    int64_t now_ms)
{
	struct peer_connection *c = calloc(1, sizeof(*c));
	struct peer *fresh = calloc(1, sizeof(*fresh));
	struct ip_address from = ghi_ip_address_of(address),
			  party = ghi_ip_address_party(&from);

	if (c == NULL || fresh == NULL) {
		free(c);
		free(fresh);
		return NULL;
	}
	pthread_mutex_lock(&ps->lock);
	c->peer = peer_find(ps, &party);
	if (c->peer == NULL) {
		c->peer = fresh;
		fresh = NULL;
		c->peer->party = party;
		HASH_ADD(hh, ps->by_party, party, sizeof(party), c->peer);
	}
	c->peer->connections++;
	ps->count++;
	c->fd = fd;
	c->state = PEER_BUSY;
	DL_APPEND(ps->lists[PEER_BUSY], c);
	connection_move(ps, c, PEER_FRESH, now_ms);
	pthread_mutex_unlock(&ps->lock);
	free(fresh);
	return c;
}

void peers_leave(struct peers *ps, struct peer_connection *c)
{
	struct peer *gone = NULL;

	if (c == NULL)
		return;
	pthread_mutex_lock(&ps->lock);
	connection_move(ps, c, PEER_BUSY, 0);
	DL_DELETE(ps->lists[PEER_BUSY], c);
	ps->count--;
	if (--c->peer->connections == 0) {
		gone = c->peer;
		HASH_DEL(ps->by_party, gone);
	}
	pthread_mutex_unlock(&ps->lock);
	free(gone);
	free(c);
}

void peers_limit(struct peers *ps, size_t connections, size_t address_connections)
{
	pthread_mutex_lock(&ps->lock);
	ps->limits.connections = connections;
	ps->limits.address_connections = address_connections;
	pthread_mutex_unlock(&ps->lock);
}

void peers_cut_all(struct peers *ps, int64_t now_ms)
{
	struct peer_connection *c;

	pthread_mutex_lock(&ps->lock);
	for (enum peer_state s = 0; s < PEER_STATES; s++)
		while (s != PEER_CUT && (c = ps->lists[s]))
			connection_cut(ps, c, now_ms);
	pthread_mutex_unlock(&ps->lock);
}

bool peers_crowded(struct peers *ps)
{
	pthread_mutex_lock(&ps->lock);
	size_t most = ps->limits.connections;
	bool crowded = most && ps->count >= most - most / 16;
	pthread_mutex_unlock(&ps->lock);
	return crowded;
}

size_t peers_count(struct peers *ps)
{
	pthread_mutex_lock(&ps->lock);
	size_t n = ps->count;
	pthread_mutex_unlock(&ps->lock);
	return n;
}

void peers_head_received(struct peers *ps, struct peer_connection *c, bool body, int64_t now_ms)
{
	connection_progress(ps, c, body ? PEER_BODY : PEER_BUSY, now_ms);
}

void peers_body_received(struct peers *ps, struct peer_connection *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&ps->lock);
	if (c->state == PEER_BODY)
		connection_move(ps, c, PEER_BUSY, 0);
	pthread_mutex_unlock(&ps->lock);
}

void peers_request_ended(struct peers *ps, struct peer_connection *c, int64_t now_ms)
{
	connection_progress(ps, c, PEER_IDLE, now_ms);
}

bool peers_body_charge(struct peers *ps, struct peer_connection *c, size_t n, size_t size)
{
	size_t most;
	bool fits = true;

	if (c == NULL)
		return true;
	pthread_mutex_lock(&ps->lock);
	most = ps->limits.address_bodies;
	if (most && size > BODY_SMALL)
		fits = n <= most && c->peer->body_bytes <= most - n;
	if (fits)
		c->peer->body_bytes += n;
	pthread_mutex_unlock(&ps->lock);
	return fits;
}

void peers_body_release(struct peers *ps, struct peer_connection *c, size_t n)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&ps->lock);
	c->peer->body_bytes -= n;
	pthread_mutex_unlock(&ps->lock);
}

/* --- what takes too long; the lock is held --- */

static void connection_look(struct peers *ps, struct peer_connection *c, int64_t now_ms)
{
	uint64_t received = connection_received(c);

	connection_move(ps, c, c->state, now_ms);
	c->received = received;
}

static bool connection_overdue(const struct peer_connection *c, int64_t most_ms, int64_t now_ms)
{
	return c && now_ms - c->since_ms > most_ms;
}

/* Between two requests a connection may be silent, but once something came, a head must. */
static void heads_check(struct peers *ps, int64_t now_ms)
{
	struct peer_connection *c;

	while (connection_overdue(c = ps->lists[PEER_FRESH], ps->limits.head_ms, now_ms))
		connection_cut(ps, c, now_ms);
	while (connection_overdue(c = ps->lists[PEER_IDLE], ps->limits.head_ms, now_ms))
		if (c->received == UNKNOWN || c->received == connection_received(c))
			connection_look(ps, c, now_ms);
		else
			connection_cut(ps, c, now_ms);
}

static void bodies_check(struct peers *ps, int64_t now_ms)
{
	struct peer_connection *c;

	while (connection_overdue(c = ps->lists[PEER_BODY], ps->limits.body_ms, now_ms)) {
		uint64_t due = ps->limits.body_rate * (uint64_t)(now_ms - c->since_ms) / 1000;

		if (c->received == UNKNOWN || connection_received(c) - c->received >= due)
			connection_look(ps, c, now_ms);
		else
			connection_cut(ps, c, now_ms);
	}
}

static void cuts_check(struct peers *ps, int64_t now_ms)
{
	struct peer_connection *c;

	while (connection_overdue(c = ps->lists[PEER_CUT], CUT_AGAIN_MS, now_ms))
		connection_cut(ps, c, now_ms);
}

void peers_check(struct peers *ps, int64_t now_ms)
{
	pthread_mutex_lock(&ps->lock);
	cuts_check(ps, now_ms);
	if (ps->limits.head_ms)
		heads_check(ps, now_ms);
	if (ps->limits.body_ms)
		bodies_check(ps, now_ms);
	pthread_mutex_unlock(&ps->lock);
}
