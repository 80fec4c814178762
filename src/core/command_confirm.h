/* What a door itself shows of an order: its event, or its relay, within some seconds after the order was
 * given to the unit. The latest orders of a unit are kept in memory; what they are confirmed by is
 * stored with the order, as verifiedAt and verifiedSeq.
 *
 * Threads: any. The device's lock is held while its orders are compared. */
#ifndef GH_CORE_COMMAND_CONFIRM_H
#define GH_CORE_COMMAND_CONFIRM_H

#include "core/access/doors.h"
#include "model/command.h"

#define CONFIRM_MS INT64_C(15000)
/* How far the event's own time may be from when the order was given, where the unit's clock is known to be
 * right. */
#define CONFIRM_CLOCK_S INT64_C(180)

/* An order was given to the unit; `now_ms` is server_steady_ms(). */
void command_confirm_expect(struct server *server, struct device *d, const struct command *c,
			    int64_t now_ms);
/* It was given before the program started: its event may still come. Its relay shows nothing, as since when it was on
 * is not known any more. */
void command_confirm_restore(struct server *server, struct device *d, const struct command *c);
/* They never reached it. */
void command_confirm_withdraw(struct device *d, const int64_t *ids, size_t n);
/* Events of the unit were put; each that was new confirms the latest order of its door which it fits. */
void command_confirm_events(struct server *server, struct device *d, const struct access_put *a,
			    size_t n);
/* The unit reported its relays. */
void command_confirm_relays(struct server *server, struct device *d);

#endif
