/* A compilation under way; for compile*.c. */
#ifndef GH_CORE_ACCESS_RIGHTS_COMPILER_H
#define GH_CORE_ACCESS_RIGHTS_COMPILER_H

#include "base/writer.h"
#include "core/access/rights/compile.h"

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

struct compiler {
	const struct site *site;
	const struct unit_facts *facts;
	const struct rule_slot *given;
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
	bool no_memory;
};

/* The array at *p with room for one more; false: no memory. */
bool compiler_grow(struct compiler *c, void *p, size_t *room, size_t n, size_t size);
void compiler_row(struct compiler *c, enum unit_table table, const struct ghi_writer *key,
		  const struct ghi_writer *text);
void compiler_option(struct compiler *c, const char *name, const char *value);
__attribute__((format(printf, 4, 5))) void compiler_refuse(struct compiler *c,
							   enum refusal_of of, int64_t id,
							   const char *text, ...);
/* The rows are right until then, at most. */
void compiler_until(struct compiler *c, ghi_civil t);

/* The slots of a rule: found among those given before, or given now. false: there are too few. */
bool compiler_slots(struct compiler *c, struct held_rule *r);
void compiler_rules_write(struct compiler *c);
void compiler_holidays_write(struct compiler *c);
void compiler_people_write(struct compiler *c);

/* A row of the table user, with the validity that the unit gets. */
void compiler_user_write(struct compiler *c, const struct site_person *p,
			 const struct validity *v);
void compiler_cards_write(struct compiler *c, const struct site_person *p);
/* A row of userauthorize; `doors` has one where the unit takes numbers. v is for units that have a validity of
 * rights. */
void compiler_right_write(struct compiler *c, const struct site_person *p, int64_t slot,
			  uint32_t doors, const struct validity *v);

#endif
