/* The resources of access control: time rules, holidays, door groups, access levels, people.
 *
 * The folder: resource.c has what all of them have: GET, POST, PUT (the whole), PATCH (what is present)
 * and DELETE of an entity (model/entity.def), its ETag, and its refusals; a file of each resource reads
 * its body. Their lists are rows of list.def.
 *
 * A change is one job of the store with its checks (core/entity_change.h). When it is done, the same
 * handler runs again on a reader thread and answers with what is stored. */
#ifndef GH_API_ACCESS_RESOURCE_H
#define GH_API_ACCESS_RESOURCE_H

#include "api/call.h"
#include "api/list.h"
#include "core/entity_change.h"
#include "model/record.h"

#define RESOURCE_LINKS 2

struct resource_call;

struct resource {
	enum model_entity_id kind;
	const struct fields *fields;
	const char *one;     /* "time rule" */
	const char *used_by; /* by what one in use is kept: "an access level" */
	const char *key;     /* its field that no two have in common; NULL: none */
	const char *refers,
		*refers_to; /* its field that names another, and what that must be; NULL: a rule */
	enum error_code misfit; /* of a field that does not fit what is stored (GH_ESTATE) */
	bool by_number; /* the audit has which fields are changed, and no values: people */
	bool by_key;	/* the path has the key, and what is not there is made */
	enum path_param_id number; /* what of the path its number is; 0: {id} */
	/* Other names that the path may have for it, besides its number. NULL: none. Whether it has one; then *key is
	 * a record with the key it stands for. */
	bool (*named)(struct call *c, union model_record *key);
	/* Its number, whichever the path has; on a reader thread. false: answered. */
	bool (*find)(struct call *c, int64_t *id);
	/* Whether the caller, who is limited to areas, sees the one of that number. NULL: `find` looks at that, or none
	 * who is limited may use it. */
	bool (*inside)(const struct call *c, int64_t id);
	enum error_code unknown, in_use;
	/* What the body has, into g->record and g->change; faults by resource_fault(). */
	void (*read)(struct resource_call *g, const struct body *b);
	enum gh_err (*permit)(struct entity_change *c, const struct store_ops *ops,
			      struct store *s);
	/* As in struct entity_change; `complete` and `check` not, and `then` also of a deletion. */
	enum gh_err (*complete)(struct entity_change *c, const struct store_ops *ops,
				struct store *s, void *merged);
	enum gh_err (*check)(struct entity_change *c, const struct store_ops *ops,
			     struct store *s, const void *record);
	enum gh_err (*then)(struct entity_change *c, const struct store_ops *ops,
			    struct store *s);
	/* On the store thread, after the commit or the refusal (g->change.err), before it is answered. NULL: nothing. */
	void (*stored)(struct resource_call *g);
	/* What one alone shows besides: the numbers it is joined with. */
	struct {
		enum model_relation_id relation;
		const char *json; /* NULL after the last */
	} shown[RESOURCE_LINKS];
};

/* Lives in the request's arena. */
struct resource_call {
	struct call *c;
	const struct resource *of;
	bool whole; /* what the body does not have gets its default: POST and PUT */
	bool made, changed;
	union model_record record, key; /* `key`: the path names it by */
	struct entity_change change;
	struct json before; /* for the audit: what stands; freed in the end */
	struct faults faults;
};

/* As `before` of an entity_change, whose ctx is the resource_call; on the store thread, and maybe again. */
enum gh_err resource_before(struct entity_change *change, const struct store_ops *ops,
			    struct store *s);

void resource_get(struct call *c, const struct resource *of);
void resource_create(struct call *c, const struct resource *of);
void resource_put(struct call *c, const struct resource *of);
void resource_patch(struct call *c, const struct resource *of);
void resource_delete(struct call *c, const struct resource *of);

#define RESOURCE_HANDLERS(name)                       \
	void handle_##name##_get(struct call *c)      \
	{                                             \
		resource_get(c, &name##_resource);    \
	}                                             \
	void handle_##name##_create(struct call *c)   \
	{                                             \
		resource_create(c, &name##_resource); \
	}                                             \
	void handle_##name##_put(struct call *c)      \
	{                                             \
		resource_put(c, &name##_resource);    \
	}                                             \
	void handle_##name##_patch(struct call *c)    \
	{                                             \
		resource_patch(c, &name##_resource);  \
	}                                             \
	void handle_##name##_delete(struct call *c)   \
	{                                             \
		resource_delete(c, &name##_resource); \
	}

/* --- reading bodies ---
 *
 * Each reads member `name` into *out and sets the field's presence bit, also where the member is absent
 * and the whole is replaced: then *out gets its default. */

/* `field` is a path: "week.mon-fri[1]". The text goes on after it. */
__attribute__((format(printf, 3, 4))) void resource_fault(struct resource_call *g,
							  const char *field, const char *text,
							  ...);
void resource_text(struct resource_call *g, const struct body *b, const char *name,
		   unsigned bit, gh_slice *out);
void resource_int(struct resource_call *g, const struct body *b, const char *name, unsigned bit,
		  int64_t otherwise, int64_t *out);
/* A boolean, as 0 or 1. */
void resource_bool(struct resource_call *g, const struct body *b, const char *name,
		   unsigned bit, int64_t *out);
/* The number of a word; without one the first. */
void resource_word(struct resource_call *g, const struct body *b, const char *name,
		   unsigned bit, const char *(*word)(size_t i), int64_t *out);
/* The end of a validity, or its beginning; null and an empty text are none. */
void resource_moment(struct resource_call *g, const struct body *b, const char *name,
		     unsigned bit, bool end, ghi_civil *out);
/* Doors of known devices, as JSON. */
void resource_doors(struct resource_call *g, const struct body *b, const char *name,
		    unsigned bit, gh_slice *out);
/* One door of a known device; *unit has its serial number, or has to be the same where it has one. */
void resource_door(struct resource_call *g, const struct body *b, const char *name,
		   unsigned bit, gh_slice *unit, gh_slice *out);
/* All doors of a list have to be of one unit, as above. */
void resource_one_unit(struct resource_call *g, const struct body *b, const char *name,
		       gh_slice *unit);
/* The numbers of a list, in the request's arena; *n of them. NULL where it is absent or empty. */
const int64_t *resource_ids(struct resource_call *g, const struct body *list, size_t *n);
/* Join with the numbers of member `name`; nothing where it is absent and only a part is changed. */
void resource_link(struct resource_call *g, const struct body *b, const char *name,
		   enum model_relation_id relation, enum entity_link_how how);
/* The numbers of a list as JSON, each once unless they may repeat. */
void resource_numbers(struct resource_call *g, const struct body *b, const char *name,
		      unsigned bit, bool repeat, gh_slice *out);
/* Texts of a list as JSON, each once. */
void resource_texts(struct resource_call *g, const struct body *b, const char *name,
		    unsigned bit, gh_slice *out);
/* A fault where a text cannot stand in such a list. */
void resource_quotable(struct resource_call *g, const char *field, gh_slice text);
/* A copy of what was written; where there is no memory the call fails with it. */
gh_slice resource_written(struct resource_call *g, const struct ghi_writer *w);

/* The bit of field `member` of a record with fewer than 32 fields. */
static inline void resource_present(struct resource_call *g, unsigned bit)
{
	g->record.present |= UINT64_C(1) << bit;
}

/* The list of a person's credentials is that of the path's person; see struct list_resource. */
bool credentials_check(struct call *c, struct list_question *q);
bool people_changes_check(struct call *c, struct list_question *q);

/* From must not be after to; for `check`. */
enum gh_err resource_validity_check(struct entity_change *c, ghi_civil from, ghi_civil to,
				    const char *field);

#endif
