/* One simulated access device, without a socket: it gives its next request, and is given the response
 * or that there was none. Connections are not its concern. The time is passed in, in milliseconds
 * after the fleet started (Security PUSH 3.1.2, 4 to 10). */
#ifndef GH_SIM_ACCESS_UNIT_H
#define GH_SIM_ACCESS_UNIT_H

#include "sim/access/decision.h"
#include "sim/access/outbox.h"
#include "sim/access/panel.h"
#include "sim/access/plan.h"
#include "sim/access/population.h"
#include "sim/access/statistics.h"
#include "sim/prng.h"
#include "sim/reply.h"
#include "sim/request.h"

#define ACC_BODY_MAX ((size_t)4 << 20) /* of a request */

enum unit_state {
	UNIT_OFF,
	UNIT_HELLO,    /* the first request */
	UNIT_REGISTER, /* the server does not know it */
	UNIT_CONFIGURE,
	UNIT_READY,
};

/* The kind of the request in flight. */
enum unit_request {
	UNIT_NOTHING,
	UNIT_SENDS_HELLO,
	UNIT_SENDS_REGISTRATION,
	UNIT_SENDS_PUSH,
	UNIT_SENDS_EVENTS,
	UNIT_SENDS_STATE,
	UNIT_SENDS_POST, /* the first of the outbox */
	UNIT_SENDS_PING,
	UNIT_SENDS_POLL,
};

/* Events of numbers from one up to, not including, another. */
struct unit_upload {
	uint32_t from, to, records, bad_lines;
};

/* A file being fetched for UPGRADE, or for a photo of which a command has the address. */
struct unit_fetch {
	bool active;
	const char *words; /* of the command */
	char id[24], checksum[40], path[512];
	int64_t size; /* declared; -1: not */
	int method;   /* of UPGRADE: 1 to 3; 4: a photo */
	GByteArray *bytes;
	/* Of a photo: its table, its row, and the rows behind it. */
	int table;
	GByteArray *row, *rest;
};

struct unit {
	const struct acc_plan *plan;
	const struct acc_persona *persona;
	struct acc_statistics *statistics;
	uint32_t number;
	char sn[32];
	struct sim_prng prng;
	struct panel panel;
	struct population population;
	GQueue visits;	      /* of struct acc_visit */
	struct acc_sub *subs; /* behind a main controller: subs.h */
	unsigned subs_n;
	struct acc_sub *serving; /* whose panel is the unit's for now; NULL: its own */
	unsigned registered;	 /* options that are parameters of the registration */
	enum unit_state state;
	enum unit_request in_flight;
	int64_t now_ms, ready_ms, poll_ms, ping_ms, state_ms, flush_ms;
	uint32_t request_delay_ms, error_delay_ms, interval_ms, timeout_ms;
	bool realtime, flush;
	bool summary;	   /* the next poll has INFO */
	int8_t fahrenheit; /* IRTempUnitTrans of the server; below 0: it sends none */
	char trans_times[64];
	char code[64], session[64], old_session[64];
	char protocol[16]; /* PushProtVer */
	char templates[64],
		photos[64]; /* of which biometric types both ends have; empty: of all */
	uint8_t tries;
	uint8_t refused; /* how many of its latest requests were, or got no answer; 255: or more */
	bool lose_power, reboot, beat;
	bool stale;	      /* the next request bears the cookie of an earlier session */
	int64_t clock_set_ms; /* when it was set last */
	int64_t clock_off_s;  /* what SET OPTIONS DateTime and Date made of the clock */
	uint32_t acked;	      /* events before this number were acknowledged */
	uint32_t sent;	      /* events before this were sent once */
	struct unit_upload upload, repeat;
	uint32_t disturbances; /* of uploads so far */
	gh_slice last_state;   /* owned; as it was acknowledged */
	uint32_t gate_in, gate_out, gate_alarms, gate_runs;
	struct acc_outbox outbox;
	struct acc_post *sending; /* of the outbox, in flight */
	GByteArray *commands;	  /* a reply, being carried out from `done` on */
	size_t done;
	struct unit_fetch fetch;
	/* An attempt that the server decides. */
	bool asking;
	struct panel_attempt asked;
	struct panel_verdict asked_verdict;
	char asked_pin[PANEL_PIN + 1];
};

/* Working memory for one request at a time, shared by a fleet. */
struct unit_scratch {
	char query[4096], head[8192];
	uint8_t body[ACC_BODY_MAX];
};

/* GH_ETOOBIG: the serial number does not fit. */
GH_MUST_CHECK enum gh_err unit_open(struct unit *u, const struct acc_plan *plan,
				    uint32_t number, struct acc_statistics *statistics);
void unit_close(struct unit *u);

/* The next request; false: none now. unit_wake_ms() is the time of the next call. */
bool unit_next_request(struct unit *u, int64_t now_ms, struct unit_scratch *scratch,
		       struct sim_request *out);
int64_t unit_wake_ms(const struct unit *u);

/* The end of the request in flight: a response, or none. */
void unit_response(struct unit *u, int64_t now_ms, const struct sim_reply *reply);
void unit_no_response(struct unit *u, int64_t now_ms);

/* Nothing left to send, deliver or carry out. */
bool unit_idle(const struct unit *u);
/* Events still to be sent. */
uint64_t unit_pending(const struct unit *u);

/* --- for the files of this folder --- */

/* Let the device's clock and what people do at it follow the time. */
void unit_follow(struct unit *u, int64_t now_ms);
/* What its clock shows. */
int64_t unit_clock_s(const struct unit *u);

/* The event as it is sent, by this persona; text lies in `text`. */
struct unit_event_text {
	char pin[32], card[24], verify[40], event[12], temperature[8], shown[8];
};
void unit_event(const struct unit *u, const struct panel_event *e, struct access_event *out,
		struct unit_event_text *text);
/* The rows of rtstate as of now: its own, and those of its sub-controllers. Without the time, to compare
 * two. */
void unit_state_write(struct ghi_writer *w, const struct unit *u);
void unit_state_write_timeless(struct ghi_writer *w, const struct unit *u);
/* The row of one panel. */
void unit_panel_states_write(struct ghi_writer *w, const struct panel *p, ghi_civil at);
#define UNIT_STATES_ROOM 16384

/* Power is lost and comes back: what is in memory only is gone. */
void unit_power_cycle(struct unit *u);

/* Whether a fault happens, by a number of its own. It is counted. */
bool unit_fault(struct unit *u, enum acc_fault f, uint64_t which);

#endif
