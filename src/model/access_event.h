/* One access event: something happened at a door, an input, an output, a reader, or to the device
 * itself (Security PUSH 3.1.2, 7.2, 9.1.4 and 11.2). The ledger of access events is not that of
 * punches: each has its own numbers. The device's digits, the zone they were read in, the UTC
 * moment that follows, and the time of arrival are four separate facts, as for a punch.
 *
 * A text that the device did not send is empty; a number it did not send is ACCESS_ABSENT, but that
 * of the record index, which is 0. */
#ifndef GH_MODEL_ACCESS_EVENT_H
#define GH_MODEL_ACCESS_EVENT_H

#include "model/event_code.h"
#include "model/field.h"
#include "model/punch.h"
#include "model/verify_factors.h"

#define ACCESS_ABSENT (-1)
#define ACCESS_NO_UTC PUNCH_NO_UTC

/* Of a field: part of the natural key of an event without a record index. */
#define ACCESS_KEY_PLAIN (1 << 6)
/* Of a field: few units send it, and few events have it. */
#define ACCESS_RARE (1 << 7)

/* alarm_type of an event of an alarm that ended (Security PUSH 3.1.2, 7.13). */
#define ACCESS_ALARM_ENDED 200

enum access_direction { ACCESS_IN = 0, ACCESS_OUT = 1 }; /* otherwise ACCESS_ABSENT */

/* What is odd about the time has the bits of enum punch_flag, except PUNCH_EPOCH, which no event
 * has, and PUNCH_SHIFTED, which is of live punches. */
enum access_flag {
	ACCESS_IMPOSSIBLE = PUNCH_IMPOSSIBLE,
	ACCESS_GAP = PUNCH_GAP,
	ACCESS_OVERLAP = PUNCH_OVERLAP,
	ACCESS_AHEAD = PUNCH_AHEAD,
	ACCESS_ANCIENT = PUNCH_ANCIENT,
	ACCESS_ODD_EVENT = 1 << 8, /* its code is no decimal number: event_text has it */
	ACCESS_SHIFTED = 1 << 9,   /* the same event was stored with the clock set otherwise */
};

enum access_source {
	ACCESS_LIVE = 0,       /* rtlog */
	ACCESS_STORED = 1,     /* a `transaction` row, uploaded or queried */
	ACCESS_ACCOUNT = 2,    /* a file of ACCOUNT */
	ACCESS_IDENTIFIED = 3, /* a request for identification by the server */
};

struct access_event {
	int64_t seq;	 /* place in its ledger, from 1, without gaps; the store sets it */
	int64_t device;	 /* the store's number of the device */
	gh_slice serial; /* the device's serial number; set when read back */
	int64_t device_number; /* `devid`, which names a unit only on a main controller; not stored */
#define ACCESS_EVENT_FIELD(member, json, type, flags) model_##type member;
#include "model/access_event.def"
};

/* Of the members:
 * - unit: serial number of the unit, where it is not the device's own; the codec gives what the
 *   device sent, the core empties its own.
 * - record_index: number of the record in the unit, with gaps, and again from 1 after it was cleared;
 *   0: none.
 * - event: 0 to EVENT_CODE_MAX; ACCESS_ABSENT with ACCESS_ODD_EVENT, and then event_text has the text.
 * - event_group: event_group_of(event), ACCESS_ABSENT with ACCESS_ODD_EVENT.
 * - pin: empty: no person; "0" is that, too. A text, leading zeros included.
 * - card: text as sent, empty: none ("0" is none). card_number: its number where it is one below 2^63:
 *   decimal, or hexadecimal with the highest byte first.
 * - address: as sent; 0 is the device. door and reader are the address where the event has it there
 *   (event_place_of), otherwise ACCESS_ABSENT; the core may know the reader from the direction.
 * - direction: enum access_direction.
 * - verify_raw: text as sent. verify_form: enum verify_form; verify: mode number or factor word. Both
 *   absent where verify_raw is the code of an event: that is linkage_trigger.
 * - mask: 0, 1; temperatures: decimal text. 255, not measured, is absent in all three.
 * - index_epoch: how often the numbering of the unit's records began again.
 * - same_as: with ACCESS_SHIFTED, seq of the other one.
 * - punch_seq: the punch that was made of it, or that was there; 0: none.
 * - first_request: number of the request that brought it. */

enum access_event_field {
#define ACCESS_EVENT_FIELD(member, json, type, flags) ACCESS_EVENT_##member,
#include "model/access_event.def"
	ACCESS_EVENT_FIELDS
};

/* In the order of the enum. */
extern const struct model_field access_event_field[ACCESS_EVENT_FIELDS];

/* An event of which nothing is known; and a copy of it. */
extern const struct access_event access_event_blank;
struct access_event access_event_empty(void);

/* The natural key, by which a repeated upload is recognised: the device and the fields with MODEL_KEY;
 * those with ACCESS_KEY_PLAIN, too, where record_index is 0. The device is not compared here. */
bool access_event_same(const struct access_event *a, const struct access_event *b);

/* Whether a known person passed, and it is no repetition with the clock set otherwise. */
bool access_event_granted(const struct access_event *e);

#endif
