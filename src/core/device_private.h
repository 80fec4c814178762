/* A device inside core; not included elsewhere.
 *
 * Threads: any. Atomic members need no lock. The device's lock guards what may change and is not
 * atomic; it is held only to copy or to exchange pointers. The register's lock guards the hash
 * table. */
#ifndef GH_CORE_DEVICE_PRIVATE_H
#define GH_CORE_DEVICE_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <uthash.h>

#include "base/ip_address.h"
#include "core/access/unit_clock.h"
#include "core/access/unit_erasure.h"
#include "core/devices.h"
#include "model/comparison.h"

/* The mark the server holds for one table. */
struct stamp {
	struct stamp *next;
	size_t table_size, stamp_size;
	char text[]; /* table, then stamp */
};

#define DEVICE_NO_OFFER INT64_MAX

/* The memory behind a published row. Each text has an allocation of its own, so that another row is
 * published by exchanging pointers; NULL: it is empty, or absent. */
struct device_backing {
	uint8_t *text[DEVICE_FIELDS];
	struct zone *zone;	 /* that it is in; NULL, before it is published: it stays */
	struct zone *clock_zone; /* that its clock was given last; NULL: the same */
};

/* Whether the device is to send all it has again. Until its handshake gave it the marks 0, marks that
 * come with uploads are not kept; the first one after that ends it. In the database it is the mark
 * of a table of this name: "0", "1", or STORE_RESEND_DUE. */
enum device_resend { RESEND_NONE, RESEND_WANTED, RESEND_GIVEN };
#define RESEND_TABLE GH_LIT(STORE_RESEND_KEY)

/* Names of tags, each once, in the order of their bytes; one allocation. */
struct device_tag_set {
	size_t n;
	gh_slice name[];
};

struct device_doors; /* access/doors.c */

#define DEVICE_AWAITED 16

/* How old what a device counted may be where its log is to be erased: as old as its next poll makes it. By the interval
 * that it was given for its polls, and never by the gaps that were seen: what a device recorded while it was away is not
 * in the count. Between one minute and ten. One that is set to poll more rarely than that is given a short interval
 * for as long as an erasure waits (device_poll_limit_s()), and its count is as old as that makes it. */
int64_t device_count_fresh_ms(struct server *server, struct device *d);
/* The interval of its polls, as it is set; 0: none is set for an access unit. */
int64_t device_interval_ms(const struct server *server, struct device *d);
/* The interval that it is given now, of the one that it is set to: a short one while an erasure waits for its count,
 * where that would never be fresh enough otherwise. Its lock may be held. */
uint32_t device_poll_limit_s(struct server *server, struct device *d, uint32_t delay_s);
/* A command that erases its log waits for a count, or none does. */
void device_erasure_waits(struct server *server, struct device *d, bool waits);
/* One was queued: where its count is never fresh by its own interval it is ordered at once. */
void device_erasure_ordered(struct server *server, struct device *d);
/* How long such a command waits, which would be `life_ms`: for some polls at least, but no longer than the setting
 * of the server has it. */
int64_t device_erasure_life_ms(const struct server *server, struct device *d, int64_t life_ms);

struct device {
	UT_hash_handle hh;
	_Atomic int refs;
	int64_t id;
	bool announced;	     /* by a person, before it called: it is not dropped for others */
	_Atomic int state;   /* enum device_state */
	_Atomic int dialect; /* enum device_dialect */
	_Atomic int registration;     /* enum device_registration */
	_Atomic bool has_parameters;  /* of a registration */
	_Atomic int64_t counts_ms;    /* when it was made to count its tables last; 0: never */
	_Atomic bool token_noted;     /* that its token does not fit was logged */
	_Atomic int exchanges;	      /* attempts to agree on keys, one after the other */
	_Atomic int64_t exchanges_ms; /* since when */
	_Atomic bool deleted;
	_Atomic uint32_t version; /* of what was published of it */
	_Atomic uint32_t
		contents; /* one more when what is stored of its contents changed (syncs.h) */
	_Atomic int sync; /* enum sync_policy of its own; SYNC_POLICIES: none */
	_Atomic bool conflict_shown; /* as a problem (syncs.c) */
	_Atomic bool logged;	     /* its admission was logged */
	_Atomic uint64_t refusal; /* a hash of the latest reason of a refusal; 0: none since */
	_Atomic bool has_key, is_terminal, udp_wake, cards_turned;
	_Atomic bool has_subs;	   /* it is the main controller of some (access/subs.h) */
	_Atomic bool sub_online;   /* its main controller reaches it */
	size_t subs_arriving;	   /* to be stored; the lock of the register is held */
	_Atomic int64_t sub_order; /* number of the latest of these orders; 0: none */
	_Atomic bool
		offer_urgent; /* a command about a door was queued, and none was offered since */
	_Atomic unsigned offer_turn; /* of a main controller, among those whose commands wait */
	_Atomic int resend;	     /* enum device_resend */
	_Atomic int resends;	     /* jobs for that under way */
	_Atomic int fate;	     /* device_held.c */
	_Atomic int64_t seen_ms;
	_Atomic int64_t seen_stored_ms; /* as the database has it */
	_Atomic int64_t rhythm_ms;	/* device_contact.c; 0: not known */
	_Atomic int64_t contact_ms; /* since then it was never silent for long; 0: not seen */
	_Atomic int64_t clock_off_s, clock_off_ms; /* of its clock, and when; 0: not known */
	_Atomic int64_t account_query_ms;	   /* core/access/account.h ... */
	_Atomic int64_t
		account_ordered_ms; /* by a clock that is never set; 0: not since the start */
	_Atomic int64_t account_answered_ms; /* an answer to be stored; 0: none */
	uint64_t
		account_turn; /* of server.account_turns, the last it had; on the thread of the ticks */
	_Atomic int64_t punches_counted,
		counted_ms; /* its own count, and when; -1: not known */
	/* Its polls and uploads since the start; what both were when it was counted (device_count_holds()). */
	_Atomic uint64_t polls, uploads, uploads_polled, counted_polls, counted_uploads;
	/* core/comparisons.h */
	_Atomic bool comparing;	       /* one is under way */
	_Atomic bool compare_answered; /* an order of it may be answered */
	_Atomic bool compare_wanted;   /* a person ordered one; not stored yet */
	_Atomic int64_t
		compare_read; /* of a terminal: its log was read up to this; 0: that is stored */
	_Atomic bool count_wanted; /* it is to report how many punches it has */
	/* device_poll_limit_s(): since when an erasure waits for its count; monotonic; 0: none does */
	_Atomic int64_t erasure_waits_ms;
	_Atomic bool interval_changed; /* by that; it is to be ordered to request its options */
	_Atomic int64_t count_ordered_ms;  /* when it was ordered to; monotonic */
	_Atomic int64_t compare_looked_ms; /* at an order that was not answered; monotonic */
	_Atomic uint64_t
		options_checked; /* a hash of the options for which a CHECK was queued, and of those sent before */
	_Atomic int64_t options_checked_ms;	 /* and when */
	_Atomic uint64_t peer_hash, polled_hash; /* of the texts in `peer` and `polled` */
	_Atomic int64_t peer_ms;		 /* when the latest request came from there */
	_Atomic uint64_t home_hash; /* of the address it is at home; 0: to be looked up */
	_Atomic int64_t home_ms;    /* when the latest request came from there; 0: none did */

	/* Written on the store thread only. */
	_Atomic uint32_t commands;   /* open ones */
	_Atomic int64_t offer_at_ms; /* polls from this time on read commands from the store */
	_Atomic int64_t
		offer_set_ms; /* when that was set: a poll with an earlier time follows a clock that was set back */

	pthread_mutex_t lock; /* of what follows */
	int sub_ordered; /* bits: the steps that were ordered of it in the interval (access/sub_authorise.c) */
	int64_t sub_ordered_ms; /* when that began */
	struct device_row row;	/* its text is in `backing` */
	struct device_backing backing;
	struct stamp *stamps;
	struct device_tag_set *tags; /* NULL: none */
	/* NULL: none were reported; the pointer may be read without the lock. */
	struct device_doors *_Atomic doors;
	/* Orders to doors that were given latest; command_confirm.h. */
	struct device_awaited {
		int64_t id; /* 0: none, or confirmed */
		int64_t sent_ms;
		enum command_kind kind;
		int64_t place;		/* the door, or the output; 0: any */
		bool relay;		/* its relay was seen */
		int64_t sent_wall_ms;	/* as sent_ms, by the time of day */
		int64_t relay_since_ms; /* of its door, when it was given */
	} awaited[DEVICE_AWAITED];
	unsigned awaited_next;
	struct store_log_count log_count; /* of what was committed; all zero: to be counted */
	struct unit_clock clock;
	struct comparison comparison;
	struct device_seen *compare_seen; /* comparison_seen.c; NULL: nothing is queried */
	struct unit_erasure erasure;
	char peer[IP_ADDRESS_TEXT];   /* where the latest request came from; empty: none came */
	char polled[IP_ADDRESS_TEXT]; /* and its latest poll that was served */

	/* Under the register's lock: its place among those that wait for approval. */
	struct device *held_before, *held_next;
	bool held;

	/* Under the register's lock: its place among the sub-controllers. */
	struct device *sub_before, *sub_next;

	struct ip_address first_party; /* who it first came from; zeros: not known */
	size_t parent_size;
	char parent[33]; /* serial number of its main controller */
	size_t sn_size;
	char sn[];
};

struct devices {
	struct server *server;
	pthread_rwlock_t lock; /* of the hash table, not of the devices in it */
	struct device *by_sn;
	size_t count;
	_Atomic size_t in_state[DEVICE_STATES];
	struct device
		*held; /* those that wait for approval, the oldest first; under the lock */
	_Atomic size_t held_n;	 /* how many these are */
	struct device *subs;	 /* the sub-controllers, the oldest first; under the lock */
	atomic_bool resends_due; /* resend.h: a device may be due */
	_Atomic size_t leaving;	 /* of them, put into the store's queue to be deleted */
	_Atomic size_t arriving,
		arriving_held; /* to be stored: all, and those that will wait */
};

/* A device with one reference, that of the register. NULL: *err is set. */
struct device *device_new(struct devices *ds, const struct device_row *row, enum gh_err *err);
/* Put it into the register; take it out (its reference stays). */
void devices_enter(struct devices *ds, struct device *d);
void devices_leave(struct devices *ds, struct device *d);
/* The zone of a row, or the default. GH_EINVALID: no such zone. Reads a file. */
GH_MUST_CHECK enum gh_err device_zone_open(const struct device_row *row,
					   const char *default_zone, struct zone **out);
/* The zone its clock runs in by a row; **out is NULL where the row has none. */
GH_MUST_CHECK enum gh_err device_clock_zone_open(const struct device_row *row,
						 struct zone **out);
/* Copy the texts of a row, which refers to the copies then. False: out of memory, and
 * nothing is in *backing. */
GH_MUST_CHECK bool device_backing_copy(struct device_backing *backing, struct device_row *row);
void device_backing_clear(struct device_backing *backing);
#define DEVICE_STAMPS 64 /* tables of a device with a mark; those beyond from before stay */
/* Whether a mark of that table has a place among those of the device. */
bool device_stamp_fits(struct device *d, gh_slice table);
/* Publish a row that was stored, merged into the published one: its present fields win. It takes no
 * memory: `backing` has the memory of the row, and afterwards of what was replaced. */
void device_publish(struct device *d, const struct device_row *row,
		    struct device_backing *backing);
/* Something changed that the owner of the connection to the device must take over; does nothing for
 * devices that call. `was_terminal`: before the change. */
void device_wake(struct server *server, struct device *d, bool was_terminal);
/* --- those that wait for approval (device_held.c); the first two under the register's lock --- */
void device_held_enter(struct devices *ds, struct device *d);
void device_held_leave(struct devices *ds, struct device *d);
/* After a change of its state. */
void device_held_update(struct devices *ds, struct device *d);
/* A change of its state begins and ends. False: it is being dropped. */
bool device_fate_change(struct device *d);
void device_fate_changed(struct device *d);
/* Room for one more; `waits`: for approval, unannounced. GH_EFULL: the register is full, and none of its devices
 * waits. GH_EBUSY, GH_ENOMEM. */
GH_MUST_CHECK enum gh_err device_room_make(struct server *server, bool waits);

/* --- sub-controllers (access/subs.c); under the register's lock --- */
void device_subs_enter(struct devices *ds, struct device *d);
void device_subs_leave(struct devices *ds, struct device *d);
/* These two take it. A device is about to be stored as a sub-controller of that one (empty: of none).
 * *counted: the main controller, referenced, which counts it until device_sub_entered(); NULL: none
 * does. GH_EDENIED: it has too many. */
GH_MUST_CHECK enum gh_err device_sub_arrives(struct devices *ds, gh_slice parent,
					     struct device **counted);
/* It is in the register, or was not stored. NULL: nothing. */
void device_sub_entered(struct devices *ds, struct device *counted);

/* --- tags (device_tags.c) --- */
/* NULL: out of memory. free() it. */
struct device_tag_set *device_tag_set_new(const struct device_tags *tags);
/* The tags a device has once those in `removed` went and those in `added` came, as the open
 * transaction sees them. GH_ETOOBIG: more than DEVICE_TAGS. */
GH_MUST_CHECK enum gh_err device_tag_set_edit(const struct device_tag_set *removed,
					      const struct device_tag_set *added,
					      const struct store_ops *ops, struct store *s,
					      int64_t device, struct device_tag_set **out);
/* Publish what was stored; *set is what it replaced. */
void device_tags_publish(struct device *d, struct device_tag_set **set);
/* One more, before the device is in use. False: out of memory. */
bool device_tag_open(struct device *d, gh_slice name);
/* Replace the tags of a device in the database; new tags are created. The id of a new tag is known
 * once its write has reached the database, possibly after this function has returned: *tag has to
 * live as long as the job. */
GH_MUST_CHECK enum gh_err device_tags_put(const struct device_tag_set *set,
					  const struct store_ops *ops, struct store *s,
					  int64_t device, int64_t *tag);

/* For device_stamp_publish(); free() it otherwise. NULL: out of memory. */
struct stamp *device_stamp_new(gh_slice table, gh_slice stamp);
/* Publish a stored stamp; takes ownership. NULL is fine: the device gets an older mark at its
 * next handshake and repeats some records, which are recognised. */
void device_stamp_publish(struct device *d, struct stamp *s);

/* Whether `peer` stands for the address `at`, as that setting has it; for an empty one none does. */
bool device_address_fits(gh_slice at, gh_slice peer, enum key_proof proof);
/* A number for a text, to notice that it is another; never 0, which stands for none. */
uint64_t device_text_hash(gh_slice text);

/* So long it was between two contacts. */
void device_rhythm_note(struct device *d, int64_t gap_ms);

/* Punches that were counted before may count otherwise now. */
static inline void device_log_recount(struct device *d)
{
	pthread_mutex_lock(&d->lock);
	d->log_count = (struct store_log_count){ 0 };
	pthread_mutex_unlock(&d->lock);
}

#endif
