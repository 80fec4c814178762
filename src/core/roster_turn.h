/* A turn of a plan about people of a device: what became of its orders, and the next records that are taken. */
#ifndef GH_CORE_ROSTER_TURN_H
#define GH_CORE_ROSTER_TURN_H

#include "core/access/plan_turn.h"

/* In plan_turn_run(), once the unit was read. */
GH_MUST_CHECK enum gh_err roster_turn_run(struct plan_turn *t, const struct store_ops *ops,
					  struct store *s);

#endif
