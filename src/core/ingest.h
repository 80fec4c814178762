/* An upload while it is stored. A small one is one job, and so one transaction. A large one is
 * stored in pieces, each a job of its own, so that neither its records nor its transaction grow
 * with the body; the reply follows the last piece. Earlier pieces contain only records that can
 * be stored twice, so a repeated upload after a failure does no harm: quarantine, raw bodies and
 * the stamp are part of the last piece. Punches wait for it, too, up to INGEST_PUNCHES of them,
 * and are appended in one job: their seq are consecutive.
 *
 * Threads: filled and freed by its owner; between ingest_put… and done() it is the store
 * thread's, which writes it and records the result, nothing else. */
#ifndef GH_CORE_INGEST_H
#define GH_CORE_INGEST_H

#include "core/devices.h"
#include "model/access_event.h"
#include "model/punch.h"

struct ingest;

struct ingest_result {
	size_t accepted;    /* records read, repeats included; of all pieces */
	size_t fresh;	    /* punches that were new, those made of access events not counted */
	size_t events;	    /* access events that were new */
	size_t quarantined; /* malformed records in quarantine */
	size_t dropped;	    /* options and stamps beyond the ceilings of a device */
	size_t damaged; /* templates, pictures, identity cards: more than their size is wrong (content_fault.h) */
	int query; /* enum query_collected, with ingest_query() */
};

/* Ceilings of a device; what it has beyond them from before stays, and can change. */
enum {
	INGEST_OPTION_NAMES = 1000,
	INGEST_OPTION_KEY = 64, /* bytes */
	INGEST_OPTION_VALUE = 4096,
	INGEST_STAMP_BYTES = 64, /* of a table's name, and of a stamp */
};

enum {
	INGEST_PUNCHES = 50000,	     /* of one upload that are appended together */
	INGEST_EVENTS = 5000,	     /* the same, access events */
	INGEST_PIECE_BYTES = 262144, /* a piece that reached it is to be put */
};

/* On the store thread. */
typedef void ingest_done_fn(void *ctx, enum gh_err err, const struct ingest_result *result);

/* NULL when memory is exhausted. Its own memory is charged to the arena's share. The arena (of
 * the request) must outlive `done`, and so must the bytes that added records refer to. With
 * pieces, the arena belongs to the ingest only, is cleared between pieces, and has the bytes
 * that the records of a piece refer to. `device` is referenced. */
struct ingest *ingest_new(struct server *server, struct device *device, struct arena *arena,
			  gh_slice table);
void ingest_free(struct ingest *in); /* the caller's; NULL is fine */
/* When its records were received. */
int64_t ingest_received_ms(const struct ingest *in);

/* What is added came at that time and is read again (retry.h): it is no upload, shows nothing of
 * the device's clock now, and changes nothing that the device has sent since. Before anything is
 * added. */
void ingest_again(struct ingest *in, int64_t received_ms);
/* It does not come from where the device is at home: an event of a reset empties none of its tables. */
void ingest_elsewhere(struct ingest *in);
/* It is stored when nothing else waits for the store (store_job.upkeep). */
void ingest_idle(struct ingest *in);
/* With its first piece: a row of the audit, which lives until the end with its texts. The row of the last piece has
 * the counts, and *wrong, what could not be read, which lives until then, too. */
struct audit_row;
void ingest_audit(struct ingest *in, const struct audit_row *row, const int64_t *wrong);

/* Each returns GH_ENOMEM at most. The punch's device, zone, utc, received_ms and flags are
 * filled in here. */
GH_MUST_CHECK enum gh_err ingest_punch(struct ingest *in, const struct punch *p);
/* The same of an access event, of which `unit` is emptied where it is the device itself. Its punch is made
 * by the rules of device and server (model/punch_rule.h). */
GH_MUST_CHECK enum gh_err ingest_event(struct ingest *in, const struct access_event *e);
/* Where the next one has its place, to be read there: adding it from there copies nothing. `bytes`: how long
 * what is read is. NULL: memory is exhausted. */
struct access_event *ingest_event_next(struct ingest *in, size_t bytes);
GH_MUST_CHECK enum gh_err ingest_record(struct ingest *in, enum model_kind_id kind,
					const void *record);
/* The reason is copied; the raw bytes must last until the last piece is done. */
GH_MUST_CHECK enum gh_err ingest_quarantine(struct ingest *in, int64_t line, int64_t offset,
					    gh_slice raw, const char *reason);
/* The same, unless the device has this line of the table in quarantine already. */
GH_MUST_CHECK enum gh_err ingest_quarantine_once(struct ingest *in, int64_t line,
						 int64_t offset, gh_slice raw,
						 const char *reason);
GH_MUST_CHECK enum gh_err ingest_raw(struct ingest *in, gh_slice target, gh_slice body);
GH_MUST_CHECK enum gh_err ingest_option(struct ingest *in, gh_slice key, gh_slice value);
/* A row of a unit's table, as it sent it by itself, for the mirror (access/unit_mirror.h). */
struct unit_row;
GH_MUST_CHECK enum gh_err ingest_unit_row(struct ingest *in, const struct unit_row *row);
/* With the last piece: the whole upload is a packet, or a count, that answers a query; `a` and what it
 * refers to lasts until then. What became of it is in the result. */
struct query_arrival;
void ingest_query(struct ingest *in, const struct query_arrival *a);
/* With the last piece: a row of quarantine goes, has another reason; a raw upload goes. */
GH_MUST_CHECK enum gh_err ingest_quarantine_leaves(struct ingest *in, int64_t id);
GH_MUST_CHECK enum gh_err ingest_quarantine_reason(struct ingest *in, int64_t id,
						   gh_slice reason);
GH_MUST_CHECK enum gh_err ingest_upload_leaves(struct ingest *in, int64_t id);
/* The mark the device sent with the upload; becomes the stored one with the commit. */
void ingest_stamp(struct ingest *in, gh_slice table, gh_slice stamp);

/* Records that were added to it, those of earlier pieces too. */
size_t ingest_accepted(const struct ingest *in);

/* Whether the gathered records must be put as a piece before more are added. */
bool ingest_full(const struct ingest *in);
/* Whether a piece would not be empty: records, or punches that cannot wait. */
bool ingest_piece_due(const struct ingest *in);
/* Whether records wait that refer to the bytes that were read. */
bool ingest_pending(const struct ingest *in);

/* Put all of it as one job. `in` is freed after done(). GH_EBUSY: the queue is full; GH_ENOMEM:
 * an allocation in the arena failed; then `in` still belongs to the caller. */
GH_MUST_CHECK enum gh_err ingest_put(struct ingest *in, ingest_done_fn *done, void *ctx);
/* Put the gathered records as a job; from done() on `in` belongs to the caller again.
 * INGEST_MORE: ingest_piece_clear() and more records follow. INGEST_ALL: the same, and the
 * punches do not wait, because the bytes they refer to do not stay. */
enum ingest_piece { INGEST_MORE, INGEST_ALL, INGEST_LAST };
GH_MUST_CHECK enum gh_err ingest_put_piece(struct ingest *in, enum ingest_piece piece,
					   ingest_done_fn *done, void *ctx);
void ingest_piece_clear(struct ingest *in);

#endif
