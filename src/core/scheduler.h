/* Which of a device's open commands go into the next reply. Pure: no clock, no store. */
#ifndef GH_CORE_SCHEDULER_H
#define GH_CORE_SCHEDULER_H

#include "model/command.h"
#include "wire/access/words.h"

/* A door of a unit, or an auxiliary output, waits for no other. */
#define SCHEDULER_DOORS 512

struct scheduler_limits {
	size_t commands; /* per reply */
	size_t bytes;	 /* of the reply; one command alone may be longer */
	int32_t tries;
	int64_t retry_ms;
	int64_t held_ahead_ms; /* orders that wait for a moment are given so much before it */
	bool checks;	       /* destructive commands are checked at each execution */
	bool lanes; /* commands of a lane wait for each other, and for no other lane */
};

enum scheduler_verdict {
	SCHEDULER_SEND,
	SCHEDULER_PASS,	     /* nothing to do with this one; go on */
	SCHEDULER_UNCERTAIN, /* no answer, and it must not be sent twice; go on */
	SCHEDULER_GIVE_UP,   /* offered too often without an answer; go on */
	SCHEDULER_EXPIRE,    /* expired; go on */
	SCHEDULER_STOP,	     /* neither this one nor any after it */
};

struct scheduler {
	struct scheduler_limits limits;
	int64_t now_ms;
	struct scheduler_lane {
		size_t commands, bytes;
		bool last; /* the last sent command ends the batch */
		bool stopped;
	} lane[GHI_LANES],	       /* without lanes: the first */
		door[SCHEDULER_DOORS]; /* in place of that of doors: one for each; 0: of no single door */
	int64_t again_ms; /* where some wait for an answer: when to try again; INT64_MAX: never */
};

struct scheduler scheduler_at(int64_t now_ms, struct scheduler_limits limits);

/* Decide about the device's open commands one after another, oldest first. `bytes` is the length
 * of its line in the reply. While one was sent and its answer may still come, those after it
 * wait: the device may have missed the reply, and nothing may overtake what it missed. With lanes
 * (wire/access/words.h), and one for each door, that holds of each by itself, and so do the limits; the caller joins them. */
enum scheduler_verdict scheduler_next(struct scheduler *s, const struct command *c,
				      size_t bytes);

/* Whether a command of that length would be given now, if nothing but its place in the lane counted. */
bool scheduler_has_room(struct scheduler *s, const struct command *c, size_t bytes);

#endif
