/* Which of a device's open commands go into the reply to a poll, and what becomes of the others. For
 * command_offer.c; not included elsewhere. On the store thread. */
#ifndef GH_CORE_COMMAND_CHOICE_H
#define GH_CORE_COMMAND_CHOICE_H

#include "core/command_guard.h"
#include "core/command_job.h"
#include "core/scheduler.h"

struct command_choice {
	struct server *server;
	struct device *device;
	int64_t now_ms;
	struct scheduler plan;
	struct command_list picked;
	uint8_t *verdict; /* enum scheduler_verdict of each picked one */
	size_t room;
	struct command_choice_guard {
		bool found; /* a command that it guards waits */
		bool examined;
		char why[COMMAND_GUARD_WHY]; /* it goes on waiting; empty: it may go */
	} guard[GUARDS];
	struct command_list doors; /* of lanes: those about doors */
	struct command_list held;  /* those that wait for another reason than the one stored */
	struct command_list deferred; /* about people; their results are still to come */
	bool more;		      /* what a lane offers is not in this reply */
	bool data_waits; /* all data are to be erased: nothing new is written before */
};

void command_choice_init(struct command_choice *x, struct server *server, struct device *d);
void command_choice_clear(struct command_choice *x);

/* How long the line of a command is in the reply. */
size_t command_choice_room(const struct command_choice *x, const struct command *c);
/* Whether commands wait in lanes, one of which waits for no other. */
bool command_choice_has_lanes(const struct command_choice *x);

/* Choose among the open commands, once more where guards were examined since. GH_ENOMEM, errors of the store. */
GH_MUST_CHECK enum gh_err command_choose(struct command_choice *x, const struct store_ops *ops,
					 struct store *s, int64_t now_ms);
/* Where there are lanes: of what each offers, as many as a reply takes, the first lane first. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err command_choice_join(struct command_choice *x);

#endif
