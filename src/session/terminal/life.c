#include "session/terminal/life.h"

/* --- the tables --- */

enum { UNLINKED, LINKED };
enum { RESULT, CONDITION };

/* More values of a transition's `from`, behind those of the states. */
enum { FROM_ANY = LIFE_STATES, FROM_LINKED };
#define LIFE_ANY FROM_ANY
#define LIFE_LINKED FROM_LINKED
#define TERMINAL_SAME TERMINAL_LINKS

enum life_action {
	ACTION_NONE,
	ACTION_SCHEDULE_READ,
	ACTION_TRY_PEOPLE,
	ACTION_SCHEDULE_PEOPLE,
	ACTION_RESET_PAUSE,
	ACTION_GIVE_UP_LIVE,
	ACTION_SCHEDULE_RETRY,
	ACTION_HASTEN_RETRY,
};

static const struct life_state_row {
	const char *name;
	enum terminal_link link;
	int handle;
} state_row[LIFE_STATES] = {
#define TERMINAL_STATE(name, link, handle) { #name, TERMINAL_##link, handle },
#include "session/terminal/life.def"
#undef TERMINAL_STATE
};

static const struct life_cause_row {
	const char *name;
	int kind;
} cause_row[CAUSES] = {
#define TERMINAL_CAUSE(name, kind) { #name, kind },
#include "session/terminal/life.def"
#undef TERMINAL_CAUSE
};

static const struct life_transition {
	int from;
	enum terminal_life_cause cause;
	enum terminal_life_state to;
	enum life_action action;
} transition[] = {
#define TERMINAL_TRANSITION(from, cause, to, action) \
	{ LIFE_##from, CAUSE_##cause, LIFE_##to, ACTION_##action },
#include "session/terminal/life.def"
#undef TERMINAL_TRANSITION
};

bool terminal_life_is_linked(enum terminal_life_state state)
{
	return state_row[state].handle == LINKED;
}

enum terminal_link terminal_life_link(enum terminal_life_state state, enum terminal_link before)
{
	enum terminal_link link = state_row[state].link;

	return link == TERMINAL_SAME ? before : link;
}

const char *terminal_life_state_name(enum terminal_life_state state)
{
	return state_row[state].name;
}

const char *terminal_life_cause_name(enum terminal_life_cause cause)
{
	return cause < CAUSES ? cause_row[cause].name : "NONE";
}

static const struct life_transition *transition_of(int from, enum terminal_life_cause cause)
{
	for (size_t i = 0; i < sizeof(transition) / sizeof(transition[0]); i++)
		if (transition[i].from == from && transition[i].cause == cause)
			return &transition[i];
	return NULL;
}

static const struct life_transition *transition_find(enum terminal_life_state state,
						     enum terminal_life_cause cause)
{
	const struct life_transition *t = transition_of((int)state, cause);

	if (t == NULL && terminal_life_is_linked(state))
		t = transition_of(FROM_LINKED, cause);
	if (t == NULL && state != LIFE_STOPPED)
		t = transition_of(FROM_ANY, cause);
	return t;
}

/* --- conditions --- */

/* Milliseconds until the log has to be read; 0: now. */
static int64_t life_read_in(const struct terminal_life *life,
			    const struct terminal_facts *facts, int64_t now)
{
	int64_t s = facts->read_interval_s > 0 ? facts->read_interval_s : LIFE_READ_INTERVAL_S;
	int64_t left = life->was_read ? life->read_ms + s * 1000 - now : 0;

	return left > 0 ? left : 0;
}

/* The same of the people. Where the connection ends by it each time, that is not all that is done. */
static int64_t life_people_in(const struct terminal_life *life, int64_t now)
{
	int64_t pause = life->people_read ? LIFE_PEOPLE_MS : LIFE_PEOPLE_AGAIN_MS;
	int64_t left = life->people_tried ? life->people_ms + pause - now : 0;

	return left > 0 ? left : 0;
}

static bool condition_holds(const struct terminal_life *life, const struct terminal_facts *f,
			    enum terminal_life_cause cause, int64_t now)
{
	switch (cause) {
	case CAUSE_STOPPING:
		return f->stopping;
	case CAUSE_DELETED:
		return f->deleted;
	case CAUSE_UNAPPROVED:
		return !f->approved;
	case CAUSE_MOVED:
		return f->moved;
	case CAUSE_APPROVED:
		return f->approved;
	case CAUSE_BACK_OFF_OVER:
		return now >= life->retry_ms;
	case CAUSE_READ_DUE:
		return life_read_in(life, f, now) == 0;
	case CAUSE_COMMAND_WAITS:
		return f->command_waits;
	case CAUSE_PEOPLE_DUE:
		return life->was_read && life_people_in(life, now) == 0;
	case CAUSE_LIVE_WANTED:
		return f->live && !life->live_given_up;
	default:
		return cause == CAUSE_NOTHING_DUE;
	}
}

/* --- actions --- */

static void life_schedule_retry(struct terminal_life *life, int64_t now)
{
	if (now - life->attempt_ms > LIFE_STEADY_MS)
		life->pause_ms = LIFE_PAUSE_MS;
	life->failed_ms = now;
	life->retry_ms = now + life->pause_ms;
	life->pause_ms *= 2;
	if (life->pause_ms > LIFE_PAUSE_MAX_MS)
		life->pause_ms = LIFE_PAUSE_MAX_MS;
}

static void life_hasten_retry(struct terminal_life *life)
{
	int64_t soon = life->failed_ms + LIFE_HASTENED_MS;

	if (life->retry_ms > soon)
		life->retry_ms = soon;
}

static void life_act(struct terminal_life *life, enum life_action action, int64_t now)
{
	switch (action) {
	case ACTION_NONE:
		break;
	case ACTION_SCHEDULE_READ:
		life->read_ms = now;
		life->was_read = true;
		break;
	case ACTION_TRY_PEOPLE:
		life->people_ms = now;
		life->people_tried = true;
		life->people_read = false;
		break;
	case ACTION_SCHEDULE_PEOPLE:
		life->people_ms = now;
		life->people_read = true;
		break;
	case ACTION_RESET_PAUSE:
		life->pause_ms = LIFE_PAUSE_MS;
		break;
	case ACTION_GIVE_UP_LIVE:
		life->live_given_up = true;
		break;
	case ACTION_SCHEDULE_RETRY:
		life_schedule_retry(life, now);
		break;
	case ACTION_HASTEN_RETRY:
		life_hasten_retry(life);
		break;
	}
}

/* --- the machine --- */

void terminal_life_begin(struct terminal_life *life)
{
	*life = (struct terminal_life){ .state = LIFE_WAITING, .pause_ms = LIFE_PAUSE_MS };
}

static void life_enter(struct terminal_life *life, enum terminal_life_state state, int64_t now)
{
	life->state = state;
	if (state == LIFE_CONNECTING) {
		life->attempt_ms = now;
		life->live_given_up = false;
	}
}

enum terminal_life_cause terminal_life_step(struct terminal_life *life,
					    const struct terminal_facts *facts,
					    enum terminal_life_cause result, int64_t now_ms)
{
	for (enum terminal_life_cause cause = 0; cause < CAUSES; cause++) {
		bool holds = cause_row[cause].kind == RESULT
				     ? cause == result
				     : condition_holds(life, facts, cause, now_ms);
		const struct life_transition *t =
			holds ? transition_find(life->state, cause) : NULL;

		if (t == NULL)
			continue;
		life_act(life, t->action, now_ms);
		life_enter(life, t->to, now_ms);
		return cause;
	}
	return CAUSE_NONE;
}

static int64_t time_least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t terminal_life_wait_ms(const struct terminal_life *life,
			      const struct terminal_facts *facts, int64_t now_ms)
{
	int64_t read_in = life_read_in(life, facts, now_ms);

	switch (life->state) {
	case LIFE_WAITING:
		return LIFE_WAIT_FOREVER;
	case LIFE_RESTING:
		return facts->commands_open ? time_least(read_in, LIFE_COMMAND_LOOK_MS)
					    : read_in;
	case LIFE_LISTENING:
		return time_least(read_in, LIFE_LISTEN_MS);
	case LIFE_BACKING_OFF:
		return life->retry_ms > now_ms ? life->retry_ms - now_ms : 0;
	default:
		return 0;
	}
}
