#include "api/response_schemas.h"

#define NUMBER(field, text)                                                                \
	{                                                                                  \
		.name = field, .kind = SCHEMA_INT, .flags = SCHEMA_REQUIRED, .about = text \
	}
#define MAP(field, text)                                                                      \
	{                                                                                     \
		.name = field, .kind = SCHEMA_MAP, .flags = SCHEMA_REQUIRED, .part = &number, \
		.parts = 1, .about = text                                                     \
	}

static const struct schema number = { .kind = SCHEMA_INT };

static const struct schema stats_fields[] = {
	NUMBER("devices", "Devices"),
	NUMBER("users", "People, each as often as a device has them"),
	NUMBER("fingerprintTemplates", "Fingerprints"),
	NUMBER("faceTemplates", "Parts of faces"),
	NUMBER("bioTemplates", "Unified templates"),
	NUMBER("punches", "Punches"),
	NUMBER("lastSeq", "Number of the latest punch"),
	NUMBER("quarantined", "Malformed records"),
	NUMBER("uploads", "Uploads of unknown tables"),
	NUMBER("pendingCommands", "Commands that have not ended"),
	NUMBER("completedCommands", "Commands that were acknowledged"),
	MAP("commands", "Commands in each state"),
	MAP("records", "Records of each kind"),
};

#define FIELD(field, type, text)                                                              \
	{                                                                                     \
		.name = field, .kind = SCHEMA_##type, .flags = SCHEMA_REQUIRED, .about = text \
	}
#define FIELD_MAY(field, type, flag, text)                                         \
	{                                                                          \
		.name = field, .kind = SCHEMA_##type, .flags = flag, .about = text \
	}
#define LIST(field, flag, of, text)                                                            \
	{                                                                                      \
		.name = field, .kind = SCHEMA_ARRAY, .flags = flag, .part = &(of), .parts = 1, \
		.about = text                                                                  \
	}
#define OBJECT(field, flag, fields, text)                                                  \
	{                                                                                  \
		.name = field, .kind = SCHEMA_OBJECT, .flags = (flag) | SCHEMA_OPEN,       \
		.part = fields, .parts = sizeof(fields) / sizeof(fields[0]), .about = text \
	}
#define ITEM(fields)                                                         \
	{                                                                    \
		.kind = SCHEMA_OBJECT, .flags = SCHEMA_OPEN, .part = fields, \
		.parts = sizeof(fields) / sizeof(fields[0])                  \
	}

static const struct schema user_template = { .kind = SCHEMA_REFERENCE, .ref = "UserTemplate" };
static const struct schema user_biometrics_fields[] = {
	LIST("fingerprints", SCHEMA_REQUIRED, user_template, "Fingerprints in the older form"),
	LIST("faces", SCHEMA_REQUIRED, user_template, "Parts of faces in the older form"),
	LIST("bioTemplates", SCHEMA_REQUIRED, user_template, "Templates in other forms"),
};
static const struct schema user_detail_fields[] = {
	OBJECT("biometrics", SCHEMA_REQUIRED, user_biometrics_fields,
	       "Their templates on all devices"),
};

static const struct schema order_result_fields[] = {
	FIELD("success", BOOL, "Whether it was queued"),
	FIELD_MAY("commandId", TEXT, 0, "Where it was queued"),
	FIELD_MAY("error", TEXT, 0, "Why it was not queued, for a person"),
	FIELD_MAY("code", TEXT, 0, "The same for a program"),
};
static const struct schema operation_fields[] = {
	FIELD("type", TEXT, "USER, or the kind of template in capital letters"),
	FIELD_MAY("fid", INT, 0, "Number of the finger"),
	FIELD("success", BOOL, "Whether it was queued"),
	OBJECT("result", SCHEMA_REQUIRED, order_result_fields,
	       "The order, or why there is none"),
};
static const struct schema operation = ITEM(operation_fields);
#define PERSON_ORDERS                                                                      \
	FIELD("summary", TEXT, "How many of `results` were queued, in words"),             \
		LIST("results", SCHEMA_REQUIRED, operation, "The person, then templates"), \
		LIST("removed", 0, operation, "What is removed before, of an update")
static const struct schema user_orders_fields[] = {
	FIELD("pin", TEXT, "The person's PIN"),
	FIELD("deviceSerial", TEXT, "Serial number of the device"),
	FIELD("userCreated", BOOL, "Whether the person was queued"),
	FIELD("biometricsAdded", INT, "How many templates were queued"),
	PERSON_ORDERS,
};
static const struct schema users_row_fields[] = {
	FIELD("pin", TEXT, "The person's PIN"),
	FIELD("success", BOOL, "Whether the person was queued"),
	PERSON_ORDERS,
};
static const struct schema users_row = ITEM(users_row_fields);
static const struct schema users_orders_fields[] = {
	FIELD("deviceSerial", TEXT, "Serial number of the device"),
	FIELD("totalUsers", INT, "How many people there are"),
	FIELD("successfulUsers", INT, "How many of them were queued"),
	FIELD("summary", TEXT, "The same in words"),
	LIST("results", SCHEMA_REQUIRED, users_row, "Each person"),
};
static const struct schema biometrics_cleared_fields[] = {
	FIELD("pin", TEXT, "The person's PIN"),
	FIELD("deviceSerial", TEXT, "Serial number of the device"),
	FIELD("cleared", INT, "How many deletions were queued"),
	FIELD("total", INT, "How many kinds of templates there are to delete"),
	LIST("results", SCHEMA_REQUIRED, operation, "Each of them"),
};
static const struct schema biometric_removed_fields[] = {
	FIELD("pin", TEXT, "The person's PIN"),
	FIELD("deviceSerial", TEXT, "Serial number of the device"),
	FIELD("biometricType", TEXT, "The kind of template"),
	FIELD_MAY("fid", INT, SCHEMA_REQUIRED | SCHEMA_NULLABLE,
		  "Number of the finger; null: all"),
	OBJECT("result", SCHEMA_REQUIRED, order_result_fields, "The order"),
};
static const struct schema template_info_fields[] = {
	FIELD("pin", TEXT, "The PIN that was given"),
	FIELD("templateLength", INT, "Characters of the template"),
	FIELD_MAY("fid", INT, SCHEMA_REQUIRED | SCHEMA_NULLABLE, "The number that was given"),
};
static const struct schema biometric_validity_fields[] = {
	FIELD("valid", BOOL, "Whether it looks like a template of that kind"),
	FIELD_MAY("error", TEXT, SCHEMA_REQUIRED | SCHEMA_NULLABLE, "Why not"),
	FIELD("biometricType", TEXT, "The kind that was given"),
	OBJECT("templateInfo", SCHEMA_REQUIRED, template_info_fields, "What was given"),
};

static const struct schema stored_template_fields[] = {
	FIELD_MAY("template", TEXT, 0, "Its data in base64, with the scope `template`"),
};
static const struct schema stored_template = { .kind = SCHEMA_REFERENCE,
					       .ref = "StoredTemplate" };
static const struct schema biometric_query_fields[] = {
	FIELD("pin", TEXT, "The person's PIN"),
	FIELD("deviceSerial", TEXT, "Serial number of the device"),
	FIELD("biometricType", TEXT, "The kind of template"),
	FIELD_MAY("fid", INT, SCHEMA_REQUIRED | SCHEMA_NULLABLE,
		  "Number of the finger; null: all"),
	OBJECT("queryResult", SCHEMA_REQUIRED, order_result_fields,
	       "The query that makes the device send them again, or why there is none"),
	FIELD("source", TEXT, "stored: `templates` are those that the device sent before"),
	LIST("templates", SCHEMA_REQUIRED, stored_template,
	     "With the scope `template` each has `template`, its data in base64"),
};
static const struct schema user_sync_fields[] = {
	FIELD("pin", TEXT, "The person's PIN"),
	FIELD("sourceDevice", TEXT, "Serial number of the device that has them"),
	FIELD("targetDevice", TEXT, "Serial number of the one they go to"),
	FIELD("summary", TEXT, "How many of `results` were queued, in words"),
	FIELD("biometricsFound", INT, "Templates that the server has of them from that device"),
	FIELD("userCreated", BOOL, "Whether the person was queued"),
	FIELD("biometricsAdded", INT, "How many templates were queued"),
	LIST("results", SCHEMA_REQUIRED, operation, "The person, then templates"),
};

#define ANSWER(component, base, fields)                                                      \
	{                                                                                    \
		.name = component, .kind = SCHEMA_OBJECT, .flags = SCHEMA_OPEN, .ref = base, \
		.part = fields, .parts = sizeof(fields) / sizeof(fields[0])                  \
	}

const struct schema zk_server_schemas[] = {
	ANSWER("Stats", NULL, stats_fields),
	ANSWER("UserDetail", "User", user_detail_fields),
	ANSWER("UserOrders", NULL, user_orders_fields),
	ANSWER("UsersOrders", NULL, users_orders_fields),
	ANSWER("BiometricsCleared", NULL, biometrics_cleared_fields),
	ANSWER("BiometricRemoved", NULL, biometric_removed_fields),
	ANSWER("StoredTemplate", "UserTemplate", stored_template_fields),
	ANSWER("BiometricQuery", NULL, biometric_query_fields),
	ANSWER("UserSync", NULL, user_sync_fields),
	ANSWER("BiometricValidity", NULL, biometric_validity_fields),
};

const size_t zk_server_schemas_count = sizeof(zk_server_schemas) / sizeof(zk_server_schemas[0]);
