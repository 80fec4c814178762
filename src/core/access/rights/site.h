/* What people decided about doors, and what follows from it.
 *
 * The folder: site.h is the model of one site: people, time rules, holidays, access levels, and what is
 * decided about single doors (site_doors.h); and the answer to "who may pass where, at which minute, and
 * why". compile.h makes of it what a unit is to hold.
 * A site is plain memory that its owner fills and keeps; nothing here reads a store, a clock or a device,
 * or changes what it is given. What has the number of another part names one that is there, or is passed
 * over.
 *
 * A right: some access level names the door and the person and holds at that moment, its time rule is
 * open, the person is valid and not disabled, and the door can be used then. On a holiday a rule's column
 * of its type counts instead of the weekday's. A level without a rule, or without doors, grants nothing.
 * Nothing else grants anything. A person has no rights at the units of another namespace, where their PIN is that
 * of another person. What depends on what happened before, such as anti-passback, is no part of
 * a right; it is named beside it. */
#ifndef GH_CORE_ACCESS_RIGHTS_SITE_H
#define GH_CORE_ACCESS_RIGHTS_SITE_H

#include "core/access/rights/site_doors.h"
#include "model/holiday.h"
#include "model/time_rule.h"
#include "model/validity.h"

struct site_card {
	gh_slice number; /* decimal */
	bool lost;
	bool has_bits, has_site_code; /* what follows is given */
	int64_t bits, site_code;
	gh_slice imie; /* empty: not given */
};

struct site_person {
	int64_t id;
	gh_slice pin, name, password;
	const struct site_card *card; /* the first one is the main card */
	size_t cards;
	int64_t group; /* of multi-card openings, 1 to 99; 0: not given, which is 1 */
	struct validity valid;
	bool disabled;
	gh_slice namespace; /* in which the PIN and the cards are theirs; empty: the default one */
};

/* A unit of another namespace than the default one. */
struct site_unit {
	gh_slice sn, namespace;
};

struct site_rule {
	int64_t id;
	gh_slice name;
	struct time_table table;
	struct validity valid;
};

struct site_level {
	int64_t id;
	gh_slice name;
	int64_t rule; /* 0: none */
	struct validity valid;
	const struct site_door *door; /* those of its groups among them */
	size_t doors;
	const int64_t *person;
	size_t people;
};

/* Each array in any order. */
struct site {
	const struct site_person *person;
	size_t people;
	const struct site_rule *rule;
	size_t rules;
	const struct holiday_days *holiday;
	size_t holidays;
	const struct site_level *level;
	size_t levels;
	const struct site_door_setting *door;
	size_t doors;
	const struct site_first_card *first_card;
	size_t first_cards;
	const struct site_multi_card *multi_card;
	size_t multi_cards;
	const struct site_passback *passback;
	size_t passbacks;
	const struct site_interlock *interlock;
	size_t interlocks;
	const struct site_linkage *linkage;
	size_t linkages;
	const struct site_output *output;
	size_t outputs;
	const struct site_input *input;
	size_t inputs;
	const struct site_verify *verify;
	size_t verifies;
	const struct site_super *super;
	size_t supers;
	const struct site_unit *unit; /* in the order of site_unit_order() */
	size_t units;
};

/* What one level means for it. */
enum site_verdict {
#define SITE_VERDICT(NAME, word, text) SITE_##NAME,
#include "core/access/rights/verdict.def"
#undef SITE_VERDICT
	SITE_VERDICTS
};

const char *site_verdict_word(size_t i);
const char *site_verdict_text(enum site_verdict v);

struct site_step {
	enum site_verdict verdict;
	const struct site_level *level; /* NULL: it is about the person or the door */
	const struct site_rule *rule;	/* NULL: the level has none, or did not hold */
	gh_slice name; /* of what it is about, where that is no level; empty: of nothing */
	enum time_column column;      /* of the rule, where it was looked at */
	const struct time_span *span; /* that is open; NULL: none */
};

/* Called for each thing that was looked at, in the order of the levels. */
typedef void site_step_fn(void *ctx, const struct site_step *step);

struct site_answer {
	bool granted;
	enum site_verdict why; /* of the step that decided */
	const struct site_level *level;
};

/* Whether a person (NULL: unknown) may pass a door at a moment of the door's own clock. fn may be
 * NULL. */
struct site_answer site_decide(const struct site *s, const struct site_person *person,
			       const struct site_door *door, ghi_civil at, site_step_fn *fn,
			       void *ctx);

/* What a unit that requests whether a person may pass is answered (Security PUSH 3.1.2, 10). */
struct site_identified {
	bool granted;
	bool elsewhere; /* no level names the door, and nothing here denies it: what the unit holds decides */
	enum site_verdict why;
};

/* As site_decide(), but what the server cannot see of the door, that another person has to come first or with
 * them, denies. */
struct site_identified site_identify(const struct site *s, const struct site_person *person,
				     const struct site_door *door, ghi_civil at);

/* Whether a door stands open for everyone at a moment, by its own rule or a scheduled output; not: because of a
 * first card that was shown. */
bool site_door_stands_open(const struct site *s, const struct site_door *door, ghi_civil at);

/* The column of all rules on a day, YYYYMMDD. */
enum time_column site_column(const struct site *s, int64_t day);

/* By serial number, for qsort(). */
int site_unit_order(const void *a, const void *b);
/* The namespace of the people of a unit. */
gh_slice site_namespace(const struct site *s, gh_slice sn);
/* Whether a person is of a namespace. */
bool site_person_is_of(const struct site_person *p, gh_slice namespace);

const struct site_person *site_person_find(const struct site *s, int64_t id);
const struct site_rule *site_rule_find(const struct site *s, int64_t id);
const struct site_door_setting *site_door_find(const struct site *s,
					       const struct site_door *door);
bool site_level_has_door(const struct site_level *l, const struct site_door *door);
bool site_level_has_person(const struct site_level *l, int64_t person);

#endif
