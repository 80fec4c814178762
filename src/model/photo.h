#ifndef GH_MODEL_PHOTO_H
#define GH_MODEL_PHOTO_H

#include "model/field.h"

struct photo {
	uint64_t present;
#define MODEL_FIELD(member, json, type, flags) model_##type member;
#include "model/photo.def"
#undef MODEL_FIELD
};

enum photo_field {
#define MODEL_FIELD(member, json, type, flags) PHOTO_##member,
#include "model/photo.def"
#undef MODEL_FIELD
	PHOTO_FIELDS
};

#endif
