/* What an administrator has to look at: a kind, a subject (a device's serial number, an address, or
 * "server"), since when, and what happened last. */
#ifndef GH_MODEL_PROBLEM_H
#define GH_MODEL_PROBLEM_H

#include "base/slice.h"

enum problem_kind {
#define PROBLEM(NAME, word, SEVERITY, keep_s, title, remedy, method, path) PROBLEM_##NAME,
#include "model/problem.def"
#undef PROBLEM
	PROBLEM_KINDS
};

/* The greater one does more harm. */
enum problem_severity { PROBLEM_NOTICE, PROBLEM_WARNING, PROBLEM_ERROR, PROBLEM_SEVERITIES };

enum problem_state {
	PROBLEM_OPEN,
	PROBLEM_SNOOZED, /* not to be shown for a while */
	PROBLEM_STATES
};

struct problem_kind_row {
	const char *word;
	enum problem_severity severity;
	int64_t keep_ms; /* over after it without a repetition; 0: when its owner ends it */
	const char *title, *remedy;
	const char *method, *path; /* of the remedy; NULL: none */
};

extern const struct problem_kind_row problem_kinds[PROBLEM_KINDS];

/* Words, static; NULL after the last. */
const char *problem_kind_word(size_t kind);
const char *problem_severity_word(size_t severity);
const char *problem_state_word(size_t state);

#define PROBLEM_UNTIL_CHANGE INT64_MAX /* snoozed until its detail is another one */

struct problem {
	int64_t id; /* within this run of the server */
	enum problem_kind kind;
	gh_slice subject, detail;
	int64_t since_ms, last_ms;
	int64_t count;		  /* how often it happened */
	int64_t snoozed_until_ms; /* 0: it is not */
};

#endif
