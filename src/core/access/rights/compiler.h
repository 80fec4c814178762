/* A compilation under way; for compile*.c. */
#ifndef GH_CORE_ACCESS_RIGHTS_COMPILER_H
#define GH_CORE_ACCESS_RIGHTS_COMPILER_H

#include "base/writer.h"
#include "core/access/rights/compile.h"
#include "wire/access/pack.h"

#define RULE_PERIODS 3 /* of a column of the table timezone */

/* A rule that the unit gets. */
struct held_rule {
	const struct site_rule *rule;
	size_t parts;
	size_t first; /* its slots in unit_rows.slot */
};

/* A level with what of it is on this unit. */
struct held_level {
	const struct site_level *level;
	size_t rule;	       /* in compiler.rule */
	uint32_t doors;	       /* bit n - 1: door n */
	struct validity valid; /* with that of its rule where the unit has no field for it */
};

/* That a person is in a level. */
struct membership {
	int64_t person;
	uint32_t level; /* in compiler.level */
};

/* A first-card, or a multi-card opening, that the unit gets. */
struct held_first {
	const struct site_first_card *of;
	int64_t slot; /* of its rule */
};
struct held_multi {
	const struct site_multi_card *of;
	int64_t slot; /* its own */
};

/* A scheduled output that the unit gets. */
struct held_output {
	const struct site_output *of;
	int64_t slot; /* of its rule */
};

/* A person who is sent. */
struct held_person {
	int64_t id;
	const struct site_person *person;
};

struct compiler {
	const struct site *site;
	const struct unit_facts *facts;
	const struct unit_slot *given;
	size_t givens;
	ghi_civil at;
	struct unit_rows *out;
	size_t row_room, option_room, refusal_room, slot_room;

	struct held_rule *rule;
	size_t rules;
	struct held_level *level;
	size_t levels;
	struct membership *member;
	size_t members;
	struct held_first *first;
	size_t firsts;
	struct held_multi *multi;
	size_t multis;
	struct held_output *output;
	size_t outputs;
	uint32_t
		closed; /* doors that no person gets a right to, as what limits them cannot be held */
	int64_t *extra; /* numbers of people who are sent without a right, in their order */
	size_t extras, extra_room;
	struct held_person *sent; /* in the order of the numbers once all are written */
	size_t sents, sent_room;
	bool no_memory;
};

/* How many doors of the unit can be written. */
static inline int64_t compiler_doors_most(const struct compiler *c)
{
	return c->facts->doors < GHI_DOORS_MAX ? c->facts->doors : GHI_DOORS_MAX;
}

/* The array at *p with room for one more; false: no memory. */
bool compiler_grow(struct compiler *c, void *p, size_t *room, size_t n, size_t size);
void compiler_row(struct compiler *c, enum unit_table table, const struct ghi_writer *key,
		  const struct ghi_writer *text);
/* As above, of what may be resting. */
void compiler_setting_row(struct compiler *c, enum unit_table table, bool resting,
			  const struct ghi_writer *key, const struct ghi_writer *text);
void compiler_option(struct compiler *c, bool resting, const char *name, gh_slice value);
__attribute__((format(printf, 4, 5))) void compiler_refuse(struct compiler *c,
							   enum refusal_of of, int64_t id,
							   const char *text, ...);
/* Pointers to n elements of `size` bytes, each of which begins with its number, in their order; free() it.
 * NULL: there are none, or no memory. */
const void **compiler_ordered(struct compiler *c, const void *array, size_t n, size_t size);
/* Those of n doors that are on this unit, as a mask. false: refused, it names one that the unit does not
 * have. */
bool compiler_doors(struct compiler *c, enum refusal_of of, int64_t id,
		    const struct site_door *door, size_t n, uint32_t *mask);
/* The rows are right until then, at most. */
void compiler_until(struct compiler *c, ghi_civil t);

/* The number of a part of `owner`: that which was given before, or one given now, up to `most`. 0: there is
 * none left, or no memory. */
int64_t compiler_slot(struct compiler *c, enum unit_slot_kind kind, int64_t owner, size_t part,
		      int64_t most);
/* How many numbers of time rules the unit has. */
int64_t compiler_rule_slots(const struct compiler *c);
/* Likewise of all parts of a rule. false: there are too few. */
bool compiler_slots(struct compiler *c, struct held_rule *r);
/* A rule that the unit is to get; nothing where it is not there. */
void compiler_rule_add(struct compiler *c, const struct site_rule *r);
/* The same where only one number has room. Nothing where the rule needs more. */
void compiler_rule_add_one(struct compiler *c, int64_t rule);
/* Its number. 0: refused, with what the rule is for before the reason. */
int64_t compiler_rule_one(struct compiler *c, int64_t rule, enum refusal_of of, int64_t id);
void compiler_rules_write(struct compiler *c);
void compiler_holidays_write(struct compiler *c);
void compiler_people_write(struct compiler *c);
/* Once people, cards and rights are written: what is more than the unit has room for is refused. */
void compiler_room_check(struct compiler *c);
/* A person who was sent; NULL: was not. */
const struct site_person *compiler_sent(const struct compiler *c, int64_t id);
/* Those of n people who are sent, each once, in the order of their PINs; free() it. NULL: there are none, or
 * no memory. */
const struct site_person **compiler_people_sent(struct compiler *c, const int64_t *id, size_t n,
						size_t *found);

/* Rules that are needed for other things than levels. */
void compiler_doors_need(struct compiler *c);
/* What can be held of them, before rights are given: c->first, c->multi, c->closed, c->extra. */
void compiler_doors_settle(struct compiler *c);
void compiler_first_cards_settle(struct compiler *c);
void compiler_multi_cards_settle(struct compiler *c);
void compiler_extras_gather(struct compiler *c);
void compiler_first_cards_write(struct compiler *c);
void compiler_multi_cards_write(struct compiler *c);
void compiler_supers_write(struct compiler *c);
void compiler_linkages_write(struct compiler *c);
/* What limits a door cannot be held: no person may pass it. */
void compiler_door_close(struct compiler *c, int64_t door);
/* Whether the unit answered that it does not know the table, or that of settings of doors: then it is refused. */
bool compiler_table_refused(struct compiler *c, enum unit_table t, enum refusal_of of,
			    int64_t id);
void compiler_outputs_settle(struct compiler *c);
void compiler_outputs_write(struct compiler *c);
void compiler_inputs_write(struct compiler *c);
void compiler_verifies_write(struct compiler *c);
void compiler_passbacks_write(struct compiler *c);
void compiler_interlocks_write(struct compiler *c);
void compiler_door_settings_write(struct compiler *c);

/* A setting of a door as a row or as an option. false: the unit has no form for it. */
bool compiler_setting(struct compiler *c, int64_t door, const char *wire, gh_slice value,
		      bool resting);
void compiler_setting_number(struct compiler *c, int64_t door, const char *wire, int64_t value,
			     bool resting);
/* A setting of the unit likewise. */
void compiler_unit_setting(struct compiler *c, const char *wire, int64_t value);
/* A verify mode in the form of the unit. false: it has none that means the same. */
bool compiler_mode_write(const struct compiler *c, gh_slice mode, struct ghi_writer *w);

/* A row of the table user, with the validity that the unit gets. */
void compiler_user_write(struct compiler *c, const struct site_person *p,
			 const struct validity *v);
void compiler_cards_write(struct compiler *c, const struct site_person *p);
/* A row of userauthorize; `doors` has one where the unit takes numbers. v is for units that have a validity of
 * rights. */
void compiler_right_write(struct compiler *c, const struct site_person *p, int64_t slot,
			  uint32_t doors, const struct validity *v);

#endif
