/* Changes of entities: records that belong to no device (model/entity.def). They are read from
 * the store; none is cached in memory. */
#ifndef GH_CORE_ENTITIES_H
#define GH_CORE_ENTITIES_H

#include "core/server.h"

/* Runs on the store thread. id: the number of the entity. */
typedef void entity_changed_fn(void *ctx, enum gh_err err, int64_t id);

/* id 0: create one. Otherwise change the present fields. The record is copied. Errors as of
 * store_ops.entity_put, by `done`; GH_EBUSY and GH_ENOMEM at once. */
GH_MUST_CHECK enum gh_err entity_put(struct server *server, enum model_entity_id kind,
				     int64_t id, const void *record, entity_changed_fn *done,
				     void *ctx);

/* Errors as of store_ops.entity_delete; GH_ESTATE also for the first area, at once. */
GH_MUST_CHECK enum gh_err entity_delete(struct server *server, enum model_entity_id kind,
					int64_t id, entity_changed_fn *done, void *ctx);

#endif
