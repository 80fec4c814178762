#ifndef GH_MODEL_ERROR_LOG_H
#define GH_MODEL_ERROR_LOG_H

#include "model/field.h"

struct error_log {
	uint64_t present;
#define MODEL_FIELD(member, json, type, flags) model_##type member;
#include "model/error_log.def"
#undef MODEL_FIELD
};

enum error_log_field {
#define MODEL_FIELD(member, json, type, flags) ERROR_LOG_##member,
#include "model/error_log.def"
#undef MODEL_FIELD
	ERROR_LOG_FIELDS
};

#endif
