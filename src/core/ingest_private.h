/* An upload between its two halves: ingest.c gathers it, ingest_job.c stores it. Not included
 * outside them. */
#ifndef GH_CORE_INGEST_PRIVATE_H
#define GH_CORE_INGEST_PRIVATE_H

#include "core/access/event_units.h"
#include "core/access/punch_rules.h"
#include "core/access/query_collect.h"
#include "core/device_options.h"
#include "core/device_private.h"
#include "core/ingest.h"
#include "core/punch_time.h"

/* A record, in the arena behind its list entry. */
struct ingest_item {
	struct ingest_item *next;
	enum {
		ITEM_RECORD,
		ITEM_QUARANTINE,
		ITEM_RAW,
		ITEM_OPTION,
		ITEM_UNIT_ROW,
		ITEM_QUARANTINE_LEAVES,
		ITEM_QUARANTINE_REASON,
		ITEM_UPLOAD_LEAVES
	} what;
	enum model_kind_id kind;
	union {
		struct quarantine quarantine;
		struct raw_upload raw;
		struct unit_row unit_row;
		struct {
			gh_slice key, value;
		} option;
		struct {
			int64_t id;
			gh_slice reason;
		} stored; /* a row of quarantine, or a raw upload */
	};
	max_align_t record[];
};

struct ingest_list {
	struct ingest_item *first, **last;
};

struct ingest {
	struct store_job job;
	struct server *server;
	struct device *device;
	struct arena *arena;
	struct device_time time;
	struct zone_cache cache;
	int64_t received_ms;
	gh_slice table;
	gh_slice stamp_table, stamp;
	struct stamp *shown_stamp; /* to show after the commit */
	bool stamped, resent; /* the mark is kept; and it ends what device_resend() began */
	struct punch *punch;
	size_t punches, room; /* `room` of them are charged to the arena's share */
	/* Access events, and by which rules punches are made of them. */
	struct access_put *event;
	size_t events, event_room;	     /* `event_room` of them are charged, too */
	struct punch_rules_of_device *rules; /* NULL: not read yet */
	struct event_units
		*units; /* behind a main controller; NULL: no event is of one so far */
	bool numbered;	/* some events have the number of one */
	struct ingest_list piece; /* in `arena` */
	struct ingest_list rest;  /* quarantine and raw bodies, for the last piece */
	struct arena rest_arena;
	size_t records; /* the records of this piece, except punches */
	enum ingest_piece putting;
	bool with_punches, with_events; /* in the job that is put */
	bool again;			/* what came before is read again */
	bool elsewhere;			/* it does not come from where the device is at home */
	bool idle;			/* it waits for everything else */
	bool free_when_done;
	size_t fresh, fresh_events; /* of the job that is put */
	/* Of the job that is put: options that do not fit; names the device has at most, negative: not
	 * known. */
	size_t dropped;
	int64_t option_names;
	const struct query_arrival *query; /* NULL: it answers none */
	const struct audit_row *audit;	   /* NULL: there is none */
	const int64_t *audit_wrong;
	bool audited; /* the row of the first piece is stored */
	struct ingest_result result;
	ingest_done_fn *done;
	void *ctx;
};

/* access/event.c: access events, on the store thread, after the commit, and at the end. */
enum gh_err ingest_events_put(struct ingest *in, const struct store_ops *ops, struct store *s);
void ingest_events_committed(struct ingest *in);
void ingest_events_free(struct ingest *in);

/* access/link_photo.c, on the store thread: where a picture names the record of an event, the event. */
struct photo;
enum gh_err ingest_photo_tie(const struct ingest *in, const struct store_ops *ops,
			     struct store *s, struct photo *photo);

#endif
