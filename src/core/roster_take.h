/* What one note of a device makes of the roster (roster_intake.h). On the store thread, in the open transaction. */
#ifndef GH_CORE_ROSTER_TAKE_H
#define GH_CORE_ROSTER_TAKE_H

#include "base/arena.h"
#include "core/devices.h"
#include "core/roster_change.h"
#include "core/roster_sent.h"
#include "store/store.h"

/* One note, with what is looked up for it; the texts are in `arena`. */
struct roster_take {
	const struct store_ops *ops;
	struct store *s;
	struct arena *arena;
	struct device *device;
	int64_t now_ms;
	struct roster_intake note;
	struct roster_actor by;

	/* The device's area. */
	int64_t area, area_parent;
	gh_slice namespace, may_change;
	bool enrols, deletes;
	/* The person with that PIN there; id 0: there is none. */
	int64_t id;
	struct people is;
	/* What the device holds of the person; `holds`: it does. */
	struct person now;
	bool holds;
	int64_t held_ms;

	enum sync_policy sync; /* of the device, as it is stored */
	bool decided;	       /* a person decided it: the policies of the area do not matter */
	bool changed;	       /* the roster is another one now */
	bool conflict;	       /* the device has one now, which it had not */
};

/* GH_OK also where nothing is taken. Errors of the store. */
GH_MUST_CHECK enum gh_err roster_take_note(struct roster_take *t);

/* --- for the files of it --- */

/* roster_conflict.c: whether the device and the roster have names for the PIN that are different, also as a device may
 * hold them. */
bool roster_name_differs(const struct roster_take *t);
/* Whether that makes it another person: not where it was decided that they are the same (SYNC_AUTO), where the device
 * had the person before and the name was changed there, nor where the area takes nothing of its devices. */
bool roster_person_conflicts(const struct roster_take *t);
/* From now on nothing is taken from the device and nothing sent to it, until people decide (SYNC_CONFLICT). */
GH_MUST_CHECK enum gh_err roster_conflict_note(struct roster_take *t);
/* Whether the names differ, and which person it is shows with the record, which is still to be taken. */
GH_MUST_CHECK enum gh_err roster_person_pending(struct roster_take *t, bool *pending);

/* roster_take_person.c: what the device holds becomes a person, or changes one. */
GH_MUST_CHECK enum gh_err roster_take_person(struct roster_take *t);
/* The person, as the device has it, if it has; t->id is set where it was made. */
GH_MUST_CHECK enum gh_err roster_take_create(struct roster_take *t);
/* Put the present fields of a person who is there, as a new version, with their history and a row of the audit. Where
 * `field` of the person is newer, they stand in the history alone. */
GH_MUST_CHECK enum gh_err roster_take_put(struct roster_take *t, const char *field,
					  struct people *p);
/* A card becomes one of the person's, in the place of another (0: of none). */
GH_MUST_CHECK enum gh_err roster_take_card(struct roster_take *t, uint64_t number,
					   uint64_t old);
/* Whether the field was changed since the note came. A change that the clock of the server places after now is not one:
 * the clock was set back. */
GH_MUST_CHECK enum gh_err roster_take_is_old(struct roster_take *t, const char *field,
					     bool *old);

/* roster_take_credential.c: a template or photo. */
GH_MUST_CHECK enum gh_err roster_take_credential(struct roster_take *t);

#endif
