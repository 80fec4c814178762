/* The audit: who did what, and what became of it. A row is written in the transaction of what it is
 * about, so that there is no act without a row and no row without its act. Nothing removes rows.
 *
 *	struct audit_row row = call_audit(c, "approve_device");	 // api/call.h: who, from where, when
 *	row.subject = audit_subject(arena, "device", sn);
 *	…
 *	err = audit_put(ops, s, &row);	 // in the run() of the job that does it
 *
 * Texts of a row belong to its maker until audit_put() returns. */
#ifndef GH_CORE_AUDIT_H
#define GH_CORE_AUDIT_H

#include "base/arena.h"
#include "core/server.h"
#include "model/audit.h"

/* Add the row to the open transaction. `row` NULL: nothing to add. */
GH_MUST_CHECK enum gh_err audit_put(const struct store_ops *ops, struct store *s,
				    const struct audit_row *row);

/* A row of what changes nothing in the store, as a refusal; in a transaction of its own. The row is
 * copied. Where the queue is full it is logged instead. */
void audit_note(struct server *server, const struct audit_row *row);

/* "noun:name", in `a`; cut where it is longer than AUDIT_SUBJECT. Empty: no memory. */
gh_slice audit_subject(struct arena *a, const char *noun, gh_slice name);
gh_slice audit_subject_number(struct arena *a, const char *noun, int64_t number);
/* "door:SN:NUMBER" */
gh_slice audit_subject_door(struct arena *a, gh_slice sn, int64_t door);

#endif
