#include "model/kind.h"

#include "model/record.h"

/* Braces that are closed in another macro. */
/* clang-format off */
#define MODEL_RECORD(name, NAME, plural) typedef struct name record_##NAME; \
	static const struct model_field name##_fields[] = {
#define MODEL_FIELD(NAME, member, json, type, flags) \
	{ #member, json, offsetof(record_##NAME, member), MODEL_##type, flags },
#define MODEL_RECORD_END(name, NAME) };
#include "model/record.def"
/* clang-format on */

#define MODEL_RECORD(name, NAME, plural)                                  \
	_Static_assert(sizeof(struct name) <= sizeof(union model_record), \
		       "a record fits the union");                        \
	_Static_assert(NAME##_FIELDS <= 64, "one presence bit per field");
#include "model/record.def"

const struct model_kind model_kinds[KIND_COUNT] = {
#define MODEL_RECORD(name, NAME, plural) \
	[KIND_##NAME] = { #name, plural, name##_fields, NAME##_FIELDS, sizeof(struct name) },
#include "model/record.def"
};
