#ifndef GH_MODEL_OPLOG_H
#define GH_MODEL_OPLOG_H

#include "model/field.h"

struct oplog {
	uint64_t present;
#define MODEL_FIELD(member, json, type, flags) model_##type member;
#include "model/oplog.def"
#undef MODEL_FIELD
};

enum oplog_field {
#define MODEL_FIELD(member, json, type, flags) OPLOG_##member,
#include "model/oplog.def"
#undef MODEL_FIELD
	OPLOG_FIELDS
};

#endif
