/* The connections of a listener: how many each address has and what their bodies hold, those that
 * wait for a head, and those whose body is under way. By this no address takes all there is, and no
 * connection takes for ever: over a ceiling the place of one that has sent no whole head is given to
 * the newcomer, and a head or a body that takes too long is cut off.
 *
 * Here an address is what one party can be assumed to hold (base/ip_address.h).
 *
 * Threads: any; one lock, held for a moment, guards everything here. A socket is shut down under it,
 * while the library has not closed it yet. */
#ifndef GH_HTTP_PEERS_H
#define GH_HTTP_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"

/* 0: no limit. */
struct peers_limits {
	size_t connections;	    /* of all addresses */
	size_t address_connections; /* of one */
	size_t address_bodies; /* bytes that the bodies of one hold; small ones always may */
	int64_t head_ms; /* of a connection's first head; of later ones, at most twice as long */
	int64_t body_ms;    /* from then on a body must, in each such time, ... */
	uint64_t body_rate; /* ... come with so many bytes a second */
};

struct peers;
struct peer_connection;

struct peers *peers_new(const struct peers_limits *limits); /* NULL without memory */
void peers_free(struct peers *ps);

/* Whether a connection from there may begin; where all places are taken, one is made. */
bool peers_admit(struct peers *ps, const struct sockaddr *address, int64_t now_ms);
/* Other ceilings of connections from now on. */
void peers_limit(struct peers *ps, size_t connections, size_t address_connections);
/* It has begun, and waits for a head. NULL without memory. */
struct peer_connection *peers_enter(struct peers *ps, const struct sockaddr *address, int fd,
				    int64_t now_ms);
/* It is about to be closed. NULL is fine, here and below. */
void peers_leave(struct peers *ps, struct peer_connection *c);
/* Cut off whatever it is doing. */
void peers_cut_all(struct peers *ps, int64_t now_ms);
/* Whether so few places are left that who stays takes them from others. */
bool peers_crowded(struct peers *ps);
size_t peers_count(struct peers *ps);

/* A head is complete; `body`: one follows. */
void peers_head_received(struct peers *ps, struct peer_connection *c, bool body,
			 int64_t now_ms);
void peers_body_received(struct peers *ps, struct peer_connection *c);
/* The request has ended: it waits for the next head. */
void peers_request_ended(struct peers *ps, struct peer_connection *c, int64_t now_ms);

/* n more bytes of a body, which will be `size` then. False: the address has its share already. */
GH_MUST_CHECK bool peers_body_charge(struct peers *ps, struct peer_connection *c, size_t n,
				     size_t size);
void peers_body_release(struct peers *ps, struct peer_connection *c, size_t n);

/* Cut off what takes too long. Called about once a second. */
void peers_check(struct peers *ps, int64_t now_ms);

#endif
