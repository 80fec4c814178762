/* Which access events become punches: a rule for all doors, and for single ones. Written as
 *
 *	off | granted | CODE,CODE...
 *
 * and behind it, each after a semicolon, those of single doors: "granted; 2=off; 3=granted/in". What stands
 * after the slash is the status of the punches: `in`, `out`, `none`; without it the event's direction gives
 * it, 0 or 1. Of a door either part may be left out: "3=/in". */
#ifndef GH_MODEL_PUNCH_RULE_H
#define GH_MODEL_PUNCH_RULE_H

#include "base/err.h"
#include "model/access_event.h"

enum { PUNCH_RULE_CODES = 64, PUNCH_RULE_DOORS = 32, PUNCH_RULE_TEXT = 1024 };

struct punch_rule {
	enum punch_rule_kind {
		PUNCH_RULE_UNSET, /* that of the next wider one */
		PUNCH_RULE_OFF,
		PUNCH_RULE_GRANTED, /* a known person passed */
		PUNCH_RULE_LISTED   /* the codes below */
	} kind;
	enum punch_rule_status {
		PUNCH_RULE_DIRECTION, /* of the event; that of the next wider one */
		PUNCH_RULE_IN,
		PUNCH_RULE_OUT,
		PUNCH_RULE_NONE
	} status;
	size_t codes;
	uint16_t code[PUNCH_RULE_CODES];
};

struct punch_rules {
	struct punch_rule all;
	size_t doors;
	struct {
		int64_t number;
		struct punch_rule rule;
	} door[PUNCH_RULE_DOORS];
};

/* An empty text has no rules. GH_EINVALID: *why is what is expected. */
GH_MUST_CHECK enum gh_err punch_rules_parse(gh_slice text, struct punch_rules *out,
					    const char **why);

/* Whether they decide nothing. */
bool punch_rules_empty(const struct punch_rules *rules);
/* What `rules` have not for all doors, from wider ones. */
void punch_rules_inherit(struct punch_rules *rules, const struct punch_rules *wider);

/* Whether the event becomes a punch by the rules of its device, else by those of the server, and with
 * which status (PUNCH_ABSENT: none) and verify mode. That it is no repeat and not shifted is found by who
 * stores it. */
bool punch_rules_apply(const struct punch_rules *device, const struct punch_rules *server,
		       const struct access_event *e, int32_t *status, int32_t *verify);

#endif
