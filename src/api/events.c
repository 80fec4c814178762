#include "api/events.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "api/event_ring.h"
#include "api/event_topics.h"
#include "api/piece.h"
#include "api/punches.h"
#include "api/state_events.h"
#include "base/clock.h"
#include "core/live.h"
#include "core/metrics.h"

#define PAGE_ROWS 100
#define PAGE_SPAN 20000 /* numbers of the ledger looked at for one */

struct feed {
	struct piece piece; /* its stream is set under the events' lock */
	struct events *events;
	struct feed *next, **link;
	struct punch_viewer viewer;
	int64_t cursor[STORE_STREAMS]; /* number of the last row looked at */
	int64_t device;		       /* whose events, 0: of all */
	bool punches;		       /* are followed */
	unsigned states;	       /* topics that are followed, as bits */
	uint64_t state_cursor;
	int64_t token;	  /* of its reader */
	int64_t rows;	  /* of the last page */
	atomic_bool beat; /* a heartbeat is due */
};

struct events {
	struct api *api;
	struct live_listener *listener;
	struct event_ring *ring;
	struct state_events *states;
	pthread_mutex_t lock;
	pthread_cond_t stop;
	pthread_t timer;
	bool timing, stopping;
	atomic_bool ended;
	size_t feeds;
	struct feed *first;
};

static void feeds_wake(void *ctx)
{
	struct events *e = ctx;

	pthread_mutex_lock(&e->lock);
	for (struct feed *f = e->first; f; f = f->next)
		if (f->piece.stream)
			http_stream_wake(f->piece.stream);
	pthread_mutex_unlock(&e->lock);
}

/* On the store thread. */
static void events_wake(void *ctx)
{
	struct events *e = ctx;

	event_ring_grew(e->ring);
}

/* Under the lock. */
static void feeds_beat(struct events *e)
{
	for (struct feed *f = e->first; f && !e->stopping; f = f->next) {
		atomic_store(&f->beat, true);
		if (f->piece.stream)
			http_stream_wake(f->piece.stream);
	}
}

/* Each second the states are looked at, and less often a heartbeat is sent. */
static void *timer_loop(void *ctx)
{
	struct events *e = ctx;
	unsigned every = e->api->settings.heartbeat_s ? e->api->settings.heartbeat_s : 15;
	struct timespec next = ghi_clock_deadline(0);

	pthread_mutex_lock(&e->lock);
	for (unsigned second = 1; !e->stopping; second++) {
		next.tv_sec++;
		while (!e->stopping && pthread_cond_timedwait(&e->stop, &e->lock, &next) == 0)
			;
		if (e->stopping)
			break;
		pthread_mutex_unlock(&e->lock);
		state_events_tick(e->states);
		pthread_mutex_lock(&e->lock);
		if (second % every == 0)
			feeds_beat(e);
	}
	pthread_mutex_unlock(&e->lock);
	return NULL;
}

enum gh_err events_open(struct api *a, struct events **out)
{
	struct events *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return GH_ENOMEM;
	e->api = a;
	pthread_mutex_init(&e->lock, NULL);
	ghi_clock_condition_init(&e->stop);
	e->ring = event_ring_new(a->server, a->readers, feeds_wake, e);
	e->states = state_events_new(a->server, feeds_wake, e);
	e->listener =
		e->ring && e->states ? live_listen(a->server->live, events_wake, e) : NULL;
	e->timing = e->listener && pthread_create(&e->timer, NULL, timer_loop, e) == 0;
	if (!e->timing) {
		events_close(e);
		return GH_ENOMEM;
	}
	*out = e;
	return GH_OK;
}

void events_close(struct events *e)
{
	if (e == NULL)
		return;
	if (e->listener)
		live_leave(e->api->server->live, e->listener);
	pthread_mutex_lock(&e->lock);
	e->stopping = true;
	pthread_cond_signal(&e->stop);
	pthread_mutex_unlock(&e->lock);
	if (e->timing)
		pthread_join(e->timer, NULL);
	event_ring_free(e->ring);
	state_events_free(e->states);
	pthread_cond_destroy(&e->stop);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

void events_end(struct events *e)
{
	atomic_store(&e->ended, true);
	feeds_wake(e);
}

void events_check(struct events *e)
{
	events_wake(e);
}

size_t events_streams(struct events *e)
{
	size_t n;

	pthread_mutex_lock(&e->lock);
	n = e->feeds;
	pthread_mutex_unlock(&e->lock);
	return n;
}

/* --- one stream --- */

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
	struct events *e = f->events;

	pthread_mutex_lock(&e->lock);
	*f->link = f->next;
	if (f->next)
		f->next->link = f->link;
	e->feeds--;
	pthread_mutex_unlock(&e->lock);
	event_ring_leave(e->ring);
	state_events_leave(e->states, f->states);
	piece_gone(&f->piece);
}

/* Its place among the streams; false when there are too many. */
static bool feed_enter(struct events *e, struct feed *f)
{
	unsigned most = e->api->settings.streams ? e->api->settings.streams : 64;
	bool room;

	pthread_mutex_lock(&e->lock);
	room = e->feeds < most && !atomic_load(&e->ended);
	if (room) {
		e->feeds++;
		f->link = &e->first;
		f->next = e->first;
		if (f->next)
			f->next->link = &f->next;
		e->first = f;
	}
	pthread_mutex_unlock(&e->lock);
	if (room) {
		event_ring_join(e->ring);
		f->state_cursor = state_events_join(e->states, f->states);
	}
	return room;
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
	struct events *e = f->events;
	struct http_stream *s;

	http_add_header(c->r, "X-Accel-Buffering", "no");
	s = http_stream_start(c->r, 200, "text/event-stream", feed_pull, feed_gone, f);
	if (s == NULL) {
		feed_gone(f);
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	/* What was stored meanwhile caused no wake-up. */
	pthread_mutex_lock(&e->lock);
	f->piece.stream = s;
	http_stream_wake(s);
	pthread_mutex_unlock(&e->lock);
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
	if (!feed_enter(f->events, f)) {
		feed_free(&f->piece);
		http_add_header(c->r, "Retry-After", "10");
		call_fail(c, ERROR_too_many_streams,
			  "There are as many event streams as the server allows.");
		return;
	}
	feed_begin(c, f);
}
