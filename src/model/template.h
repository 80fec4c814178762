#ifndef GH_MODEL_TEMPLATE_H
#define GH_MODEL_TEMPLATE_H

#include "model/field.h"

struct template
{
	uint64_t present;
#define MODEL_FIELD(member, json, type, flags) model_##type member;
#include "model/template.def"
#undef MODEL_FIELD
};

enum template_field {
#define MODEL_FIELD(member, json, type, flags) TEMPLATE_##member,
#include "model/template.def"
#undef MODEL_FIELD
	TEMPLATE_FIELDS
};

#endif
