/* The older form of a table of fields, while a table of it is left: FIELD(name, KIND,
 * always|nullable, about, expression of the row r). */
#ifndef GH_API_VALUE_H
#define GH_API_VALUE_H

#include "base/json.h"
#include "render/field.h"

#define FIELD_GETTER(type, prefix, name, expression)                                      \
	static struct value get_##prefix##_##name(const struct field *f, const void *row) \
	{                                                                                 \
		const type *r = row;                                                      \
		(void)f;                                                                  \
		return expression;                                                        \
	}
#define FIELD_ROW(prefix, json, value, null, text)                                     \
	{                                                                              \
		.name = #json, .kind = VALUE_##value, .nullable = null, .about = text, \
		.get = get_##prefix##_##json                                           \
	}

#endif
