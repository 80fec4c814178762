/* One simulated device: a conversation without a socket. Ask it for its next request, tell
 * it what became of that request; it knows nothing of connections, and the time is passed
 * in, in milliseconds after the fleet started. */
#ifndef GH_SIM_ATTENDANCE_UNIT_H
#define GH_SIM_ATTENDANCE_UNIT_H

#include "sim/attendance/account.h"
#include "sim/attendance/holdings.h"
#include "sim/prng.h"
#include "sim/reply.h"
#include "sim/timers.h"
#include "wire/attendance/handshake.h"

#define UNIT_BODY ((size_t)256 << 10) /* of a request */
#define UNIT_RESULTS ((size_t)192 << 10)
#define UNIT_EVENTS 256
#define UNIT_OPTIONS 64
#define UNIT_SHIFTS 4

enum unit_state { UNIT_OFF, UNIT_HELLO, UNIT_READY };

/* What the request in flight asks. */
enum unit_ask {
	ASK_NOTHING,
	ASK_HELLO,
	ASK_OPTIONS,
	ASK_POLL,
	ASK_PING,
	ASK_UPLOAD,
	ASK_QUERY,
	ASK_RESULT,
	ASK_PROBE,
	ASK_FILE,
	ASK_REMOTE,
	ASK_VERDICT,
};

/* A place in a list. */
struct cursor {
	uint32_t first; /* the oldest record that is still there */
	uint32_t next;	/* to send */
	uint32_t sent;	/* everything before it was sent at least once */
	uint32_t acked; /* everything before it was acknowledged once */
	char echo[24];	/* the stamp of the handshake */
};

/* Something that happened on the device itself, after the start. */
struct unit_event {
	uint8_t table; /* TABLE_OPLOG, or that of a record in holdings */
	uint8_t op;
	char keys[56]; /* pairs that name the record; the operand of an OPLOG */
};

/* A command that could not be carried out for what its picture shows. */
struct unit_error {
	char command[20];
};

/* A DATA QUERY, ACCOUNT or SYNC being answered: what matches is uploaded, then `answer`
 * is given. */
struct unit_query {
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
struct unit_fetch {
	bool active, probed, upgrade;
	bool base64;	     /* the file comes as text */
	bool apply, replace; /* a package of data commands; instead of what is there */
	enum table_id table; /* replaced by it */
	char path[512];	     /* of the request */
	char id[24];
	char checksum[40];
	int64_t size; /* declared; -1: not */
};

struct unit {
	const struct plan *plan;
	const struct persona *persona;
	struct account *account;
	uint32_t number;
	char sn[32];
	struct sim_prng prng;
	enum unit_state state;
	enum unit_ask asked;
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
	uint32_t informed_end, pings;
	uint32_t stranger_at;		    /* punches before it were made by people it knows */
	gh_slice push_options, trans_times; /* owned */
	struct {
		uint32_t from;
		int32_t by_s;
	} shift[UNIT_SHIFTS]; /* of the clock, from a punch on */
	uint8_t shifts;
	int32_t zone_s, off_s; /* what the last shift consists of */
	struct cursor cursor[STREAMS];
	struct upload upload; /* in flight */
	struct upload again;  /* to be sent once more; to == from: none */
	uint32_t troubles;    /* that uploads met with so far */
	GByteArray *commands; /* a poll's reply, being carried out from `done` on */
	size_t done;
	GByteArray *results;
	size_t results_sent;
	uint32_t answers;
	struct unit_query query;
	struct unit_fetch fetch;
	struct holdings holdings;
	GArray *events, *options; /* struct unit_event; "key=value" texts */
	GArray *errors;		  /* struct unit_error: what the ERRORLOG got since the start */
};

/* How the bytes of a request meet with trouble. */
enum unit_trouble {
	TROUBLE_NONE,
	TROUBLE_SPLIT,
	TROUBLE_SLOW,
	TROUBLE_DROP,	 /* the answer arrives and is lost */
	TROUBLE_HANG_UP, /* the connection breaks once all is sent */
};

struct unit_request {
	gh_slice head, body; /* borrowed from the scratch */
	bool separate;	     /* in sends of their own */
	bool keep_alive, exact_case;
	enum unit_trouble trouble;
	uint64_t dice; /* for the size of pieces and the like */
	int64_t timeout_ms;
};

/* Working memory for one request at a time, shared by a fleet. */
struct unit_scratch {
	char query[4096], head[8192];
	uint8_t body[UNIT_BODY], packed[UNIT_BODY];
	struct items_text text;
};

/* GH_ETOOBIG: the serial number does not fit. */
GH_MUST_CHECK enum gh_err unit_open(struct unit *u, const struct plan *plan, uint32_t number,
				    struct account *account);
void unit_close(struct unit *u);

/* The next request; false: none now. Then unit_wake says when to ask again. */
bool unit_next(struct unit *u, int64_t now_ms, struct unit_scratch *scratch,
	       struct unit_request *out);
int64_t unit_wake(const struct unit *u);

/* How the request ended: with a reply, or without one. */
void unit_reply(struct unit *u, int64_t now_ms, const struct sim_reply *reply);
void unit_lost(struct unit *u, int64_t now_ms);

/* Nothing left to send, deliver or carry out. */
bool unit_idle(const struct unit *u);

/* How many records of a list it has still to send. */
uint64_t unit_pending(const struct unit *u, enum stream_id s);

/* For the files of this folder. */

/* Something happened on the device: an OPLOG line, or the record of a table. */
void unit_event(struct unit *u, enum table_id t, unsigned op, gh_slice keys);
/* By how much the clock was moved when punch `index` was made. */
int64_t unit_shift_s(const struct unit *u, uint32_t index);
/* The clock now, in wall-clock seconds. */
int64_t unit_clock_s(const struct unit *u);

#endif
