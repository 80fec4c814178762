/* Kinds of terminal, as firmware in the field differs. */
#ifndef GH_SIM_TERMINAL_PERSONA_H
#define GH_SIM_TERMINAL_PERSONA_H

#include "base/slice.h"
#include "wire/terminal/attendance.h"

enum term_quirk {
	TERM_NO_BUFFER = 1 << 0,     /* PREPARE_BUFFER is an unknown command */
	TERM_MUTE_BUFFER = 1 << 1,   /* PREPARE_BUFFER is not answered */
	TERM_NO_PUNCHES = 1 << 2,    /* the punches are refused with 4989 (pyzk 170) */
	TERM_PROTECTED = 1 << 3,     /* CONNECT is answered with 6001 (pyzk 253) */
	TERM_ONE_COUNTER = 1 << 4,   /* GET_FREE_SIZES is one dword, zero (pyzk 41) */
	TERM_SESSION = 1 << 5,	     /* streams carry the session, not packet numbers */
	TERM_WRONG_SIZE = 1 << 6,    /* tables are announced larger than they are */
	TERM_EARLY_ACK = 1 << 7,     /* the final ACK_OK overtakes the last packet (SC800) */
	TERM_GB18030 = 1 << 8,	     /* names as Chinese firmware keeps them */
	TERM_BAD_TIMES = 1 << 9,     /* some punches bear 30 February (pyzk 221) */
	TERM_SILENT_END = 1 << 10,   /* restarts without a word (F19) */
	TERM_SDK_BUILD = 1 << 11,    /* photos and faces only while SDKBuild is 1 */
	TERM_NO_FACE = 1 << 12,	     /* no photos and faces at all */
	TERM_BARE_OPTIONS = 1 << 13, /* unknown options are answered "name=" */
	TERM_DOOR_MUTE = 1 << 14,    /* the door's state is ACK_OK and nothing else */
	TERM_TEXT_PIN = 1 << 15,     /* PINs have letters and zeros in front */
	TERM_ALL_FINGERS = 1 << 16,  /* DELETE_USERTEMP deletes every finger (F19) */
	TERM_PADDING = 1 << 17,	     /* three bytes follow the records */
	TERM_NO_FINGER = 1 << 18,    /* an absent finger is 4993, not 2001 */
};

struct term_persona {
	const char *name, *help;
	const char *model, *platform, *firmware;
	uint8_t user_size, event_size;
	struct ghi_terminal_punch_format punch;
	uint8_t counters;    /* bytes of GET_FREE_SIZES: 80, 92, 112 */
	uint8_t sessions;    /* connections at a time */
	uint16_t packet_tcp; /* data bytes of a packet in streams */
	uint32_t quirks;     /* enum term_quirk */
};

/* NULL: no such persona. The first one is the default. */
const struct term_persona *term_persona_at(size_t i);
const struct term_persona *term_persona_of(gh_slice name);

#endif
