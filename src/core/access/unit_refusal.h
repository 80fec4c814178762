/* What follows where a unit refuses a data command: a table that it does not know is not sent to it again, of a
 * table whose rows have a field it does not know that field, and of what was too much for it half
 * (Security PUSH 3.1.2, 11.1). It does not name the field: one after the other is left out, the last ones of
 * the table first, until it takes a row; that one, and no other, is left out from then on. */
#ifndef GH_CORE_ACCESS_UNIT_REFUSAL_H
#define GH_CORE_ACCESS_UNIT_REFUSAL_H

#include "base/arena.h"
#include "base/err.h"
#include "core/devices.h"
#include "store/store.h"
#include "wire/access/data_command.h"

#define UNIT_RESENT 2 /* commands that take the place of one */

/* Commands that take the place of one that was refused, to be added in the same transaction. */
struct unit_resend {
	struct arena *a; /* of their texts; lasts until done() */
	struct command command[UNIT_RESENT];
	size_t n;
	int64_t now_ms;
	/* A command that waits is about the same table: what is sent again would come after it. */
	bool overtaken;
};

/* The command failed, with a return code. The update of a plan is not sent again: plans see to that. On the
 * store thread. */
GH_MUST_CHECK enum gh_err unit_refused(const struct store_ops *ops, struct store *s,
				       const struct command *c,
				       const struct ghi_data_command *d, struct unit_resend *r);

/* It took an update of that table. On the store thread. */
GH_MUST_CHECK enum gh_err unit_took(const struct store_ops *ops, struct store *s,
				    int64_t device, const struct ghi_data_command *d);

/* What a unit refused of a table is offered again; of an empty one, of all. On the store thread. */
GH_MUST_CHECK enum gh_err unit_refusals_clear(const struct store_ops *ops, struct store *s,
					      int64_t device, gh_slice table);

/* The same as an act: from done() on it is offered again. `audit` lasts until then. */
struct audit_row;
GH_MUST_CHECK enum gh_err device_refusals_clear(struct server *server, struct device *d,
						gh_slice table, const struct audit_row *audit,
						core_done_fn *done, void *ctx);

#endif
