/* What is decided about single doors of a site, besides access levels. Whatever names several doors names
 * doors of one unit. */
#ifndef GH_CORE_ACCESS_RIGHTS_SITE_DOORS_H
#define GH_CORE_ACCESS_RIGHTS_SITE_DOORS_H

#include "base/err.h"
#include "base/slice.h"
#include "model/door_rule.h"
#include "model/door_setting.h"
#include "model/verify_schedule.h"

struct site_door {
	gh_slice sn; /* of its device */
	int64_t n;   /* from 1 on */
};

/* "SN:NUMBER". GH_EMALFORMED: it is not of this form; whether there is such a door is not looked at. */
GH_MUST_CHECK enum gh_err site_door_read(gh_slice text, struct site_door *out);
bool site_door_same(const struct site_door *a, const struct site_door *b);

/* How a door is set (model/door_setting.def). */
struct site_door_setting {
	struct site_door door;
	gh_slice name;
	int64_t number[DOOR_SETTINGS]; /* DOOR_SETTING_ABSENT; of a rule 0 is none */
	gh_slice text[DOOR_SETTINGS];  /* empty: absent */
	uint32_t erased; /* a bit for each text that people removed: the unit is to have none */
};
_Static_assert(DOOR_SETTINGS <= 32, "a bit for each");

/* People of whom one comes first: then the door stands open while the rule is, or then others may pass. */
struct site_first_card {
	int64_t id;
	gh_slice name;
	struct site_door door;
	int64_t rule;
	enum first_card_mode mode;
	const int64_t *person;
	size_t people;
};

#define MULTI_CARD_GROUPS 5

/* People who must come together: one of each group, within so many seconds of each other. */
struct site_multi_card {
	int64_t id;
	gh_slice name;
	struct site_door door;
	int64_t group[MULTI_CARD_GROUPS];
	size_t groups;
	int64_t seconds; /* 0: as the unit has it */
};

/* Who passed one side may not pass it again before the other: doors against doors, or, without `against`,
 * the entry against the exit reader of each door. */
struct site_passback {
	int64_t id;
	gh_slice name;
	const struct site_door *door;
	size_t doors;
	const struct site_door *against;
	size_t againsts;
	enum passback_direction direction; /* of readers: which of the two is refused */
	int64_t seconds; /* no person enters twice within them; 0: no such time */
};

/* Doors of which one is open at a time. */
struct site_interlock {
	int64_t id;
	gh_slice name;
	const struct site_door *door;
	size_t doors;
};

/* What an event makes a unit do by itself. */
struct site_linkage {
	int64_t id;
	gh_slice name;
	gh_slice sn;
	int64_t event;
	int64_t place; /* a door, or the auxiliary input of an event of one; 0: anywhere */
	enum linkage_output output;
	int64_t number;	 /* of the lock or the auxiliary output */
	int64_t seconds; /* 0: it is closed; 255: it stays open */
};

/* A lock or an auxiliary output that a time rule turns. */
struct site_output {
	int64_t id;
	gh_slice name;
	gh_slice sn;
	enum scheduled_output_kind output;
	int64_t n; /* of the door, or of the output */
	int64_t rule;
	enum scheduled_action action;
};

/* An exit button or an auxiliary input that counts while a time rule is open, and not otherwise. */
struct site_input {
	int64_t id;
	gh_slice name;
	gh_slice sn;
	enum scheduled_input_kind input;
	int64_t n; /* of the door, or of the input */
	int64_t rule;
};

struct site_verify {
	int64_t id;
	gh_slice name;
	struct verify_table table;
	const struct site_door *door;
	size_t doors;
	const int64_t *person; /* those it is for; none: everyone at these doors */
	size_t people;
};

/* Who may pass doors that are locked. */
struct site_super {
	int64_t id;
	gh_slice name;
	const struct site_door *door;
	size_t doors;
	const int64_t *person;
	size_t people;
};

#endif
