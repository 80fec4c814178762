#include "api/event_feed.h"

#include <stdlib.h>

#include "api/caller.h"
#include "api/door_list.h"
#include "api/event_topics.h"
#include "core/live.h"
#include "core/metrics.h"

#define PAGE_ROWS 100
#define PAGE_SPAN 20000 /* numbers of the ledger looked at for one */

static void feed_row_begin(void *ctx, int64_t seq)
{
	struct feed *f = ctx;

	f->place.cursor[f->reading] = seq;
	f->start = f->piece.out.text.n;
	event_id_write(&f->piece.out.text, &f->place);
}

static bool feed_row_end(void *ctx, int64_t seq, const struct event_origin *of)
{
	struct feed *f = ctx;

	(void)seq;
	f->got++;
	if (!event_filter_has(&f->filter, of)) {
		f->piece.out.text.n = f->start;
		return true;
	}
	metric_add(&f->events->api->server->metrics->events, 1);
	return !piece_full(&f->piece);
}

static bool feed_follows(const struct feed *f, enum store_stream s)
{
	return f->streams >> s & 1;
}

static int64_t feed_stream_last(const struct feed *f, enum store_stream s)
{
	return live_seq(f->events->api->server->live, s);
}

static enum gh_err feed_stream_read(struct feed *f, enum store_stream s,
				    struct store_reader *reader)
{
	int64_t *cursor = &f->place.cursor[s];
	int64_t seen = feed_stream_last(f, s), before = *cursor, upto = before + PAGE_SPAN;
	enum gh_err err;

	if (seen <= before)
		return GH_OK;
	/* Where few rows are of this device, a part of the ledger at a time is looked at. */
	if (seen > upto)
		seen = upto;
	struct store_page page = { .after = before,
				   .before = seen + 1,
				   .limit = PAGE_ROWS,
				   .device = f->filter.device };

	f->got = 0;
	f->reading = s;
	err = event_rows_read(&f->rows, s, reader, &page);
	/* All up to `seen` was looked at: what did not come is of other devices. */
	if (err == GH_OK && f->got < PAGE_ROWS && !piece_full(&f->piece))
		*cursor = seen;
	/* Some that were not sent yet were removed: the stream ends, and the next request is refused. */
	if (err == GH_OK && before && before < live_floor(f->events->api->server->live, s))
		err = GH_ESTATE;
	return err;
}

/* What was committed after the cursors, a page of it. */
static enum gh_err feed_make(struct piece *p, struct store_reader *reader)
{
	struct feed *f = (struct feed *)p;
	enum gh_err err = GH_OK;

	for (enum store_stream s = 0; s < STORE_STREAMS && err == GH_OK && !piece_full(p); s++)
		if (feed_follows(f, s))
			err = feed_stream_read(f, s, reader);
	return err;
}

/* Append what there is behind the cursors; false: nothing to do now. *own: they are too old, and it has
 * to be read. */
static bool feed_streams_take(struct feed *f, bool *own)
{
	bool taken = false;

	*own = false;
	for (enum store_stream s = 0; s < STORE_STREAMS && !*own && !piece_full(&f->piece);
	     s++) {
		if (!feed_follows(f, s) || feed_stream_last(f, s) <= f->place.cursor[s])
			continue;
		switch (event_ring_take(f->events->ring[s], &f->place, &f->filter, &f->piece)) {
		case EVENT_RING_TAKEN:
			taken = true;
			break;
		case EVENT_RING_OWN:
			/* What was taken goes first. */
			*own = !taken;
			break;
		case EVENT_RING_WAIT:
			break;
		}
	}
	return taken || *own;
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
	json_int(&f->piece.out, live_floor(f->events->api->server->live, STREAM_PUNCH));
	json_object_end(&f->piece.out);
	piece_write(&f->piece, GH_LIT("\n\n"));
}

/* After an error the client comes again with its Last-Event-ID. */
static int64_t feed_pull(void *ctx, uint8_t *to, size_t n)
{
	struct feed *f = ctx;
	size_t sent;

	if (atomic_load(&f->events->ended) || !caller_valid(f->events->api, &f->caller))
		return -1;
	if (piece_making(&f->piece))
		return 0;
	if (f->piece.err)
		return -1;
	sent = piece_send(&f->piece, to, n);
	if (sent)
		return (int64_t)sent;
	/* The rest of the doors as they are, before what changes. */
	if (f->doors_more) {
		piece_reset(&f->piece);
		f->doors_more =
			doors_snapshot_write(f->events->api->server, f->filter.device,
					     &f->filter.limit, &f->doors_after, &f->piece.out);
		return (int64_t)piece_send(&f->piece, to, n);
	}
	if (f->streams) {
		bool own;

		piece_reset(&f->piece);
		if (feed_streams_take(f, &own)) {
			if (own)
				return piece_request(&f->piece) ? -1 : 0;
			return (int64_t)piece_send(&f->piece, to, n);
		}
	}
	if (f->states) {
		piece_reset(&f->piece);
		switch (state_events_take(f->events->states, &f->state_cursor, f->states,
					  &f->filter, &f->piece)) {
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
	for (enum store_stream s = 0; s < STORE_STREAMS; s++)
		if (feed_follows(f, s))
			event_ring_leave(f->events->ring[s]);
	state_events_leave(f->events->states, f->states);
	piece_gone(&f->piece);
}

/* false when there are too many. */
static bool feed_enter(struct feed *f)
{
	if (!events_enter(f->events, f))
		return false;
	for (enum store_stream s = 0; s < STORE_STREAMS; s++)
		if (feed_follows(f, s))
			event_ring_join(f->events->ring[s]);
	f->state_cursor = state_events_join(f->events->states, f->states);
	/* What changes from now on follows. */
	if (f->states >> STATE_DOOR & 1)
		f->doors_more =
			doors_snapshot_write(f->events->api->server, f->filter.device,
					     &f->filter.limit, &f->doors_after, &f->piece.out);
	return true;
}

/* Where to begin: after Last-Event-ID, else after `after`, else from now on. A number that the
 * ledger has not reached is of another one, or of a time before it was restored: what follows
 * would be skipped. */
static bool feed_place_read(struct call *c, struct feed *f)
{
	const struct param_value *after = call_param(c, PARAM_after);
	const char *what = "parameter \"after\"";
	int64_t place[STORE_STREAMS] = {
		[STREAM_PUNCH] = after->i, [STREAM_ACCESS] = after->access
	};
	bool pair, given = after->present;
	gh_slice id;

	if (http_header(c->r, "Last-Event-ID", &id) && id.n) {
		if (query_place(id, &place[STREAM_PUNCH], &place[STREAM_ACCESS], &pair)) {
			call_fail(c, ERROR_header_invalid,
				  "Last-Event-ID must be the id of an event.");
			return false;
		}
		given = true;
		what = "Last-Event-ID";
	}
	f->place.pair = feed_follows(f, STREAM_ACCESS);
	for (enum store_stream s = 0; s < STORE_STREAMS; s++) {
		f->place.cursor[s] = feed_stream_last(f, s);
		if (!given || (s != STREAM_PUNCH && !feed_follows(f, s)))
			continue;
		if (!stream_place_check(c, s, place[s], what) ||
		    !stream_floor_check(c, s, place[s], what))
			return false;
		f->place.cursor[s] = place[s];
	}
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

static void feed_limit_set(const struct call *c, struct feed *f)
{
	f->filter.limit = call_area_limit(c);
	if (c->areas)
		memcpy(f->area, c->area, c->areas * sizeof(f->area[0]));
	f->filter.limit.area = f->area;
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
	f->caller = call_caller(c);
	f->piece.make = feed_make;
	f->piece.release = feed_free;
	piece_init(&f->piece, c->api->readers, READERS_SHORT);
	f->rows = (struct event_rows){ .server = c->server,
				       .out = &f->piece.out,
				       .begin = feed_row_begin,
				       .end = feed_row_end,
				       .ctx = f };
	feed_limit_set(c, f);
	feed_ledger_write(f);
	if (event_topics_read(c, &f->streams, &f->states) &&
	    call_device_filter(c, &f->filter.device) && feed_place_read(c, f))
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
