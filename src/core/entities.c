#include "core/entities.h"

#include <stdlib.h>

#include "base/arena.h"
#include "core/access/site_change.h"

struct entity_job {
	struct store_job job;
	struct server *server;
	enum model_entity_id kind;
	int64_t requested, id;	   /* as requested for, 0: a new one; as stored */
	union model_record record; /* its text is in `arena` */
	struct arena arena;
	entity_changed_fn *done;
	void *ctx;
};

static enum gh_err entity_put_run(struct store_job *job, const struct store_ops *ops,
				  struct store *s)
{
	struct entity_job *j = (struct entity_job *)job;

	j->id = j->requested;
	return ops->entity_put(s, j->kind, &j->id, &j->record);
}

static enum gh_err entity_delete_run(struct store_job *job, const struct store_ops *ops,
				     struct store *s)
{
	struct entity_job *j = (struct entity_job *)job;

	j->id = j->requested;
	return ops->entity_delete(s, j->kind, j->id);
}

static void entity_job_free(struct entity_job *j)
{
	ghi_arena_clear(&j->arena);
	free(j);
}

static void entity_job_done(struct store_job *job, enum gh_err err)
{
	struct entity_job *j = (struct entity_job *)job;

	if (err == GH_OK && j->kind == ENTITY_AREA)
		site_namespaces_changed(j->server);
	j->done(j->ctx, err, j->id);
	entity_job_free(j);
}

static bool record_copy(struct entity_job *j, const void *record)
{
	const struct model_kind *k = &model_entities[j->kind];

	memcpy(&j->record, record, k->size);
	for (size_t i = 0; i < k->fields; i++) {
		gh_slice *s = model_at(k, &j->record, i);

		if (k->field[i].type != MODEL_TEXT || !model_has(record, i) || s->n == 0)
			continue;
		*s = ghi_arena_copy(&j->arena, *s);
		if (s->n == 0)
			return false;
	}
	return true;
}

static enum gh_err entity_job_put(struct server *server, const struct entity_job *as,
				  const void *record)
{
	struct entity_job *j = malloc(sizeof(*j));
	enum gh_err err = GH_ENOMEM;

	if (j == NULL)
		return err;
	*j = *as;
	j->server = server;
	j->job.done = entity_job_done;
	if (record == NULL || record_copy(j, record))
		err = store_put(server->queue, &j->job);
	if (err)
		entity_job_free(j);
	return err;
}

enum gh_err entity_put(struct server *server, enum model_entity_id kind, int64_t id,
		       const void *record, entity_changed_fn *done, void *ctx)
{
	return entity_job_put(server,
			      &(struct entity_job){ .job = { .run = entity_put_run },
						    .kind = kind,
						    .requested = id,
						    .done = done,
						    .ctx = ctx },
			      record);
}

enum gh_err entity_delete(struct server *server, enum model_entity_id kind, int64_t id,
			  entity_changed_fn *done, void *ctx)
{
	if (kind == ENTITY_AREA && id == AREA_DEFAULT)
		return GH_ESTATE;
	return entity_job_put(server,
			      &(struct entity_job){ .job = { .run = entity_delete_run },
						    .kind = kind,
						    .requested = id,
						    .done = done,
						    .ctx = ctx },
			      NULL);
}
