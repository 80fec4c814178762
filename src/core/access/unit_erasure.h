/* Whether the log of events of an access unit may be erased. An erasure cannot be limited to events that are
 * stored (Security PUSH 3.1.2, 9.1.2), so each one has a count of its own, made for it (9.1.3), and goes out only
 *
 * - with the first request for commands after the unit has answered that count;
 * - where the unit counted exactly the events that are stored of it;
 * - where no event came from the unit since before the count was ordered.
 *
 * Otherwise the unit counts again, and the erasure waits and shows why. What the server cannot close: an event
 * that happens after the unit has counted and before it erases, and that the unit does not upload before it
 * requests the command.
 *
 * What is known of a count is in memory: after a restart the unit counts again.
 *
 * Threads: any, where nothing else is noted. The lock of the device guards its members. */
#ifndef GH_CORE_ACCESS_UNIT_ERASURE_H
#define GH_CORE_ACCESS_UNIT_ERASURE_H

#include <stdatomic.h>

#include "core/devices.h"

#define UNIT_ERASURE_WHY 240

/* Of a device. */
struct unit_erasure {
	_Atomic uint32_t polls;	  /* requests for commands */
	_Atomic uint32_t uploads; /* pieces of uploads with events */
	_Atomic bool waits;	  /* an erasure, for a count that is to be ordered */

	int64_t ordered_ms; /* monotonic, the latest count; 0: none was */
	bool open;	    /* it is not answered yet */
	int64_t count;	    /* its command; 0: not known yet */
	int64_t known;	    /* events that were stored when it was ordered */
	uint32_t uploads_then;
	bool answered;
	int64_t counted, counted_ms; /* by the unit, and when */
	uint32_t polls_then;
	/* What was wrong with the latest answer; empty: it was right, or there was none. */
	char why[UNIT_ERASURE_WHY];
};

struct unit_erasures;

/* NULL: no memory. */
struct unit_erasures *unit_erasures_new(struct server *server);
/* After the readers have ended and the store's queue was closed. NULL is fine. */
void unit_erasures_free(struct unit_erasures *u);
/* Each second: counts are ordered. NULL is fine. */
void unit_erasures_tick(struct unit_erasures *u);

/* Events of that device arrived. */
void unit_erasure_uploaded(struct device *d);

/* The unit answered a command with a count, or with that return code. After the commit. */
void unit_erasure_counted(struct server *server, struct device *d, int64_t command,
			  int64_t counted);
void unit_erasure_returned(struct server *server, struct device *d, int64_t command,
			   int64_t code);

/* Whether an erasure may be given out with the reply to the present request for commands; `why` is empty where it
 * may, and the reason why it waits otherwise. On the store thread. */
void unit_erasure_judge(struct server *server, struct device *d, char why[UNIT_ERASURE_WHY]);
/* After the commit: one waits, or was given out. */
void unit_erasure_waits(struct server *server, struct device *d);
void unit_erasure_given(struct device *d);

#endif
