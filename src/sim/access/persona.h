/* Kinds of access device to simulate, as data: door controllers, access terminals, and what a
 * capture or a report of a real one shows that the document does not have. */
#ifndef GH_SIM_ACCESS_PERSONA_H
#define GH_SIM_ACCESS_PERSONA_H

#include "base/err.h"
#include "base/slice.h"

#define ACC_PERSONA_LIMIT 32 /* how many one fleet can mix */

enum acc_quirk {
	ACC_STRICT = 1 << 0,	    /* data commands are held to the schema to the letter */
	ACC_ONE_COMMAND = 1 << 1,   /* the second command of a reply is dropped */
	ACC_RETURN_ONE = 1 << 2,    /* 1 is the success of CONTROL DEVICE */
	ACC_NO_CLOSE = 1 << 3,	    /* CONTROL DEVICE 01 with DD=00 is answered -13 */
	ACC_WIDE_VERIFY = 1 << 4,   /* 32 digits in verifytype, all zero */
	ACC_NEW_VERIFY = 1 << 5,    /* 16 digits in verifytype, once the server has agreed */
	ACC_INDEX_ZERO = 1 << 6,    /* no event has an index; empty rtlog bodies */
	ACC_HEX_EVENTS = 1 << 7,    /* event codes and cards as hexadecimal text */
	ACC_INDEX_GAPS = 1 << 8,    /* the index grows by 1 to 3 */
	ACC_CONNECT_TWICE = 1 << 9, /* event 214 comes twice */
	ACC_NO_MEASURE =
		1
		<< 10, /* mask and temperature fields, 255 (not measured) unless IRTempUnit is set */
	ACC_TERMINAL = 1 << 11, /* its own doors only; keeps its people */
	ACC_MAIN = 1 << 12,	/* a main controller with sub-controllers */
	ACC_CHANNEL = 1 << 13,	/* gate counters, alarms with Alarmtype, advertising screens */
	ACC_ELEVATOR = 1 << 14,
	ACC_RESULT_SHORT =
		1 << 15, /* CMD=DATA for all data commands, `return` in small letters */
	ACC_FIELDS_ALL = 1 << 16,   /* all event fields that the document has */
	ACC_TOKEN_COOKIE = 1 << 17, /* "token=…, timestamp=…" */
	ACC_NO_COOKIE = 1 << 18,    /* no token in requests */
	ACC_KEEPS_ROWS = 1 << 19,   /* rows of tables are sent in answers to queries alone */
	ACC_CARDS_TURNED = 1 << 21, /* hexadecimal cards have the lowest byte first */
	ACC_SUMMARY = 1 << 20, /* its first poll has INFO, as that of an attendance clock */
};

struct acc_persona {
	const char *name, *help;
	const char *model, *firmware, *push_library;
	const char *push_version;  /* `pushver` of the first request */
	const char *first;	   /* what that request has behind options=all */
	const char *head;	   /* of every request: %h the server's name, %c the cookie */
	const char *functions;	   /* AccSupportFunList */
	const char *events;	   /* EventTypes */
	const char *verify_styles; /* VerifyStyles */
	const char *new_verify;	   /* NewVFStyles; NULL: not sent */
	const char *more;	   /* further parameters of the registration, "a=b,c=d" */
	const char *own_options;   /* which it uploads, "a,b"; NULL: as most do */
	uint16_t machine;	   /* MachineType */
	uint8_t doors, readers;	   /* readers: of each door */
	uint8_t aux_in, aux_out, subs;
	bool date_seconds; /* DateFmtFunOn */
	bool sensors;	   /* doors have one */
	bool apb_midnight; /* the memory of anti-passback is cleared each day */
	uint8_t sensor_digits, relay_digits, alarm_digits; /* of rtstate */
	uint16_t state_s; /* between two rtstate without a change; 0: only on change */
	uint16_t batch;	  /* events in one rtlog */
	uint32_t ring;	  /* events it keeps */
	uint32_t package; /* MaxPackageSize, bytes */
	uint32_t quirk;
};

/* NULL: no such one. */
const struct acc_persona *acc_persona_named(gh_slice name);
/* One after the other from 0; NULL after the last. */
const struct acc_persona *acc_persona_at(size_t i);
/* Whether position n of AccSupportFunList is 1. */
bool acc_persona_can(const struct acc_persona *p, unsigned n);

struct acc_persona_mix {
	const struct acc_persona *persona[ACC_PERSONA_LIMIT]; /* device i is persona[i % n] */
	size_t n;
};
/* "spec,inbio260-pro", "mixed" (one of each). GH_EINVALID: *bad is no persona. GH_ETOOBIG. */
GH_MUST_CHECK enum gh_err acc_persona_mix_parse(gh_slice list, struct acc_persona_mix *out,
						gh_slice *bad);

#endif
