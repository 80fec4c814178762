/* The life of one terminal as a state machine: it is approved, connected, identified by its
 * serial number, its clock is set, its log read, its commands executed, its live events
 * received; and the same again after a failure. States, causes and transitions are the three
 * tables of life.def.
 *
 * Nothing here waits, locks, allocates or reads a clock. The caller repeats:
 *
 *	gather the facts;
 *	terminal_life_step(): a transition, or none;
 *	none: do the activity of the state (or wait terminal_life_wait_ms()), and keep the result.
 *
 * In the server the caller is the worker's thread (worker.c); in tests/session/terminal it is the test.
 * A life belongs to one thread. */
#ifndef GH_SESSION_TERMINAL_LIFE_H
#define GH_SESSION_TERMINAL_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/terminals.h"

enum terminal_life_state {
#define TERMINAL_STATE(name, link, handle) LIFE_##name,
#include "session/terminal/life.def"
#undef TERMINAL_STATE
	LIFE_STATES
};

enum terminal_life_cause {
#define TERMINAL_CAUSE(name, kind) CAUSE_##name,
#include "session/terminal/life.def"
#undef TERMINAL_CAUSE
	CAUSES,
	CAUSE_NONE = CAUSES /* a step without a transition, an activity without a result */
};

enum {
	LIFE_PAUSE_MS = 5000, /* after the first failure; doubles with each further one */
	LIFE_PAUSE_MAX_MS = 300000,
	LIFE_HASTENED_MS = 5000,    /* after a failure, when commands wait for the terminal */
	LIFE_STEADY_MS = 30000,	    /* a longer connection resets the pause to the short one */
	LIFE_READ_INTERVAL_S = 600, /* unless the device has one of its own */
	LIFE_PEOPLE_MS = 86400000,  /* between two reads of the people */
	LIFE_PEOPLE_AGAIN_MS = 600000, /* the same, after one that failed */
	LIFE_COMMAND_LOOK_MS =
		5000,	       /* how often open commands are checked for a repeated offer */
	LIFE_LISTEN_MS = 5000, /* the longest wait for a live event */
};

/* No time limit. */
#define LIFE_WAIT_FOREVER INT64_MAX

/* The current facts, gathered before each step. */
struct terminal_facts {
	bool stopping; /* the server ends */
	bool deleted;  /* the device was deleted, or is no terminal any more */
	bool approved;
	bool moved; /* address, comm key, charset, zone or clock differ from the connection's */
	bool live;  /* live events are enabled for this device */
	bool command_waits;	 /* a command is on offer */
	bool commands_open;	 /* some have not ended: one may be on offer later */
	int64_t read_interval_s; /* 0: the default */
};

/* Times are milliseconds of a clock that is never set. */
struct terminal_life {
	enum terminal_life_state state;
	int64_t attempt_ms; /* start of the present or last connection */
	int64_t failed_ms;  /* when the last failure was */
	int64_t retry_ms;   /* when BACKING_OFF ends */
	int64_t pause_ms;   /* of the next failure */
	int64_t read_ms;    /* when the log was last read to its end */
	bool was_read;	    /* since the life began; read_ms is valid */
	int64_t people_ms;  /* when the people were last read, or that began */
	bool people_tried;  /* since the life began; people_ms is valid */
	bool people_read;   /* and the latest read came to its end */
	bool live_given_up; /* it does not support live events; until the next connection */
};

/* In WAITING, with nothing read. */
void terminal_life_begin(struct terminal_life *life);

/* Make one transition if there is a cause for one, and return the cause; otherwise CAUSE_NONE.
 * `result`: of the activity of the state, CAUSE_NONE if it has not run since the state was
 * entered. */
enum terminal_life_cause terminal_life_step(struct terminal_life *life,
					    const struct terminal_facts *facts,
					    enum terminal_life_cause result, int64_t now_ms);

/* How long the state may wait before the next step: 0 if it has work to do, LIFE_WAIT_FOREVER if
 * only a change of the device can end it. */
int64_t terminal_life_wait_ms(const struct terminal_life *life,
			      const struct terminal_facts *facts, int64_t now_ms);

/* Whether the worker has a handle of the terminal in this state. */
bool terminal_life_is_linked(enum terminal_life_state state);
/* The state shown to people; `before`: the one shown previously. */
enum terminal_link terminal_life_link(enum terminal_life_state state,
				      enum terminal_link before);
/* "SETTING_CLOCK", "READ_DUE", for logs and tests; static. */
const char *terminal_life_state_name(enum terminal_life_state state);
const char *terminal_life_cause_name(enum terminal_life_cause cause);

#endif
