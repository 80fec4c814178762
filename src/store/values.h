/*
 * What goes through the port (store.h): the streams and lanes, how a commit ends, bounds of what is read,
 * results, counts, and the functions that get the rows.
 */
#ifndef GH_STORE_VALUES_H
#define GH_STORE_VALUES_H

#include "base/err.h"
#include "base/slice.h"
#include "model/access_event.h"
#include "model/audit.h"
#include "model/command.h"
#include "model/credential.h"
#include "model/device.h"
#include "model/entity.h"
#include "model/kind.h"
#include "model/plan.h"
#include "model/punch.h"
#include "model/punch_day.h"
#include "model/query_set.h"
#include "model/token.h"
#include "model/unit_row.h"
#include "model/unit_table_state.h"
#include "model/upload.h"
#include "store/expiry.h"
#include "store/rows.h"

struct comparison;	 /* model/comparison.h */
struct store;		 /* a writing handle of a back end, of one lane */
struct punch_index_part; /* made by a back end, for itself */
struct store_reader;	 /* a reading handle; sees only what was committed */

/* Streams: ledgers whose rows are numbered 1, 2, 3 … without a gap. A follower has a cursor, the
 * number of the last row read: a reader that finds a number finds all below it. */
enum store_stream {
#define STORE_STREAM(NAME, name, table) STREAM_##NAME,
#include "store/stream.def"
#undef STORE_STREAM
	STORE_STREAMS
};

/* "punch" … */
const char *store_stream_name(enum store_stream s);
/* The table of its rows. */
const char *store_stream_table(enum store_stream s);

/* Writes of different lanes do not wait for each other where the back end can do so. */
enum store_lane {
	LANE_CONTROL, /* everything else */
	LANE_LEDGER,  /* what appends to a stream, and the stamps and records of uploads */
	STORE_LANES
};

/* Letters of a ledger's id, and the NUL. The id is made with the store and goes where the
 * ledger goes: the same number of another ledger is another row. */
#define STORE_LEDGER_ID 9

/* What a back end is like. */
struct store_traits {
	bool shared;		/* other programs may write the same database */
	bool bell;		/* set when they did */
	const char *kind;	/* "sqlite", "postgres" */
	const char *durability; /* what a commit waits for: "local", "replicated" */
	const char *unsafe;	/* why what was committed may be lost all the same; or NULL */
	size_t ledger_rows;	/* at most so many in a commit of LANE_LEDGER, 0: no cap ... */
	size_t ledger_bytes;	/* ... and bytes; one job always may */
};

/* How a commit ended. */
struct store_outcome {
	int job;       /* the number of the job whose own write failed; -1: of no single job */
	bool again;    /* the same transaction may succeed if it is run again at once */
	bool in_doubt; /* it could not be found out whether the transaction took place */
};

/* Bytes of a sentence about what failed, and the NUL. */
#define STORE_WHY 256

/* Of access events; see access_put. */
#define ACCESS_INDEX_FALL 1000
#define ACCESS_INDEX_FIRST 8 /* numbers that begin again begin at one of the first */
#define ACCESS_CLOCK_STEP_S 900
#define ACCESS_CLOCK_STEP_MAX (26 * 3600)

/* The number of a punch that was put and had been removed before. */
#define PUNCH_SEQ_REMOVED (-1)
#define ACCESS_SEQ_REMOVED (-1) /* the same, of an access event */

/* A malformed record is kept up to this many bytes. */
#define STORE_QUARANTINE_RAW 65536

/* Bounds of a list: rows with a number greater than `after` (smaller, when descending) and
 * smaller than `before`, at most `limit` of them; device 0 means all, an empty pin means all. */
struct store_page {
	int64_t after;	/* 0: from the start (the end, when descending) */
	int64_t before; /* 0: to the end */
	int64_t limit;
	bool descending;
	int64_t device;
	gh_slice pin;
};

struct punch_query {
	struct store_page page;
	ghi_civil from, to; /* device digits, both ends included; GHI_CIVIL_NONE: open */
};

/* An access event that is put. What it results in is in the event: its seq, which is 0 for a repeat and
 * ACCESS_SEQ_REMOVED for one that was removed (rows_expire); same_as and ACCESS_SHIFTED; punch_seq. */
struct access_put {
	struct access_event event;
	bool stored; /* it is there, with this seq, and only its punch is made */
	bool punch;  /* a punch is made of it, unless it is a repeat or shifted ... */
	int32_t punch_status, punch_verify; /* ... with these */
};

struct record_row {
	int64_t id; /* number of the row, rises with the order of first arrival */
	int64_t device;
	gh_slice serial;
	int64_t received_ms; /* of the latest upload that touched it */
	const void *record;  /* a struct of the requested kind */
	/* Of a person, in a list: id, kind, state, return code and result of the latest command about
	 * them; NULL: there is none. */
	const struct command *order;
};

/* The name that a device has for a PIN, or, where it has none, another device of its area: the one stored
 * last. Device 0: of any device. name_n is 0 where there is none; a longer one is cut after a whole
 * character. */
#define STORE_PERSON_NAME 96
struct store_person_name {
	int64_t device;
	gh_slice pin;
	uint8_t name_n, name[STORE_PERSON_NAME];
};

/* What commands of a device are about. */
struct command_about {
	int64_t device;
	gh_slice subject;
};

/* The people of a day; see model/punch_day.h. */
struct punch_day_query {
	ghi_civil from, to;	  /* device digits of one day, both included */
	int64_t device;		  /* 0: of all */
	struct store_group group; /* of these devices */
	gh_slice after;		  /* people whose PIN comes after it, in the order of bytes */
	int64_t limit;
};

/* When a device was seen last. */
struct device_seen_row {
	int64_t device;
	int64_t seen_ms;
};

/* Who holds what a transaction waits for. Texts are cut where they are long, and empty where the
 * database does not report them. */
struct store_holder {
	int64_t pid;	  /* of the database server's process; 0: there is none */
	int64_t since_ms; /* its transaction began; 0: not reported */
	char application[64], user[64];
};

/* May be estimates, except those of commands. */
struct store_counts {
	int64_t punches;  /* that were not removed */
	int64_t last_seq; /* of the ledger */
	int64_t quarantined;
	int64_t raw_uploads;
	int64_t damaged; /* templates, pictures and identity cards with a fault */
	int64_t commands[COMMAND_STATES];
	int64_t records[KIND_COUNT];
	int64_t expired[STORE_KEPT]; /* removed for their age, in all */
};

/* How many punches of a device are stored of what its log still holds. Zeros: none was counted yet. */
struct store_log_count {
	int64_t erased; /* those up to this number are not on the device any more */
	int64_t upto;	/* counted are those behind `erased` up to this number ... */
	int64_t n;	/* ... also those that were removed for their age */
};
/* So many newer numbers are looked at by one that writes: a few milliseconds. */
#define STORE_LOG_NEWER 20000

/* What is stored of what a device still holds. */
struct store_held {
	struct store_log_count log;
	bool far; /* the log has to be counted by log_count first: `log` is what was given */
	int64_t quarantined; /* records of it in quarantine */
};

/* How far the program that serves is with what older versions could not read. */
struct store_upgrade {
	char version[32]; /* empty: none has begun */
	int64_t begun;	  /* so many times */
	bool ended;
};

/* What is kept of a device as it was sent. */
struct store_kept_counts {
	int64_t quarantined; /* records */
	int64_t uploads;
};

/* Which units of plans: those of a plan, or all that are in a state; by device. */
struct plan_units_of {
	int64_t plan;	       /* 0: of all plans */
	enum plan_state state; /* of all plans */
	int64_t device;	       /* 0: any */
	int64_t limit;	       /* of all plans */
};

/* Which items of a plan, by their number. */
struct plan_items_of {
	int64_t plan, after, limit;
	bool open; /* those that wait */
};

/* Which steps of a unit of a plan, by their number. */
struct plan_steps_of {
	int64_t plan, device;
	enum { PLAN_STEPS_ALL, PLAN_STEPS_OPEN, PLAN_STEPS_FAILED, PLAN_STEPS_PARTLY } which;
	int64_t after, limit; /* behind that step; INT64_MIN: from the first */
};

/* Each returns whether to go on. */
typedef bool store_device_fn(void *ctx, const struct device_row *row);
typedef bool store_pair_fn(void *ctx, int64_t device, gh_slice key, gh_slice value);
typedef bool store_punch_fn(void *ctx, const struct punch *row);
typedef bool store_access_fn(void *ctx, const struct access_event *row);
typedef bool store_record_fn(void *ctx, const struct record_row *row);
typedef bool store_unit_row_fn(void *ctx, const struct unit_row *row);
typedef bool store_unit_state_fn(void *ctx, int64_t device,
				 const struct unit_table_state *state);
typedef bool store_comparison_fn(void *ctx, int64_t device, const struct comparison *c);
/* How many rows of a table are in the mirror, and when the latest came there. */
typedef bool store_unit_table_fn(void *ctx, gh_slice table, int64_t rows, int64_t as_of_ms);
typedef bool store_query_set_fn(void *ctx, const struct query_set *set);
typedef bool store_query_packet_fn(void *ctx, const struct query_packet *packet);
typedef bool store_slot_fn(void *ctx, const struct device_slot *slot);
typedef bool store_plan_unit_fn(void *ctx, const struct plan_unit *unit);
typedef bool store_plan_item_fn(void *ctx, const struct plan_item *item);
typedef bool store_plan_step_fn(void *ctx, const struct plan_step *step);
typedef bool store_entity_fn(void *ctx, int64_t id, const void *record);
typedef bool store_credential_fn(void *ctx, const struct credential_row *row);
/* A template or photo of a device, without its content where `digest` is that of it. `placed`: it was put there from the
 * roster. */
typedef bool store_held_fn(void *ctx, enum model_kind_id kind, const struct record_row *row,
			   gh_slice digest, bool placed);

/* What a device sent of a person and is still to be taken into the roster. */
struct roster_intake {
	int64_t id, device;
	int64_t area; /* of the device */
	gh_slice serial;
	gh_slice sync; /* of the device, as stored; empty: none of its own */
	gh_slice
		kind; /* the name of a kind of record: "person", "template", "photo", "oplog" */
	gh_slice pin;
	gh_slice source; /* of a template; of a photo its kind */
	int64_t type, no,
		part; /* of a template or photo; of a line of the log operation and time */
	int64_t arrived_ms;
	bool known;   /* of a person: the device was known to hold them, as `was` */
	bool written; /* ... and that was written to it, and it had sent nothing since */
	struct person
		was; /* name, privilege, password, cards, group, validity; of a photo its file's name */
};
typedef bool store_intake_fn(void *ctx, const struct roster_intake *i);

/* Which templates and photos of the roster: those of a person, or (people 0) those of all people of these areas, not
 * of the areas within them. */
struct credentials_of {
	int64_t people;
	const int64_t *area;
	size_t areas;
	bool contents; /* their bytes, too */
};
/* `to` is the entity that `from` is joined with, and `record` what it is. */
typedef bool store_relation_fn(void *ctx, int64_t from, int64_t to, const void *record);
typedef bool store_command_fn(void *ctx, const struct command *row);
typedef bool store_about_fn(void *ctx, size_t of, const struct command *row);
typedef bool store_event_fn(void *ctx, const struct command_event *row);
/* The number of a change, and the command that changed. */
typedef bool store_change_fn(void *ctx, int64_t change, int64_t command);
typedef bool store_count_fn(void *ctx, gh_slice of, int64_t n);
typedef bool store_token_fn(void *ctx, const struct token *row);

#endif
