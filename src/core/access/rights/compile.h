/* What a unit is to hold so that it decides as the site does: rows of its tables and options. A function of
 * the site, of facts about the unit, of the slots that were given before, and of a moment; equal inputs, in
 * whatever order, give equal bytes.
 *
 * Until `good_until` the rows decide as the site does; from then on others are needed. Where those do not
 * come the unit may close early, and never leaves open late. What a unit cannot hold is refused as a whole,
 * which takes rights away and never gives one. */
#ifndef GH_CORE_ACCESS_RIGHTS_COMPILE_H
#define GH_CORE_ACCESS_RIGHTS_COMPILE_H

#include "base/arena.h"
#include "base/writer.h"
#include "core/access/rights/site.h"
#include "wire/access/parameters.h"

/* What decides how a unit is written to. */
struct unit_facts {
	gh_slice sn;
	int64_t doors;	 /* LockCount; 0 or less: not known, and it gets no rights */
	int64_t readers; /* ReaderCount, of all doors; -1: not known */
	int64_t aux_inputs, aux_outputs; /* -1: not known */
	int64_t people; /* ~MaxUserCount: of people and of cards, single ones or hundreds; 0: not known */
	gh_slice verify_modes; /* VerifyStyles; empty: not known */
	bool controller;       /* MachineType below 100; otherwise a terminal */
	bool packed_validity;  /* DateFmtFunOn: seconds of a user's validity; otherwise days */
	bool text_pins;	       /* StringPinFunOn */
	bool may_disable;      /* DisableUserFunOn */
	bool verify_words;     /* NewVFStyles: modes as words of factors */
	bool wiegand_2;	       /* WGRuleVer 2: cards have further fields */
	bool long_names;       /* bit 5 of AccSupportFunList */
	bool several_cards;    /* bit 7, or MulCardUserFunOn */
	bool verify_table;     /* bit 12 */
	bool numbered_doors;   /* bit 15: a row for each door, otherwise a mask */
	bool super_table;      /* bit 16 */
	bool door_table;       /* bit 21: settings of doors are rows, otherwise options */
	bool unit_table;       /* bit 27: settings of the unit are rows, otherwise options */
	bool rule_validity;    /* bit 60 */
	bool right_validity;   /* bit 62 */
	bool input_rules;      /* bit 8: inputs by time rule */
	bool output_rules;     /* OutRelaySetFunOn: outputs by time rule [I] */
	bool cameras;	       /* bit 65 */
	bool trigger_lists;    /* bit 66: anti-passback and interlock are rows */
	bool cards_turned; /* its setting: cards of mulcarduser have the lowest byte first [I] */
	int64_t rule_slots;	   /* 0: 255 on a controller, 50 on a terminal */
	int64_t holidays_per_type; /* 0: 32 */
	uint32_t refused; /* a bit for each unit_table that it answered that it does not know */
};

/* From its registration and, behind it, the options it reported since: the last of a name counts; what
 * is a setting is the caller's to fill in. Texts are borrowed. */
struct unit_facts unit_facts_of(gh_slice sn, gh_slice parameters);

/* A number by which a unit names something, such as a time rule. It stays while its owner lives. */
enum unit_slot_kind {
#define UNIT_SLOT(NAME, table, first) SLOT_##NAME,
#include "core/access/rights/slot_kind.def"
#undef UNIT_SLOT
	UNIT_SLOT_KINDS
};

/* The table whose key such a number is: "timezone" … NULL: there is no such kind. */
const char *unit_slot_kind_name(size_t kind);

struct unit_slot {
	enum unit_slot_kind kind;
	int64_t owner; /* number of the time rule, linkage …; 0: free again, and not to be used before
			  all others */
	size_t part;   /* of an owner with several: a rule with more than three ranges a day */
	int64_t slot;  /* from 1 on */
	int64_t freed; /* of a free one: a larger number was freed later */
};

/* In the order in which they are written: order.def has what each member means. */
enum unit_table {
#define UNIT_TABLE(NAME, name, grants, needs, rests) UNIT_##NAME,
#include "core/access/rights/order.def"
#undef UNIT_TABLE
	UNIT_TABLES
};

static inline bool unit_refuses(const struct unit_facts *f, enum unit_table t)
{
	return f->refused >> t & 1;
}

/* "timezone" … */
const char *unit_table_name(enum unit_table t);
/* Whether a row of it lets a person pass. */
bool unit_table_grants(enum unit_table t);

/* Whether a row that is needed no more is written over instead of deleted. */
bool unit_table_rests(enum unit_table t);
/* The pairs of a row of such a table as if it were not there. */
void unit_row_rest(enum unit_table t, gh_slice text, struct ghi_writer *w);

/* Whether its rows are settings, which are written over and never deleted. */
bool unit_table_is_settings(enum unit_table t);

/* A person's password that is longer is not sent. */
#define UNIT_PASSWORD_MOST 6
/* A value of a row: control characters, which would part it, are blanks. */
void unit_text_write(struct ghi_writer *w, gh_slice s);

struct needed_row {
	enum unit_table table;
	gh_slice key;  /* values of its key, parted by tabs */
	gh_slice text; /* its pairs, as in DATA UPDATE */
	bool resting; /* what a unit has by itself: needed only where it was given something else */
};

struct unit_option {
	gh_slice name, value;
	bool resting; /* as of a row */
};

enum refusal_of {
#define UNIT_REFUSAL(NAME, word) REFUSED_##NAME,
#include "core/access/rights/refusal.def"
#undef UNIT_REFUSAL
	REFUSALS
};

/* "access-level" … */
const char *refusal_word(enum refusal_of of);

struct unit_refusal {
	enum refusal_of of;
	int64_t id; /* of the level, rule or person; of a holiday its day, of a door its number there */
	gh_slice text; /* a sentence without a full stop */
};

struct unit_rows {
	struct needed_row *row; /* by table, then as they are sent */
	size_t rows;
	struct unit_option *option;
	size_t options;
	struct unit_refusal *refusal;
	size_t refusals;
	struct unit_slot *
		slot; /* of all it holds, by kind, owner and part; those given now among them */
	size_t slots;
	const char
		*over; /* why the unit has no room for all of it, by what it reports itself; no
			     further people are sent. NULL: it has, or does not report it */
	ghi_civil at;  /* the moment for which they were compiled */
	ghi_civil good_until; /* the first moment at which the rows may be wrong; 0: none */
	struct arena text;    /* of all of these */
};

/* `slot` are those that were given on this unit before. GH_ENOMEM. unit_rows_clear() frees it either way. */
GH_MUST_CHECK enum gh_err site_compile(const struct site *s, const struct unit_facts *facts,
				       const struct unit_slot *slot, size_t slots, ghi_civil at,
				       struct unit_rows *out);
void unit_rows_clear(struct unit_rows *u);

#endif
