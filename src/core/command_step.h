/* The states of a command and the transitions between them, as a table. */
#ifndef GH_CORE_COMMAND_STEP_H
#define GH_CORE_COMMAND_STEP_H

#include "base/err.h"
#include "model/command.h"

enum command_input {
	COMMAND_OFFERED,    /* put into a reply */
	COMMAND_LOST,	    /* that reply did not arrive, or its effect was lost */
	COMMAND_UNANSWERED, /* the same, of one that is sent once */
	COMMAND_GIVE_UP,    /* offered too often */
	COMMAND_DEADLINE,   /* expired */
	COMMAND_CANCEL,
	COMMAND_SUCCESS,
	COMMAND_REFUSAL, /* answered with an error */
	COMMAND_LATER,	 /* answered "the result comes later" */
	COMMAND_INPUTS
};

/* GH_ESTATE, with *state as it was, where the table has no such edge. */
GH_MUST_CHECK enum gh_err command_step(enum command_state *state, enum command_input in);

#endif
