/* What the parts of the running server share. Created by app/serve and passed down; there is no
 * other global state. */
#ifndef GH_CORE_SERVER_H
#define GH_CORE_SERVER_H

#include <stdatomic.h>

#include "base/budget.h"
#include "base/log.h"
#include "base/slice.h"
#include "model/device.h"
#include "store/queue.h"

struct comparisons;
struct contacts;
struct devices;
struct limiter;
struct live;
struct matcher;
struct order_wake;
struct metrics;
struct planner;
struct problems;
struct published_files;
struct query_mirror;
struct unit_cards;
struct readers;
struct retry_reader_ops;
struct roster_intake_work;
struct site_memory;
struct syncs;
struct terminals;
struct trace;
struct unit_counts;
struct unit_erasures;
struct upkeep;

/* From where a device that showed its comm key is served without it. */
enum key_proof {
	KEY_PROOF_ADDRESS, /* from the address it showed it from */
	KEY_PROOF_NETWORK, /* from its network: /24 of IPv4, /64 of IPv6 */
	KEY_PROOF_ANYWHERE
};

enum new_devices { NEW_DEVICES_HOLD, NEW_DEVICES_APPROVE, NEW_DEVICES_REFUSE };

/* How the clocks of terminals are set; the words of the setting, in their order. */
enum clock_policy {
	CLOCK_AUTO,  /* as LOCAL, but by no more than two minutes where no zone was set */
	CLOCK_OFF,   /* never */
	CLOCK_LOCAL, /* to the time in the device's zone */
	CLOCK_UTC,   /* to UTC */
	CLOCK_POLICIES
};

/* What a unit is answered that requests whether a person may pass; the words of the setting. */
enum identify_policy { IDENTIFY_DECIDE, IDENTIFY_REFUSE };

struct server_settings {
	enum new_devices new_devices;
	const char *zone;	 /* of devices that have none of their own */
	enum clock_policy clock; /* the same */
	bool comm_key_required;	 /* a device without an expected key is refused too */
	enum key_proof key_proof;
	enum access_token_policy access_token; /* of units without a setting of their own */
	enum sync_policy sync;		       /* the same */
	bool sync_clocks; /* attendance devices and terminals without one are SYNC_AUTO */
	const char
		*access_punches; /* which access events become punches (model/punch_rule.h) */
	enum identify_policy remote_identification; /* of units */
	uint32_t
		access_account_h; /* hours between two orders of stored events; 0: none is made */
	uint32_t compare_h;	  /* hours between two comparisons of a log; 0: none is made */
	uint32_t access_hold_s;	  /* that a poll of an access unit is held; 0: it is not */
	bool remote_attendance;	  /* whether devices may request a person that is not on them */
	bool allow_shell;	  /* whether SHELL may be ordered, and is given out */
	uint32_t
		remote_stay_h; /* hours until a person who came so is removed again; 0: never */
	bool background_verification; /* whether devices may let people be verified here */
	const char *verify_url;	      /* of the matcher of templates; "": there is none */
	uint32_t delay_s;	      /* defaults of the handshake's options */
	uint32_t error_delay_s;
	uint32_t trans_interval_min;
	const char *trans_times;
	bool realtime;
	bool photo_base64;	  /* photos of punches are requested in base64 */
	int64_t command_ttl_ms;	  /* an unfetched command expires after it */
	int64_t command_retry_ms; /* an unanswered command is offered again after it */
	int32_t command_tries;
	size_t batch_commands; /* per reply */
	size_t batch_bytes;
	size_t devices_max;	     /* known to the server, in all */
	size_t held_max;	     /* of them, those that wait for approval */
	int64_t keep_ms[STORE_KEPT]; /* what is older is removed; 0: never */
	int64_t held_age_ms; /* one of those is dropped when it was silent for so long; 0: never */
};

struct server {
	struct store_handle db;
	struct store_queue *queue;
	struct readers *readers; /* threads that read the store (readers.h) */
	struct devices *devices;
	struct live *live;
	struct trace *trace;
	struct metrics *metrics;
	struct limiter *wrong_keys; /* comm keys that did not fit, by address */
	struct limiter *questions;  /* about people, by address */
	/* Verifications that failed: by device and person, and by device. */
	struct limiter *failed_people, *failed_devices;
	struct matcher
		*matcher; /* compares templates (session/matcher.h); NULL: there is none */
	struct limiter *
		audit_refusals; /* rows of the audit about refusals, by address of who was refused */
	struct contacts *contacts; /* what became no device (contacts.h); NULL: none are kept */
	struct problems
		*problems;     /* what an administrator has to look at; NULL: none are kept */
	struct budget *memory; /* of all requests (base/budget.h) */
	struct budget_share share; /* of it: reads and sends for devices without a request */
	struct query_mirror *query_mirror; /* NULL: answers to queries reach no mirror */
	struct roster_intake_work
		*intake; /* NULL: nothing of devices is taken (roster_intake.h) */
	struct unit_cards
		*unit_cards; /* NULL: mirrors keep their cards (access/unit_cards.h) */
	struct unit_counts
		*unit_counts; /* NULL: units are not made to count (access/unit_counts.h) */
	struct comparisons *comparisons; /* NULL: logs are not compared (comparisons.h) */
	struct unit_erasures
		*unit_erasures;	 /* NULL: no log of events is erased (access/unit_erasure.h) */
	struct planner *planner; /* NULL: units are sent nothing by plans (access/planner.h) */
	struct syncs *
		syncs; /* NULL: attendance devices and terminals are sent no people (syncs.h) */
	struct site_memory *site;	   /* NULL: nothing is decided (access/site_memory.h) */
	struct published_files *published; /* that devices fetch; NULL: there are none */
	struct upkeep *upkeep;		   /* NULL: nothing is removed in pieces (upkeep.h) */
	struct order_wake *order_wake;	   /* NULL: orders wait for polls (order_wake.h) */
	struct terminals *terminals;	   /* NULL: this program calls no terminals */
	/* Of each dialect: reads its uploads again (retry.h); NULL: it cannot. */
	const struct retry_reader_ops *retry[DEVICE_DIALECTS];
	struct log *log;
	_Atomic(const struct server_settings *) settings; /* replaced as a whole on reload; a
				  * snapshot lives as long as the server */
	int64_t (*now_ms)(void);			  /* milliseconds since 1970, UTC */
	int64_t (*monotonic_ms)(void); /* never set; NULL, in some tests: there is none */
	/* Of server_clock.c. */
	_Atomic int64_t steady_ahead_ms; /* of the monotonic clock */
	_Atomic int64_t stepped_ms;	 /* all steps forwards */
	_Atomic int64_t held_ahead_ms;	 /* of the time of day: server_clock_known() */
	_Atomic int64_t newest_ms;	 /* time of day that is known: server_clock_stored() */
	_Atomic bool stepping;		 /* a step is being stored */
	int64_t step_logged_ms;		 /* on the thread of the ticks */
	uint64_t account_turns;		 /* the same (core/access/account.c) */
	int64_t started_ms;
	atomic_bool files_exhausted; /* devices get no more connections */
};

/* The result of a change; runs on the store thread, after the commit or the refusal. */
typedef void core_done_fn(void *ctx, enum gh_err err);

#endif
