#include "model/department.h"

#include "render/rights.h"

#define ROW struct department
static const struct field department_field[] = {
	FIELD_AT(id, INT, always, "The least number of its people, which gives the order", id)
		FIELD_AT(name, TEXT, always, "Its name, as people have it", name)
			FIELD_AT(people, INT, always, "How many people are in it", people)
};
#undef ROW

const struct fields department_fields = { "Department", department_field,
					  sizeof(department_field) /
						  sizeof(department_field[0]),
					  NULL };
