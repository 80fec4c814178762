/* What changed of devices, problems, doors and contacts since the last look: each state is compared with what it was
 * then, so the cost does not follow how often something happens, and a poll of a device writes nothing.
 *
 * Threads: one at a time; the owner has a lock. */
#ifndef GH_API_STATE_WATCH_H
#define GH_API_STATE_WATCH_H

#include "base/json.h"
#include "core/server.h"

enum state_topic {
	STATE_DEVICE,
	STATE_PROBLEM,
	STATE_DOOR,
	STATE_CONTACT,
	/* In the store (stored_states.h), and not looked at here. */
	STATE_COMMAND,
	STATE_PLAN,
	STATE_ENROLMENT,
	STATE_TOPICS,
	STATE_STORED = STATE_COMMAND,
};

/* "device", "problem" … */
const char *state_topic_name(enum state_topic topic);

struct state_watch;

/* NULL: no memory. */
struct state_watch *state_watch_new(struct server *server);
void state_watch_free(struct state_watch *w); /* NULL is fine */

/* One change. `data` is a JSON object, borrowed; `device` is whose it is, 0: no device's. */
typedef void state_changed_fn(void *ctx, enum state_topic topic, int64_t device, gh_slice data);

/* Note how it is now, without a call of fn: for a topic that begins to be followed. */
void state_watch_begin(struct state_watch *w, enum state_topic topic);
/* Call fn for each that is new, has changed, or is gone, and note how it is now. */
void state_watch_look(struct state_watch *w, enum state_topic topic, state_changed_fn *fn,
		      void *ctx);

#endif
