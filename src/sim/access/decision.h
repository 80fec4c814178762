/* What happens when a person shows a card, a finger, a face or types a number at a reader. The
 * document has the codes of what can come of it, and no order of the checks; the order here is a
 * choice, which has been seen on no device. */
#ifndef GH_SIM_ACCESS_DECISION_H
#define GH_SIM_ACCESS_DECISION_H

#include "sim/access/panel.h"

/* How it is reported: the codes for cards, fingers and passwords differ. */
enum panel_kind {
	PANEL_KIND_CARD, /* and whatever has no codes of its own */
	PANEL_KIND_FINGER,
	PANEL_KIND_PASSWORD,
	PANEL_KIND_CARD_AND_FINGER,
	PANEL_KINDS
};

#define PANEL_NO_EVENT (-1)

struct panel_attempt {
	unsigned door; /* from 1 */
	int direction; /* 0: entry reader, 1: exit reader */
	enum panel_factor factor;
	uint64_t card; /* of PANEL_CARD */
	gh_slice pin;  /* of a finger or face that was recognised, or typed; empty: unknown */
	gh_slice password; /* of PANEL_PASSWORD */
	bool duress;	   /* the finger that calls for help */
	bool bad_format;   /* the reader's bits are of no known Wiegand format */
};

struct panel_verdict {
	int32_t event;	 /* PANEL_NO_EVENT: nothing is reported, as while a factor is missing */
	bool open;	 /* the lock is released */
	bool ask;	 /* the server decides; panel_attempt_end() has the answer */
	int64_t seconds; /* of the lock; 0: no time of its own (normal-open) */
	char pin[PANEL_PIN + 1]; /* empty: not known */
	uint16_t factors;
	uint8_t alarms;	       /* that begin with it */
	int64_t first_until_s; /* normal-open begins and lasts until then; PANEL_NEVER */
};

/* The verdict, in the order of steps 1 to 20. What an attempt changes by itself (the time of the last
 * attempt, factors that were shown, a group that waits) is changed; the door is not opened. */
struct panel_verdict panel_decide(struct panel *p, const struct panel_attempt *a);

/* An attempt with its consequences: the event, the lock, the alarms, the memory of anti-passback. */
struct panel_verdict panel_attempt(struct panel *p, const struct panel_attempt *a);

enum panel_answer { PANEL_ANSWER_YES, PANEL_ANSWER_NO, PANEL_ANSWER_LATE };
/* The end of an attempt that a server decided. */
void panel_attempt_end(struct panel *p, const struct panel_attempt *a,
		       const struct panel_verdict *v, enum panel_answer answer);

/* The code of a multi-card opening that failed. */
int32_t panel_group_failed(enum panel_kind kind);

#endif
