/* One upload on its way into the store: all its records in one job, so in one transaction.
 * The device is answered from `done`. */
#ifndef GH_CORE_INGEST_H
#define GH_CORE_INGEST_H

#include "core/devices.h"
#include "model/punch.h"

struct ingest;

struct ingest_result {
	size_t accepted;    /* records understood, repeats included */
	size_t fresh;	    /* punches that were new */
	size_t quarantined; /* malformed records put aside */
};

typedef void ingest_done_fn(void *ctx, enum gh_err err, const struct ingest_result *result);

/* NULL when memory is exhausted. The arena (that of the request) must outlive `done`, and so
 * must the bytes every added record points to. `device` is referenced. */
struct ingest *ingest_new(struct server *server, struct device *device, struct arena *arena,
			  gh_slice table);
void ingest_free(struct ingest *in); /* one that was not put; NULL is fine */

/* Each returns GH_ENOMEM at most. The punch's device, zone, utc, received_ms and flags are
 * filled in here. */
GH_MUST_CHECK enum gh_err ingest_punch(struct ingest *in, const struct punch *p);
GH_MUST_CHECK enum gh_err ingest_record(struct ingest *in, enum model_kind_id kind,
					const void *record);
GH_MUST_CHECK enum gh_err ingest_quarantine(struct ingest *in, int64_t line, int64_t offset,
					    gh_slice raw, const char *reason);
GH_MUST_CHECK enum gh_err ingest_raw(struct ingest *in, gh_slice target, gh_slice body);
GH_MUST_CHECK enum gh_err ingest_option(struct ingest *in, gh_slice key, gh_slice value);
/* The mark the device sent with the upload; becomes the stored one with the commit. */
void ingest_stamp(struct ingest *in, gh_slice table, gh_slice stamp);

/* Hand it to the store. GH_EBUSY: the queue is full; `in` is still the caller's. */
GH_MUST_CHECK enum gh_err ingest_put(struct ingest *in, ingest_done_fn *done, void *ctx);

#endif
