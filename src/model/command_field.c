#include "model/command_field.h"

#include "model/record.h"

#define VALUE_NEEDED true, false, NULL
#define VALUE_MAY false, false, NULL
#define VALUE_COMPUTED false, true, NULL
#define VALUE_USUAL(text) false, false, text
#define CONTENT_MOST COMMAND_CONTENT_MOST

static const struct command_field fields[] = {
#define ORDER_FIELD(KIND, RECORD, field, type, least, most, presence) \
	{ RECORD##_##field, { ARGUMENT_##type, least, most }, presence },
#include "model/order_field.def"
#undef ORDER_FIELD
};

static const enum command_kind of[] = {
#define ORDER_FIELD(KIND, RECORD, field, type, least, most, presence) COMMAND_KIND_##KIND,
#include "model/order_field.def"
#undef ORDER_FIELD
};

const struct command_field *command_fields_of(enum command_kind kind, size_t *n)
{
	const size_t all = sizeof(of) / sizeof(of[0]);
	size_t first = 0;

	*n = 0;
	while (first < all && of[first] != kind)
		first++;
	while (first + *n < all && of[first + *n] == kind)
		++*n;
	return *n ? &fields[first] : NULL;
}

const struct command_field *command_field_find(enum command_kind kind, size_t field)
{
	size_t n;
	const struct command_field *f = command_fields_of(kind, &n);

	for (size_t i = 0; i < n; i++)
		if (f[i].field == field)
			return &f[i];
	return NULL;
}

uint64_t command_field_mask(enum command_kind kind)
{
	uint64_t mask = 0;

#define ORDER_FIELD(KIND, RECORD, field, type, least, most, presence) \
	mask |= (uint64_t)(kind == COMMAND_KIND_##KIND) << RECORD##_##field;
#include "model/order_field.def"
#undef ORDER_FIELD
	return mask;
}

const char *command_record_member(enum command_kind kind)
{
	enum model_kind_id record = command_kind_row(kind)->record;

	return record == KIND_ID_CARD	  ? "idCard"
	       : record == KIND_WORK_CODE ? "workCode"
					  : model_kinds[record].name;
}
