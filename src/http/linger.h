/* A connection that is closed with bytes unread is reset by the kernel, and the reset may
 * overtake the reply that explains it. Those sockets are kept a few seconds longer, and what
 * still comes is thrown away. */
#ifndef GH_HTTP_LINGER_H
#define GH_HTTP_LINGER_H

#include <stdbool.h>

struct linger_room;

struct linger_room *linger_new(void); /* NULL without memory */
void linger_free(struct linger_room *l);
/* Keep a duplicate of fd until the peer closes, falls silent or takes too long. A full house
 * declines. finish says whether our direction is to be ended now. */
void linger_take(struct linger_room *l, int fd, bool finish);

#endif
