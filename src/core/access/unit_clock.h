/* The clock of an access unit, in a closed loop: what its reports show of it is compared with the time it is
 * to show, it is set where it is off, and what it shows then decides how it reads what it is given: the
 * document writes local time, a program of the vendor sends UTC (Security PUSH 3.1.2, 9.5.1 and 11.5).
 *
 * A report of the present state (rtstate) is of now. An event may be an old one that is sent again: those
 * count only of a unit that reports no states, and only when three come with some time between them in which
 * the unit's clock went on as ours did. */
#ifndef GH_CORE_ACCESS_UNIT_CLOCK_H
#define GH_CORE_ACCESS_UNIT_CLOCK_H

#include "base/civil_time.h"
#include "core/server.h"
#include "model/device.h"

struct device;

enum {
	UNIT_CLOCK_SAMPLES = 3,	 /* that have to agree ... */
	UNIT_CLOCK_SPREAD_S = 5, /* within this */
	UNIT_CLOCK_RIGHT_S = 20, /* a clock that is off by no more is left alone */
	UNIT_CLOCK_FAR_S =
		120, /* further only where its zone was set, or a person ordered it */
	UNIT_CLOCK_FORM_S =
		60, /* the offset of the zone, by which a unit shows that it reads UTC */
	UNIT_CLOCK_AGAIN_MS = 3600000, /* between two settings */
	UNIT_CLOCK_EVENT_MS = 20000,   /* between two events that count */
	UNIT_CLOCK_STATES_MS =
		600000, /* so long after a report of states events do not count */
};

/* What is known of a unit's clock. Zeros: nothing. */
struct unit_clock {
	int64_t off_s[UNIT_CLOCK_SAMPLES]; /* its digits less UTC, the latest last */
	unsigned samples;
	int64_t sample_ms, state_ms; /* when the latest came; of a report of states; 0: never */
	int64_t given_ms;	     /* when setting it was ordered last; 0: never ... */
	int64_t given_time_ms;	     /* by the time of day ... */
	int64_t given_offset_s;	     /* and to a time of that offset */
	bool given_before;	     /* the start of the server; to what time is not known */
	bool answered;		     /* the unit has set it, and it was not looked at since */
	bool settled;		     /* it was right, at that offset of its zone */
	int64_t settled_offset_s;
	bool recalled;	 /* what is stored was taken over ... */
	int64_t kept_ms; /* which is this given_time_ms */
};

/* By what it is decided. Offsets are seconds east of UTC at the moment. */
struct unit_clock_facts {
	enum clock_policy policy;
	bool own_zone;		 /* a zone was set for the device */
	bool form_utc;		 /* it is known to read UTC */
	int64_t zone_offset_s;	 /* of the device's zone */
	int64_t target_offset_s; /* of the time it is to show */
	int64_t now_ms;		 /* of a clock that is never set ... */
	int64_t time_ms;	 /* and by the time of day */
};

enum unit_clock_step {
	UNIT_CLOCK_NOTHING, /* too little is known */
	UNIT_CLOCK_RIGHT,
	UNIT_CLOCK_LEFT, /* it is off, and is not set now */
	UNIT_CLOCK_SET,
	UNIT_CLOCK_TURN, /* it reads UTC: that is to be stored, and it is set in this form */
};

/* A sample of a report of states, or of an event that came alone; whether it completes three that agree. */
bool unit_clock_sample(struct unit_clock *c, int64_t off_s, bool is_state, int64_t now_ms);
/* What to do, with samples that agree. It decides once about them where it sets the clock. */
enum unit_clock_step unit_clock_decide(struct unit_clock *c, const struct unit_clock_facts *f);
/* The unit acknowledged that it has set its clock: what it showed before is over. */
void unit_clock_answered(struct unit_clock *c);
/* After a restart: that it was set at that time of day holds, once. `now_ms` and `time_ms` as in the facts. A time
 * of day that went back meanwhile makes the hour begin again. */
void unit_clock_recall(struct unit_clock *c, int64_t set_ms, int64_t now_ms, int64_t time_ms);
/* Whether another given_time_ms is to be stored than is; it counts as stored from then on. */
bool unit_clock_keep(struct unit_clock *c, int64_t *set_ms);

/* --- of a device in the register; from any thread but that of the store ---
 * Nothing but its serial number makes a request that of a unit without a key. How a unit reads the time, seen at one
 * address, is therefore not taken for how one at another address reads it. `from`: where the request comes
 * from; empty: it proved that it is the unit's. */

/* It reported a state, or an event, of that time just now; `row` is a copy of its row. To be called for requests
 * that proved to be the unit's, or come from where it is at home (core/devices.h). */
void device_unit_clock_seen(struct server *server, struct device *d,
			    const struct device_row *row, gh_slice from, ghi_civil shown,
			    bool is_state);
/* From any thread: it has set its clock. */
void device_unit_clock_answered(struct device *d);
/* The time to give it now, as it reads it: packed seconds (11.5). GH_ETOOBIG: the protocol has no such
 * time. */
GH_MUST_CHECK enum gh_err device_unit_clock_packed(struct server *server, struct device *d,
						   const struct device_row *row, gh_slice from,
						   int64_t now_ms, uint32_t *packed);

#endif
