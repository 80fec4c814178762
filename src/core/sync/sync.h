/* What is to be done so that a device holds the people, credentials, work codes and identity cards that it is to hold:
 * a function of two lists in the same order, the target and what the device is known to hold, of the orders that wait
 * for it, and of what it can take. It reads no store and no clock, and changes nothing that it is given.
 *
 * The orders are as few as possible under three rules. What is there as it is to be is not touched. What is in no
 * target and was not put there from here stays, for ever. Records are written whole, because a device replaces them
 * whole (QUIRKS Q38), with what the target leaves open as the device has it. A credential of several parts, a face, is
 * one: it is ours where all of its parts are, and one of the target takes the place of all of them.
 *
 * Deletions come first, then people in the order of their PINs, each before the templates. So room that is freed can
 * be used, and every beginning of the list leaves the device in a state from which a new plan ends where this one
 * does. An order that waits and does what is needed is kept, where nothing before it is missing; one that the planner
 * made and is needed no longer is to be withdrawn. Those of others, and those that were given to the device, are taken
 * as done. */
#ifndef GH_CORE_SYNC_SYNC_H
#define GH_CORE_SYNC_SYNC_H

#include "base/arena.h"
#include "core/sync/device_bio.h"
#include "model/credential_form.h"

enum sync_reason {
#define SYNC_REASON(NAME, word, lasts, text) SYNC_##NAME,
#include "core/sync/reason.def"
	SYNC_REASONS
};
struct sync_reason_row {
	const char *word;
	bool lasts;
	const char *text; /* a sentence without a full stop */
};
extern const struct sync_reason_row sync_reasons[SYNC_REASONS];

/* A record of either list; all is borrowed. A person (KIND_PERSON), a template, a photo (`kind` user or comparison), a
 * work code or an identity card. */
struct sync_item {
	enum model_kind_id kind;
	const void *record; /* struct person … as record.def has them */
	/* Of a template or photo, by whatever hash: where both of two have one, contents are compared by it, and
	 * may be absent; an order of what has none is to be made again with it. Empty: by the content. */
	gh_slice digest;
	/* Of a person of the target: all cards, in place of the two fields. NULL: the fields have them. */
	const gh_slice *card;
	size_t cards;
	/* Of what is held: it was put there from here, or is of a person of the roster. */
	bool ours;
	/* Of a person: why all of them stays as it is. One of the target does not come, where they are not there; one who
	 * is held is not removed. SYNC_FITS: nothing keeps them. */
	enum sync_reason stays;
};

/* The order of both lists: people with what is theirs by PIN, the person first, then templates by type, number and
 * part, then photos by kind and type; then work codes, then identity cards. Of templates that are the same so far,
 * those of the target follow by version, held ones by source. */
int sync_item_order(const struct sync_item *a, const struct sync_item *b, bool held);

/* Its PIN, code or number. */
gh_slice sync_item_name(const struct sync_item *i);

/* An order that waits for the device, in the order of the queue. */
struct sync_waiting {
	int64_t id;
	enum command_kind kind;
	gh_slice arguments;
	bool ours;  /* an earlier plan made it, so a plan may withdraw it */
	bool given; /* the device has it, or may have it: it cannot be withdrawn */
};

/* What the device can take. Zero, NULL or -1: not known, and no limit. */
struct sync_device {
	struct device_bio bio;		 /* `terminal` and `access` decide the dialect */
	const char *charset;		 /* of names, as iconv names it; NULL: UTF-8 */
	size_t name_most, password_most; /* bytes, in that character set */
	size_t pin_most;
	bool pin_digits;	   /* PINs have digits alone */
	size_t cards;		   /* of a person; 0: two, of a terminal one */
	bool work_codes, id_cards; /* it has such records */
	int64_t people,
		people_most; /* as it reports them; -1: not known. Records, not hundreds (QUIRKS Q20) */
};

struct sync_input {
	const struct sync_device *device;
	const struct sync_item *target, *held;
	size_t targets, helds;
	const struct sync_waiting *waiting;
	size_t waitings;
};

/* By what the device holds now. */
enum sync_state {
#define SYNC_STATE(NAME, word) SYNC_##NAME,
#include "core/sync/state.def"
	SYNC_STATES
};
const char *sync_state_name(enum sync_state s);

#define SYNC_NO_ITEM SIZE_MAX

/* How an item stands. `reason`: of an impossible one; of another one, which part of it
 * cannot go. */
struct sync_row {
	enum sync_state state;
	enum sync_reason reason;
	size_t target, held; /* in the lists; SYNC_NO_ITEM: there is none */
};

/* An order to be queued, behind all that waits. */
struct sync_order {
	enum command_kind kind;
	gh_slice
		arguments; /* complete, as command_kind.h has them; text is in UTF-8, but for own_name */
	size_t target; /* what it writes; SYNC_NO_ITEM: it removes something */
};

struct sync_plan {
	struct sync_order *order;
	size_t orders;
	int64_t *withdrawn; /* ids of waiting orders that are to be withdrawn before */
	size_t withdrawals;
	size_t kept;	      /* waiting orders that do what is needed */
	struct sync_row *row; /* in the order of the lists, merged */
	size_t rows;
	size_t count[SYNC_STATES];
	/* Where the input is refused: why, and at which item of which list. */
	const char *fault;
	bool fault_held;
	size_t fault_at;
};

/* All of *out is in `a`, or borrowed from the input. GH_EINVALID: a list is not in its order, has a record twice, or
 * one that it cannot have; out->fault is why. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err sync_plan_make(const struct sync_input *in, struct arena *a,
					 struct sync_plan *out);

#endif
