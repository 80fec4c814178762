/* Time rules, holidays, door groups, access levels and people, as people and programs read them. */
#ifndef GH_RENDER_RIGHTS_H
#define GH_RENDER_RIGHTS_H

#include "render/field.h"

/* A row is a struct people_label (model/people_label.h). */
extern const struct fields department_fields, position_fields;

/* A row is a struct record_view (record.h) of the entity of that name. */
extern const struct fields area_fields, time_rule_fields, holiday_fields, door_group_fields,
	access_level_fields, people_fields, credential_fields;

#endif
