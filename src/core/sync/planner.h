/* A plan under way; for the files of this folder. */
#ifndef GH_CORE_SYNC_PLANNER_H
#define GH_CORE_SYNC_PLANNER_H

#include "core/sync/sync.h"

#define SYNC_NONE SIZE_MAX
#define SYNC_NO_NUMBER INT64_MIN

/* What an item or an order is about. */
enum sync_group { GROUP_PEOPLE, GROUP_WORK_CODES, GROUP_ID_CARDS, SYNC_GROUPS };

/* What a device has limited room for: people, templates of each type, comparison photos of each type. */
enum {
	ROOM_PEOPLE,
	ROOM_TEMPLATES,
	ROOM_PHOTOS = ROOM_TEMPLATES + BIO_TYPES,
	SYNC_ROOMS = ROOM_PHOTOS + BIO_TYPES,
};

struct sync_room {
	int64_t most, reported; /* 0 or less, -1: not known */
	int64_t held,
		now; /* known to be there; the same after the orders that are taken as done */
	int64_t freed, needed; /* by the plan */
};

/* An order that is needed. */
struct sync_draft {
	enum command_kind kind;
	gh_slice arguments;
	size_t target, row;
	size_t room;  /* that it takes one more of; SYNC_NONE: none */
	size_t first; /* the write of the same credential that stands for all of its parts */
	size_t person; /* the write of its person, and the removal, that it must follow; SYNC_NONE */
	size_t removal; /* in planner.removal */
	size_t waits;	/* the waiting order that is the same; SYNC_NONE: none */
	bool refused, kept;
};

/* A waiting order by what it is about. */
struct sync_wait {
	enum sync_group group;
	gh_slice key;
	size_t at; /* in the queue */
};

struct planner {
	const struct sync_input *in;
	struct arena *arena;
	struct sync_plan *out;
	struct sync_draft *removal, *write;
	size_t removals, writes;
	struct sync_wait *wait; /* by what they are about, then as in the queue */
	size_t waits;
	bool *taken; /* of each waiting order: a draft is the same */
	bool *stays; /* of each: it is not to be withdrawn */
	size_t clears,
		clears_unified; /* behind the order that erases all, or all unified templates; 0: none */
	struct sync_room room[SYNC_ROOMS];
	int64_t slot;		/* the highest of work codes */
	uint64_t person_fields; /* that an order about a person may have, as presence bits */
	uint8_t *text;		/* of an order that may wait already; used again */
	size_t text_room;
	enum gh_err err;
};

/* One person, work code or identity card, in both lists and in the queue. */
struct sync_part {
	gh_slice key;
	const struct sync_item *target, *held;
	size_t targets, helds;
	const struct sync_wait *wait;
	size_t waits;
	size_t fixed; /* waiting orders before this place of the queue are not kept */
};

/* A template or photo of one person on the device. */
struct sync_cell {
	enum credential_form form;
	int64_t type, no, part;
	const struct sync_item *target, *held;
	const void *now; /* its record once what waits is done; NULL: it is not there */
	gh_slice digest;
	bool ours;
	bool fits;   /* the device takes it in this form */
	bool right;  /* it is there as it is to be */
	bool shadow; /* the same is there in another form */
	bool write, drop;
	size_t removal; /* that takes it away; SYNC_NONE */
	enum sync_reason reason;
};

/* A person with what is theirs. */
struct sync_pack {
	struct planner *planner;
	struct sync_part part;
	const struct sync_item *target, *held; /* the person's own items; NULL: there is none */
	struct person now;
	bool there, ours, stays_for_now; /* `there`: the person is, once what waits is done */
	bool comes;			 /* the person is or will be there */
	size_t write;			 /* the person's draft; SYNC_NONE */
	struct sync_cell *cell;
	size_t cells;
};

/* --- item.c --- */

enum sync_group sync_item_group(const struct sync_item *i);
gh_slice sync_item_key(const struct sync_item *i);
int sync_slice_order(gh_slice a, gh_slice b);
/* GH_EINVALID, with out->fault. */
enum gh_err sync_items_check(const struct sync_item *item, size_t n, bool held,
			     struct sync_plan *out);
/* Type, number and part of a template or photo, as they are the same in all forms. */
void sync_credential_key(enum credential_form form, const void *record, int64_t *type,
			 int64_t *no, int64_t *part);

/* --- waiting.c --- */

/* GH_ENOMEM in p->err. */
void sync_waits_sort(struct planner *p);
/* Whether it is taken as done. */
bool sync_wait_is_fixed(const struct sync_waiting *w);
/* The waiting order that is the same as the draft, and from which place on; it is taken. SYNC_NONE: there is none. */
size_t sync_wait_take(struct planner *p, const struct sync_part *part, enum command_kind kind,
		      gh_slice arguments);
/* What the person has once the orders that are taken as done are carried out. */
void sync_pack_expect(struct sync_pack *k);

/* --- person.c --- */

/* The person as the device can have them, into *out: fields that cannot go are left out. `there` is what the device has;
 * NULL: there is none. */
enum sync_reason sync_person_fit(struct planner *p, const struct sync_item *target,
				 const struct person *there, struct person *out);
/* Whether there is nothing to change. */
bool sync_person_is(const struct planner *p, const struct person *target,
		    const struct person *there);
/* A whole record: the target over what is there. *own: its name is in the device's own bytes. */
void sync_person_merge(const struct planner *p, struct person *to, const struct person *target,
		       bool *own);
/* Why the device takes no such PIN. */
enum sync_reason sync_pin_fit(const struct sync_device *d, gh_slice pin);
/* Whether each of these fields of `target` is so in `there`. For records of orders of that kind. */
bool sync_record_is(enum command_kind kind, uint64_t fields, const void *target,
		    const void *there);

/* --- credential.c --- */

/* Gather what is there, and choose for each template and photo of the target what becomes of it. */
void sync_credentials_choose(struct sync_pack *k);
bool sync_cell_is(const struct sync_cell *c, const struct sync_item *target);
/* The same of what is held, with the one of the target that was chosen. */
bool sync_held_is(const struct sync_cell *c);
struct sync_cell *sync_cell_find(struct sync_pack *k, enum credential_form form, int64_t type,
				 int64_t no, int64_t part);
/* A new one. */
struct sync_cell *sync_cell_add(struct sync_pack *k, enum credential_form form, int64_t type,
				int64_t no, int64_t part);
/* Why it cannot be written though the device could take it. */
enum sync_reason sync_content_fit(const struct sync_item *target);

/* --- removal.c --- */

/* Which credentials go, by as few deletions as possible. */
void sync_credentials_remove(struct sync_pack *k);

/* --- draft.c --- */

size_t sync_removal_add(struct planner *p, const struct sync_part *part, enum command_kind kind,
			gh_slice arguments);
/* The others of its members are the caller's to set. */
struct sync_draft *sync_write_add(struct planner *p, const struct sync_part *part,
				  enum command_kind kind, const void *record, bool own,
				  const struct sync_item *target, size_t row);
/* An argument, and n numbers behind it, of which SYNC_NO_NUMBER ends them. */
gh_slice sync_arguments(struct planner *p, enum command_argument_id id, gh_slice value,
			const enum command_argument_id *more, const int64_t *number, size_t n);
size_t sync_row_add(struct planner *p, enum sync_state state, enum sync_reason reason,
		    const struct sync_item *target, const struct sync_item *held);
/* Refuse what there is no room for, keep what waits, and make the plan of the rest. */
void sync_drafts_settle(struct planner *p);

/* --- pack.c, single.c --- */

void sync_pack_plan(struct planner *p, const struct sync_part *part);
void sync_single_plan(struct planner *p, enum sync_group group, const struct sync_part *part);

#endif
