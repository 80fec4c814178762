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

const struct schema zk_server_stats_schema = { .name = "Stats",
					       .kind = SCHEMA_OBJECT,
					       .flags = SCHEMA_OPEN,
					       .part = stats_fields,
					       .parts = sizeof(stats_fields) /
							sizeof(stats_fields[0]) };
