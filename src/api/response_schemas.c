#include "api/response_schemas.h"

#include "api/access_view.h"
#include "api/comparison_view.h"
#include "api/error.h"
#include "core/access/doors.h"
#include "core/access/rights/site.h"
#include "core/access/rights/steps.h"
#include "core/roster_plan.h"
#include "core/terminals.h"
#include "model/comparison.h"
#include "model/plan.h"
#include "model/role.h"
#include "render/plan.h"
#include "wire/punch_file/punch_file.h"

#define FIELD(field, type, text)                                                              \
	{                                                                                     \
		.name = field, .kind = SCHEMA_##type, .flags = SCHEMA_REQUIRED, .about = text \
	}
#define FIELD_MAY(field, type, text)                                \
	{                                                           \
		.name = field, .kind = SCHEMA_##type, .about = text \
	}
#define WORDS(field, flag, list, text)                                            \
	{                                                                         \
		.name = field, .kind = SCHEMA_WORD, .flags = flag, .words = list, \
		.about = text                                                     \
	}
#define WORD_OF(field, flag, function, text)                                         \
	{                                                                            \
		.name = field, .kind = SCHEMA_WORD, .flags = flag, .word = function, \
		.about = text                                                        \
	}
#define MAP(field, of, text)                                                                \
	{                                                                                   \
		.name = field, .kind = SCHEMA_MAP, .flags = SCHEMA_REQUIRED, .part = &(of), \
		.parts = 1, .about = text                                                   \
	}
#define LIST(field, flag, of, text)                                                            \
	{                                                                                      \
		.name = field, .kind = SCHEMA_ARRAY, .flags = flag, .part = &(of), .parts = 1, \
		.about = text                                                                  \
	}
#define OBJECT(field, fields, text)                                                           \
	{                                                                                     \
		.name = field, .kind = SCHEMA_OBJECT, .flags = SCHEMA_REQUIRED | SCHEMA_OPEN, \
		.part = fields, .parts = sizeof(fields) / sizeof(fields[0]), .about = text    \
	}
#define FIELDS(fields) .part = fields, .parts = sizeof(fields) / sizeof(fields[0])

static const char *link_word(size_t i)
{
	return i < TERMINAL_LINKS ? terminal_link_name((enum terminal_link)i) : NULL;
}

static const struct schema text = { .kind = SCHEMA_TEXT };
static const struct schema text_or_null = { .kind = SCHEMA_TEXT, .flags = SCHEMA_NULLABLE };
static const struct schema number = { .kind = SCHEMA_INT };

static const struct schema detail_fields[] = {
	FIELD("field", TEXT, "Field of the body, or parameter, that is wrong"),
	FIELD("message", TEXT, "What was expected"),
};

static const struct schema detail = { .kind = SCHEMA_OBJECT, FIELDS(detail_fields) };

static const struct schema error_fields[] = {
	{ .name = "success", .kind = SCHEMA_BOOL, .flags = SCHEMA_REQUIRED | SCHEMA_FALSE },
	FIELD("error", TEXT, "What went wrong, for a person"),
	WORD_OF("code", SCHEMA_REQUIRED, error_code_word, "The same for a program"),
	FIELD_MAY("hint", TEXT, "What can be done about it"),
	LIST("details", 0, detail, "Each value that is wrong"),
	FIELD("requestId", TEXT,
	      "Number of the request, as in the header X-Request-Id and in the server's log"),
};

static const struct schema done_fields[] = {
	{ .name = "success", .kind = SCHEMA_BOOL, .flags = SCHEMA_REQUIRED | SCHEMA_TRUE },
	FIELD("message", TEXT, "What was done"),
};

static const struct schema health_fields[] = {
	{ .name = "success", .kind = SCHEMA_BOOL, .flags = SCHEMA_REQUIRED | SCHEMA_TRUE },
	WORDS("status", SCHEMA_REQUIRED, "ok", "It runs"),
};

static const struct schema any_object = { .kind = SCHEMA_OBJECT, .flags = SCHEMA_OPEN };

static const struct schema document_fields[] = {
	FIELD("openapi", TEXT, "Version of OpenAPI"),
	{ .name = "info", .kind = SCHEMA_OBJECT, .flags = SCHEMA_REQUIRED | SCHEMA_OPEN },
	LIST("servers", SCHEMA_REQUIRED, any_object, "Where it is served"),
	{ .name = "paths", .kind = SCHEMA_OBJECT, .flags = SCHEMA_REQUIRED | SCHEMA_OPEN },
	{ .name = "components", .kind = SCHEMA_OBJECT, .flags = SCHEMA_REQUIRED | SCHEMA_OPEN },
};

static const struct schema link_fields[] = {
	WORD_OF("state", SCHEMA_REQUIRED, link_word, "What the server does with it now"),
	{ .name = "error",
	  .kind = SCHEMA_TEXT,
	  .flags = SCHEMA_REQUIRED | SCHEMA_NULLABLE,
	  .about = "Why it failed last" },
	{ .name = "since",
	  .kind = SCHEMA_TEXT,
	  .flags = SCHEMA_REQUIRED | SCHEMA_NULLABLE,
	  .about = "When this state began" },
	{ .name = "lastRead",
	  .kind = SCHEMA_TEXT,
	  .flags = SCHEMA_REQUIRED | SCHEMA_NULLABLE,
	  .about = "When its log was read to the end" },
	{ .name = "clockOffset",
	  .kind = SCHEMA_INT,
	  .flags = SCHEMA_REQUIRED | SCHEMA_NULLABLE,
	  .about = "Seconds its clock was ahead" },
	FIELD("clockMoved", BOOL, "Whether it was set"),
};

static const struct schema records_fields[] = {
	FIELD("userCount", INT, "People"),
	FIELD("fingerprintCount", INT, "Fingerprints"),
	FIELD("faceCount", INT, "Parts of faces"),
	FIELD("bioTemplateCount", INT, "Unified templates"),
	FIELD("damaged", INT, "Templates, pictures and identity cards that have a fault"),
#define MODEL_RECORD(name, NAME, plural) FIELD(plural, INT, "Records of that kind"),
#include "model/record.def"
};
static const struct schema remedy_fields[] = {
	FIELD("label", TEXT, "What to do, for a person"),
	{ .name = "method",
	  .kind = SCHEMA_WORD,
	  .flags = SCHEMA_REQUIRED | SCHEMA_NULLABLE,
	  .words = "GET POST PUT PATCH DELETE",
	  .about = "Of the API's call that does or shows it; null: there is none" },
	{ .name = "path",
	  .kind = SCHEMA_TEXT,
	  .flags = SCHEMA_REQUIRED | SCHEMA_NULLABLE,
	  .about = "Of that call" },
	{ .name = "body",
	  .kind = SCHEMA_OBJECT,
	  .flags = SCHEMA_REQUIRED | SCHEMA_NULLABLE | SCHEMA_OPEN,
	  .about = "Of that call; null: it has none" },
};

#define FIELD_NULL(field, type, text)                                     \
	{                                                                 \
		.name = field, .kind = SCHEMA_##type,                     \
		.flags = SCHEMA_REQUIRED | SCHEMA_NULLABLE, .about = text \
	}

#include "api/response_access.def"
#include "api/response_device.def"

static const struct schema published_file_fields[] = {
	FIELD("name", TEXT, "Its name"),
	FIELD("size", INT, "Its bytes"),
	FIELD("model", TEXT, "The model of the devices it is for; empty: any"),
	FIELD("md5", TEXT, "Its MD5, which devices compare"),
	FIELD("sha256", TEXT, "Its SHA-256"),
	FIELD("createdAt", TEXT, "When it was published"),
	FIELD("url", TEXT, "Where devices fetch it, below the server's own address"),
	FIELD("putFileUrl", TEXT, "The same as PutFile takes it, below the address of devices"),
};

static const struct schema published_file_row = { .kind = SCHEMA_REFERENCE,
						  .ref = "PublishedFile" };
static const struct schema published_files_fields[] = {
	LIST("files", SCHEMA_REQUIRED, published_file_row, "By their names"),
};

#include "api/response_command.def"

static const struct schema new_token_fields[] = {
	FIELD("token", TEXT, "Shown only here"),
};

#include "api/response_search.def"
#include "api/response_status.def"

static const struct schema role_row_fields[] = {
	WORD_OF("role", SCHEMA_REQUIRED, role_word, "Its name"),
	FIELD("about", TEXT, "What people of it do"),
	LIST("scopes", SCHEMA_REQUIRED, text, "What it may be used for, as of a token"),
};
static const struct schema role_row = { .kind = SCHEMA_OBJECT, FIELDS(role_row_fields) };
static const struct schema roles_fields[] = {
	LIST("roles", SCHEMA_REQUIRED, role_row, "From the least to the most"),
};
static const struct schema setup_fields[] = {
	FIELD("open", BOOL,
	      "Whether there is no account, and the code of serve makes the first"),
	FIELD("passwordLeast", INT, "Characters that a password has at least"),
};
static const struct schema session_fields[] = {
	WORDS("kind", SCHEMA_REQUIRED, "account token", "By what the call was made"),
	FIELD("id", INT, "Number of the account, or of the token"),
	FIELD("name", TEXT, "Its name"),
	WORD_OF("role", SCHEMA_REQUIRED | SCHEMA_NULLABLE, role_word,
		"Of an account, what it may do"),
	LIST("scopes", SCHEMA_REQUIRED, text, "What it may be used for"),
	LIST("areas", SCHEMA_REQUIRED, number,
	     "Numbers of the areas it is limited to; none: it is not limited"),
	{ .name = "csrf",
	  .kind = SCHEMA_TEXT,
	  .flags = SCHEMA_REQUIRED | SCHEMA_NULLABLE,
	  .about = "What X-Gatehouse-CSRF has to have in changes by this session" },
	{ .name = "expiresAt",
	  .kind = SCHEMA_TEXT,
	  .flags = SCHEMA_REQUIRED | SCHEMA_NULLABLE,
	  .about = "When the session ends unless it is used" },
};

static const struct schema retry_fields[] = {
	FIELD("tried", INT, "How many rows were read again"),
	FIELD("understood", INT, "Of them, those that are understood now: they have left"),
	FIELD("kept", INT, "And those that stay"),
	FIELD("records", INT, "Records that were found in them, repeats included"),
	FIELD("punches", INT, "Of these, punches that were not in the ledger"),
	{ .name = "reason",
	  .kind = SCHEMA_TEXT,
	  .flags = SCHEMA_REQUIRED | SCHEMA_NULLABLE,
	  .about = "Why the last of those that stay does" },
};

static const struct schema access_punches_fields[] = {
	FIELD("events", INT, "Access events that were looked at"),
	FIELD("punches", INT, "Of them, those that got a punch"),
};

static const char *import_form_word(size_t i)
{
	return ghi_punch_file_form_word(i);
}

static const struct schema import_fault_fields[] = {
	FIELD("line", INT, "Line of the body, from 1"),
	FIELD("field", TEXT, "The field that is wrong; empty: the whole line"),
	FIELD("message", TEXT, "What is wrong with it"),
};

static const struct schema import_fault = { .kind = SCHEMA_OBJECT,
					    FIELDS(import_fault_fields) };

static const struct schema punch_import_fields[] = {
	FIELD("deviceSerial", TEXT, "Serial number of the device"),
	WORD_OF("form", SCHEMA_REQUIRED | SCHEMA_NULLABLE, import_form_word,
		"What the file is; null where it is empty"),
	FIELD("dryRun", BOOL, "Whether nothing was stored"),
	FIELD("lines", INT, "Lines of the body, those without a punch included"),
	FIELD("new", INT, "Punches that were not stored before"),
	FIELD("known", INT, "Punches that were; they changed nothing"),
	FIELD("wrong", INT, "Records that are no punch of this device; they were left out"),
	LIST("faults", SCHEMA_REQUIRED, import_fault, "The first 100 of these"),
};

static const char *verdict_word(size_t i)
{
	return site_verdict_word(i);
}

#define MAYBE_NULL(field, type, text)                                     \
	{                                                                 \
		.name = field, .kind = SCHEMA_##type,                     \
		.flags = SCHEMA_REQUIRED | SCHEMA_NULLABLE, .about = text \
	}

static const struct schema access_step_fields[] = {
	WORD_OF("verdict", SCHEMA_REQUIRED, verdict_word, "What was found"),
	FIELD("text", TEXT, "The same for a person"),
	MAYBE_NULL("level", INT, "Number of the access level; null: it is about the person"),
	MAYBE_NULL("levelName", TEXT, "Its name"),
	MAYBE_NULL("rule", INT, "Number of the time rule, where the level holds"),
	MAYBE_NULL("ruleName", TEXT, "Its name"),
	MAYBE_NULL("name", TEXT,
		   "Of what it is about besides: a first-card, an interlock, a door …"),
	MAYBE_NULL("column", TEXT,
		   "The weekday, or the type of holiday, that counts: mon, holiday 1"),
	MAYBE_NULL("range", TEXT, "The range in which it is open then"),
};
static const struct schema access_step = { .kind = SCHEMA_OBJECT, FIELDS(access_step_fields) };

static const struct schema access_check_fields[] = {
	FIELD("granted", BOOL, "Whether they may pass"),
	WORD_OF("verdict", SCHEMA_REQUIRED, verdict_word, "What decided"),
	FIELD("text", TEXT, "The same for a person"),
	FIELD("remoteGranted", BOOL,
	      "Whether a unit that requests it is answered that they may pass; not where "
	      "others have to come first or with them"),
	MAYBE_NULL("person", INT, "Their number; null: there is no such person"),
	FIELD("door", TEXT, "The door"),
	FIELD("at", TEXT, "The moment, by the door's own clock"),
	LIST("steps", SCHEMA_REQUIRED, access_step, "All that was looked at"),
};

static const struct schema range_list = { .kind = SCHEMA_ARRAY, .part = &text, .parts = 1 };

static const struct schema access_level_detail_fields[] = {
	LIST("people", SCHEMA_REQUIRED, number, "Numbers of the people it is for"),
};

static const struct schema door_detail_fields[] = {
	{ .name = "settings",
	  .kind = SCHEMA_REFERENCE,
	  .flags = SCHEMA_REQUIRED | SCHEMA_NULLABLE,
	  .ref = "DoorSettings",
	  .about = "How it is set; null: nothing is decided about it" },
};

#define NULLABLE(field, of, text)                                         \
	{                                                                 \
		.name = field, .kind = SCHEMA_##of,                       \
		.flags = SCHEMA_REQUIRED | SCHEMA_NULLABLE, .about = text \
	}

static const struct schema door_alarm_fields[] = {
	WORD_OF("alarm", SCHEMA_REQUIRED, door_alarm_word, "Which"),
	FIELD("since", TEXT, "When it was reported first"),
};

static const struct schema door_event_fields[] = {
	FIELD("seq", INT, "Of the access event"),
	NULLABLE("event", INT, "Its code"),
	NULLABLE("eventName", TEXT, "In words"),
	FIELD("at", TEXT, "When it reached the server"),
};

static const struct schema gate_fields[] = {
	NULLABLE("state", INT, "As the device counts it"),
	NULLABLE("in", INT, "Passages in"),
	NULLABLE("out", INT, "Passages out"),
	NULLABLE("alarms", INT, "Alarms"),
	NULLABLE("runs", INT, "Runs of the gate"),
};

static const struct schema door_reference = { .kind = SCHEMA_REFERENCE, .ref = "Door" };

static const struct schema unit_state_fields[] = {
	FIELD("sn", TEXT, "Serial number of the device"),
	NULLABLE("reportedAt", TEXT, "When it reported last"),
	{ .name = "stale",
	  .kind = SCHEMA_BOOL,
	  .flags = SCHEMA_REQUIRED,
	  .about = "It is not in contact, or has started and reported nothing since" },
	LIST("doors", SCHEMA_REQUIRED, door_reference, "Its doors"),
	OBJECT("gate", gate_fields, "Of a gate with infrared sensors"),
};

#include "api/response_plan.def"

#define ANSWER(component, fields)                                                              \
	{                                                                                      \
		.name = component, .kind = SCHEMA_OBJECT, .flags = SCHEMA_OPEN, FIELDS(fields) \
	}
#define EXTENSION(component, base, fields)                                                   \
	{                                                                                    \
		.name = component, .kind = SCHEMA_OBJECT, .flags = SCHEMA_OPEN, .ref = base, \
		FIELDS(fields)                                                               \
	}

const struct schema response_schemas[] = {
	ANSWER("Error", error_fields),
	ANSWER("Done", done_fields),
	ANSWER("PublishedFile", published_file_fields),
	ANSWER("PublishedFiles", published_files_fields),
	ANSWER("Status", status_fields),
	ANSWER("Retry", retry_fields),
	ANSWER("Health", health_fields),
	ANSWER("Readiness", ready_fields),
	ANSWER("Document", document_fields),
	ANSWER("DeviceStats", records_fields),
	ANSWER("TerminalLink", link_fields),
	ANSWER("DeviceCapacity", capacity_fields),
	ANSWER("Remedy", remedy_fields),
	EXTENSION("DeviceDetail", "Device", device_detail_fields),
	EXTENSION("AddedDevice", "Device", added_device_fields),
	EXTENSION("DeviceChange", "Device", device_change_fields),
	EXTENSION("CommandDetail", "Command", command_detail_fields),
	EXTENSION("Order", "Command", order_fields),
	{ .name = "QueuedCommand", .kind = SCHEMA_ONE_OR_MANY, FIELDS(queued_parts) },
	ANSWER("DoorAlarm", door_alarm_fields),
	ANSWER("DoorEvent", door_event_fields),
	ANSWER("UnitState", unit_state_fields),
	ANSWER("AccessPunches", access_punches_fields),
	ANSWER("PunchImport", punch_import_fields),
	ANSWER("PersonCopy", person_copy_fields),
	{ .name = "TimeRanges",
	  .kind = SCHEMA_MAP,
	  .part = &range_list,
	  .parts = 1,
	  .about = "Ranges of the day, HH:MM-HH:MM, by weekdays or by the type of holiday" },
	{ .name = "AuditValues",
	  .kind = SCHEMA_OBJECT,
	  .flags = SCHEMA_OPEN,
	  .about = "Values by their names: arguments of an order, or members that changed" },
	{ .name = "SyncValues",
	  .kind = SCHEMA_OBJECT,
	  .flags = SCHEMA_OPEN,
	  .about =
		  "Fields of a record by their names; `cards` of a person, and `passwordSet`" },
	{ .name = "UnitFields",
	  .kind = SCHEMA_MAP,
	  .part = &text,
	  .parts = 1,
	  .about = "Fields of a row by their names" },
	ANSWER("QueryAnswer", query_answer_fields),
	ANSWER("AccessCheck", access_check_fields),
	ANSWER("SearchResults", found_fields),
	ANSWER("PlanMade", plan_made_fields),
	EXTENSION("EnrolmentDetail", "Enrolment", enrolment_detail_fields),
	EXTENSION("PlanDetail", "Plan", plan_detail_fields),
	ANSWER("PlanSteps", plan_steps_fields),
	ANSWER("PlanItems", plan_items_fields),
	EXTENSION("AccessLevelDetail", "AccessLevel", access_level_detail_fields),
	EXTENSION("FirstCardDetail", "FirstCard", access_level_detail_fields),
	EXTENSION("VerifyScheduleDetail", "VerifySchedule", access_level_detail_fields),
	EXTENSION("SuperUserDetail", "SuperUser", access_level_detail_fields),
	EXTENSION("DoorDetail", "Door", door_detail_fields),
	ANSWER("UnitTables", unit_tables_fields),
	ANSWER("UnitRows", unit_rows_fields),
	ANSWER("UnitOrders", unit_orders_fields),
	ANSWER("Setup", setup_fields),
	ANSWER("Session", session_fields),
	ANSWER("Roles", roles_fields),
	EXTENSION("NewToken", "Token", new_token_fields),
};

const size_t response_schemas_count = sizeof(response_schemas) / sizeof(response_schemas[0]);
