#include "api/request_schemas.h"

#include "core/devices.h"
#include "model/token.h"

/* A row of a table of fields: name, whether it is required, its range, what it is. */
#define TEXT(field, flag, least_n, most_n, form, text)                               \
	{                                                                            \
		.name = field, .kind = SCHEMA_TEXT, .flags = flag, .least = least_n, \
		.most = most_n, .format = FORMAT_##form, .about = text               \
	}
#define WORD(field, flag, list, text)                                             \
	{                                                                         \
		.name = field, .kind = SCHEMA_WORD, .flags = flag, .words = list, \
		.about = text                                                     \
	}
#define INT(field, flag, least_n, most_n, text)                                     \
	{                                                                           \
		.name = field, .kind = SCHEMA_INT, .flags = flag, .least = least_n, \
		.most = most_n, .about = text                                       \
	}
#define BOOL(field, flag, text)                                                  \
	{                                                                        \
		.name = field, .kind = SCHEMA_BOOL, .flags = flag, .about = text \
	}
#define LIST(field, flag, least_n, most_n, item, text)                                \
	{                                                                             \
		.name = field, .kind = SCHEMA_ARRAY, .flags = flag, .least = least_n, \
		.most = most_n, .part = &(item), .parts = 1, .about = text            \
	}
#define REQUIRED SCHEMA_REQUIRED

#define ORDER_REASON TEXT("reason", 0, 1, 200, LINE, "Why, in words, for the audit")

static const struct schema command_fields[] = {
	TEXT("deviceSerial", REQUIRED, 1, 32, LINE, "Serial number of the device"),
	TEXT("command", 0, 1, 1 << 20, ANY,
	     "The command as the device reads it; tabs are allowed, line breaks are not"),
	TEXT("type", 0, 1, 40, LINE,
	     "Instead of `command`: what it shall do; further fields depend on it"),
	BOOL("raw", 0,
	     "With `command`: false refuses words that are those of no known command"),
	INT("ttl", 0, 1, 366 * 86400,
	    "Seconds after which it expires if the device did not fetch it"),
	ORDER_REASON,
};

static const struct schema device_fields[] = {
	TEXT("deviceSerial", REQUIRED, 1, 32, LINE, "Serial number of the device"),
};

static const struct schema user_fields[] = {
	TEXT("deviceSerial", REQUIRED, 1, 32, LINE, "Serial number of the device"),
	TEXT("pin", REQUIRED, 1, 64, LINE, "The person's PIN"),
};

static const struct schema tag_name = {
	.kind = SCHEMA_TEXT, .least = 1, .most = 64, .format = FORMAT_LINE
};

#define CLOCK_WORDS "auto off local utc default"

/* Values end up in the handshake's reply, line by line, so none has control characters. */
static const struct schema patch_fields[] = {
#define SETTING_TEXT(name, least, most, about) TEXT(name, 0, least, most, LINE, about)
#define SETTING_INT(name, least, most, about) INT(name, 0, least, most, about)
#define SETTING_BOOL(name, least, most, about) BOOL(name, 0, about)
#define SETTING_CLOCK(name, least, most, about) WORD(name, 0, CLOCK_WORDS, about)
#define SETTING_STYLE(name, least, most, about) WORD(name, 0, "old default", about)
#define SETTING_TOKEN(name, least, most, about) WORD(name, 0, "off log strict default", about)
#define DEVICE_SETTING(name, part, member, kind, least, most, about) \
	SETTING_##kind(name, least, most, about),
#include "api/device_setting.def"
#undef DEVICE_SETTING
	TEXT("zoneSince", 0, 10, 19, LINE,
	     "Derive UTC of what it sent from this time of the device on again, in its zone: "
	     "YYYY-MM-DD or YYYY-MM-DD HH:MM:SS"),
	LIST("tags", 0, 0, DEVICE_TAGS, tag_name,
	     "Words to find it by; they replace those it has"),
	LIST("addTags", 0, 0, DEVICE_TAGS, tag_name,
	     "Without tags: words to find it by besides those it has"),
	LIST("removeTags", 0, 0, DEVICE_TAGS, tag_name,
	     "Without tags: of those it has; they go before the added ones come"),
};

static const struct schema approval_fields[] = {
	TEXT("name", 0, 0, 100, LINE, "What people call it"),
	TEXT("zone", 0, 0, 64, LINE,
	     "Its time zone: Europe/Istanbul, UTC or +05:30; empty: the server's default"),
	INT("area", 0, 1, INT64_MAX, "Number of the area it stands in"),
	LIST("tags", 0, 0, DEVICE_TAGS, tag_name, "Words to find it by"),
};

#define AREA_FIELDS(flag)                                                                    \
	TEXT("name", flag, 1, 100, LINE, "What people call it; no two areas have the same"), \
		INT("parent", 0, 0, INT64_MAX, "Number of the area it lies in; 0: in none"), \
		TEXT("namespace", 0, 1, 64, LINE, "Within which a PIN is one person")

static const struct schema area_fields[] = { AREA_FIELDS(REQUIRED) };
static const struct schema area_patch_fields[] = { AREA_FIELDS(0) };

/* --- access --- */

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
#define PEOPLE_MOST 100000
#define DOOR_GROUP_FIELDS(flag)                                                               \
	TEXT("name", flag, 1, 100, LINE, "What people call it; no two groups have the same"), \
		LIST("doors", 0, 0, DOORS_MOST, door_id, "Doors, each as SN:NUMBER")

static const struct schema door_group_fields[] = { DOOR_GROUP_FIELDS(REQUIRED) };
static const struct schema door_group_patch_fields[] = { DOOR_GROUP_FIELDS(0) };

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
	     "What devices know them by; no two people have the same"),                        \
		TEXT("name", 0, 0, 100, LINE, "Their name"),                                   \
		LIST("cards", 0, 0, 20, card_number,                                           \
		     "Card numbers, in decimal or as 0x75BCD15; the first is the main one"),   \
		TEXT("password", 0, 0, 8, DIGITS, "For devices with keys; never shown again"), \
		MAYBE("validFrom", VALID_FROM), MAYBE("validTo", VALID_TO),                    \
		BOOL("disabled", 0, "Whether they may pass no door")

static const struct schema people_fields[] = { PEOPLE_FIELDS(REQUIRED) };
static const struct schema people_patch_fields[] = { PEOPLE_FIELDS(0) };

static const struct schema terminal_fields[] = {
	TEXT("address", 0, 1, 128, LINE,
	     "Of a terminal, where it listens: tcp://HOST[:PORT], udp://HOST[:PORT], or "
	     "HOST[:PORT] to try "
	     "both"),
	TEXT("sn", 0, 1, 32, LINE,
	     "Without an address: the serial number of a device that will call. Of a terminal "
	     "the "
	     "one to use here, where it reports none, or one that is not valid"),
	TEXT("commKey", 0, 0, 64, LINE,
	     "The key it must send; of a terminal its comm key, a number. Empty: none"),
	TEXT("name", 0, 0, 100, LINE, "What people call it"),
	TEXT("zone", 0, 0, 64, LINE,
	     "Its time zone: Europe/Istanbul, UTC or +05:30; empty: the server's default"),
	INT("readInterval", 0, 10, 86400,
	    "Seconds between two reads of its log; 600 unless given"),
	BOOL("live", 0, "Whether to listen to its live events in between; yes unless given"),
	WORD("clock", 0, CLOCK_WORDS,
	     "How its clock is set: auto (by no more than two minutes where no zone is given), "
	     "local (to the time in its zone), utc, off; as the server's unless given"),
	WORD("state", 0, "approved held",
	     "Without an address: what it is when it calls; approved unless given"),
	INT("area", 0, 1, INT64_MAX, "Without an address: number of the area it stands in"),
	LIST("tags", 0, 0, DEVICE_TAGS, tag_name, "Without an address: words to find it by"),
};

static const struct schema discover_fields[] = {
	TEXT("subnet", REQUIRED, 1, 32, LINE,
	     "An IPv4 network of 1024 addresses at the most: 192.168.1.0/24; :PORT behind it "
	     "where that is not 4370"),
};

#define DOOR_TTL                      \
	INT("ttl", 0, 1, 366 * 86400, \
	    "Seconds after which it expires if the device did not fetch it")

static const struct schema door_open_fields[] = {
	INT("seconds", 0, 1, 254, "How long it stays open, if the device supports it"),
	DOOR_TTL,
	ORDER_REASON,
};

static const struct schema door_hold_fields[] = {
	INT("seconds", 0, 1, 31 * 86400,
	    "For how long; without it and `until` until it is closed"),
	TEXT("until", 0, 19, 24, LINE, "Until when, in UTC: 2026-11-30T18:00:00Z"),
	DOOR_TTL,
	ORDER_REASON,
};

static const struct schema door_fields[] = { DOOR_TTL, ORDER_REASON };

static const struct schema access_punches_fields[] = {
	TEXT("from", 0, 1, 19, LINE,
	     "Of events from this device time on: YYYY-MM-DD or YYYY-MM-DD HH:MM:SS"),
	TEXT("to", 0, 1, 19, LINE, "Up to this device time; a date alone means the whole day"),
};

static const struct schema copy_target = {
	.kind = SCHEMA_TEXT, .least = 1, .most = 32, .format = FORMAT_LINE
};

static const struct schema person_copy_fields[] = {
	TEXT("pin", REQUIRED, 1, 64, LINE, "The person's PIN"),
	TEXT("from", REQUIRED, 1, 32, LINE, "Serial number of the device that has them"),
	LIST("to", REQUIRED, 1, 100, copy_target, "Serial numbers of the devices they go to"),
	BOOL("templates", 0, "With fingerprints, faces … ; yes unless given"),
	BOOL("photos", 0, "With photos; yes unless given"),
};

static const struct schema unit_value = { .kind = SCHEMA_TEXT, .most = 4 << 20 };

static const struct schema unit_row = {
	.kind = SCHEMA_MAP, .most = 96, .part = &unit_value, .parts = 1
};

static const struct schema unit_rows_fields[] = {
	LIST("rows", REQUIRED, 1, 10000, unit_row,
	     "Rows: the fields of the table by their names, each value as text"),
};

static const struct schema snooze_fields[] = {
	INT("seconds", 0, 0, 31 * 86400, "For how long; 0: it is open again"),
	TEXT("until", 0, 1, 20, INSTANT, "Until when, in UTC"),
};

static const struct schema token_scope = { .kind = SCHEMA_WORD, .word = token_scope_word };

static const struct schema token_fields[] = {
	TEXT("name", REQUIRED, 1, 100, LINE, "What it is for"),
	LIST("scopes", 0, 1, TOKEN_SCOPES, token_scope,
	     "What it may be used for; none implies another, but that admin implies all. "
	     "`read` "
	     "unless given"),
	WORD("scope", 0, "read write admin", "Instead of `scopes`: write means read and write"),
};

const struct request_schema request_schemas[REQUESTS] = {
#define REQUEST(name_, fields, flags_, least_, bytes_)           \
	[REQUEST_##name_] = {                                    \
		{ .name = #name_,                                \
		  .kind = SCHEMA_OBJECT,                         \
		  .flags = flags_,                               \
		  .least = least_,                               \
		  .part = fields,                                \
		  .parts = sizeof(fields) / sizeof(fields[0]) }, \
		bytes_,                                          \
	},
#define REQUEST_MANY(name_, one, most_, bytes_)                   \
	[REQUEST_##name_] = {                                     \
		{ .name = #name_,                                 \
		  .kind = SCHEMA_ONE_OR_MANY,                     \
		  .least = 1,                                     \
		  .most = most_,                                  \
		  .part = &request_schemas[REQUEST_##one].schema, \
		  .parts = 1 },                                   \
		bytes_,                                           \
	},
#include "api/request.def"
#undef REQUEST_MANY
#undef REQUEST
};

bool request_may_be_empty(enum request_id id)
{
	const struct schema *s = &request_schemas[id].schema;

	for (size_t i = 0; i < s->parts; i++)
		if (s->part[i].flags & SCHEMA_REQUIRED)
			return false;
	return s->least == 0;
}
