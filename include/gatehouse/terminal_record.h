/* What a terminal on port 4370 stores and reports, as plain structs. Text is NUL-terminated and
 * numbers are in host order. No struct owns memory. */
#ifndef GATEHOUSE_TERMINAL_RECORD_H
#define GATEHOUSE_TERMINAL_RECORD_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Requests and replies by name: GH_CMD_CONNECT, GH_ACK_OK, GH_NO_PHOTO ... */
enum gh_terminal_command {
#define GH_COMMAND(name, code, flags, text) GH_CMD_##name = code,
#include <gatehouse/terminal_command.def>
#undef GH_COMMAND
};

enum gh_terminal_reply {
#define GH_REPLY(name, code, err, text) GH_##name = code,
#include <gatehouse/terminal_reply.def>
#undef GH_REPLY
};

enum {
	GH_PIN_SIZE = 25,	/* 24 bytes of user id on the wire */
	GH_NAME_SIZE = 76,	/* UTF-8 of the 24 bytes of a name */
	GH_NAME_RAW_SIZE = 25,	/* the 24 bytes themselves */
	GH_PASSWORD_SIZE = 9,	/* 8 bytes on the wire */
	GH_FINGERS = 10,	/* finger numbers are 0 to 9 */
	GH_EVENT_RAW_SIZE = 64, /* bytes of an event that are stored unchanged */
};

/* Time as the terminal's clock shows it, without a zone. Digits are returned even when they name
 * no real moment (30 February); then `valid` is false. The packed code 0, from a clock that was
 * never set, is 2000-01-01 00:00:00 and not valid. */
struct gh_time {
	uint16_t year;
	uint8_t month, day, hour, minute, second;
	uint8_t valid;
};

enum gh_privilege {
	GH_PRIVILEGE_USER = 0,
	GH_PRIVILEGE_ENROLLER = 2,
	GH_PRIVILEGE_MANAGER = 6,
	GH_PRIVILEGE_ADMIN = 14,
	GH_PRIVILEGE_LEVEL = 14,   /* mask of the level */
	GH_PRIVILEGE_DISABLED = 1, /* bit: this user may not verify */
};

struct gh_user {
	char pin[GH_PIN_SIZE];	 /* what the user types; text: leading zeros are significant */
	char name[GH_NAME_SIZE]; /* UTF-8 */
	char name_raw[GH_NAME_RAW_SIZE]; /* the device's own bytes */
	char password[GH_PASSWORD_SIZE];
	uint64_t card; /* 0: none. 32 bits, 40 on devices with 28-byte records */
	uint16_t uid;  /* the device's slot number, from 1; not an identity */
	uint8_t privilege;
	uint8_t group;
	uint8_t own_zones;   /* 1: `zones` apply, 0: those of the group */
	uint8_t record_size; /* 72, 28 or 16, as the device uses; 0: not yet determined */
	uint16_t zones[3];   /* in 28-byte records zones[0] has the device's bits */
};

/* Punch states (`status`) of a device with the usual function keys. */
enum gh_status {
	GH_STATUS_IN = 0,
	GH_STATUS_OUT = 1,
	GH_STATUS_BREAK_OUT = 2,
	GH_STATUS_BREAK_IN = 3,
	GH_STATUS_OVERTIME_IN = 4,
	GH_STATUS_OVERTIME_OUT = 5,
	GH_STATUS_NONE = 255,
};

struct gh_punch {
	char pin[GH_PIN_SIZE]; /* of the record; from the users where the record has only a
				  uid; empty where that user is gone */
	uint8_t status;	       /* in, out ... */
	uint8_t verify;	       /* password 0, fingerprint 1, card 2 ...; other numbers occur */
	uint8_t record_size;   /* bytes of the record on the wire */
	uint16_t uid;	       /* 0 where the record has none */
	struct gh_time time;
	uint32_t time_code; /* the packed time as received */
	uint32_t work_code;
};

enum gh_template_flag {
	GH_TEMPLATE_INVALID = 0,
	GH_TEMPLATE_VALID = 1,
	GH_TEMPLATE_DURESS = 3,
};

struct gh_template {
	char pin[GH_PIN_SIZE]; /* empty where it is not known */
	uint16_t uid;
	uint8_t finger; /* 0 to 9 */
	uint8_t flag;
	uint16_t size;	     /* bytes */
	const uint8_t *data; /* borrowed until the next call on the handle */
};

struct gh_face {
	char pin[GH_PIN_SIZE];
	uint16_t uid;
	uint32_t size;	     /* bytes */
	const uint8_t *data; /* borrowed, opaque: everything the device stores for this user */
};

struct gh_oplog {
	struct gh_time time;
	uint32_t time_code;
	uint16_t admin; /* uid of the operator, 0: no one was logged in */
	uint16_t param[4];
	uint8_t op; /* gh_terminal_oplog_text() */
	uint8_t unknown;
	uint8_t raw[16];
};

/* The answer to GET_FREE_SIZES. -1: the device does not report it. */
struct gh_counters {
	int32_t users, templates, punches, oplogs, admins, passwords, faces;
	int32_t users_capacity, templates_capacity, punches_capacity, faces_capacity;
	int32_t users_free, templates_free, punches_free;
};

/* Live events; also the bits of the registration mask. */
enum gh_event_type {
	GH_EVENT_PUNCH = 1,
	GH_EVENT_FINGER = 2,	    /* a finger touched the sensor */
	GH_EVENT_ENROLL_USER = 4,   /* uid */
	GH_EVENT_ENROLL_FINGER = 8, /* result; then size, pin, finger */
	GH_EVENT_BUTTON = 16,	    /* key */
	GH_EVENT_UNLOCK = 32,
	GH_EVENT_VERIFY = 128,	     /* uid, 0xFFFFFFFF: unknown */
	GH_EVENT_FINGER_SCORE = 256, /* score: 100 good, 0 bad */
	GH_EVENT_ALARM = 512,	     /* alarm; then uid, match */
	GH_EVENT_ALL = 0xFFFF,
};

/* Kinds of alarm. */
enum gh_alarm {
	GH_ALARM_EXIT_BUTTON = 53,
	GH_ALARM_DOOR_CLOSED = 54,
	GH_ALARM_TAMPER = 55,
	GH_ALARM_MISOPERATION = 58,
	GH_ALARM_DURESS = 32,
	GH_ALARM_PASSBACK = 34,
};

struct gh_event {
	uint16_t type;	       /* one bit of enum gh_event_type, or an undocumented number */
	uint8_t decoded;       /* 0: only `raw` is filled */
	uint8_t finger;	       /* ENROLL_FINGER */
	uint8_t score;	       /* FINGER_SCORE */
	uint16_t alarm;	       /* ALARM */
	uint16_t result;       /* ENROLL_FINGER: 0 done, 4 failed, 5 finger exists, 6 timeout */
	uint16_t size;	       /* ENROLL_FINGER: bytes of the template */
	uint32_t uid;	       /* ENROLL_USER, VERIFY, ALARM */
	uint32_t key;	       /* BUTTON; ALARM: way of the match */
	struct gh_punch punch; /* PUNCH; its pin also of ENROLL_FINGER */
	uint16_t raw_size;
	uint8_t raw[GH_EVENT_RAW_SIZE];
};

#ifdef __cplusplus
}
#endif

#endif
