#include "core/entity_change.h"

#include "core/access/site_memory.h"

#include <stdlib.h>

#include "base/arena.h"
#include "core/access/planner.h"
#include "core/roster_change.h"
#include "core/syncs.h"
#include "model/record.h"

/* --- the record --- */

size_t entity_version_field(const struct model_kind *k)
{
	size_t i = 0;

	while (i < k->fields && strcmp(k->field[i].column, "version") != 0)
		i++;
	return i;
}

static int64_t entity_version_of(const struct model_kind *k, const void *record)
{
	size_t i = entity_version_field(k);

	return i < k->fields && model_has(record, i)
		       ? *(const int64_t *)model_at_const(k, record, i)
		       : 0;
}

/* What is stored now; its texts do not outlive the callback. */
static bool before_keep(void *ctx, int64_t id, const void *record)
{
	struct entity_change *c = ctx;
	const struct model_kind *k = &model_entities[c->kind];
	size_t version = entity_version_field(k);

	(void)id;
	c->refusal.version = c->version && c->version != entity_version_of(k, record);
	if (c->record == NULL)
		return true;
	for (size_t i = 0; i < k->fields; i++) {
		bool text = k->field[i].type == MODEL_TEXT || k->field[i].type == MODEL_BYTES;

		if (text || model_has(&c->merged, i) || !model_has(record, i))
			continue;
		memcpy(model_at(k, &c->merged, i), model_at_const(k, record, i),
		       sizeof(int64_t));
		model_mark(&c->merged, i);
	}
	if (version < k->fields) {
		*(int64_t *)model_at(k, &c->merged, version) = entity_version_of(k, record) + 1;
		model_mark(&c->merged, version);
	}
	return true;
}

static enum gh_err before_read(struct entity_change *c, const struct store_ops *ops,
			       struct store *s)
{
	const struct model_kind *k = &model_entities[c->kind];
	size_t version = entity_version_field(k);

	if (c->record)
		memcpy(&c->merged, c->record, k->size);
	if (c->id)
		return ops->entity_hold(s, c->kind, c->id, before_keep, c);
	if (version < k->fields) {
		*(int64_t *)model_at(k, &c->merged, version) = 1;
		model_mark(&c->merged, version);
	}
	return GH_OK;
}

/* --- links --- */

struct known_ids {
	int64_t *id;
	size_t n, room;
	bool full;
};

static bool known_id_add(void *ctx, int64_t from, int64_t to, const void *record)
{
	struct known_ids *k = ctx;

	(void)from;
	(void)record;
	if (k->n == k->room) {
		size_t room = k->room ? k->room * 2 : 64;
		int64_t *more = realloc(k->id, room * sizeof(*more));

		k->full = more == NULL;
		if (more == NULL)
			return false;
		k->id = more;
		k->room = room;
	}
	k->id[k->n++] = to;
	return true;
}

static int id_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static bool id_known(const int64_t *id, size_t n, int64_t one)
{
	return n && bsearch(&one, id, n, sizeof(one), id_compare);
}

static enum gh_err link_put(struct entity_change *c, const struct entity_link *l,
			    const struct store_ops *ops, struct store *s, int64_t to)
{
	enum gh_err err = l->how == LINK_REMOVE ? ops->relation_cut(s, l->relation, c->id, to)
						: ops->relation_put(s, l->relation, c->id, to);

	if (err != GH_ENOTFOUND)
		return err;
	c->refusal = (struct entity_refusal){ .field = l->field,
					      .other = to,
					      .of = model_relations[l->relation].to_kind };
	return GH_EINVALID;
}

/* Only what differs is written. */
static enum gh_err link_write(struct entity_change *c, struct entity_link *l,
			      const struct store_ops *ops, struct store *s)
{
	struct known_ids known = { 0 };
	int64_t *wanted = l->n ? malloc(l->n * sizeof(*wanted)) : NULL;
	enum gh_err err = l->n && wanted == NULL ? GH_ENOMEM
						 : ops->relations_of(s, l->relation, c->id,
								     known_id_add, &known);

	if (err == GH_OK && known.full)
		err = GH_ENOMEM;
	if (wanted) {
		memcpy(wanted, l->id, l->n * sizeof(*wanted));
		qsort(wanted, l->n, sizeof(*wanted), id_compare);
	}
	for (size_t i = 0; i < l->n && err == GH_OK; i++)
		if (id_known(known.id, known.n, wanted[i]) == (l->how == LINK_REMOVE) &&
		    (i == 0 || wanted[i] != wanted[i - 1]))
			err = link_put(c, l, ops, s, wanted[i]);
	for (size_t i = 0; i < known.n && err == GH_OK && l->how == LINK_SET; i++)
		if (!id_known(wanted, l->n, known.id[i]))
			err = ops->relation_cut(s, l->relation, c->id, known.id[i]);
	free(wanted);
	free(known.id);
	return err;
}

/* --- the job --- */

#define PEOPLE_BEFORE_BYTES ((size_t)1 << 20)

struct people_before {
	struct arena arena;
	struct people is;
};

static enum gh_err entity_put(struct entity_change *c, const struct store_ops *ops,
			      struct store *s)
{
	enum gh_err err = ops->entity_put(s, c->kind, &c->id, &c->merged);

	/* The number of a new one may come with the commit only; by its key it is found now. */
	if (err == GH_OK && c->id == 0 && (c->links || c->then || c->kind == ENTITY_PEOPLE))
		err = ops->entity_find(s, c->kind, &c->merged, &c->id);
	return err;
}

static bool people_before_keep(void *ctx, int64_t id, const void *record)
{
	struct people_before *b = ctx;

	(void)id;
	roster_people_copy(&b->arena, record, &b->is);
	return true;
}

/* A person is stored with a row of their history for each field that is another one now. */
static enum gh_err people_store(struct entity_change *c, const struct store_ops *ops,
				struct store *s)
{
	struct roster_actor by = { .kind = c->audit.actor,
				   .id = c->audit.actor_id,
				   .by = c->audit.by,
				   .at_ms = c->audit.at_ms };
	struct people_before was = { .arena = ghi_arena_with_limit(PEOPLE_BEFORE_BYTES) };
	const struct people *now = (const struct people *)&c->merged;
	bool made = c->id == 0;
	enum gh_err err =
		made ? GH_OK
		     : ops->entity_hold(s, ENTITY_PEOPLE, c->id, people_before_keep, &was);

	if (err == GH_OK && was.arena.failed)
		err = GH_ENOMEM;
	if (err == GH_OK)
		err = entity_put(c, ops, s);
	if (err == GH_OK)
		err = made ? roster_change_add(ops, s, &by, c->id, "person", (gh_slice){ 0 },
					       now->pin)
			   : roster_change_fields(ops, s, &by, c->id, &was.is, now);
	ghi_arena_clear(&was.arena);
	return err;
}

static enum gh_err entity_change_store(struct entity_change *c, const struct store_ops *ops,
				       struct store *s)
{
	enum gh_err err =
		c->kind == ENTITY_PEOPLE ? people_store(c, ops, s) : entity_put(c, ops, s);

	for (size_t i = 0; i < c->links && err == GH_OK; i++)
		err = link_write(c, &c->link[i], ops, s);
	return err == GH_OK && c->then ? c->then(c, ops, s) : err;
}

static enum gh_err entity_change_remove(struct entity_change *c, const struct store_ops *ops,
					struct store *s)
{
	enum gh_err err = c->then ? c->then(c, ops, s) : GH_OK;

	return err == GH_OK ? ops->entity_delete(s, c->kind, c->id) : err;
}

/* The number of the one with the key; 0: there is none. */
static enum gh_err key_find(struct entity_change *c, const struct store_ops *ops,
			    struct store *s)
{
	enum gh_err err = ops->entity_find(s, c->kind, c->named ? c->named : c->record, &c->id);

	if (err == GH_ENOTFOUND && c->by_key) {
		c->id = 0;
		err = GH_OK;
	}
	c->refusal.version = err == GH_OK && c->version && c->given != c->id;
	return c->refusal.version ? GH_ESTATE : err;
}

static bool is_of_roster(enum model_entity_id kind)
{
	return kind == ENTITY_PEOPLE || kind == ENTITY_CARD || kind == ENTITY_AREA;
}

/* What may not be seen is of no version. */
static enum gh_err permit_read(struct entity_change *c, const struct store_ops *ops,
			       struct store *s, enum gh_err otherwise)
{
	bool version = c->refusal.version;
	enum gh_err err;

	c->refusal.version = false;
	err = c->permit(c, ops, s);
	if (err)
		return err;
	c->refusal.version = version;
	return otherwise;
}

void entity_changes_begin(struct server *server, enum model_entity_id kind)
{
	if (is_of_roster(kind))
		syncs_roster_changed(server->syncs);
}

void entity_changes_end(struct server *server, enum model_entity_id kind)
{
	planner_site_changed(server->planner);
	entity_changes_begin(server, kind);
	site_memory_stale(server->site);
}

enum gh_err entity_change_within(struct entity_change *c, const struct store_ops *ops,
				 struct store *s)
{
	enum gh_err err = GH_OK;

	/* It may run again. */
	c->refusal = (struct entity_refusal){ 0 };
	c->wrote = c->leave = false;
	c->id = c->given;
	if (c->by_key || c->named)
		err = key_find(c, ops, s);
	if ((err == GH_OK || c->refusal.version) && c->permit)
		err = permit_read(c, ops, s, err);
	if (err == GH_OK)
		err = before_read(c, ops, s);
	if (err == GH_OK && c->refusal.version)
		err = GH_ESTATE;
	if (err == GH_OK && c->complete)
		err = c->complete(c, ops, s, &c->merged);
	if (err == GH_OK && c->check)
		err = c->check(c, ops, s, &c->merged);
	if (err == GH_OK && c->before && c->id)
		err = c->before(c, ops, s);
	if (err || c->leave)
		return err;
	c->wrote = true;
	err = c->remove ? entity_change_remove(c, ops, s) : entity_change_store(c, ops, s);
	c->audit.subject_at = &c->id;
	return err == GH_OK && c->audit.action.n ? ops->audit_put(s, &c->audit) : err;
}

static enum gh_err entity_change_run(struct store_job *job, const struct store_ops *ops,
				     struct store *s)
{
	struct entity_change *c = (struct entity_change *)job;

	/* A plan that is stored behind it, and was made before it, is made again. */
	entity_changes_begin(c->server, c->kind);
	return entity_change_within(c, ops, s);
}

static void entity_change_done(struct store_job *job, enum gh_err err)
{
	struct entity_change *c = (struct entity_change *)job;

	/* Before the change is reported: a person who was disabled does not pass after it. */
	if (err == GH_OK)
		entity_changes_end(c->server, c->kind);
	else
		entity_changes_begin(c->server, c->kind);
	c->err = err;
	c->done(c);
}

enum gh_err entity_change_put(struct server *server, struct entity_change *c)
{
	c->server = server;
	c->job.run = entity_change_run;
	c->job.done = entity_change_done;
	return store_put(server->queue, &c->job);
}
