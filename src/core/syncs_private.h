/* For syncs.c and sync_apply.c; not included elsewhere. */
#ifndef GH_CORE_SYNCS_PRIVATE_H
#define GH_CORE_SYNCS_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <uthash.h>

#include "core/command_queue_job.h"
#include "core/device_private.h"
#include "core/readers.h"
#include "core/sync_gather.h"
#include "core/syncs.h"

/* People of a device that become ours in one transaction; others do with the next plan, which follows soon. */
#define SYNC_ADOPTS 500

/* When a device is planned next. */
struct sync_due {
	UT_hash_handle hh;
	int64_t device;
	uint64_t roster;	    /* that it was planned for */
	uint32_t version, contents; /* of the device then */
	int64_t at_ms;		    /* by the clock ... */
	int64_t planned_ms;	    /* ... and monotonic */
	int64_t due_ms;		    /* by the clock */
	int64_t rest_ms;	    /* not before; monotonic */
	bool queried;	/* its people were queried, as it reported some who are not stored */
	bool withdrawn; /* nothing waits that a plan queued, as it is only shown */
};

/* The latest order about a person, work code or card that a device acknowledged. */
struct sync_done {
	UT_hash_handle hh;
	struct sync_refused {
		int64_t device;
		uint64_t order; /* a hash; of sync_done what it is about */
	} of;
	uint64_t order;
};

/* An order that a device refused, or did not keep. */
struct sync_refusal {
	UT_hash_handle hh;
	struct sync_refused of;
	int64_t until_ms; /* monotonic */
	unsigned times;
};

struct syncs {
	struct server *server;
	_Atomic uint64_t roster;	  /* one more with each change */
	_Atomic int64_t changed_ms;	  /* the latest; monotonic */
	_Atomic int64_t changed_first_ms; /* the first since it was settled; 0: none */

	pthread_mutex_t lock; /* of these two */
	struct sync_refusal *refusal;
	struct sync_done *answered;

	/* --- one device at a time: who set `busy` has what follows --- */
	_Atomic bool busy;
	int64_t again_ms; /* not before; monotonic */
	uint64_t settled; /* the roster that devices are planned for */
	struct sync_due *due;
	struct arena text; /* of the roster */
	struct sync_roster people;
	uint64_t people_of; /* which roster that is */
	bool people_there;

	struct read_job read;
	struct device *device; /* referenced */
	struct sync_given given;
	struct sync_plan plan;
	bool planned, query;
	bool only_shown; /* what waits is withdrawn, and nothing queued */
	uint64_t made_roster;
	uint32_t made_version, made_contents;
	int64_t began_ms, began_monotonic_ms, due_ms;
	enum gh_err err;

	struct command_order *order; /* in given.arena */
	size_t orders;
	size_t adopts; /* held people who are ours and not marked so */
	struct queue_job *job;
	bool later;	  /* the bytes of what is to be ordered are not read yet */
	bool moved, more; /* the world did; there is more to be done at once */
	size_t withdrawn;
};

void syncs_refusals_clear(struct syncs *p);
/* Queue what was planned. Ends in syncs_applied(). */
void syncs_apply(struct syncs *p);
void syncs_applied(struct syncs *p, enum gh_err err);
/* Whether the order was refused lately, or is the one that the device acknowledged last; *until_ms falls to when it may be queued again. */
bool syncs_is_refused(struct syncs *p, int64_t device, const struct sync_order *o,
		      int64_t *until_ms);

#endif
