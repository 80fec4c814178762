/* One simulated device, without a socket: it gives its next request, and is given the response
 * or that there was none. Connections are not its concern. The time is passed in, in
 * milliseconds after the fleet started. */
#ifndef GH_SIM_ATTENDANCE_DEVICE_H
#define GH_SIM_ATTENDANCE_DEVICE_H

#include "sim/attendance/contents.h"
#include "sim/attendance/statistics.h"
#include "sim/prng.h"
#include "sim/reply.h"
#include "sim/request.h"
#include "sim/timers.h"
#include "wire/attendance/handshake.h"

#define SIM_BODY_MAX ((size_t)256 << 10) /* of a request */
#define SIM_RESULTS_MAX ((size_t)192 << 10)
#define SIM_EVENTS_MAX 256
#define SIM_OPTIONS_MAX 64
#define SIM_SHIFTS_MAX 4
#define REMOTE_PIN 900000 /* the PINs that people type who are not on it are above */

enum sim_state { SIM_OFF, SIM_HANDSHAKE, SIM_READY };

/* The kind of the request in flight. */
enum sim_request_kind {
	REQUEST_NOTHING,
	REQUEST_HANDSHAKE,
	REQUEST_OPTIONS,
	REQUEST_POLL,
	REQUEST_PING,
	REQUEST_UPLOAD,
	REQUEST_QUERY,
	REQUEST_RESULT,
	REQUEST_PROBE,
	REQUEST_FILE,
	REQUEST_REMOTE,
	REQUEST_VERIFICATION,
};

/* A place in a list. */
struct cursor {
	uint32_t first; /* the oldest record that is still there */
	uint32_t next;	/* to send */
	uint32_t sent;	/* everything before it was sent at least once */
	uint32_t acked; /* everything before it was acknowledged once */
	char echo[24];	/* the stamp of the handshake */
};

/* Punches that were never made, from one number up to, not including, another. */
struct sim_gap {
	uint32_t from, to;
};

/* A message that the screen shows to all. */
struct sim_shown {
	char uid[16];
};

/* A person that the server sent for a while (remote attendance). */
struct sim_guest {
	char pin[PEOPLE_PIN];
	int64_t until_s; /* by the device's clock */
};

/* A verdict about the person who is at the device. */
enum sim_verdict {
	VERDICT_OPEN, /* not requested, or not there yet */
	VERDICT_PASSES,
	VERDICT_REFUSED,
	VERDICT_NONE, /* the server gave none */
};

#define SIM_COMBINATION 5 /* people who open together, at most */

/* The door (door.h). */
struct sim_door {
	int64_t open_until_ms;
	bool alarm;
	uint8_t refused; /* how many were, in a row */
	uint8_t waiting; /* how many came whose combination is not complete ... */
	uint64_t group[SIM_COMBINATION]; /* ... of these groups */
	char pin[SIM_COMBINATION][PEOPLE_PIN];
	int64_t waiting_until_ms;
};

/* Something that happened on the device itself, after the start. */
struct sim_event {
	uint8_t table; /* TABLE_OPLOG, or that of a record in the contents */
	uint8_t op;
	char keys[56]; /* pairs that name the record; the operand of an OPLOG */
};

/* A command that could not be carried out for what its picture shows. */
struct sim_error {
	char command[20];
};

/* A DATA QUERY, ACCOUNT or SYNC being answered: what matches is uploaded, then `answer`
 * is given. */
struct sim_query {
	bool active;
	enum stream_id stream;
	enum table_id table;   /* of items; TABLES: punches or photos of a time */
	uint32_t at;	       /* next candidate */
	uint32_t to;	       /* end of what is in flight */
	ghi_civil begin, end;  /* inclusive */
	uint32_t records;      /* in flight */
	gh_slice keys, answer; /* owned */
};

/* A file being fetched for PutFile or UPGRADE. */
struct sim_fetch {
	bool active, probed, upgrade;
	bool base64;	     /* the file comes as text */
	bool apply, replace; /* a package of data commands; instead of what is there */
	enum table_id table; /* replaced by it */
	char path[512];	     /* of the request */
	char id[24];
	char checksum[40];
	int64_t size; /* declared; -1: not */
};

struct sim_device {
	const struct plan *plan;
	const struct persona *persona;
	struct statistics *statistics;
	uint32_t number;
	char sn[32];
	struct sim_prng prng;
	enum sim_state state;
	enum sim_request_kind in_flight;
	int64_t now_ms, ready_ms, poll_ms, flush_ms;
	uint32_t delay_ms, error_delay_ms, gap_ms, interval_ms;
	uint32_t trans_flags;
	uint8_t tries, batch;
	bool realtime, has_server_version, photo_base64;
	bool informed;	    /* INFO went out and nothing was added since */
	bool settings_due;  /* the settings push */
	bool empty_due;	    /* an upload of nothing, to show there is none */
	bool flush;	    /* LOG: send now, whatever the times */
	bool check, reboot; /* once the results are delivered */
	bool lose_power;    /* when the request in flight ends */
	uint8_t refused; /* how many of its latest requests were, or got no answer; 255: or more */
	uint32_t informed_end, pings;
	uint32_t came;	 /* punches before it were looked at (visits.h) */
	uint32_t photos; /* attendance photos on it, where their number is limited */
	GArray *gaps;	 /* struct sim_gap, in their order; NULL: none */
	GArray *barred; /* numbers of punches with a card that is blacklisted, in their order; NULL: none */
	enum sim_verdict verdict; /* about who comes with punch `came` */
	struct sim_door door;
	GArray *screen;			    /* struct sim_shown; NULL: none */
	GArray *guests;			    /* struct sim_guest; NULL: none */
	uint32_t remote_next;		    /* punches before it need no remote attendance */
	gh_slice push_options, trans_times; /* owned */
	struct {
		uint32_t from;
		int32_t by_s;
	} shift[SIM_SHIFTS_MAX]; /* of the clock, from a punch on */
	uint8_t shifts;
	int32_t zone_s, off_s; /* what the last shift consists of */
	struct cursor cursor[STREAMS];
	struct upload upload;  /* in flight */
	struct upload repeat;  /* to be sent once more; to == from: none */
	uint32_t disturbances; /* of uploads so far */
	GByteArray *commands;  /* a poll's reply, being carried out from `done` on */
	size_t done;
	GByteArray *results;
	size_t results_sent;
	uint32_t answers;
	uint32_t orders; /* commands begun */
	struct sim_query query;
	struct sim_fetch fetch;
	struct contents contents;
	GArray *events, *options; /* struct sim_event; "key=value" texts */
	struct sim_server *proxy; /* owned; by its settings; NULL: none so far */
	bool proxied, proxy_changed;
	GArray *errors; /* struct sim_error: what the ERRORLOG got since the start */
};

/* Working memory for one request at a time, shared by a fleet. */
struct sim_scratch {
	char query[4096], head[8192];
	uint8_t body[SIM_BODY_MAX], packed[SIM_BODY_MAX];
	struct items_text text;
};

/* GH_ETOOBIG: the serial number does not fit. */
GH_MUST_CHECK enum gh_err sim_device_open(struct sim_device *d, const struct plan *plan,
					  uint32_t number, struct statistics *statistics);
void sim_device_close(struct sim_device *d);

/* The next request; false: none now. sim_device_wake_ms() is the time of the next call. */
bool sim_device_next_request(struct sim_device *d, int64_t now_ms, struct sim_scratch *scratch,
			     struct sim_request *out);
int64_t sim_device_wake_ms(const struct sim_device *d);

/* The end of the request in flight: a response, or none. */
void sim_device_response(struct sim_device *d, int64_t now_ms, const struct sim_reply *reply);
void sim_device_no_response(struct sim_device *d, int64_t now_ms);

/* Nothing left to send, deliver or carry out. */
bool sim_device_idle(const struct sim_device *d);

/* How many records of a list it has still to send. */
uint64_t sim_device_pending(const struct sim_device *d, enum stream_id s);

/* For the files of this folder. */

/* Something happened on the device: an OPLOG line, or the record of a table. */
void sim_device_event(struct sim_device *d, enum table_id t, unsigned op, gh_slice keys);
/* By how much the clock was moved when punch `index` was made. */
int64_t sim_device_shift_s(const struct sim_device *d, uint32_t index);
/* The clock now, in wall-clock seconds. */
int64_t sim_device_clock_s(const struct sim_device *d);

#endif
