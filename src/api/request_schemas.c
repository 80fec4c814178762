#include "api/request_schemas.h"

#include "api/command_body.h"

#include "core/accounts.h"
#include "core/devices.h"
#include "model/enrolment.h"
#include "model/role.h"
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
	BOOL("unchecked", 0,
	     "With `command`, for an access unit: a deletion that may empty a table is sent, "
	     "once"),
	INT("ttl", 0, 1, 366 * 86400,
	    "Seconds after which it expires if the device did not fetch it"),
	ORDER_REASON,
};

/* --- a record in the body of a command: `person` --- */

/* A member of a record (model/record.def); null is as if it were not there. */
#define MEMBER(field, of, lowest, highest, text)                                               \
	{                                                                                      \
		.name = field, .kind = SCHEMA_##of, .flags = SCHEMA_NULLABLE, .least = lowest, \
		.most = highest, .about = text                                                 \
	}
#define MEMBER_TEXT(field, text) MEMBER(field, TEXT, 0, COMMAND_BODY_VALUE, text)
#define MEMBER_INT(field, text) MEMBER(field, INT, -1, INT32_MAX, text)

static const struct schema person_card = { .kind = SCHEMA_TEXT,
					   .flags = SCHEMA_NULLABLE,
					   .most = COMMAND_BODY_VALUE };

static const struct schema person_fields[] = {
	{ .name = "pin",
	  .kind = SCHEMA_TEXT,
	  .flags = REQUIRED,
	  .most = COMMAND_BODY_VALUE,
	  .about = "Their number on the device" },
	MEMBER_TEXT("name", "Their name"),
	MEMBER_INT("privilege", "0 user, 2 enroller, 6 manager, 14 administrator"),
	MEMBER_TEXT("password", "What they type at the device; never shown again"),
	MEMBER_TEXT("card", "Number of their card"),
	MEMBER_TEXT("groupId", "The same as `group`"),
	MEMBER_TEXT("timeZone", "Their time rules, as the device writes them"),
	MEMBER_INT("verifyMode", "Number of the way they are verified; -1: the device's own"),
	MEMBER_TEXT("viceCard", "Number of a second card"),
	MEMBER_INT("expires", "1: validFrom and validTo count, where the device has them"),
	MEMBER_TEXT("validFrom", "As the device writes it: 20261201T000000"),
	MEMBER_TEXT("validTo", "Likewise"),
	LIST("cards", 0, 0, 2, person_card, "`card` and `viceCard`; empty: none"),
	MEMBER_TEXT("group", "Number of their access group"),
};

/* The members of command bodies that are records. */
static const struct schema command_records[] = {
	{ .name = "person",
	  .kind = SCHEMA_OBJECT,
	  .part = person_fields,
	  .parts = sizeof(person_fields) / sizeof(person_fields[0]),
	  .about = "What is absent stays as the device has it; an empty text clears" },
};

const struct schema *request_record_schema(gh_slice name)
{
	for (size_t i = 0; i < sizeof(command_records) / sizeof(command_records[0]); i++)
		if (gh_slice_eq(name, gh_slice_of(command_records[i].name)))
			return &command_records[i];
	return NULL;
}

static const struct schema device_fields[] = {
	TEXT("deviceSerial", REQUIRED, 1, 32, LINE, "Serial number of the device"),
};

static const struct schema user_fields[] = {
	TEXT("deviceSerial", REQUIRED, 1, 32, LINE, "Serial number of the device"),
	{ .name = "pin",
	  .kind = SCHEMA_TEXT,
	  .flags = REQUIRED | SCHEMA_OR_NUMBER,
	  .least = 1,
	  .most = 64,
	  .format = FORMAT_LINE,
	  .about = "The person's PIN" },
};

#include "api/compat/zk_server/request_fields.h"

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
#define SETTING_SYNC(name, least, most, about) WORD(name, 0, "auto plan default", about)
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

static const struct schema roster_word = {
	.kind = SCHEMA_TEXT, .least = 1, .most = 20, .format = FORMAT_LINE
};

#define AREA_FIELDS(flag)                                                                    \
	TEXT("name", flag, 1, 100, LINE, "What people call it; no two areas have the same"), \
		INT("parent", 0, 0, INT64_MAX, "Number of the area it lies in; 0: in none"), \
		TEXT("namespace", 0, 1, 64, LINE, "Within which a PIN is one person"),       \
		LIST("deviceMayChange", 0, 0, 16, roster_word,                               \
		     "What of a person its devices may change: name, "                       \
		     "privilege, "                                                           \
		     "password, cards, group, validity, credentials, photo; all unless "     \
		     "given"),                                                               \
		BOOL("spreadEnrolments", 0,                                                  \
		     "Whether people enrolled at one of its devices enter the roster; "      \
		     "true unless given"),                                                   \
		BOOL("spreadDeletions", 0,                                                   \
		     "Whether people deleted at the menu of one of its devices are deleted " \
		     "from the roster")

static const struct schema area_fields[] = { AREA_FIELDS(REQUIRED) };
static const struct schema area_patch_fields[] = { AREA_FIELDS(0) };

#include "api/access/request_fields.h"

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

/* Other protocols open a door by this word. */
static const struct schema door_unlock_fields[] = {
	INT("seconds", 0, 0, INT32_MAX, "Refused (422): this ends a lock, and opens nothing"),
	DOOR_TTL,
	ORDER_REASON,
};

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

static const struct schema enrolment_fields_read[] = {
	INT("person", REQUIRED, 1, INT64_MAX, "The number of the person in the roster"),
	TEXT("device", REQUIRED, 1, 32, LINE, "Serial number of the device at which they are"),
	{ .name = "type",
	  .kind = SCHEMA_WORD,
	  .flags = SCHEMA_REQUIRED,
	  .word = enrolment_type_word,
	  .about = "What is enrolled; of a face or palm the kind that the device takes" },
	INT("no", 0, 0, 9, "Which finger, from 0, the left little one, to 9; 0 unless given"),
	BOOL("overwrite", 0, "Whether what is enrolled already is replaced; no unless given"),
};

static const struct schema unit_value = { .kind = SCHEMA_TEXT, .most = 4 << 20 };

static const struct schema unit_row = {
	.kind = SCHEMA_MAP, .most = 96, .part = &unit_value, .parts = 1
};

static const struct schema unit_rows_fields[] = {
	LIST("rows", REQUIRED, 1, 10000, unit_row,
	     "Rows: the fields of the table by their names, each value as text"),
};

static const struct schema plan_serial = { .kind = SCHEMA_TEXT,
					   .flags = SCHEMA_OR_NUMBER,
					   .least = 1,
					   .most = 32,
					   .format = FORMAT_LINE };
static const struct schema plan_pin = {
	.kind = SCHEMA_TEXT, .least = 1, .most = 64, .format = FORMAT_LINE
};
static const struct schema plan_filter_fields[] = {
	TEXT("q", 0, 1, 100, LINE, "As the parameter of the list"),
	INT("area", 0, 1, INT64_MAX, "As the parameter of the list"),
	TEXT("pin", 0, 1, 24, LINE, "As the parameter of the list"),
};
static const struct schema plan_set_fields[] = {
	MAYBE("validFrom", VALID_FROM),
	MAYBE("validTo", VALID_TO),
	BOOL("disabled", 0, "Whether they may pass no door"),
	INT("group", 0, 1, 99, "Their group in multi-card openings"),
	TEXT("department", 0, 0, 100, LINE, "Their department"),
	TEXT("position", 0, 0, 100, LINE, "Their position"),
	INT("privilege", 0, 0, 14, "At devices"),
	LIST("areas", 0, 0, AREAS_MOST, entity_id, "Numbers of the areas they belong to"),
};
static const struct schema plan_select_fields[] = {
	LIST("ids", 0, 1, 10000, plan_serial,
	     "Serial numbers of access units; of kind update_people and erase_people numbers "
	     "of people"),
	TEXT("device", 0, 1, 32, LINE,
	     "Serial number of the clock or terminal, of kind send, take_over and remove"),
	LIST("pins", 0, 1, 1000, plan_pin, "PINs of its people; all unless given"),
	{ .name = "filter",
	  .kind = SCHEMA_OBJECT,
	  .part = plan_filter_fields,
	  .parts = 3,
	  .about = "People that GET /api/people would list, in place of `ids`" },
	LIST("except", 0, 0, 10000, entity_id, "Numbers of people whom the filter would have"),
};
static const struct schema plan_fields[] = {
	WORD("kind", REQUIRED, "access send take_over remove update_people erase_people",
	     "access: what access units are to hold. Of a clock or terminal: send what it "
	     "lacks or has "
	     "otherwise, take_over into the roster what it has otherwise or the roster lacks, "
	     "remove "
	     "from it what is in no roster. update_people and erase_people: of up to 10,000 "
	     "people"),
	{ .name = "set",
	  .kind = SCHEMA_OBJECT,
	  .part = plan_set_fields,
	  .parts = 8,
	  .about = "Of update_people: the fields they get" },
	{ .name = "select",
	  .kind = SCHEMA_OBJECT,
	  .part = plan_select_fields,
	  .parts = 5,
	  .about = "For which access units, all unless given; else the device, or the people" },
	BOOL("resync", 0,
	     "Trust nothing that is known of the units: empty their tables first, which closes "
	     "their doors until everything is written again"),
	BOOL("removeForeign", 0,
	     "Remove rows that were not written from here and that nothing needs"),
};

static const struct schema snooze_fields[] = {
	INT("seconds", 0, 0, 31 * 86400, "For how long; 0: it is open again"),
	TEXT("until", 0, 1, 20, INSTANT, "Until when, in UTC"),
};

static const struct schema token_scope = { .kind = SCHEMA_WORD, .word = token_scope_word };

static const struct schema token_door = {
	.kind = SCHEMA_TEXT, .least = 3, .most = 48, .format = FORMAT_LINE
};

#define ACCOUNT_PASSWORD(flag)                                       \
	TEXT("password", flag, PASSWORD_LEAST, PASSWORD_BYTES, LINE, \
	     "What they sign in with; never shown again. At least 12 characters")
#define ACCOUNT_FIELDS(flag)                                                               \
	TEXT("name", flag, 1, 100, LINE,                                                   \
	     "What they sign in with; no two are the same, whatever their case"),          \
		ACCOUNT_PASSWORD(flag),                                                    \
		{ .name = "role",                                                          \
		  .kind = SCHEMA_WORD,                                                     \
		  .flags = flag,                                                           \
		  .word = role_word,                                                       \
		  .about = "What they may do; GET /api/roles has what that is" },          \
		LIST("areas", 0, 0, ACCOUNT_AREAS, entity_id,                              \
		     "Numbers of the areas they are limited to, with those within; none: " \
		     "they are not limited"),                                              \
		BOOL("disabled", 0, "Whether they may not sign in")

static const struct schema account_fields[] = { ACCOUNT_FIELDS(REQUIRED) };
static const struct schema account_patch_fields[] = { ACCOUNT_FIELDS(0) };
static const struct schema setup_fields[] = {
	TEXT("code", REQUIRED, 1, 64, LINE, "The code that serve printed when it started"),
	TEXT("name", REQUIRED, 1, 100, LINE, "What they sign in with"),
	ACCOUNT_PASSWORD(REQUIRED),
};
static const struct schema own_password_fields[] = {
	TEXT("currentPassword", REQUIRED, 1, PASSWORD_BYTES, LINE, "The password as it is"),
	ACCOUNT_PASSWORD(REQUIRED),
};
static const struct schema session_fields[] = {
	TEXT("name", REQUIRED, 1, 100, LINE, "The account's name, in any case"),
	TEXT("password", REQUIRED, 1, PASSWORD_BYTES, LINE, "Its password"),
};

static const struct schema token_fields[] = {
	TEXT("name", REQUIRED, 1, 100, LINE, "What it is for"),
	LIST("scopes", 0, 1, TOKEN_SCOPES, token_scope,
	     "What it may be used for; none implies another, but that admin implies all. "
	     "`read` "
	     "unless given"),
	LIST("doors", 0, 1, 100, token_door,
	     "The doors it may act on and see, SN:NUMBER each; all unless given"),
	TEXT("expires", 0, 1, 20, INSTANT,
	     "Until when it is valid, in UTC; for ever unless given"),
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

const struct schema *request_schema_named(const char *name)
{
	gh_slice first, rest;

	gh_slice_cut(gh_slice_of(name), '.', &first, &rest);
	for (size_t i = REQUEST_NONE + 1; i < REQUESTS; i++) {
		const struct schema *s = &request_schemas[i].schema;

		if (!gh_slice_eq(first, gh_slice_of(s->name)))
			continue;
		for (size_t k = 0; rest.n && k < s->parts; k++)
			if (gh_slice_eq(rest, gh_slice_of(s->part[k].name)))
				return &s->part[k];
		if (rest.n)
			return i == REQUEST_CommandRequest ? request_record_schema(rest) : NULL;
		return s;
	}
	return NULL;
}

bool request_may_be_empty(enum request_id id)
{
	const struct schema *s = &request_schemas[id].schema;

	for (size_t i = 0; i < s->parts; i++)
		if (s->part[i].flags & SCHEMA_REQUIRED)
			return false;
	return s->least == 0;
}
