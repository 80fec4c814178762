/* Devices that are called by a datagram to UDP port 4374 when an order waits for them (wire/push/wake.h): each once a
 * second at the most, at the address of its latest poll.
 *
 * Threads: the lists are under the lock of wake.c, which the caller holds; the sockets belong to its thread. */
#ifndef GH_SESSION_WAKE_CALLS_H
#define GH_SESSION_WAKE_CALLS_H

#include "core/devices.h"

struct wake_call;

struct wake_calls {
	struct server *server;
	struct wake_call *fresh,
		*resting;	     /* to be sent; sent, in the order of their next times */
	struct wake_call *by_device; /* the table of both */
	int fd[2];		     /* of IPv4 and IPv6; -1: not opened */
};

void wake_calls_begin(struct wake_calls *calls, struct server *server);
/* Nothing is sent any more. */
void wake_calls_end(struct wake_calls *calls);

/* An order waits for a device. True: it is to be sent one at once. Without memory it is as one that is lost. */
bool wake_calls_add(struct wake_calls *calls, struct device *d);

/* The next that is to be sent one, NULL: none. It is between wake_call_send(), without the lock, and
 * wake_calls_rest(). */
struct wake_call *wake_calls_take(struct wake_calls *calls);
void wake_call_send(struct wake_calls *calls, const struct wake_call *call);
void wake_calls_rest(struct wake_calls *calls, struct wake_call *call, int64_t now_ms);

/* Monotonic milliseconds from which wake_calls_rested() has something to do; 0: never. */
int64_t wake_calls_rested_ms(const struct wake_calls *calls);
/* Of those that have rested for a second: another one where an order still waits, or it is dropped. */
void wake_calls_rested(struct wake_calls *calls, int64_t now_ms);

#endif
