/* Entities: records that belong to no device and are known by a number, and what joins them, as data
 * (entity.def). */
#ifndef GH_MODEL_ENTITY_H
#define GH_MODEL_ENTITY_H

#include "model/kind.h"

enum model_entity_id {
#define MODEL_RECORD(name, NAME, plural) ENTITY_##NAME,
#include "model/entity.def"
	ENTITY_COUNT
};

extern const struct model_kind model_entities[ENTITY_COUNT];

/* A field that holds the id of an entity, which cannot be deleted meanwhile. */
struct model_reference {
	const char *from, *column; /* table and column */
	enum model_entity_id to;
};

extern const struct model_reference model_references[];
extern const size_t model_reference_count;

enum model_relation_id {
#define MODEL_RELATION(NAME, name, from, to, keeps) RELATION_##NAME,
#include "model/entity.def"
	RELATION_COUNT
};

/* A table of pairs; a pair is deleted with either of the two, or keeps the second. */
struct model_relation {
	const char *name; /* of the table */
	const char *from; /* table and column; "device", or an entity */
	const char *to;	  /* table and column */
	enum model_entity_id to_kind;
	bool keeps; /* what `to` is cannot be deleted while it is in a pair */
};

extern const struct model_relation model_relations[RELATION_COUNT];

/* The area that is created with the store: new devices are in it, and it is never deleted. */
/* The namespace of the first area, and of whatever names none. */
#define NAMESPACE_DEFAULT GH_LIT("default")
#define AREA_DEFAULT 1
/* The time rule that is created with the store: always open, never changed or deleted. */
#define TIME_RULE_ALWAYS 1

#endif
