/* A row of the audit: who did what to what, or what became of it. Rows are only added; they outlive
 * what they are about. */
#ifndef GH_MODEL_AUDIT_H
#define GH_MODEL_AUDIT_H

#include "base/slice.h"

enum audit_actor {
#define AUDIT_ACTOR(NAME, word) AUDIT_##NAME,
#include "model/audit_actor.def"
#undef AUDIT_ACTOR
	AUDIT_ACTORS
};

struct audit_row {
	int64_t seq; /* 1, 2, 3 … without a gap */
	int64_t at_ms;
	int64_t command; /* the order it belongs to; 0: none */
	enum audit_actor actor;
	int64_t actor_id; /* of a token or an account; 0: none */
	gh_slice by;	  /* its name, or the serial number of a device */
	gh_slice from;	  /* its address */
	gh_slice action;  /* a verb and a noun: "open_door", "approve_device" */
	gh_slice subject; /* a noun and what names it: "door:SN:2", "device:SN", "token:3" */
	gh_slice outcome; /* "done", "refused", or the state of an order */
	gh_slice before;  /* objects of JSON: what changed, or was ordered; empty: nothing */
	gh_slice after;
	gh_slice reason; /* why, in words */
	/* Of a row that is put: where numbers are by the commit, of what is stored in the same
	 * transaction. The one becomes `command`, the other stands behind the subject, which ends
	 * with a colon. NULL: there is none. */
	const int64_t *command_at, *subject_at;
};

/* What became of an act; of orders besides the names of their states. */
#define AUDIT_DONE GH_LIT("done")
#define AUDIT_REFUSED GH_LIT("refused")
#define AUDIT_CONFIRMED GH_LIT("confirmed")

#define AUDIT_SUBJECT 160 /* bytes of a subject at the most; longer ones are cut */

/* "token" …; NULL: there is no such actor. */
const char *audit_actor_word(size_t actor);

#endif
