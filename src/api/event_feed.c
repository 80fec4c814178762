#include "api/event_feed.h"

#include <stdlib.h>

#include "api/event_topics.h"
#include "core/live.h"
#include "core/metrics.h"

#define PAGE_ROWS 100
#define PAGE_SPAN 20000 /* numbers of the ledger looked at for one */

static bool feed_event_add(void *ctx, const struct punch *p)
{
	struct feed *f = ctx;
	struct punch_view v = punch_view_of(&f->viewer, p);

	event_punch_write(&f->piece.out, &v);
	metric_add(&f->events->api->server->metrics->events, 1);
	f->cursor[STREAM_PUNCH] = p->seq;
	f->rows++;
	return !piece_full(&f->piece);
}

static enum gh_err feed_punches_read(struct feed *f, struct store_reader *reader, int64_t upto)
{
	struct punch_query q = { .page = { .after = f->cursor[STREAM_PUNCH],
					   .before = upto + 1,
					   .limit = PAGE_ROWS,
					   .device = f->device },
				 .from = GHI_CIVIL_NONE,
				 .to = GHI_CIVIL_NONE };

	punch_viewer_begin(&f->viewer, f->events->api->server);
	return f->events->api->server->db.ops->punches_read(reader, &q, feed_event_add, f);
}

/* What is followed of each stream of the store. */
static const struct feed_stream {
	int64_t (*last)(struct live *l); /* number of its last row */
	/* Write the rows behind the cursor, up to a number, and move the cursor along. */
	enum gh_err (*read)(struct feed *f, struct store_reader *reader, int64_t upto);
} feed_streams[STORE_STREAMS] = {
	[STREAM_PUNCH] = { live_seq, feed_punches_read },
};

static int64_t feed_stream_last(const struct feed *f, enum store_stream s)
{
	return feed_streams[s].last(f->events->api->server->live);
}

static enum gh_err feed_stream_read(struct feed *f, enum store_stream s,
				    struct store_reader *reader)
{
	int64_t seen = feed_stream_last(f, s), before = f->cursor[s], upto = before + PAGE_SPAN;
	enum gh_err err;

	if (seen <= f->cursor[s])
		return GH_OK;
	/* Where few rows are of this device, a part of the ledger at a time is looked at. */
	if (seen > upto)
		seen = upto;
	f->rows = 0;
	err = feed_streams[s].read(f, reader, seen);
	/* All up to `seen` was looked at: what did not come is of other devices. */
	if (err == GH_OK && f->rows < PAGE_ROWS && !piece_full(&f->piece))
		f->cursor[s] = seen;
	/* Some that were not sent yet were removed: the stream ends, and the next request is refused. */
	if (err == GH_OK && before && before < live_floor(f->events->api->server->live))
		err = GH_ESTATE;
	return err;
}

/* What was committed after the cursors, a page of it. */
static enum gh_err feed_make(struct piece *p, struct store_reader *reader)
{
	struct feed *f = (struct feed *)p;
	enum gh_err err = GH_OK;

	for (enum store_stream s = 0; s < STORE_STREAMS && err == GH_OK && !piece_full(p); s++)
		err = feed_stream_read(f, s, reader);
	return err;
}

static bool feed_behind(const struct feed *f)
{
	for (enum store_stream s = 0; s < STORE_STREAMS; s++)
		if (feed_stream_last(f, s) > f->cursor[s])
			return true;
	return false;
}

/* The first event: which ledger the numbers are of, and the last of each stream. It has no id,
 * for it is no place to go on from. */
static void feed_ledger_write(struct feed *f)
{
	piece_write(&f->piece, GH_LIT("retry: 2000\n\nevent: ledger\ndata: "));
	json_object(&f->piece.out);
	json_key(&f->piece.out, "ledger");
	json_string(&f->piece.out, gh_slice_of(f->events->api->ledger));
	for (enum store_stream s = 0; s < STORE_STREAMS; s++) {
		json_key(&f->piece.out, store_stream_name(s));
		json_int(&f->piece.out, feed_stream_last(f, s));
	}
	json_key(&f->piece.out, "floor");
	json_int(&f->piece.out, live_floor(f->events->api->server->live));
	json_object_end(&f->piece.out);
	piece_write(&f->piece, GH_LIT("\n\n"));
}

/* After an error the client comes again with its Last-Event-ID. */
static int64_t feed_pull(void *ctx, uint8_t *to, size_t n)
{
	struct feed *f = ctx;
	size_t sent;

	if (atomic_load(&f->events->ended) || !tokens_valid(f->events->api->tokens, f->token))
		return -1;
	if (piece_making(&f->piece))
		return 0;
	if (f->piece.err)
		return -1;
	sent = piece_send(&f->piece, to, n);
	if (sent)
		return (int64_t)sent;
	if (f->punches && feed_behind(f)) {
		piece_reset(&f->piece);
		switch (event_ring_take(f->events->ring, &f->cursor[STREAM_PUNCH], f->device,
					&f->piece)) {
		case EVENT_RING_TAKEN:
			return (int64_t)piece_send(&f->piece, to, n);
		case EVENT_RING_OWN:
			return piece_request(&f->piece) ? -1 : 0;
		case EVENT_RING_WAIT:
			break;
		}
	}
	if (f->states) {
		piece_reset(&f->piece);
		switch (state_events_take(f->events->states, &f->state_cursor, f->states,
					  f->device, &f->piece)) {
		case STATE_EVENTS_TAKEN:
			return (int64_t)piece_send(&f->piece, to, n);
		case STATE_EVENTS_LOST:
			/* It comes again, and reads the states again. */
			return -1;
		case STATE_EVENTS_NONE:
			break;
		}
	}
	if (!atomic_exchange(&f->beat, false))
		return 0;
	piece_reset(&f->piece);
	piece_write(&f->piece, GH_LIT(": alive\n\n"));
	return (int64_t)piece_send(&f->piece, to, n);
}

static void feed_free(struct piece *p)
{
	piece_clear(p);
	free(p);
}

static void feed_gone(void *ctx)
{
	struct feed *f = ctx;

	events_leave(f->events, f);
	event_ring_leave(f->events->ring);
	state_events_leave(f->events->states, f->states);
	piece_gone(&f->piece);
}

/* false when there are too many. */
static bool feed_enter(struct feed *f)
{
	if (!events_enter(f->events, f))
		return false;
	event_ring_join(f->events->ring);
	f->state_cursor = state_events_join(f->events->states, f->states);
	return true;
}

/* Where to begin: after Last-Event-ID, else after `after`, else from now on. A number that the
 * ledger has not reached is of another one, or of a time before it was restored: what follows
 * would be skipped. */
static bool feed_cursor_read(struct call *c, struct feed *f)
{
	const struct param_value *after = call_param(c, PARAM_after);
	const char *what = "parameter \"after\"";
	int64_t punch = after->i;
	bool pair, header = false;
	gh_slice id;

	for (enum store_stream s = 0; s < STORE_STREAMS; s++)
		f->cursor[s] = feed_stream_last(f, s);
	if (http_header(c->r, "Last-Event-ID", &id) && id.n) {
		if (query_place(id, &punch, &pair)) {
			call_fail(c, ERROR_header_invalid,
				  "Last-Event-ID must be the id of an event.");
			return false;
		}
		header = true;
		what = "Last-Event-ID";
	}
	if (!punches_place_check(c, punch, what) || !punches_floor_check(c, punch, what))
		return false;
	if (header || after->present)
		f->cursor[STREAM_PUNCH] = punch;
	return true;
}

static void feed_begin(struct call *c, struct feed *f)
{
	struct http_stream *s;

	http_add_header(c->r, "X-Accel-Buffering", "no");
	s = http_stream_start(c->r, 200, "text/event-stream", feed_pull, feed_gone, f);
	if (s == NULL) {
		feed_gone(f);
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	events_attach(f->events, f, s);
}

/* NULL: answered. */
static struct feed *feed_new(struct call *c)
{
	struct feed *f = calloc(1, sizeof(*f));

	if (f == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return NULL;
	}
	f->events = c->api->events;
	f->token = c->token;
	f->viewer.server = c->server;
	f->piece.make = feed_make;
	f->piece.release = feed_free;
	piece_init(&f->piece, c->api->readers, READERS_SHORT);
	feed_ledger_write(f);
	if (call_device_filter(c, &f->device) && feed_cursor_read(c, f) &&
	    event_topics_read(c, &f->punches, &f->states))
		return f;
	feed_free(&f->piece);
	return NULL;
}

void handle_events(struct call *c)
{
	struct feed *f = feed_new(c);

	if (f == NULL)
		return;
	if (!feed_enter(f)) {
		feed_free(&f->piece);
		http_add_header(c->r, "Retry-After", "10");
		call_fail(c, ERROR_too_many_streams,
			  "There are as many event streams as the server allows.");
		return;
	}
	feed_begin(c, f);
}
