#include "api/request_schemas.h"

static const struct body_field command_field[] = {
	{ "deviceSerial", BODY_TEXT, true, 1, 32, "Serial number of the device" },
	{ "command", BODY_TEXT, false, 1, 1 << 20,
	  "The command as the device reads it; tabs are allowed, line breaks are not" },
	{ "type", BODY_TEXT, false, 1, 40,
	  "Instead of `command`: what it shall do; further fields depend on it" },
	{ "ttl", BODY_INT, false, 1, 366 * 86400,
	  "Seconds after which it expires if the device did not fetch it" },
};

static const struct body_field device_field[] = {
	{ "deviceSerial", BODY_TEXT, true, 1, 32, "Serial number of the device" },
};

static const struct body_field user_field[] = {
	{ "deviceSerial", BODY_TEXT, true, 1, 32, "Serial number of the device" },
	{ "pin", BODY_TEXT, true, 1, 64, "The person's PIN" },
};

/* A comma list of HH:MM is as the device reads it (Attendance PUSH 2020-03, 7). */
static const struct body_field patch_field[] = {
#define DEVICE_SETTING(name, member, kind, least, most, about) \
	{ name, BODY_##kind, false, least, most, about },
#include "api/device_setting.def"
#undef DEVICE_SETTING
};

static const struct body_field terminal_field[] = {
	{ "address", BODY_TEXT, true, 1, 128,
	  "Where it listens: tcp://HOST[:PORT], udp://HOST[:PORT], or HOST[:PORT] to try "
	  "both" },
	{ "commKey", BODY_TEXT, false, 0, 10, "Its comm key, a number; empty: none" },
	{ "name", BODY_TEXT, false, 0, 100, "What people call it" },
	{ "zone", BODY_TEXT, false, 0, 64,
	  "Its time zone: Europe/Istanbul, UTC or +05:30; empty: the server's default" },
	{ "readInterval", BODY_INT, false, 10, 86400,
	  "Seconds between two reads of its log; 600 unless given" },
	{ "live", BODY_BOOL, false, 0, 1,
	  "Whether to listen to its live events in between; yes unless given" },
};

static const struct body_field discover_field[] = {
	{ "subnet", BODY_TEXT, true, 1, 32,
	  "An IPv4 network of 1024 addresses at the most: 192.168.1.0/24; :PORT behind it "
	  "where "
	  "that is not 4370" },
};

static const struct body_field token_field[] = {
	{ "name", BODY_TEXT, true, 1, 100, "What it is for" },
	{ "scope", BODY_TEXT, false, 1, 10,
	  "read (changes nothing; the default), write (also commands and settings) or admin" },
};

#define SCHEMA(name, field, open)                                   \
	{                                                           \
		name, field, sizeof(field) / sizeof(field[0]), open \
	}

const struct body_schema body_command = SCHEMA("CommandRequest", command_field, true);
const struct body_schema body_device = SCHEMA("DeviceRequest", device_field, false);
const struct body_schema body_user = SCHEMA("UserRequest", user_field, false);
const struct body_schema body_patch = SCHEMA("DevicePatch", patch_field, false);
const struct body_schema body_terminal = SCHEMA("TerminalRequest", terminal_field, false);
const struct body_schema body_discover = SCHEMA("DiscoverRequest", discover_field, false);
const struct body_schema body_token = SCHEMA("TokenRequest", token_field, false);

const struct body_schema *const body_schemas[] = { &body_command,  &body_device,
						   &body_user,	   &body_patch,
						   &body_terminal, &body_discover,
						   &body_token };
const size_t body_schemas_count = sizeof(body_schemas) / sizeof(body_schemas[0]);
