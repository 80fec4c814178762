/* Fields of the bodies of access control. A part of request_schemas.c, which defines the macros. */

static const struct schema time_range = { .kind = SCHEMA_TEXT,
					  .most = 32,
					  .format = FORMAT_LINE };
static const struct schema time_ranges = {
	.kind = SCHEMA_ARRAY, .most = 24, .part = &time_range, .parts = 1
};

#define RANGES(field, most_n, text)                                                      \
	{                                                                                \
		.name = field, .kind = SCHEMA_MAP, .most = most_n, .part = &time_ranges, \
		.parts = 1, .about = text                                                \
	}
/* A moment may be null, or an empty text: there is none. */
#define MAYBE(field, text)                                                                \
	{                                                                                 \
		.name = field, .kind = SCHEMA_TEXT, .flags = SCHEMA_NULLABLE, .most = 19, \
		.format = FORMAT_LINE, .about = text                                      \
	}
#define VALID_FROM "YYYY-MM-DD or YYYY-MM-DD HH:MM:SS by the device's time; null: ever since"
#define VALID_TO "The last moment, or the last day; null: for ever"

#define TIME_RULE_FIELDS(flag)                                                             \
	TEXT("name", flag, 1, 100, LINE,                                                   \
	     "What people call it; no two time rules have the same"),                      \
		RANGES("week", 28,                                                         \
		       "Ranges by weekdays: {\"mon-fri\":[\"08:00-12:00\"]}. The end is "  \
		       "included; 24:00 ends the day; one over midnight goes on the next " \
		       "day"),                                                             \
		RANGES("holidays", 3,                                                      \
		       "Ranges by the type of holiday, 1 to 3; a type that is missing is " \
		       "closed"),                                                          \
		MAYBE("from", VALID_FROM), MAYBE("to", VALID_TO)

static const struct schema time_rule_fields[] = { TIME_RULE_FIELDS(REQUIRED) };
static const struct schema time_rule_patch_fields[] = { TIME_RULE_FIELDS(0) };

#define HOLIDAY_FIELDS(flag)                                                              \
	TEXT("date", flag, 10, 10, LINE, "The day, or the first of several: YYYY-MM-DD"), \
		MAYBE("to", "The last day; without it there is one"),                     \
		INT("type", 0, 1, 3,                                                      \
		    "Which column of time rules counts on it; 1 unless given"),           \
		BOOL("yearly", 0, "Whether it is every year"),                            \
		TEXT("name", 0, 0, 100, LINE, "What people call it")

static const struct schema holiday_fields[] = { HOLIDAY_FIELDS(REQUIRED) };
static const struct schema holiday_patch_fields[] = { HOLIDAY_FIELDS(0) };

static const struct schema door_id = {
	.kind = SCHEMA_TEXT, .least = 3, .most = 40, .format = FORMAT_LINE
};
static const struct schema entity_id = { .kind = SCHEMA_INT, .least = 1, .most = INT64_MAX };

#define DOORS_MOST 1000
#define AREAS_MOST 100
#define PEOPLE_MOST 100000
#define DOOR_GROUP_FIELDS(flag)                                                               \
	TEXT("name", flag, 1, 100, LINE, "What people call it; no two groups have the same"), \
		LIST("doors", 0, 0, DOORS_MOST, door_id, "Doors, each as SN:NUMBER")

static const struct schema door_group_fields[] = { DOOR_GROUP_FIELDS(REQUIRED) };
static const struct schema door_group_patch_fields[] = { DOOR_GROUP_FIELDS(0) };

/* They are stored in lists of texts in quotation marks. */
static const struct schema department_name = {
	.kind = SCHEMA_TEXT, .least = 1, .most = 100, .format = FORMAT_LINE
};

#define ACCESS_LEVEL_FIELDS(flag)                                                             \
	TEXT("name", flag, 1, 100, LINE, "What people call it; no two levels have the same"), \
		{ .name = "rule",                                                             \
		  .kind = SCHEMA_INT,                                                         \
		  .flags = SCHEMA_NULLABLE,                                                   \
		  .least = 0,                                                                 \
		  .most = INT64_MAX,                                                          \
		  .about = "Number of its time rule; without one it grants nothing. 1 is "    \
			   "always open" },                                                   \
		LIST("doors", 0, 0, DOORS_MOST, door_id, "Doors, each as SN:NUMBER"),         \
		LIST("doorGroups", 0, 0, 100, entity_id, "Numbers of door groups"),           \
		LIST("people", 0, 0, PEOPLE_MOST, entity_id,                                  \
		     "Numbers of the people it is for; they replace those it has"),           \
		LIST("departments", 0, 0, 100, department_name,                               \
		     "Departments whose people are in it, too"),                              \
		MAYBE("from", VALID_FROM), MAYBE("to", VALID_TO)

static const struct schema access_level_fields[] = { ACCESS_LEVEL_FIELDS(REQUIRED) };
static const struct schema access_level_patch_fields[] = {
	ACCESS_LEVEL_FIELDS(0),
	LIST("addPeople", 0, 0, PEOPLE_MOST, entity_id,
	     "Without people: numbers of people besides those it has"),
	LIST("removePeople", 0, 0, PEOPLE_MOST, entity_id, "Without people: of those it has"),
};

static const struct schema card_number = {
	.kind = SCHEMA_TEXT, .least = 1, .most = 20, .format = FORMAT_LINE
};

#define PEOPLE_FIELDS(flag)                                                                    \
	TEXT("pin", flag, 1, 24, LINE,                                                         \
	     "What devices know them by; no two people of a namespace have the same"),         \
		TEXT("name", 0, 0, 100, LINE, "Their name"),                                   \
		LIST("cards", 0, 0, 20, card_number,                                           \
		     "Card numbers, in decimal or as 0x75BCD15; the first is the main one"),   \
		TEXT("password", 0, 0, 8, DIGITS, "For devices with keys; never shown again"), \
		MAYBE("validFrom", VALID_FROM), MAYBE("validTo", VALID_TO),                    \
		BOOL("disabled", 0, "Whether they may pass no door"),                          \
		{ .name = "group",                                                             \
		  .kind = SCHEMA_INT,                                                          \
		  .flags = SCHEMA_NULLABLE,                                                    \
		  .least = 1,                                                                  \
		  .most = 99,                                                                  \
		  .about = "Their group in multi-card openings; 1 unless given" },             \
		TEXT("department", 0, 0, 100, LINE, "Their department"),                       \
		TEXT("position", 0, 0, 100, LINE, "Their position"),                           \
		INT("privilege", 0, 0, 14,                                                     \
		    "At devices: 0 user (unless given), 2 enroller, 6 manager, 14 "            \
		    "administrator"),                                                          \
		TEXT("code", 0, 0, 100, LINE, "What other systems know them by"),              \
		TEXT("namespace", 0, 0, 64, LINE,                                              \
		     "In which the PIN and the cards are theirs: that of the areas they "      \
		     "belong to, which it is unless given"),                                   \
		LIST("areas", 0, 0, AREAS_MOST, entity_id,                                     \
		     "Numbers of the areas they belong to; unless given the first one, where " \
		     "its namespace is theirs")

static const struct schema people_fields[] = { PEOPLE_FIELDS(REQUIRED) };
static const struct schema people_patch_fields[] = { PEOPLE_FIELDS(0) };

/* --- what is decided about doors --- */

#define NAME(flag) TEXT("name", flag, 1, 100, LINE, "What people call it; no two have the same")
#define DOOR(flag, text) TEXT("door", flag, 3, 40, LINE, text)
#define PEOPLE(text) LIST("people", 0, 0, PEOPLE_MOST, entity_id, text)

#define FIRST_CARD_FIELDS(flag)                                                                \
	NAME(flag), DOOR(flag, "The door, SN:NUMBER"),                                         \
		INT("rule", flag, 1, INT64_MAX, "Number of the time rule in which it counts"), \
		WORD("mode", 0, "normal-open activation",                                      \
		     "normal-open, unless given: the door stands open from then on, while "    \
		     "the "                                                                    \
		     "rule is open. activation: others may pass from then on"),                \
		PEOPLE("Numbers of the people of whom one has to come")

static const struct schema first_card_fields[] = { FIRST_CARD_FIELDS(REQUIRED) };
static const struct schema first_card_patch_fields[] = { FIRST_CARD_FIELDS(0) };

static const struct schema group_number = { .kind = SCHEMA_INT, .least = 1, .most = 99 };

#define MULTI_CARD_FIELDS(flag)                                                              \
	NAME(flag), DOOR(flag, "The door, SN:NUMBER"),                                       \
		LIST("groups", flag, 2, 5, group_number,                                     \
		     "Groups of people (`group` of a person), of each of which one has to "  \
		     "come; "                                                                \
		     "a group that is there twice, two"),                                    \
		INT("seconds", 0, 0, 254,                                                    \
		    "Seconds between two of them at the most; 0, unless given: as the unit " \
		    "has it")

static const struct schema multi_card_fields[] = { MULTI_CARD_FIELDS(REQUIRED) };
static const struct schema multi_card_patch_fields[] = { MULTI_CARD_FIELDS(0) };

#define ANTI_PASSBACK_FIELDS(flag)                                                            \
	NAME(flag),                                                                           \
		LIST("doors", flag, 1, 32, door_id,                                           \
		     "Doors of one side, all of one device; without `against`, the readers "  \
		     "of "                                                                    \
		     "each of them"),                                                         \
		LIST("against", 0, 0, 32, door_id, "Doors of the other side"),                \
		WORD("direction", 0, "both in out none",                                      \
		     "Without `against`: which reader is refused a second time; both unless " \
		     "given. none: only the time counts"),                                    \
		INT("seconds", 0, 0, 65535,                                                   \
		    "Seconds within which no person enters twice; 0: none")

static const struct schema anti_passback_fields[] = { ANTI_PASSBACK_FIELDS(REQUIRED) };
static const struct schema anti_passback_patch_fields[] = { ANTI_PASSBACK_FIELDS(0) };

#define INTERLOCK_FIELDS(flag)                          \
	NAME(flag), LIST("doors", flag, 2, 32, door_id, \
			 "Doors of one device, of which one is open at a time")

static const struct schema interlock_fields[] = { INTERLOCK_FIELDS(REQUIRED) };
static const struct schema interlock_patch_fields[] = { INTERLOCK_FIELDS(0) };

#define LINKAGE_FIELDS(flag)                                                                  \
	NAME(flag), INT("event", flag, 0, 65535, "Code of the event"),                        \
		TEXT("at", flag, 1, 40, LINE,                                                 \
		     "Where it happens: SN:NUMBER, a door or, of an event of an input, that " \
		     "input; "                                                                \
		     "a serial number alone is anywhere on that unit"),                       \
		WORD("output", 0, "lock aux camera", "What acts; a lock unless given"),       \
		INT("number", 0, 1, 255, "Number of the lock or the output; 1 unless given"), \
		INT("seconds", 0, 0, 255,                                                     \
		    "For how long; 0 closes it, 255 holds it open. Of a camera, of video")

static const struct schema linkage_fields[] = { LINKAGE_FIELDS(REQUIRED) };
static const struct schema linkage_patch_fields[] = { LINKAGE_FIELDS(0) };

#define SCHEDULE_RULE(flag, text) INT("rule", flag, 1, INT64_MAX, text)

#define SCHEDULED_OUTPUT_FIELDS(flag)                                                    \
	NAME(flag),                                                                      \
		TEXT("at", flag, 3, 40, LINE,                                            \
		     "SN:NUMBER, a door or, with the output aux, an auxiliary output"),  \
		WORD("output", 0, "lock aux", "What it turns; a lock unless given"),     \
		SCHEDULE_RULE(flag, "Number of the time rule in which it acts"),         \
		WORD("action", flag, "none normal-open normal-closed",                   \
		     "normal-open: released, or switched on, while the rule is open; a " \
		     "door stands open then, for everyone. normal-closed: held, or "     \
		     "switched off")

static const struct schema scheduled_output_fields[] = { SCHEDULED_OUTPUT_FIELDS(REQUIRED) };
static const struct schema scheduled_output_patch_fields[] = { SCHEDULED_OUTPUT_FIELDS(0) };

#define SCHEDULED_INPUT_FIELDS(flag)                                                         \
	NAME(flag),                                                                          \
		TEXT("at", flag, 3, 40, LINE,                                                \
		     "SN:NUMBER, a door or, with the input aux, an auxiliary input"),        \
		WORD("input", 0, "exit-button aux",                                          \
		     "Which; the door's exit button unless "                                 \
		     "given"),                                                               \
		SCHEDULE_RULE(flag, "Number of the time rule in which it counts; otherwise " \
				    "it does not")

static const struct schema scheduled_input_fields[] = { SCHEDULED_INPUT_FIELDS(REQUIRED) };
static const struct schema scheduled_input_patch_fields[] = { SCHEDULED_INPUT_FIELDS(0) };

static const struct schema verify_period = { .kind = SCHEMA_TEXT,
					     .most = 64,
					     .format = FORMAT_LINE };
static const struct schema verify_periods = {
	.kind = SCHEMA_ARRAY, .most = 3, .part = &verify_period, .parts = 1
};
#define PERIODS(field, most_n, text)                                                        \
	{                                                                                   \
		.name = field, .kind = SCHEMA_MAP, .most = most_n, .part = &verify_periods, \
		.parts = 1, .about = text                                                   \
	}
#define VERIFY_SCHEDULE_FIELDS(flag)                                                          \
	NAME(flag),                                                                           \
		PERIODS("week", 28,                                                           \
			"Periods by weekdays: {\"mon-fri\":[\"08:00-18:00 door=4\"]}. door= " \
			"is the "                                                             \
			"verify mode of everyone, user= that of the people named here"),      \
		PERIODS("holidays", 3, "Periods by the type of holiday, 1 to 3"),             \
		LIST("doors", 0, 0, DOORS_MOST, door_id, "Doors, each as SN:NUMBER"),         \
		PEOPLE("Numbers of the people it is for; without any, it is for everyone")

static const struct schema verify_schedule_fields[] = { VERIFY_SCHEDULE_FIELDS(REQUIRED) };
static const struct schema verify_schedule_patch_fields[] = { VERIFY_SCHEDULE_FIELDS(0) };

#define SUPER_USER_FIELDS(flag)                                                           \
	NAME(flag), LIST("doors", 0, 0, DOORS_MOST, door_id, "Doors, each as SN:NUMBER"), \
		PEOPLE("Numbers of the people")

static const struct schema super_user_fields[] = { SUPER_USER_FIELDS(REQUIRED) };
static const struct schema super_user_patch_fields[] = { SUPER_USER_FIELDS(0) };

/* Settings of a door may be null: then they are no longer decided here. */
#define SETTING(json, of, least_n, most_n, form, text) \
	{ .name = json,                                \
	  .kind = SCHEMA_##of,                         \
	  .flags = SCHEMA_NULLABLE,                    \
	  .least = least_n,                            \
	  .most = most_n,                              \
	  .format = FORMAT_##form,                     \
	  .about = text },
#define SETTING_NUMBER(json, least, most, about) SETTING(json, INT, least, most, ANY, about)
#define SETTING_RULE(json, least, most, about) SETTING(json, INT, least, most, ANY, about)
#define SETTING_SWITCH(json, least, most, about) SETTING(json, BOOL, 0, 0, ANY, about)
#define SETTING_TURNED(json, least, most, about) SETTING(json, BOOL, 0, 0, ANY, about)
#define SETTING_MODE(json, least, most, about) SETTING(json, TEXT, least, most, DIGITS, about)
#define SETTING_SECRET(json, least, most, about) SETTING(json, TEXT, least, most, DIGITS, about)

static const struct schema door_settings_fields[] = {
	TEXT("name", 0, 0, 100, LINE, "What people call it"),
#define DOOR_SETTING(member, json, wire, KIND, TYPE, flags, least, most, about) \
	SETTING_##KIND(json, least, most, about)
#include "model/door_setting.def"
#undef DOOR_SETTING
};

static const struct schema credential_patch_fields[] = {
	BOOL("lost", 0,
	     "Whether the card is lost: units refuse it, and report that it was used"),
	INT("bits", 0, 0, 255,
	    "How many bits its Wiegand code has, for units with Wiegand rules of version 2; 0: "
	    "any"),
	INT("siteCode", 0, 0, INT32_MAX, "Its site code, for such units"),
	TEXT("imie", 0, 0, 64, LINE, "Its IMIE code, for such units"),
};
