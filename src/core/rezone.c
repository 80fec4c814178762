#include "core/rezone.h"

#include <stdlib.h>

#include "core/device_options.h"
#include "core/punch_time.h"
#include "core/readers.h"

#define PIECE 500 /* rows that are read, and at most stored, at a time */

struct rezone {
	struct read_job read;
	struct store_job write;
	struct server *server;
	struct device *device; /* referenced */
	struct device_time time;
	struct zone_cache cache;
	ghi_civil at; /* the place that was reached: these digits, and among them this number */
	int64_t at_seq;
	int64_t last_seq; /* what came later is in its zone already */
	ghi_civil since;
	int64_t event_at,
		event_last; /* the same two of access events, which are read by number */
	bool begun, derive, derive_events;
	bool of_events; /* what is to be stored */
	enum gh_err err;
	size_t rows, n; /* read, and to be stored, of this piece */
	struct rezone_result result;
	rezone_done_fn *done;
	void *ctx;
	struct punch punch[PIECE]; /* what is stored of them: seq, zone, utc, flags */
};

static void rezone_end(struct rezone *z, enum gh_err err)
{
	z->done(z->ctx, err, &z->result);
	device_time_clear(&z->time);
	device_unref(z->device);
	free(z);
}

/* A failure is reported by `done`. */
static void rezone_next(struct rezone *z)
{
	/* What was begun is finished, however many wait. */
	z->read.admitted = true;
	enum gh_err err = readers_put(z->server->readers, READERS_LIST, &z->read);

	if (err)
		rezone_end(z, err);
}

/* --- reading a piece --- */

#define DERIVED                                                                  \
	((uint32_t)(PUNCH_IMPOSSIBLE | PUNCH_GAP | PUNCH_OVERLAP | PUNCH_AHEAD | \
		    PUNCH_ANCIENT | PUNCH_SHIFTED))

static bool rezone_row(void *ctx, const struct punch *p)
{
	struct rezone *z = ctx;
	struct punch fresh = *p;

	z->rows++;
	z->at = p->time;
	z->at_seq = p->seq;
	if (p->seq > z->last_seq)
		return true;
	if (p->flags & PUNCH_EPOCH) {
		z->result.unchanged++;
		return true;
	}
	fresh.flags &= ~DERIVED;
	punch_place_in_time(&fresh, &z->time, &z->cache);
	fresh.flags |= punch_flags_again(&fresh, p->flags);
	if (fresh.utc == p->utc && fresh.flags == p->flags &&
	    gh_slice_eq(fresh.zone, p->zone)) {
		z->result.unchanged++;
		return true;
	}
	z->punch[z->n++] = (struct punch){
		.seq = p->seq, .zone = fresh.zone, .utc = fresh.utc, .flags = fresh.flags
	};
	return true;
}

#define EVENT_DERIVED \
	(ACCESS_IMPOSSIBLE | ACCESS_GAP | ACCESS_OVERLAP | ACCESS_AHEAD | ACCESS_ANCIENT)

static bool rezone_event_row(void *ctx, const struct access_event *e)
{
	struct rezone *z = ctx;
	struct punch fresh = { .time = e->time, .received_ms = e->received_ms };

	z->rows++;
	z->event_at = e->seq;
	if (e->seq > z->event_last || e->time < z->since)
		return true;
	punch_place_in_time(&fresh, &z->time, &z->cache);
	fresh.flags |= (uint32_t)(e->flags & ~(int64_t)EVENT_DERIVED);
	if (fresh.utc == e->utc && fresh.flags == (uint32_t)e->flags &&
	    gh_slice_eq(fresh.zone, e->zone)) {
		z->result.events_unchanged++;
		return true;
	}
	z->punch[z->n++] = (struct punch){
		.seq = e->seq, .zone = fresh.zone, .utc = fresh.utc, .flags = fresh.flags
	};
	return true;
}

static enum gh_err rezone_events_read(struct rezone *z, struct store_reader *reader)
{
	const struct store_page page = { .after = z->event_at,
					 .limit = PIECE,
					 .device = device_id(z->device) };
	enum gh_err err = z->server->db.ops->access_read(reader, &page, rezone_event_row, z);

	z->of_events = true;
	z->derive_events = z->rows == PIECE && z->event_at < z->event_last;
	return err;
}

static void rezone_read(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct rezone *z = (struct rezone *)job;
	const struct store_ops *ops = z->server->db.ops;

	z->rows = z->n = 0;
	if (err == GH_OK && !z->begun)
		err = ops->last_seq(reader, STREAM_PUNCH, &z->last_seq);
	if (err == GH_OK && !z->begun)
		err = ops->last_seq(reader, STREAM_ACCESS, &z->event_last);
	z->begun = true;
	if (err == GH_OK && z->derive) {
		err = ops->punches_by_time(reader, device_id(z->device), z->at, z->at_seq,
					   PIECE, rezone_row, z);
		z->derive = z->rows == PIECE;
	} else if (err == GH_OK && z->derive_events) {
		err = rezone_events_read(z, reader);
	}
	if (err == GH_OK && !z->derive && !z->derive_events && z->n == 0)
		err = ops->punches_elsewhere(reader, device_id(z->device),
					     zone_name(z->time.zone), &z->result.kept);
	z->err = err;
}

static void rezone_ran(struct read_job *job)
{
	struct rezone *z = (struct rezone *)job;

	if (z->err == GH_OK && z->n) {
		enum gh_err err = store_put(z->server->queue, &z->write);

		if (err)
			rezone_end(z, err);
	} else if (z->err == GH_OK && (z->derive || z->derive_events)) {
		rezone_next(z);
	} else {
		rezone_end(z, z->err);
	}
}

/* --- storing it --- */

static enum gh_err rezone_write(struct store_job *job, const struct store_ops *ops,
				struct store *s)
{
	struct rezone *z = (struct rezone *)((uint8_t *)job - offsetof(struct rezone, write));

	return z->of_events ? ops->access_rezone(s, z->punch, z->n)
			    : ops->punches_rezone(s, z->punch, z->n);
}

static void rezone_written(struct store_job *job, enum gh_err err)
{
	struct rezone *z = (struct rezone *)((uint8_t *)job - offsetof(struct rezone, write));

	if (err) {
		rezone_end(z, err);
		return;
	}
	int64_t *count = z->of_events ? &z->result.events_rederived : &z->result.rederived,
		*first = z->of_events ? &z->result.events_first_seq : &z->result.first_seq;

	*count += (int64_t)z->n;
	for (size_t i = 0; i < z->n; i++)
		if (*first == 0 || z->punch[i].seq < *first)
			*first = z->punch[i].seq;
	rezone_next(z);
}

enum gh_err device_rezone(struct server *server, struct device *d, ghi_civil since,
			  rezone_done_fn *done, void *ctx)
{
	struct rezone *z = calloc(1, sizeof(*z));

	if (z == NULL)
		return GH_ENOMEM;
	z->read = (struct read_job){ .run = rezone_read, .done = rezone_ran };
	z->write = (struct store_job){ .run = rezone_write,
				       .done = rezone_written,
				       .upkeep = true };
	z->server = server;
	z->device = device_ref(d);
	z->time.zone = device_zone(d);
	z->cache.zone = z->time.zone;
	z->derive = z->derive_events = since != GHI_CIVIL_NONE;
	z->since = since;
	z->at = since;
	z->done = done;
	z->ctx = ctx;
	enum gh_err err = readers_put(server->readers, READERS_LIST, &z->read);

	if (err) {
		device_time_clear(&z->time);
		device_unref(z->device);
		free(z);
	}
	return err;
}
