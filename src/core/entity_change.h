/* One change of an entity with all that belongs to it, in one transaction: its fields, what it is joined
 * with, and the checks that need what is stored. */
#ifndef GH_CORE_ENTITY_CHANGE_H
#define GH_CORE_ENTITY_CHANGE_H

#include "core/server.h"
#include "store/store.h"

/* What it is joined with. */
enum entity_link_how { LINK_SET, LINK_ADD, LINK_REMOVE };

struct entity_link {
	enum model_relation_id relation;
	enum entity_link_how how;
	const char *field; /* of the request, to be named where one is not there */
	const int64_t *id;
	size_t n;
};

#define ENTITY_LINKS 4

/* Why a change was refused, besides the error. */
struct entity_refusal {
	bool version; /* it is of another version than was expected */
	bool area; /* it is outside of the areas of the caller, in part: `why` is a sentence */
	const char *field;	 /* of the request; NULL: it is about none */
	const char *why;	 /* goes on after the field's name */
	int64_t other;		 /* the number this is about; 0: none */
	enum model_entity_id of; /* without `why`: the kind of which none has that number */
};

struct entity_change {
	struct store_job job;
	enum model_entity_id kind;
	int64_t given; /* its number; 0: a new one */
	bool by_key; /* the one with the key of the record, or a new one; `given` is the number it
			* has to have, 0: any */
	const void *
		named; /* the one with the key of this record, which has to be there; NULL: that of
			      the number. `given` as for by_key */
	int64_t id;    /* afterwards: its number */
	bool remove;
	int64_t version;	   /* it has to be of this version; 0: of any */
	const void *record;	   /* the present fields are stored; NULL where it is removed */
	union model_record merged; /* for entity_change.c */
	struct entity_link link[ENTITY_LINKS];
	size_t links;

	/* On the store thread, before all else: whether the caller may do it to the one of that number (c->id; 0: a new
	 * one). NULL: it was looked at already. */
	enum gh_err (*permit)(struct entity_change *c, const struct store_ops *ops,
			      struct store *s);
	/* On the store thread, once what is stored is known: what of the change depends on that, in `merged`,
	 * which is what will be stored but for texts that the change does not have. NULL: nothing does. */
	enum gh_err (*complete)(struct entity_change *c, const struct store_ops *ops,
				struct store *s, void *merged);
	/* Behind that, before anything is written. `record` is as it will be stored, but
	 * that texts which the change does not have are empty. NULL: nothing to check. */
	enum gh_err (*check)(struct entity_change *c, const struct store_ops *ops,
			     struct store *s, const void *record);
	/* After the entity was stored, or before it is deleted. NULL: nothing. */
	enum gh_err (*then)(struct entity_change *c, const struct store_ops *ops,
			    struct store *s);
	void *more; /* what these two work on */
	/* Before anything is written, where something is stored: c->audit.before, which stays as long as c.
	 * NULL: the audit has no such text. */
	enum gh_err (*before)(struct entity_change *c, const struct store_ops *ops,
			      struct store *s);
	/* Who changes it, also in the history of a person, and a row of the audit; its subject ends with a colon, behind which the number of the entity
	 * comes. An empty action: there is none. */
	struct audit_row audit;

	struct server *server; /* set by entity_change_put() */
	/* On the store thread; err and refusal are set. */
	void (*done)(struct entity_change *c);
	void *ctx;
	enum gh_err err;
	struct entity_refusal refusal;
	bool wrote; /* set by entity_change_within(): it came so far as to write something */
	bool leave; /* set by check(): all that is written is so already, and nothing is written */
};

/* Place of the field `version` of a kind; its number of fields: it has none. */
size_t entity_version_field(const struct model_kind *k);

/* Put it to the store thread. The change, and all it points to, stays until done(). An entity with a
 * field `version` gets the next one. Errors in c->err: as of store_ops.entity_put and entity_delete;
 * GH_EINVALID with refusal.field where a number is not there or a check failed; GH_EBUSY and GH_ENOMEM
 * at once, without done(). */
GH_MUST_CHECK enum gh_err entity_change_put(struct server *server, struct entity_change *c);

/* The same within a job of the caller, which may run again: without done() and what it brings about. Where it fails
 * and c->wrote is not set, nothing was written, and the job may go on. */
GH_MUST_CHECK enum gh_err entity_change_within(struct entity_change *c,
					       const struct store_ops *ops, struct store *s);
/* Before and behind a job that changes entities so: what is made of those is made again. */
void entity_changes_begin(struct server *server, enum model_entity_id kind);
void entity_changes_end(struct server *server, enum model_entity_id kind);

#endif
