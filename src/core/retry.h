/* What no reader understood when it came, stored as it was sent, is read again: after an upgrade
 * of this program, or when something about its device was corrected. The stored bytes go through
 * the reader of uploads. What is understood now becomes records and punches, in place by their
 * natural keys, with the time of their arrival; where all of it was, it leaves, otherwise it stays
 * with the new reason. What the device has sent of the same thing since holds.
 *
 * It is done in pieces, each read on a reader thread and stored by a job, so that uploads go on
 * in between. */
#ifndef GH_CORE_RETRY_H
#define GH_CORE_RETRY_H

#include "core/devices.h"

struct ingest;

enum retry_of { RETRY_QUARANTINE, RETRY_UPLOADS };

/* Something that is stored as it was sent. */
struct retry_source {
	enum retry_of of;
	int64_t id;
	gh_slice table;
	gh_slice target; /* of an upload, its path and query */
	gh_slice bytes;
};

/* What its records were. */
struct retry_read {
	size_t understood, not_understood;
	gh_slice reason; /* of the first that was not; in the arena */
};

enum retry_step {
	RETRY_MORE,
	RETRY_STORE, /* there is more, and what was added is to be stored before */
	RETRY_ENDED  /* all was read */
};

/* The reader of uploads, a layer above the core. It is used by one thread at a time. */
struct retry_reader;
struct retry_reader_ops {
	/* `arena` has what lasts until the end, `piece` what lasts until a piece is stored; the
	 * source and these outlive the reader. GH_ENOMEM. */
	enum gh_err (*open)(struct server *server, struct device *d, struct ingest *in,
			    const struct retry_source *source, struct arena *arena,
			    struct arena *piece, struct retry_reader **out);
	/* Adds the next records to `in`. */
	enum gh_err (*next)(struct retry_reader *r, enum retry_step *step);
	/* The result is valid as long as the arena. */
	struct retry_read (*close)(struct retry_reader *r);
};

struct retry_result {
	bool found;	     /* of one row: it was there */
	int64_t tried, left; /* rows; `left`: all of it is understood now, and it is gone */
	int64_t records;     /* that are understood, repeats included */
	int64_t punches;     /* of them, those that were not there */
	char reason[160];    /* why the last that stayed did; empty: none did */
};

struct retry_select {
	enum retry_of of;
	int64_t id;	/* 0: all */
	int64_t device; /* 0: of all devices */
	bool idle; /* a piece is stored when nothing else waits; what stays keeps its reason */
};

/* On a reader thread or the store thread. */
typedef void retry_done_fn(void *ctx, enum gh_err err, const struct retry_result *result);

/* After an error what was done stays, and it can be repeated. An error at once: `done` is not
 * called. GH_ESTATE: this program has no reader of uploads. */
GH_MUST_CHECK enum gh_err retry_begin(struct server *server, struct retry_select select,
				      retry_done_fn *done, void *ctx);

/* Delete one row, *found: it was there. On a reader thread or the store thread. The problems of
 * its device that stood for it are over when it was the last. */
typedef void retry_dismissed_fn(void *ctx, enum gh_err err, bool found);
GH_MUST_CHECK enum gh_err retry_dismiss(struct server *server, enum retry_of of, int64_t id,
					retry_dismissed_fn *done, void *ctx);

#endif
