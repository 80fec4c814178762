/* What people decided about doors, and what follows from it.
 *
 * The folder: site.h is the model of one site: people, time rules, holidays, access levels; and the
 * answer to "who may pass where, at which minute, and why". compile.h makes of it what a unit is to hold.
 * A site is plain memory that its owner fills and keeps; nothing here reads a store, a clock or a device,
 * or changes what it is given. What has the number of another part names one that is there, or is passed
 * over.
 *
 * A right: some access level names the door and the person and holds at that moment, its time rule is
 * open, the person is valid and not disabled. On a holiday a rule's column of its type counts instead
 * of the weekday's. A level without a rule, or without doors, grants nothing. Nothing else grants
 * anything. */
#ifndef GH_CORE_ACCESS_RIGHTS_SITE_H
#define GH_CORE_ACCESS_RIGHTS_SITE_H

#include "model/holiday.h"
#include "model/time_rule.h"
#include "model/validity.h"

struct site_door {
	gh_slice sn; /* of its device */
	int64_t n;   /* from 1 on */
};

struct site_person {
	int64_t id;
	gh_slice pin, name, password;
	const gh_slice *card;
	size_t cards;
	struct validity valid;
	bool disabled;
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
	const struct site_level *level; /* NULL: it is about the person */
	const struct site_rule *rule;	/* NULL: the level has none, or did not hold */
	enum time_column column;	/* of the rule, where it was looked at */
	const struct time_span *span;	/* that is open; NULL: none */
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

/* The column of all rules on a day, YYYYMMDD. */
enum time_column site_column(const struct site *s, int64_t day);

const struct site_person *site_person_find(const struct site *s, int64_t id);
const struct site_rule *site_rule_find(const struct site *s, int64_t id);
bool site_level_has_door(const struct site_level *l, const struct site_door *door);
bool site_level_has_person(const struct site_level *l, int64_t person);

/* "SN:NUMBER". GH_EMALFORMED: it is not of this form; whether there is such a door is not looked at. */
GH_MUST_CHECK enum gh_err site_door_read(gh_slice text, struct site_door *out);

#endif
