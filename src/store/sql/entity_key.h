/* The keys of entities: the fields of which no two rows have all in common (MODEL_KEY). */
#ifndef GH_STORE_SQL_ENTITY_KEY_H
#define GH_STORE_SQL_ENTITY_KEY_H

#include "model/entity.h"
#include "store/sql/sql_store.h"

/* " WHERE …": the condition that a row has the key of a record, whose values follow. `of`: "e.", or nothing. */
void sql_entity_key_text(struct ghi_writer *w, const struct model_kind *k, const char *of);

/* Whether another entity has the key that `id` gets by the record; 0: a new one, which needs all of it. What of the
 * key the record does not have is that of the stored row. GH_EEXISTS; GH_EINVALID: a new one without it. */
GH_MUST_CHECK enum gh_err sql_entity_key_check(struct store *s, enum model_entity_id kind,
					       int64_t id, const void *record);

#endif
