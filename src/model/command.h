/* A command from the queue to the device's answer: what a device shall do, by meaning
 * (command_kind.h). */
#ifndef GH_MODEL_COMMAND_H
#define GH_MODEL_COMMAND_H

#include "base/slice.h"
#include "model/command_kind.h"

enum command_state {
#define COMMAND_STATE(NAME, json, open) COMMAND_##NAME,
#include "model/command_state.def"
#undef COMMAND_STATE
	COMMAND_STATES
};

const char *command_state_name(enum command_state s);
bool command_is_open(enum command_state s);
/* COMMAND_STATES when there is no such name. */
enum command_state command_state_of(gh_slice name);

struct command {
	int64_t id;	 /* also the id on the wire, in decimal */
	int64_t device;	 /* the store's number of the device */
	gh_slice serial; /* set when read back */
	enum command_kind
		kind; /* COMMAND_KINDS: stored before commands had kinds; `shown` has its words */
	gh_slice arguments; /* as command_kind.h has them */
	gh_slice shown;	    /* the words sent to the device, secrets hidden */
	gh_slice subject;   /* what it is about (command_subject.h); not set when read back */
	gh_slice requested_by; /* name of the token; empty: not known */
	enum command_state state;
	int32_t tries; /* how often it was put into a reply */
	int64_t created_ms;
	int64_t sent_ms; /* last time; 0 = never */
	int64_t done_ms; /* 0 = not yet */
	int64_t expires_ms;
	bool has_return;
	int64_t return_code;
	gh_slice result; /* what the device sent with its answer, or why the server ended it */
	int64_t verified_ms;  /* the door itself showed it; 0: it did not */
	int64_t verified_seq; /* by that access event; 0: otherwise */
	gh_slice sub_serial;  /* the unit behind a panel that executed it, when reported */
};

/* A step of its history. */
struct command_event {
	int64_t at_ms;
	enum command_state state; /* the new state */
	gh_slice detail;	  /* why, in words; may be empty */
};

#endif
