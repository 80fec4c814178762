#include "render/door_rules.h"

#include "model/door_rule.h"
#include "model/event_code.h"
#include "model/record.h"
#include "render/entity_field.h"
#include "render/record.h"

#define ROW struct record_view

static struct value linkage_event_name(const struct field *f, const void *row)
{
	const struct linkage *l = ((const struct record_view *)row)->record;
	const struct event_code *e = event_code_find(l->event);

	(void)f;
	return value_text_if(gh_slice_of(e ? e->meaning : NULL));
}

/* clang-format off */
static const struct field first_card_field[] = {
	FIELD_AT(id, INT, always, "Its number", id)
	ENTITY(FIRST_CARD, first_card, name, "name", TEXT, 0, TEXT, "What people call it")
	ENTITY(FIRST_CARD, first_card, door, "door", TEXT, 0, TEXT, "The door, SN:NUMBER")
	ENTITY(FIRST_CARD, first_card, rule, "rule", INT, 0, REFERENCE, "Number of the time rule in which it counts")
	ENTITY_WORD(FIRST_CARD, first_card, mode, "mode", first_card_mode_word, "normal-open: the door stands open from then on, while the rule is open. activation: others may pass from then on")
};

static const struct field multi_card_field[] = {
	FIELD_AT(id, INT, always, "Its number", id)
	ENTITY(MULTI_CARD, multi_card, name, "name", TEXT, 0, TEXT, "What people call it")
	ENTITY(MULTI_CARD, multi_card, door, "door", TEXT, 0, TEXT, "The door, SN:NUMBER")
	ENTITY(MULTI_CARD, multi_card, member_groups, "groups", NUMBERS, 0, LISTED, "Groups of people, of each of which one has to come; a group that is there twice, two")
	ENTITY(MULTI_CARD, multi_card, seconds, "seconds", INT, 0, NUMBER, "Seconds between two of them at the most; 0: as the unit has it")
};

static const struct field anti_passback_field[] = {
	FIELD_AT(id, INT, always, "Its number", id)
	ENTITY(ANTI_PASSBACK, anti_passback, name, "name", TEXT, 0, TEXT, "What people call it")
	ENTITY(ANTI_PASSBACK, anti_passback, doors, "doors", TEXTS, 0, LISTED, "Doors of one side; without another, the readers of each of them")
	ENTITY(ANTI_PASSBACK, anti_passback, against, "against", TEXTS, 0, LISTED, "Doors of the other side")
	ENTITY_WORD(ANTI_PASSBACK, anti_passback, direction, "direction", passback_direction_word, "Of the readers of a door: which is refused a second time; none: only the time counts")
	ENTITY(ANTI_PASSBACK, anti_passback, seconds, "seconds", INT, 0, NUMBER, "Seconds within which no person enters twice; 0: there is no such time")
};

static const struct field interlock_field[] = {
	FIELD_AT(id, INT, always, "Its number", id)
	ENTITY(INTERLOCK, interlock, name, "name", TEXT, 0, TEXT, "What people call it")
	ENTITY(INTERLOCK, interlock, doors, "doors", TEXTS, 0, LISTED, "Doors of which one is open at a time")
};

static const struct field linkage_field[] = {
	FIELD_AT(id, INT, always, "Its number", id)
	ENTITY(LINKAGE, linkage, name, "name", TEXT, 0, TEXT, "What people call it")
	ENTITY(LINKAGE, linkage, event, "event", INT, 0, NUMBER, "Code of the event")
	FIELD_BY(eventName, TEXT, nullable, "The event in words", linkage_event_name)
	ENTITY(LINKAGE, linkage, place, "at", TEXT, 0, TEXT, "Where it happens: a door, SN:NUMBER, of an event of an input that input; a serial number alone is anywhere")
	ENTITY_WORD(LINKAGE, linkage, output, "output", linkage_output_word, "What acts: a lock, an auxiliary output, the cameras")
	ENTITY(LINKAGE, linkage, number, "number", INT, 0, NUMBER, "Number of the lock or output")
	ENTITY(LINKAGE, linkage, seconds, "seconds", INT, 0, NUMBER, "For how long; 0 closes it, 255 holds it open; of a camera, of video")
};

static const struct field scheduled_output_field[] = {
	FIELD_AT(id, INT, always, "Its number", id)
	ENTITY(SCHEDULED_OUTPUT, scheduled_output, name, "name", TEXT, 0, TEXT, "What people call it")
	ENTITY(SCHEDULED_OUTPUT, scheduled_output, place, "at", TEXT, 0, TEXT, "SN:NUMBER: of a lock the door, otherwise the auxiliary output")
	ENTITY_WORD(SCHEDULED_OUTPUT, scheduled_output, output, "output", scheduled_output_word, "What it turns: a lock, or an auxiliary output")
	ENTITY(SCHEDULED_OUTPUT, scheduled_output, rule, "rule", INT, 0, REFERENCE, "Number of the time rule in which it acts")
	ENTITY_WORD(SCHEDULED_OUTPUT, scheduled_output, action, "action", scheduled_action_word, "normal-open: released, or switched on, while the rule is open: a door stands open then. normal-closed: held, or switched off. none: nothing")
};

static const struct field scheduled_input_field[] = {
	FIELD_AT(id, INT, always, "Its number", id)
	ENTITY(SCHEDULED_INPUT, scheduled_input, name, "name", TEXT, 0, TEXT, "What people call it")
	ENTITY(SCHEDULED_INPUT, scheduled_input, place, "at", TEXT, 0, TEXT, "SN:NUMBER: of an exit button the door, otherwise the auxiliary input")
	ENTITY_WORD(SCHEDULED_INPUT, scheduled_input, input, "input", scheduled_input_word, "Which it is: a door's exit button, or an auxiliary input")
	ENTITY(SCHEDULED_INPUT, scheduled_input, rule, "rule", INT, 0, REFERENCE, "Number of the time rule in which it counts")
};

static const struct field verify_schedule_field[] = {
	FIELD_AT(id, INT, always, "Its number", id)
	ENTITY(VERIFY_SCHEDULE, verify_schedule, name, "name", TEXT, 0, TEXT, "What people call it")
	ENTITY(VERIFY_SCHEDULE, verify_schedule, week, "week", JSON, 0, OBJECT, "What has to be shown on weekdays: ranges by days")
	ENTITY(VERIFY_SCHEDULE, verify_schedule, holidays, "holidays", JSON, 0, OBJECT, "What has to be shown on holidays: ranges by their type")
	ENTITY(VERIFY_SCHEDULE, verify_schedule, doors, "doors", TEXTS, 0, LISTED, "Doors, each as SN:NUMBER")
};

static const struct field super_user_field[] = {
	FIELD_AT(id, INT, always, "Its number", id)
	ENTITY(SUPER_USER, super_user, name, "name", TEXT, 0, TEXT, "What people call it")
	ENTITY(SUPER_USER, super_user, doors, "doors", TEXTS, 0, LISTED, "Doors, each as SN:NUMBER")
};

/* Of each kind of setting the kind of its value, and how it is read. */
#define SHOW_NUMBER(member, json, about) ENTITY(DOOR_SETTING, door_setting, member, json, INT, 1, NUMBER, about)
#define SHOW_SWITCH(member, json, about) ENTITY(DOOR_SETTING, door_setting, member, json, BOOL, 1, SWITCH, about)
#define SHOW_TURNED(member, json, about) SHOW_SWITCH(member, json, about)
#define SHOW_RULE(member, json, about) ENTITY(DOOR_SETTING, door_setting, member, json, INT, 1, REFERENCE, about)
#define SHOW_MODE(member, json, about) ENTITY(DOOR_SETTING, door_setting, member, json, TEXT, 1, GIVEN, about)
#define SHOW_SECRET(member, json, about) ENTITY(DOOR_SETTING, door_setting, member, json "Set", BOOL, 0, SET, about ": whether there are any; they are never shown")

static const struct field door_setting_field[] = {
	FIELD_AT(id, INT, always, "Number of the row", id)
	ENTITY(DOOR_SETTING, door_setting, door, "door", TEXT, 0, TEXT, "The door, SN:NUMBER")
	ENTITY(DOOR_SETTING, door_setting, name, "name", TEXT, 1, GIVEN, "What people call it")
#define DOOR_SETTING(member, json, wire, KIND, TYPE, flags, least, most, about) SHOW_##KIND(member, json, about)
#include "model/door_setting.def"
#undef DOOR_SETTING
};
/* clang-format on */
#undef ROW

#define TABLE(kind, schema)                                                                   \
	const struct fields kind##_fields = { schema, kind##_field,                           \
					      sizeof(kind##_field) / sizeof(kind##_field[0]), \
					      NULL };
TABLE(first_card, "FirstCard")
TABLE(multi_card, "MultiCard")
TABLE(anti_passback, "AntiPassback")
TABLE(interlock, "Interlock")
TABLE(linkage, "Linkage")
TABLE(scheduled_output, "ScheduledOutput")
TABLE(scheduled_input, "ScheduledInput")
TABLE(verify_schedule, "VerifySchedule")
TABLE(super_user, "SuperUser")
TABLE(door_setting, "DoorSettings")
