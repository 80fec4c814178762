/* Sub-controllers: devices that reach the server through their main controller (Security PUSH 3.1.2, 5, 7.4
 * and 11.15). Each is a device of its own, with a queue of commands of its own, that waits for approval as
 * others do; what goes to it goes out with a poll of its main controller, and what comes of it comes from
 * there. Which device that is, is stored with it and does not change: one that is moved is deleted, and comes
 * again.
 *
 * Threads: any, where nothing else is noted. */
#ifndef GH_CORE_ACCESS_SUBS_H
#define GH_CORE_ACCESS_SUBS_H

#include "core/devices.h"

#define SUBS_MAX 64 /* of a main controller; further ones are refused */

/* Serial number of its main controller; empty: it is no sub-controller. */
gh_slice device_parent(const struct device *d);
/* Whether the device has any: without a lock. */
bool device_has_subs(const struct device *d);
/* Whether it is a sub-controller of that device. */
bool device_is_sub_of(const struct device *d, const struct device *parent);

/* Those of a main controller, referenced, in the order in which they came; how many. */
size_t device_subs(struct devices *ds, const struct device *parent,
		   struct device *out[SUBS_MAX]);
/* The one of that serial number, referenced; NULL: it is none of them. */
struct device *device_sub_find(struct devices *ds, const struct device *parent, gh_slice sn);

/* The main controller was in contact: so are those that it reaches. */
void device_subs_seen(struct server *server, const struct device *parent, int64_t now_ms);
/* It has started: what they were given is offered again, as commands_device_restarted() has it. */
void device_subs_restarted(struct server *server, const struct device *parent);

/* Whether a poll of the device at this time has to read commands from the store: its own, or those of a
 * sub-controller that takes them. */
bool device_offers_due(struct server *server, struct device *d, int64_t now_ms);
/* Whose commands that poll gets, referenced: the device itself, or one of its sub-controllers. Doors go first,
 * then one follows the other. */
struct device *device_offer_of(struct server *server, struct device *d, int64_t now_ms);

/* The approved sub-controller that a command is of, referenced; NULL: it is of another device, or there is no
 * such command. `done` on the store thread. GH_EBUSY, GH_ENOMEM: it is not called. */
typedef void device_sub_fn(void *ctx, enum gh_err err, struct device *sub);
GH_MUST_CHECK enum gh_err device_sub_of_command(struct server *server, struct device *parent,
						int64_t command, device_sub_fn *done,
						void *ctx);

/* --- authorising them --- */

/* Order of a main controller what its sub-controllers are to be, by what was decided about each and by how far
 * it is: an approved one is authorised in two steps, a blocked one is removed. Called with each poll; the
 * same is ordered again after some minutes at the earliest. */
void device_subs_authorise(struct server *server, struct device *parent);
/* The one of that serial number is to be removed, or, `step` above 0, to be authorised so far. GH_EBUSY,
 * GH_ENOMEM. */
GH_MUST_CHECK enum gh_err sub_order(struct server *server, struct device *parent, gh_slice sn,
				    enum device_sub_step step);

#endif
