/* Access events by their codes (facts/access_event.tsv): what happened, how it is classed, and whether
 * a person passed. */
#ifndef GH_MODEL_EVENT_CODE_H
#define GH_MODEL_EVENT_CODE_H

#include <stdbool.h>
#include <stdint.h>

#define EVENT_CODE_ESCAPE 254 /* announces a number above 255 */
#define EVENT_CODE_DOOR 255   /* a report of a door's state, not an event */
#define EVENT_CODE_MAX 65535

enum event_class {
	EVENT_NORMAL,
	EVENT_ABNORMAL,
	EVENT_ALARM,
	EVENT_SPECIAL, /* an escape or a report, no event; also a number outside the ranges */
};

/* What the address of an event is the number of. */
enum event_place {
	EVENT_AT_DOOR,
	EVENT_AT_AUX_INPUT,
	EVENT_AT_AUX_OUTPUT,
	EVENT_AT_READER,
};

struct event_code {
	int32_t code;
	int32_t group; /* smallest code of its merge group, or its own code */
	enum event_class class;
	enum event_place place;
	bool granted;	     /* a person passed */
	bool trigger;	     /* its verify type is the code of the event that fired a linkage */
	const char *meaning; /* in words */
	const char
		*merged; /* the same where the device reports merged codes (SimpleEventType) */
};

/* Static; NULL: the tables do not define it. */
const struct event_code *event_code_find(int64_t code);
/* Number i of the table, ascending; NULL after the last. */
const struct event_code *event_code_at(int i);

/* For codes without a row, too: the class by the range the number is in (Security PUSH 3.1.2, 11.2
 * and 11.19), the number as its own group, a door as the place. */
enum event_class event_class_of(int64_t code);
int32_t event_group_of(int64_t code);
enum event_place event_place_of(int64_t code);
/* false for codes without a row. */
bool event_is_granted(int64_t code);
bool event_has_trigger(int64_t code);

/* As in the API: "normal", "abnormal", "alarm", "special"; "door", "aux-input", "aux-output",
 * "reader". Static. */
const char *event_class_name(enum event_class class);
const char *event_place_name(enum event_place place);

#endif
