/* The model of the site in memory, so that a request whether a person may pass is decided without the store.
 * It is read again after each change of people, rules, levels and what else it is made of
 * (core/entity_change.c). From the commit of a change until it has been read again nothing is decided: who
 * was disabled a moment ago never passes by what is not true any more. It has a ceiling; a site beyond
 * it is not decided about.
 *
 * Threads: any may decide; one reader at a time reads. A model lives until the last decision of it ends. */
#ifndef GH_CORE_ACCESS_SITE_MEMORY_H
#define GH_CORE_ACCESS_SITE_MEMORY_H

#include "base/arena.h"
#include "core/access/site_claim.h"
#include "core/server.h"

struct site_memory;

/* NULL: memory is exhausted. `server` outlives it. */
struct site_memory *site_memory_new(struct server *server);
/* After the readers were stopped. NULL is fine. */
void site_memory_free(struct site_memory *m);

/* Something it is made of was changed, and committed; or nothing was read yet. NULL is fine. */
void site_memory_stale(struct site_memory *m);

/* Who requests to pass, and where. */
struct site_request {
	gh_slice pin;	     /* empty: by the card */
	int64_t card_number; /* 0 or less: none */
	struct site_door door;
	ghi_civil at; /* what the door's clock should show now */
};

enum site_decided {
	SITE_DECIDED_GRANTED,
	SITE_DECIDED_DENIED,
	SITE_DECIDED_ELSEWHERE, /* no level names the door: what the unit holds decides */
	SITE_DECIDED_NOT_READY, /* it is being read, or cannot be */
};

struct site_decision {
	enum site_decided decided;
	enum site_verdict why; /* where granted or denied */
	int64_t person;	       /* number of the person; 0: unknown */
	int64_t open_seconds;  /* that the door is set to; 0: nothing is */
};

/* The person by PIN, else by card, in the namespace of the door's unit, as site_identify(). A card that is marked as lost, or is of another person than
 * the PIN, denies at every door. */
struct site_decision site_memory_decide(struct site_memory *m, const struct site_request *r);

/* Waits until something true was read, for so many seconds at most. On a reader thread of the class READERS_SHORT: it
 * is read on the other. */
void site_memory_wait(struct site_memory *m, int64_t most_s);

/* No level is looked at. Passwords are compared in constant time. `m` NULL: there is no such person. */
struct site_claim_answer site_memory_check(struct site_memory *m, const struct site_claim *c,
					   struct arena *arena);

#endif
