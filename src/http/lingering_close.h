/* A lingering close. The kernel resets a connection that is closed with bytes unread, and the
 * reset may overtake the reply that explains the refusal. The socket is kept for a few seconds
 * instead, and what still arrives is discarded.
 *
 * Threads: one of its own, started with the first socket, reads all sockets. Sockets are added by
 * any thread of the listener, under a lock that guards the list of added ones. */
#ifndef GH_HTTP_LINGERING_CLOSE_H
#define GH_HTTP_LINGERING_CLOSE_H

#include <stdbool.h>

struct lingering_close;

struct lingering_close *lingering_close_new(void); /* NULL without memory */
void lingering_close_free(struct lingering_close *l);
/* Keep a duplicate of fd until the peer closes, sends nothing for a while or takes too long.
 * Over the ceiling the duplicate is closed at once. `finish`: end our direction now. */
void lingering_close_add(struct lingering_close *l, int fd, bool finish);

#endif
