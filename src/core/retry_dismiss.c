/* Deletes a row that was kept as it was sent: finds its device on a reader thread, deletes it on the
 * store thread, and ends, on a reader thread again, the problems of the device that stood for it. */
#include <stdio.h>
#include <stdlib.h>

#include "core/kept_problems.h"
#include "core/readers.h"
#include "core/retry.h"

struct dismissal {
	struct read_job read;
	struct store_job job;
	struct server *server;
	enum retry_of of;
	int64_t id;
	int64_t device; /* whose row it is; 0: there is none */
	char serial[64];
	size_t removed;
	enum gh_err err;
	retry_dismissed_fn *done;
	void *ctx;
};

static struct dismissal *dismissal_of_job(struct store_job *job)
{
	return (struct dismissal *)((uint8_t *)job - offsetof(struct dismissal, job));
}

static void dismissal_end(struct dismissal *d)
{
	d->done(d->ctx, d->err, d->removed > 0);
	free(d);
}

/* --- its device --- */

static void row_noted(struct dismissal *d, int64_t id, int64_t device, gh_slice serial)
{
	if (id != d->id)
		return;
	d->device = device;
	snprintf(d->serial, sizeof(d->serial), "%.*s", GH_FMT(serial));
}

static bool quarantine_noted(void *ctx, const void *row, const struct store_key *key)
{
	const struct quarantine *q = row;

	row_noted(ctx, key->number, q->device, q->serial);
	return false;
}

static bool upload_noted(void *ctx, const void *row, const struct store_key *key)
{
	const struct raw_upload *u = row;

	row_noted(ctx, key->number, u->device, u->serial);
	return false;
}

static void row_find(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct dismissal *d = (struct dismissal *)job;
	bool upload = d->of == RETRY_UPLOADS;
	struct store_rows rows = { .list = upload ? STORE_UPLOADS : STORE_QUARANTINE,
				   .after = d->id - 1,
				   .limit = 1 };

	d->err = err ? err
		     : d->server->db.ops->rows_read(
			       reader, &rows, upload ? upload_noted : quarantine_noted, d);
}

static void row_found(struct read_job *job)
{
	struct dismissal *d = (struct dismissal *)job;

	if (d->err == GH_OK && d->device) {
		enum gh_err err = store_put(d->server->queue, &d->job);

		/* It belongs to the store thread now, and may have ended there. */
		if (err == GH_OK)
			return;
		d->err = err;
	}
	dismissal_end(d);
}

/* --- its problems --- */

static void dismissal_look(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct dismissal *d = (struct dismissal *)job;

	if (err == GH_OK)
		kept_problems_end(d->server, reader, d->device, gh_slice_of(d->serial));
}

static void dismissal_looked(struct read_job *job)
{
	dismissal_end((struct dismissal *)job);
}

/* --- the row --- */

static enum gh_err dismissal_run(struct store_job *job, const struct store_ops *ops,
				 struct store *s)
{
	struct dismissal *d = dismissal_of_job(job);

	d->removed = 0;
	return d->of == RETRY_UPLOADS ? ops->upload_delete(s, d->id, &d->removed)
				      : ops->quarantine_delete(s, d->id, &d->removed);
}

static void dismissal_done(struct store_job *job, enum gh_err err)
{
	struct dismissal *d = dismissal_of_job(job);

	d->err = err;
	d->read = (struct read_job){ .run = dismissal_look,
				     .done = dismissal_looked,
				     .admitted = true };
	if (err || readers_put(d->server->readers, READERS_SHORT, &d->read))
		dismissal_end(d);
}

enum gh_err retry_dismiss(struct server *server, enum retry_of of, int64_t id,
			  retry_dismissed_fn *done, void *ctx)
{
	struct dismissal *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return GH_ENOMEM;
	d->read = (struct read_job){ .run = row_find, .done = row_found };
	d->job = (struct store_job){ .run = dismissal_run,
				     .done = dismissal_done,
				     .lane = LANE_LEDGER };
	d->server = server;
	d->of = of;
	d->id = id;
	d->done = done;
	d->ctx = ctx;
	enum gh_err err = readers_put(server->readers, READERS_SHORT, &d->read);

	if (err)
		free(d);
	return err;
}
