#include "render/rights.h"

#include "model/record.h"
#include "model/time_rule.h"
#include "render/entity_field.h"
#include "render/record.h"

/* --- what follows from a time rule --- */

static bool rule_table_read(const void *row, struct time_table *t)
{
	const struct time_rule *r = ((const struct record_view *)row)->record;

	return time_table_read(r->week, r->holidays, t) == GH_OK;
}

static const char *holiday_type_word(size_t i)
{
	static const char *const word[] = { "1", "2", "3", NULL };

	return i < TIME_HOLIDAY_TYPES ? word[i] : NULL;
}

static struct value closed_holidays(const struct field *f, const void *row)
{
	struct time_table t;

	(void)f;
	return (struct value){ .kind = VALUE_FLAGS,
			       .i = rule_table_read(row, &t) ? ~t.named & 7 : 0,
			       .word = holiday_type_word };
}

static struct value over_midnight(const struct field *f, const void *row)
{
	struct time_table t;

	(void)f;
	return value_of(VALUE_BOOL, rule_table_read(row, &t) && time_over_midnight(&t));
}

static struct value password_set(const struct field *f, const void *row)
{
	const struct people *p = ((const struct record_view *)row)->record;

	(void)f;
	return value_of(VALUE_BOOL, model_has(p, PEOPLE_password) && p->password.n > 0);
}

/* --- the tables --- */

#define ROW struct record_view

/* clang-format off */
static const struct field area_field[] = {
	FIELD_AT(id, INT, always, "Its number", id)
	ENTITY(AREA, area, name, "name", TEXT, 0, TEXT, "What people call it")
	ENTITY(AREA, area, parent, "parent", INT, 1, REFERENCE, "Number of the area it lies in")
	ENTITY(AREA, area, namespace, "namespace", TEXT, 0, TEXT, "Within which a PIN is one person")
	ENTITY(AREA, area, device_may_change, "deviceMayChange", TEXTS, 0, LISTED, "What of a person its devices may change")
	ENTITY(AREA, area, spread_enrolments, "spreadEnrolments", BOOL, 0, BOOL, "Whether people enrolled at one of its devices enter the roster")
	ENTITY(AREA, area, spread_deletions, "spreadDeletions", BOOL, 0, BOOL, "Whether people deleted at the menu of one of its devices are deleted from the roster")
};
/* clang-format on */

static const struct field time_rule_field[] = {
	FIELD_AT(id, INT, always, "Its number", id) ENTITY(
		TIME_RULE, time_rule, name, "name", TEXT, 0, TEXT,
		"What people call it") ENTITY(TIME_RULE, time_rule, week, "week", JSON, 0,
					      OBJECT,
					      "When it is open on weekdays: ranges by days")
		ENTITY(TIME_RULE, time_rule, holidays, "holidays", JSON, 0, OBJECT,
		       "When it is open on holidays: ranges by their type")
			ENTITY(TIME_RULE, time_rule, valid_from, "from", CIVIL, 1, CIVIL,
			       "It holds from then on, by the device's time; null: ever since")
				ENTITY(TIME_RULE, time_rule, valid_to, "to", CIVIL, 1, CIVIL,
				       "And until then; null: for ever"){
					.name = "closedHolidays",
					.key = FIELD_KEY("closedHolidays"),
					.kind = VALUE_FLAGS,
					.about = "Types of holiday that the rule does not "
						 "name: it is closed on them",
					.word = holiday_type_word,
					.get = closed_holidays },
	FIELD_BY(splitAtMidnight, BOOL, always,
		 "Whether a range goes over midnight. Its second part is in the column of the "
		 "next day, so before a holiday it ends at midnight",
		 over_midnight)
};

static const struct field holiday_field[] = {
	FIELD_AT(id, INT, always, "Its number", id) ENTITY(HOLIDAY, holiday, name, "name", TEXT,
							   1, TEXT, "What people call it")
		ENTITY(HOLIDAY, holiday, date, "date", DAY, 0, DAY,
		       "The day, or the first of several")
			ENTITY(HOLIDAY, holiday, date_to, "to", DAY, 0, DAY, "The last day")
				ENTITY(HOLIDAY, holiday, type, "type", INT, 0, REFERENCE,
				       "Which column of time rules counts on it: 1, 2 or 3")
					ENTITY(HOLIDAY, holiday, yearly, "yearly", BOOL, 0,
					       BOOL, "Whether it is every year")
};

static const struct field door_group_field[] = {
	FIELD_AT(id, INT, always, "Its number", id) ENTITY(DOOR_GROUP, door_group, name, "name",
							   TEXT, 0, TEXT, "What people call it")
		ENTITY(DOOR_GROUP, door_group, doors, "doors", TEXTS, 0, LISTED,
		       "Doors, each as SN:NUMBER")
};

static const struct field access_level_field[] = {
	FIELD_AT(id, INT, always, "Its number", id) ENTITY(
		ACCESS_LEVEL, access_level, name, "name", TEXT, 0, TEXT,
		"What people call it") ENTITY(ACCESS_LEVEL, access_level, rule, "rule", INT, 1,
					      REFERENCE,
					      "Number of the time rule; without one it grants "
					      "nothing") ENTITY(ACCESS_LEVEL, access_level,
								doors, "doors", TEXTS, 0,
								LISTED,
								"Doors, each as SN:NUMBER")
		ENTITY(ACCESS_LEVEL, access_level, door_groups, "doorGroups", NUMBERS, 0,
		       LISTED, "Numbers of door groups, whose doors are added")
			ENTITY(ACCESS_LEVEL, access_level, valid_from, "from", CIVIL, 1, CIVIL,
			       "It holds from then on, by the device's time; null: ever since")
				ENTITY(ACCESS_LEVEL, access_level, valid_to, "to", CIVIL, 1,
				       CIVIL, "And until then; null: for ever")
					ENTITY(ACCESS_LEVEL, access_level, departments,
					       "departments", TEXTS, 0, LISTED,
					       "Departments whose people are in it, too")
};

/* clang-format off */
static const struct field people_field[] = {
	FIELD_AT(id, INT, always, "Their number", id)
	ENTITY(PEOPLE, people, pin, "pin", TEXT, 0, TEXT, "What devices know them by")
	ENTITY(PEOPLE, people, name, "name", TEXT, 1, TEXT, "Their name")
	ENTITY(PEOPLE, people, cards, "cards", TEXTS, 0, JOINED, "Card numbers in decimal; in a file of CSV parted by semicolons")
	FIELD_BY(passwordSet, BOOL, always, "Whether they have a password; it is never shown", password_set)
	ENTITY(PEOPLE, people, valid_from, "validFrom", CIVIL, 1, CIVIL, "They are valid from then on, by the device's time; null: ever since")
	ENTITY(PEOPLE, people, valid_to, "validTo", CIVIL, 1, CIVIL, "And until then; null: for ever")
	ENTITY(PEOPLE, people, disabled, "disabled", BOOL, 0, BOOL, "Whether they may pass no door, whatever their access levels")
	ENTITY(PEOPLE, people, member_group, "group", INT, 1, REFERENCE, "Their group in multi-card openings; null: 1")
	ENTITY(PEOPLE, people, department, "department", TEXT, 1, GIVEN, "Their department")
	ENTITY(PEOPLE, people, position, "position", TEXT, 1, GIVEN, "Their position")
	ENTITY(PEOPLE, people, privilege, "privilege", INT, 0, NUMBER, "At devices: 0 user, 2 enroller, 6 manager, 14 administrator")
	ENTITY(PEOPLE, people, code, "code", TEXT, 1, GIVEN, "What other systems know them by")
	ENTITY(PEOPLE, people, namespace, "namespace", TEXT, 0, TEXT, "In which the PIN and the cards are theirs")
	ENTITY(PEOPLE, people, areas, "areas", NUMBERS, 0, JOINED, "Numbers of the areas they belong to; in a file of CSV parted by semicolons, and [] where there are none")
};
/* clang-format on */

static const char *credential_type_word(size_t i)
{
	return i == 0 ? "card" : NULL;
}

static struct value credential_type(const struct field *f, const void *row)
{
	(void)f;
	(void)row;
	return value_text(GH_LIT("card"));
}

static const struct field credential_field[] = {
	FIELD_AT(id, INT, always, "Its number", id) FIELD_BY_WORD(
		type, always, "What it is", credential_type,
		credential_type_word) ENTITY(CARD, card, number, "number", TEXT, 0, TEXT,
					     "The card's number in decimal")
		ENTITY(CARD, card, people, "person", INT, 0, REFERENCE, "Number of the person")
			ENTITY(CARD, card, lost, "lost", BOOL, 0, BOOL, "Whether it is lost")
				ENTITY(CARD, card, bits, "bits", INT, 1, NUMBER,
				       "How many bits its Wiegand code has; null: not given")
					ENTITY(CARD, card, site_code, "siteCode", INT, 1,
					       NUMBER, "Its site code; null: not given")
						ENTITY(CARD, card, imie, "imie", TEXT, 1, GIVEN,
						       "Its IMIE code; null: not given")
};
#undef ROW

#define TABLE(kind, schema)                                                                   \
	const struct fields kind##_fields = { schema, kind##_field,                           \
					      sizeof(kind##_field) / sizeof(kind##_field[0]), \
					      NULL };
TABLE(area, "Area")
TABLE(time_rule, "TimeRule")
TABLE(holiday, "Holiday")
TABLE(door_group, "DoorGroup")
TABLE(access_level, "AccessLevel")
TABLE(people, "RosterPerson")
TABLE(credential, "CardCredential")
