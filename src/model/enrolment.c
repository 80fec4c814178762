#include "model/enrolment.h"

/* Biometric types (facts/biometric_type.tsv). */
enum { NEAR_INFRARED_FACE = 2, PALM_VEIN = 8, VISIBLE_FACE = 9, VISIBLE_PALM = 10 };

static const struct enrolment_row {
	const char *word;
	enum command_kind kind;
	int newer, older;
} rows[ENROLMENT_TYPES] = {
	[ENROLMENT_FINGERPRINT] = { "fingerprint", COMMAND_KIND_ENROLL_FINGERPRINT, -1, -1 },
	[ENROLMENT_FACE] = { "face", COMMAND_KIND_ENROLL_BIODATA, VISIBLE_FACE,
			     NEAR_INFRARED_FACE },
	[ENROLMENT_PALM] = { "palm", COMMAND_KIND_ENROLL_BIODATA, VISIBLE_PALM, PALM_VEIN },
	[ENROLMENT_CARD] = { "card", COMMAND_KIND_ENROLL_CARD, -1, -1 },
};

const char *enrolment_type_word(size_t type)
{
	return type < ENROLMENT_TYPES ? rows[type].word : NULL;
}

const char *enrolment_state_word(size_t state)
{
	static const char *const word[ENROLMENT_STATES] = {
		[ENROLMENT_QUEUED] = "queued",
		[ENROLMENT_SENT] = "sent",
		[ENROLMENT_DONE] = "done",
		[ENROLMENT_FAILED] = "failed",
	};

	return state < ENROLMENT_STATES ? word[state] : NULL;
}

enum enrolment_state enrolment_state_of(enum command_state s)
{
	switch (s) {
	case COMMAND_QUEUED:
		return ENROLMENT_QUEUED;
	case COMMAND_SENT:
	case COMMAND_DEFERRED:
		return ENROLMENT_SENT;
	case COMMAND_ACKNOWLEDGED:
		return ENROLMENT_DONE;
	default:
		return ENROLMENT_FAILED;
	}
}

enum command_kind enrolment_kind(enum enrolment_type type, int newer_older[2])
{
	newer_older[0] = rows[type].newer;
	newer_older[1] = rows[type].older;
	return rows[type].kind;
}

static bool enrolment_row_fits(const struct enrolment_row *row, enum command_kind kind,
			       int64_t biotype)
{
	return row->kind == kind &&
	       (row->newer < 0 || row->newer == biotype || row->older == biotype);
}

bool enrolment_of(enum command_kind kind, gh_slice arguments, struct enrolment *out)
{
	int64_t biotype = -1;

	*out = (struct enrolment){ .type = ENROLMENT_TYPES };
	if (kind != COMMAND_KIND_ENROLL_FINGERPRINT && kind != COMMAND_KIND_ENROLL_CARD &&
	    kind != COMMAND_KIND_ENROLL_BIODATA)
		return false;
	(void)command_argument(arguments, ARGUMENT_pin, &out->pin);
	(void)command_argument_number(arguments, ARGUMENT_finger, &out->no);
	(void)command_argument_number(arguments, ARGUMENT_biotype, &biotype);
	for (enum enrolment_type t = 0; t < ENROLMENT_TYPES; t++)
		if (enrolment_row_fits(&rows[t], kind, biotype))
			out->type = t;
	return out->type != ENROLMENT_TYPES;
}
