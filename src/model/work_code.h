#ifndef GH_MODEL_WORK_CODE_H
#define GH_MODEL_WORK_CODE_H

#include "model/field.h"

struct work_code {
	uint64_t present;
#define MODEL_FIELD(member, json, type, flags) model_##type member;
#include "model/work_code.def"
#undef MODEL_FIELD
};

enum work_code_field {
#define MODEL_FIELD(member, json, type, flags) WORK_CODE_##member,
#include "model/work_code.def"
#undef MODEL_FIELD
	WORK_CODE_FIELDS
};

#endif
