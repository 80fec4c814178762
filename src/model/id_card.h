#ifndef GH_MODEL_ID_CARD_H
#define GH_MODEL_ID_CARD_H

#include "model/field.h"

struct id_card {
	uint64_t present;
#define MODEL_FIELD(member, json, type, flags) model_##type member;
#include "model/id_card.def"
#undef MODEL_FIELD
};

enum id_card_field {
#define MODEL_FIELD(member, json, type, flags) ID_CARD_##member,
#include "model/id_card.def"
#undef MODEL_FIELD
	ID_CARD_FIELDS
};

#endif
