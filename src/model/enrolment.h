/* The enrolment of a person at a device, by order: an order of some kinds, in fewer words. Its number is that of the
 * order. */
#ifndef GH_MODEL_ENROLMENT_H
#define GH_MODEL_ENROLMENT_H

#include "model/command.h"

enum enrolment_type {
	ENROLMENT_FINGERPRINT,
	ENROLMENT_FACE,
	ENROLMENT_PALM,
	ENROLMENT_CARD,
	ENROLMENT_TYPES
};

enum enrolment_state {
	ENROLMENT_QUEUED,
	ENROLMENT_SENT, /* the device has it, or may have it */
	ENROLMENT_DONE,
	ENROLMENT_FAILED,
	ENROLMENT_STATES
};

/* Words, static; NULL after the last. */
const char *enrolment_type_word(size_t type);
const char *enrolment_state_word(size_t state);

enum enrolment_state enrolment_state_of(enum command_state s);

/* The kind of order that enrols that, and the biometric type of the newer and of the older hardware where the kind takes
 * one (-1: it takes none). */
enum command_kind enrolment_kind(enum enrolment_type type, int newer_older[2]);

struct enrolment {
	enum enrolment_type type;
	int64_t no; /* of a finger; else 0 */
	gh_slice pin;
};

/* Of such an order; pin is borrowed from the arguments. False: the order enrols no person, or of a type that is none of
 * these. */
bool enrolment_of(enum command_kind kind, gh_slice arguments, struct enrolment *out);

#endif
