/* How an order reaches a device before its next poll would. Two ways, both off unless they are set:
 *
 * - A poll that brings nothing is held for some seconds (setting access-hold), and answered at once when an
 *   order for the unit comes. Access units only; unverified, as a unit that does one thing at a time delays
 *   its own uploads by it. One poll of a unit is held, and half of the connections at the most.
 * - A datagram to UDP port 4374 (wire/push/wake.h), where udpWake is set for the device: to the address of
 *   its latest poll, not more than one a second. What is lost of these costs nothing but the time to the
 *   next poll.
 *
 * Nothing is decided here about orders: a poll that was held is served as if it had just come.
 *
 * Threads: everything may be called from any thread. One thread of its own ends what was held for long
 * enough, and sends datagrams. One lock, held for a few instructions. */
#ifndef GH_SESSION_WAKE_H
#define GH_SESSION_WAKE_H

#include "core/order_wake.h"
#include "session/exchange.h"

struct wake;

/* Make it and set server->order_wake; before any order is queued. `held_most`: polls, at once. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err wake_open(struct server *server, size_t held_most, struct wake **out);
/* What is held is answered, nothing is held any more, and no datagram is sent. Before the listeners close.
 * NULL is fine. */
void wake_stop(struct wake *w);
/* After the store's queue was closed. NULL is fine. */
void wake_close(struct wake *w);

/* A poll for which there is nothing: next(x) runs on the thread of its connection, when an order is due or the
 * time is over. False: it is not held, or was for long enough, and x is unchanged. */
bool wake_hold(struct exchange *x, void (*next)(struct exchange *x));
/* From `next`: whether the poll may be given orders. Not where the device has left, is in contact by another
 * connection, or the server ends. True where it was never held. */
bool wake_hold_serves(const struct exchange *x);

/* A served request of the device: what is held of it is answered, without orders. */
void wake_request_seen(struct exchange *x);

#endif
