/* The history of people of the roster, by whatever they are changed, and the audit of what is changed elsewhere than in
 * a request. On the store thread, in the open transaction. */
#ifndef GH_CORE_ROSTER_CHANGE_H
#define GH_CORE_ROSTER_CHANGE_H

#include "base/arena.h"
#include "core/server.h"
#include "model/audit.h"
#include "model/record.h"

#define ROSTER_CHANGES_MOST 200 /* of a person that are kept */

struct roster_actor {
	enum audit_actor kind;
	int64_t id;    /* of a token or an account; 0: none */
	gh_slice by;   /* its name, or serial number */
	int64_t at_ms; /* when the change arrived */
	bool late;     /* it was not taken: a newer one was there */
};

/* The record with copies of its texts; where a->failed is set, without some. */
void roster_people_copy(struct arena *a, const struct people *from, struct people *to);

/* A row of the history for each field of *becomes that is another one than in *was; of a password whether there is
 * one. */
GH_MUST_CHECK enum gh_err roster_change_fields(const struct store_ops *ops, struct store *s,
					       const struct roster_actor *by, int64_t people,
					       const struct people *was,
					       const struct people *becomes);
/* A row of the history. No secret is in `was` and `becomes`. */
GH_MUST_CHECK enum gh_err roster_change_add(const struct store_ops *ops, struct store *s,
					    const struct roster_actor *by, int64_t people,
					    const char *field, gh_slice was, gh_slice becomes);
/* A row of the audit, which names the person by number: "create_people" …; `field` NULL: no field is named. */
GH_MUST_CHECK enum gh_err roster_change_audit(const struct store_ops *ops, struct store *s,
					      const struct roster_actor *by, int64_t people,
					      const char *action, const char *field);
/* Before a person is deleted: their templates, photos, history and cards, and what devices sent of them before
 * `at_ms` and is still to be taken, which would make them again. */
GH_MUST_CHECK enum gh_err roster_person_clear(const struct store_ops *ops, struct store *s,
					      int64_t people, int64_t at_ms);

#endif
