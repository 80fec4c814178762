/* What is decided about single doors, as people and programs read it. */
#ifndef GH_RENDER_DOOR_RULES_H
#define GH_RENDER_DOOR_RULES_H

#include "render/field.h"

/* A row is a struct record_view (record.h) of the entity of that name. */
extern const struct fields first_card_fields, multi_card_fields, anti_passback_fields,
	interlock_fields, linkage_fields, scheduled_output_fields, scheduled_input_fields,
	verify_schedule_fields, super_user_fields, door_setting_fields;

#endif
