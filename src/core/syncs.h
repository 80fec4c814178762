/* Brings attendance devices and terminals to what the roster has for them: the people of their areas. What is lacking
 * is found by core/sync/ out of what the store has (sync_gather.h), and queued as orders of COMMAND_BY_SYNC; those that
 * wait and are needed no more are cancelled in the same transaction. Access units have a planner of their own
 * (access/planner.h), as levels decide there.
 *
 * A device is planned when the roster, what is stored of the device, or how it is written to has changed, when a
 * validity begins or ends, and once an hour. Changes of the roster are let come to rest. One device is planned at a
 * time, the one that was planned longest ago first, and none for more than a twentieth of the time. Nothing is sent to
 * a device whose `sync` (or the server's) is plan, and what waits for it of plans is cancelled then.
 *
 * A crash at any point converges: what was queued is among what waits when the device is planned again, and what was
 * answered is among what it holds. An order that a device refused, or that ended without an answer, is not queued again
 * at once: after a minute, and each time after twice as long, a day at most. The same holds for one that is needed
 * again though it was the last one about that person which the device acknowledged: it stores a name or a card
 * otherwise than it was sent. A restart ends this, and so does a day without.
 *
 * Threads: any, but syncs_tick(), which is called by one. */
#ifndef GH_CORE_SYNCS_H
#define GH_CORE_SYNCS_H

#include "core/devices.h"
#include "model/command.h"

#define SYNC_ORDERS_OPEN \
	500 /* orders of a device that wait; the rest follows when they are answered */

struct syncs;

/* NULL: no memory. `server` outlives it. */
struct syncs *syncs_new(struct server *server);
/* After the readers have stopped and the store's queue was closed. NULL is fine. */
void syncs_free(struct syncs *p);
/* Each second. */
void syncs_tick(struct syncs *p);

/* People, cards or areas were changed, or are about to be: called before the change and after it. NULL is fine. */
void syncs_roster_changed(struct syncs *p);
/* What is stored of the contents of a device, or of what waits for it. */
void syncs_device_changed(struct device *d);
/* What it answered is another one's, which may come with its serial number. p NULL is fine. */
void syncs_device_deleted(struct syncs *p, int64_t device);
/* An order about what plans are about has ended. p NULL is fine. */
void syncs_order_ended(struct syncs *p, const struct command *c);

/* Whether an order is about what plans are about. */
bool sync_is_about(enum command_kind kind);
/* Whether nothing is sent to the device by itself. */
bool sync_only_shown(const struct server *server, const struct device *d);
/* Whether it is a device of this planner: approved, and no access unit. */
bool sync_has_device(const struct device *d);

#endif
