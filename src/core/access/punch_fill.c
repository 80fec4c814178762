#include "core/access/punch_fill.h"

#include <stdlib.h>

#include "core/access/event_units.h"
#include "core/access/punch_rules.h"
#include "core/access/subs.h"
#include "core/live.h"
#include "core/metrics.h"
#include "core/readers.h"

#define PIECE 500 /* rows that are read, and at most stored, at a time */

struct punch_fill {
	struct read_job read;
	struct store_job write;
	struct server *server;
	struct device *device; /* referenced: whose events they are stored as */
	struct device *sub;    /* referenced: only those of this one behind it; NULL: all */
	struct punch_rules_of_device rules;
	struct event_units *units;
	ghi_civil from, to;
	int64_t end; /* what came later is stored with its punch */
	bool begun, more;
	enum gh_err err;
	size_t rows, n, fresh; /* read, and to be stored, of this piece */
	struct punch_fill_result result;
	punch_fill_done_fn *done;
	void *ctx;
	struct access_put put[PIECE];
};

static struct punch_fill *fill_of_write(struct store_job *job)
{
	return (struct punch_fill *)((uint8_t *)job - offsetof(struct punch_fill, write));
}

static void fill_free(struct punch_fill *f)
{
	event_units_free(f->units);
	device_unref(f->device);
	device_unref(f->sub);
	free(f);
}

static void fill_end(struct punch_fill *f, enum gh_err err)
{
	f->done(f->ctx, err, &f->result);
	fill_free(f);
}

/* The rules as they are now: where they were changed meanwhile, the next piece goes by the new ones. */
static enum gh_err fill_rules_read(struct punch_fill *f)
{
	event_units_free(f->units);
	f->units = NULL;
	punch_rules_of(f->server, f->device, &f->rules);
	return event_units_of(f->server, f->device, &f->rules.device, &f->units);
}

/* A failure is reported by `done`. */
static void fill_next(struct punch_fill *f)
{
	enum gh_err err = fill_rules_read(f);

	/* What was begun is finished, however many wait. */
	f->read.admitted = true;
	if (err == GH_OK)
		err = readers_put(f->server->readers, READERS_LIST, &f->read);
	if (err)
		fill_end(f, err);
}

static bool fill_row(void *ctx, const struct access_event *e)
{
	struct punch_fill *f = ctx;
	struct access_put *a = &f->put[f->n];
	bool in_time = (f->from == GHI_CIVIL_NONE || e->time >= f->from) &&
		       (f->to == GHI_CIVIL_NONE || e->time <= f->to);

	f->rows++;
	f->result.last_seq = e->seq;
	if (f->sub && !gh_slice_eq(e->unit, device_sn(f->sub)))
		return true;
	f->result.events += in_time;
	if (!in_time || e->punch_seq)
		return true;
	/* The rest is read where it is stored. */
	*a = (struct access_put){ .event = access_event_empty(), .stored = true };
	a->event.seq = e->seq;
	a->event.device = e->device;
	a->punch = punch_rules_apply(e->unit.n ? event_unit_rules(f->units, e->unit)
					       : &f->rules.device,
				     &f->rules.server, e, &a->punch_status, &a->punch_verify);
	f->n += a->punch && !(e->flags & ACCESS_SHIFTED);
	return true;
}

static void fill_read(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct punch_fill *f = (struct punch_fill *)job;
	const struct store_ops *ops = f->server->db.ops;

	f->rows = f->n = 0;
	if (err == GH_OK && !f->begun)
		err = ops->last_seq(reader, STREAM_ACCESS, &f->end);
	f->begun = true;
	struct store_page page = { .after = f->result.last_seq,
				   .before = f->end + 1,
				   .limit = PIECE,
				   .device = device_id(f->device) };

	if (err == GH_OK)
		err = ops->access_read(reader, &page, fill_row, f);
	f->more = f->rows == PIECE;
	f->err = err;
}

static void fill_ran(struct read_job *job)
{
	struct punch_fill *f = (struct punch_fill *)job;
	enum gh_err err = f->err;

	if (err == GH_OK && f->n == 0 && f->more) {
		fill_next(f);
		return;
	}
	if (err || f->n == 0) {
		fill_end(f, err);
		return;
	}
	f->write.rows = f->n;
	/* Where it is queued, f is the store thread's, and may be freed by now. */
	err = store_put(f->server->queue, &f->write);
	if (err)
		fill_end(f, err);
}

static enum gh_err fill_write(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	struct punch_fill *f = fill_of_write(job);

	return ops->access_put(s, f->put, f->n, &f->fresh);
}

static void fill_written(struct store_job *job, enum gh_err err)
{
	struct punch_fill *f = fill_of_write(job);
	int64_t last = 0, punches = 0;

	for (size_t i = 0; i < f->n && err == GH_OK; i++) {
		int64_t seq = f->put[i].event.punch_seq;

		last = seq > last ? seq : last;
		punches += seq > 0;
	}
	f->result.punches += punches;
	metric_add(&f->server->metrics->access_punches, (uint64_t)punches);
	if (last)
		live_grew(f->server->live, STREAM_PUNCH, last);
	if (err || !f->more)
		fill_end(f, err);
	else
		fill_next(f);
}

/* Events of a sub-controller are stored as its main controller's. GH_ENOTFOUND: that one is not there. */
static enum gh_err fill_device_set(struct punch_fill *f, struct device *d)
{
	gh_slice parent = device_parent(d);

	f->device = parent.n ? devices_find(f->server->devices, parent) : device_ref(d);
	if (f->device == NULL)
		return GH_ENOTFOUND;
	if (parent.n)
		f->sub = device_ref(d);
	return fill_rules_read(f);
}

enum gh_err device_punches_fill(struct server *server, struct device *d, ghi_civil from,
				ghi_civil to, punch_fill_done_fn *done, void *ctx)
{
	struct punch_fill *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return GH_ENOMEM;
	f->server = server;
	f->from = from;
	f->to = to;
	f->done = done;
	f->ctx = ctx;
	enum gh_err err = fill_device_set(f, d);

	if (err == GH_OK) {
		f->read = (struct read_job){ .run = fill_read, .done = fill_ran };
		f->write = (struct store_job){ .run = fill_write,
					       .done = fill_written,
					       .lane = LANE_LEDGER,
					       .device = device_id(f->device) };
		err = readers_put(server->readers, READERS_LIST, &f->read);
	}
	if (err)
		fill_free(f);
	return err;
}
