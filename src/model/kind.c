#include "model/kind.h"

#include "model/error_log.h"
#include "model/id_card.h"
#include "model/oplog.h"
#include "model/person.h"
#include "model/photo.h"
#include "model/template.h"
#include "model/work_code.h"

static const struct model_field person_fields[] = {
#define MODEL_FIELD(member, json, type, flags) \
	{ #member, json, offsetof(struct person, member), MODEL_##type, flags },
#include "model/person.def"
#undef MODEL_FIELD
};

static const struct model_field template_fields[] = {
#define MODEL_FIELD(member, json, type, flags) \
	{ #member, json, offsetof(struct template, member), MODEL_##type, flags },
#include "model/template.def"
#undef MODEL_FIELD
};

static const struct model_field photo_fields[] = {
#define MODEL_FIELD(member, json, type, flags) \
	{ #member, json, offsetof(struct photo, member), MODEL_##type, flags },
#include "model/photo.def"
#undef MODEL_FIELD
};

static const struct model_field oplog_fields[] = {
#define MODEL_FIELD(member, json, type, flags) \
	{ #member, json, offsetof(struct oplog, member), MODEL_##type, flags },
#include "model/oplog.def"
#undef MODEL_FIELD
};

static const struct model_field id_card_fields[] = {
#define MODEL_FIELD(member, json, type, flags) \
	{ #member, json, offsetof(struct id_card, member), MODEL_##type, flags },
#include "model/id_card.def"
#undef MODEL_FIELD
};

static const struct model_field error_log_fields[] = {
#define MODEL_FIELD(member, json, type, flags) \
	{ #member, json, offsetof(struct error_log, member), MODEL_##type, flags },
#include "model/error_log.def"
#undef MODEL_FIELD
};

static const struct model_field work_code_fields[] = {
#define MODEL_FIELD(member, json, type, flags) \
	{ #member, json, offsetof(struct work_code, member), MODEL_##type, flags },
#include "model/work_code.def"
#undef MODEL_FIELD
};

#define MODEL_KIND(name, NAME, plural)                                         \
	_Static_assert(sizeof(struct name) <= sizeof(union model_record),      \
		       "a record fits the union");                             \
	_Static_assert(sizeof(name##_fields) / sizeof(name##_fields[0]) <= 64, \
		       "one presence bit per field");
#include "model/kind.def"
#undef MODEL_KIND

const struct model_kind model_kinds[KIND_COUNT] = {
#define MODEL_KIND(name, NAME, plural)                                      \
	[KIND_##NAME] = { #name, plural, name##_fields,                     \
			  sizeof(name##_fields) / sizeof(name##_fields[0]), \
			  sizeof(struct name) },
#include "model/kind.def"
#undef MODEL_KIND
};
