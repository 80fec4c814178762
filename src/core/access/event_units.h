/* Which unit behind a main controller an event is of, and by whose rules it becomes a punch: `sn` in the row
 * names the unit, or `devid`, where a row of the main controller's table DevProperty gives that number a serial
 * number (Security PUSH 3.1.2, 7.2 and 9.1.1). A sub-controller has a rule of its own as any device; without
 * one that of its main controller counts, but for the rules of single doors, whose numbers are not its own. */
#ifndef GH_CORE_ACCESS_EVENT_UNITS_H
#define GH_CORE_ACCESS_EVENT_UNITS_H

#include "core/access/punch_rules.h"
#include "store/store.h"

/* Of one upload, or of one run through what is stored. */
struct event_units;

/* The sub-controllers of a device as they are now. GH_ENOMEM; *out is the caller's. */
GH_MUST_CHECK enum gh_err event_units_of(struct server *server, struct device *d,
					 const struct punch_rules *of_main,
					 struct event_units **out);
void event_units_free(struct event_units *u); /* NULL: nothing */

/* By which rules an event of the unit becomes a punch. */
const struct punch_rules *event_unit_rules(const struct event_units *u, gh_slice unit);

/* The serial number that the device's table gives a number; empty: none, or that of the device itself. It is
 * valid as long as `u`. On the store thread. */
GH_MUST_CHECK enum gh_err event_unit_named(struct event_units *u, const struct store_ops *ops,
					   struct store *s, const struct device *d,
					   int64_t number, gh_slice *unit);

#endif
