#ifndef GH_MODEL_PERSON_H
#define GH_MODEL_PERSON_H

#include "model/field.h"

struct person {
	uint64_t present;
#define MODEL_FIELD(member, json, type, flags) model_##type member;
#include "model/person.def"
#undef MODEL_FIELD
};

enum person_field {
#define MODEL_FIELD(member, json, type, flags) PERSON_##member,
#include "model/person.def"
#undef MODEL_FIELD
	PERSON_FIELDS
};

#endif
