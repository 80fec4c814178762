/* Topics of the live stream whose states are in the store: commands, enrolments and plans. They are read by one job of a
 * reader thread at a time, about once a second while a stream follows them: of commands, and the enrolments among them, those that changed since,
 * of plans the newest, of which those are given that are printed otherwise than before.
 *
 * Threads: stored_states_begin() and stored_states_look() on any, under the owner's lock; `put` and `wake` are called
 * on a reader thread. */
#ifndef GH_API_STORED_STATES_H
#define GH_API_STORED_STATES_H

#include "api/state_watch.h"
#include "core/readers.h"

struct stored_states;

/* put: one state, as state_changed_fn. wake: all of a look were given. NULL: no memory. */
struct stored_states *stored_states_new(struct server *server, state_changed_fn *put,
					void (*wake)(void *ctx), void *ctx);
/* When no reader thread runs. NULL is fine. */
void stored_states_free(struct stored_states *s);

/* A topic begins to be followed: what changes from now on is given. */
void stored_states_begin(struct stored_states *s, enum state_topic topic);
/* Look at these topics (bits 1 << STATE_COMMAND …), unless a look is under way. */
void stored_states_look(struct stored_states *s, unsigned topics);

#endif
