/* One upload on its way into the store. A small one is one job, so one transaction. A large one
 * goes in pieces, each a job of its own, so that neither its records nor its transaction grow
 * with the body; the device is answered after the last. Earlier pieces hold only what storing
 * again does not change, so a device that repeats the upload after a failure does no harm:
 * quarantine, raw bodies and the stamp go with the last piece. Punches wait for it too, up to
 * INGEST_PUNCHES of them, and are appended in one job: their seq are consecutive.
 *
 * Threads: filled and freed by its owner; between ingest_put… and done() it is the store
 * thread's, which writes it and records the result, nothing else. */
#ifndef GH_CORE_INGEST_H
#define GH_CORE_INGEST_H

#include "core/devices.h"
#include "model/punch.h"

struct device_time;
struct ingest;

/* Derive the UTC moment of a punch whose digits and time of arrival are set, and what is odd about
 * it; its zone's name is borrowed from `t`. `cache` is of t->zone. */
void punch_place_in_time(struct punch *p, const struct device_time *t,
			 struct zone_cache *cache);

struct ingest_result {
	size_t accepted;    /* records understood, repeats included; of all pieces */
	size_t fresh;	    /* punches that were new */
	size_t quarantined; /* malformed records put aside */
};

enum {
	INGEST_PUNCHES = 50000,	     /* of one upload that are appended together */
	INGEST_PIECE_BYTES = 262144, /* a piece that reached it is to be put */
};

/* On the store thread. */
typedef void ingest_done_fn(void *ctx, enum gh_err err, const struct ingest_result *result);

/* NULL when memory is exhausted. What it takes itself is charged to the arena's share. The arena (that of the request) must outlive `done`, and so
 * must the bytes every added record points to; with pieces: the arena is the ingest's alone, is
 * cleared between pieces, and holds what the records of a piece point to. `device` is
 * referenced. */
struct ingest *ingest_new(struct server *server, struct device *device, struct arena *arena,
			  gh_slice table);
void ingest_free(struct ingest *in); /* the caller's; NULL is fine */

/* Each returns GH_ENOMEM at most. The punch's device, zone, utc, received_ms and flags are
 * filled in here. */
GH_MUST_CHECK enum gh_err ingest_punch(struct ingest *in, const struct punch *p);
GH_MUST_CHECK enum gh_err ingest_record(struct ingest *in, enum model_kind_id kind,
					const void *record);
/* The reason is copied; the raw bytes must last until the last piece is done. */
GH_MUST_CHECK enum gh_err ingest_quarantine(struct ingest *in, int64_t line, int64_t offset,
					    gh_slice raw, const char *reason);
GH_MUST_CHECK enum gh_err ingest_raw(struct ingest *in, gh_slice target, gh_slice body);
GH_MUST_CHECK enum gh_err ingest_option(struct ingest *in, gh_slice key, gh_slice value);
/* The mark the device sent with the upload; becomes the stored one with the commit. */
void ingest_stamp(struct ingest *in, gh_slice table, gh_slice stamp);

/* Whether what was gathered is to be put as a piece before more is added. */
bool ingest_full(const struct ingest *in);
/* Whether a piece would hold anything: records, or punches that may wait no longer. */
bool ingest_piece_due(const struct ingest *in);
/* Whether anything waits that points to what was read. */
bool ingest_pending(const struct ingest *in);

/* Hand it to the store, whole. It is freed after done(). GH_EBUSY: the queue is full; GH_ENOMEM: the
 * arena was refused memory; `in` is still the caller's. */
GH_MUST_CHECK enum gh_err ingest_put(struct ingest *in, ingest_done_fn *done, void *ctx);
/* Hand what was gathered to the store; from done() on `in` is the caller's again. INGEST_MORE:
 * then comes ingest_piece_clear(), and more records. INGEST_ALL: the same, and the punches do not
 * wait, because what they point to does not last. */
enum ingest_piece { INGEST_MORE, INGEST_ALL, INGEST_LAST };
GH_MUST_CHECK enum gh_err ingest_put_piece(struct ingest *in, enum ingest_piece piece,
					   ingest_done_fn *done, void *ctx);
void ingest_piece_clear(struct ingest *in);

#endif
