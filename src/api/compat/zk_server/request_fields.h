/* Fields of the bodies of the predecessor's paths, for request_schemas.c, which has the macros. What its callers
 * write as a number or as digits is taken as either; members that are not here are passed over, as it did. */
#define OR_NUMBER(field, flag, most_n, text)                                            \
	{                                                                               \
		.name = field, .kind = SCHEMA_TEXT, .flags = (flag) | SCHEMA_OR_NUMBER, \
		.most = most_n, .about = text                                           \
	}
#define OR_NUMBER_MAY(field, text) OR_NUMBER(field, SCHEMA_NULLABLE, COMMAND_BODY_VALUE, text)
#define PART(field, flag, fields, text)                                                    \
	{                                                                                  \
		.name = field, .kind = SCHEMA_OBJECT, .flags = (flag) | SCHEMA_OPEN,       \
		.part = fields, .parts = sizeof(fields) / sizeof(fields[0]), .about = text \
	}

static const struct schema user_info_fields[] = {
	OR_NUMBER("pin", REQUIRED, 64, "Their number on the device"),
	OR_NUMBER_MAY("name", "Their name"),
	OR_NUMBER_MAY("privilege", "0 user, 2 enroller, 6 manager, 14 administrator"),
	OR_NUMBER_MAY("password", "What they type at the device; never shown again"),
	OR_NUMBER_MAY("card", "Number of their card"),
	OR_NUMBER_MAY("groupId", "Number of their access group"),
	OR_NUMBER_MAY("timeZone", "Their time rules, as the device writes them"),
	OR_NUMBER_MAY("verifyMode", "Number of the way they are verified"),
	OR_NUMBER_MAY("viceCard", "Number of a second card"),
};

static const struct schema user_add_fields[] = {
	TEXT("deviceSerial", REQUIRED, 1, 32, LINE, "Serial number of the device"),
	PART("userInfo", REQUIRED, user_info_fields,
	     "The person; what is absent stays as the device has it, an empty text clears"),
};

static const struct schema biometric_fields[] = {
	TEXT("type", REQUIRED, 1, 40, LINE,
	     "fingerprint, face, voiceprint, iris, retina, palmprint, fingervein, palm or "
	     "visible_light_face"),
	OR_NUMBER("fid", SCHEMA_NULLABLE, 4, "Number of the finger, from 0 on; 0 unless given"),
	TEXT("template", REQUIRED, 1, 4 << 20, ANY, "The template, in base64"),
	OR_NUMBER("valid", SCHEMA_NULLABLE, 4, "1 valid, 0 not, 3 of duress; 1 unless given"),
	OR_NUMBER("index", SCHEMA_NULLABLE, 4, "Number of the part; 0 unless given"),
	OR_NUMBER("majorVer", SCHEMA_NULLABLE, 8,
		  "Version of the algorithm; that of the device unless given"),
	OR_NUMBER("minorVer", SCHEMA_NULLABLE, 8, "0 unless given"),
};
static const struct schema biometric_item = { .kind = SCHEMA_OBJECT,
					      .flags = SCHEMA_OPEN,
					      .part = biometric_fields,
					      .parts = sizeof(biometric_fields) /
						       sizeof(biometric_fields[0]) };

static const struct schema biometric_add_fields[] = {
	TEXT("deviceSerial", REQUIRED, 1, 32, LINE, "Serial number of the device"),
	PART("userInfo", REQUIRED, user_info_fields,
	     "The person, as for /api/commands/user/add"),
	LIST("biometrics", SCHEMA_NULLABLE, 0, 200, biometric_item, "Their templates"),
	BOOL("updateMode", SCHEMA_NULLABLE,
	     "Remove what the device has of the types of these templates first; PUT always "
	     "does"),
};

static const struct schema bulk_person_fields[] = {
	PART("userInfo", REQUIRED, user_info_fields,
	     "The person, as for /api/commands/user/add"),
	LIST("biometrics", SCHEMA_NULLABLE, 0, 200, biometric_item, "Their templates"),
};
static const struct schema bulk_person = {
	.kind = SCHEMA_OBJECT, .flags = SCHEMA_OPEN, .part = bulk_person_fields, .parts = 2
};

static const struct schema bulk_biometric_fields[] = {
	TEXT("deviceSerial", REQUIRED, 1, 32, LINE, "Serial number of the device"),
	LIST("usersData", REQUIRED, 0, 5000, bulk_person,
	     "People with their templates; 10,000 orders together at the most"),
	BOOL("updateMode", SCHEMA_NULLABLE, "As for /api/users/biometric-add"),
};

static const struct schema biometric_remove_fields[] = {
	TEXT("deviceSerial", REQUIRED, 1, 32, LINE, "Serial number of the device"),
	OR_NUMBER("fid", SCHEMA_NULLABLE, 4,
		  "Number of the finger; without it all of the type"),
};

static const struct schema template_data_fields[] = {
	OR_NUMBER_MAY("pin", "The person's PIN"),
	TEXT("template", SCHEMA_NULLABLE, 0, 4 << 20, ANY, "The template"),
	{ .name = "fid",
	  .kind = SCHEMA_INT,
	  .flags = SCHEMA_NULLABLE,
	  .least = INT32_MIN,
	  .most = INT32_MAX,
	  .about = "Number of the finger" },
};

static const struct schema biometric_validate_fields[] = {
	PART("templateData", REQUIRED, template_data_fields, "What is judged"),
	TEXT("biometricType", REQUIRED, 1, 40, LINE, "As `type` of a template"),
};

static const struct schema biometric_sync_fields[] = {
	TEXT("sourceDevice", REQUIRED, 1, 32, LINE,
	     "Serial number of the device that has them"),
	TEXT("targetDevice", REQUIRED, 1, 32, LINE, "Serial number of the one they go to"),
	OR_NUMBER("pin", REQUIRED, 64, "The person's PIN"),
};
