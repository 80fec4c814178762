#include "model/people_label.h"

#include "render/rights.h"

#define ROW struct people_label
#define LABEL_FIELDS(of)                                                                       \
	FIELD_AT(id, INT, always, "The least number of its people, which gives the order", id) \
	FIELD_AT(name, TEXT, always, "Its name, as people have it", name)                      \
	FIELD_AT(people, INT, always, of, people)

static const struct field department_field[] = { LABEL_FIELDS("How many people are in it") };
static const struct field position_field[] = { LABEL_FIELDS("How many people have it") };
#undef ROW

#define LABELS(kind, schema)                                                                  \
	const struct fields kind##_fields = { schema, kind##_field,                           \
					      sizeof(kind##_field) / sizeof(kind##_field[0]), \
					      NULL };
LABELS(department, "Department")
LABELS(position, "Position")
