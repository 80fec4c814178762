/* Rows of the audit about orders: those that act on doors, and those that need full control of a device.
 * One when it is queued, by who queued it, and one for each state that follows; all of them name
 * the order. */
#ifndef GH_CORE_COMMAND_AUDIT_H
#define GH_CORE_COMMAND_AUDIT_H

#include "base/arena.h"
#include "core/audit.h"
#include "model/command.h"

/* By its kind, and by its arguments: some options decide about doors. */
bool command_is_audited(const struct command *c);
/* A row of a table that the server writes by itself, as what the device sends makes it: no row of the audit, which
 * nothing prunes, follows from it. */
bool command_is_own(const struct command *c);

/* "door:SN:2" of what acts on a door, otherwise "device:SN"; in `a`. */
gh_slice command_audit_subject(struct arena *a, const struct command *c);

/* The row of an order that is to be queued, with texts in `a`: by, from, at and reason of `by`, or the
 * server's where that is NULL. Its number is at c->id when it is stored. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err command_audit_make(struct arena *a, const struct audit_row *by,
					     const struct command *c, int64_t now_ms,
					     struct audit_row *out);

/* The order is in a new state. `by`: who made it so; NULL: the server, or the device's answer. */
GH_MUST_CHECK enum gh_err command_audit_state(const struct store_ops *ops, struct store *s,
					      const struct command *c,
					      const struct audit_row *by, int64_t now_ms,
					      gh_slice detail);

/* The door showed it: by access event `seq`, or its relay (0). */
GH_MUST_CHECK enum gh_err command_audit_confirmed(const struct store_ops *ops, struct store *s,
						  const struct command *c, int64_t now_ms,
						  int64_t seq);

#endif
