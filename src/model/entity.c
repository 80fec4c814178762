#include "model/entity.h"

#include "model/record.h"

/* Braces that are closed in another macro. */
/* clang-format off */
#define MODEL_RECORD(name, NAME, plural) typedef struct name record_##NAME; \
	static const struct model_field name##_fields[] = {
#define MODEL_FIELD(NAME, member, json, type, flags) \
	{ #member, json, offsetof(record_##NAME, member), MODEL_##type, flags },
#define MODEL_RECORD_END(name, NAME) };
#include "model/entity.def"
/* clang-format on */

#define MODEL_RECORD(name, NAME, plural)                                  \
	_Static_assert(sizeof(struct name) <= sizeof(union model_record), \
		       "a record fits the union");                        \
	_Static_assert(NAME##_FIELDS <= 64, "one presence bit per field");
#include "model/entity.def"

const struct model_kind model_entities[ENTITY_COUNT] = {
#define MODEL_RECORD(name, NAME, plural) \
	[ENTITY_##NAME] = { #name, plural, name##_fields, NAME##_FIELDS, sizeof(struct name) },
#include "model/entity.def"
};

/* An entity's id by its struct. */
enum {
#define MODEL_RECORD(name, NAME, plural) entity_##name = ENTITY_##NAME,
#include "model/entity.def"
};

const struct model_reference model_references[] = {
#define MODEL_REFERENCE(from, member, to) { #from, #member, (enum model_entity_id)entity_##to },
#include "model/entity.def"
};
const size_t model_reference_count = sizeof(model_references) / sizeof(model_references[0]);

enum { DROPS, KEEPS };

const struct model_relation model_relations[RELATION_COUNT] = {
#define MODEL_RELATION(NAME, name, from, to, keeps) \
	[RELATION_##NAME] = { #name, #from, #to, (enum model_entity_id)entity_##to, keeps },
#include "model/entity.def"
};
