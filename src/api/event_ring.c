#include "api/event_ring.h"

#include <stdlib.h>

#include "core/live.h"
#include "core/metrics.h"

enum {
	EVENTS = 2048,		   /* kept at the most */
	EVENTS_BYTES = 4 << 20,	   /* of their texts */
	EVENTS_AT_ONCE = 500,	   /* made by one job */
	EVENT_LIMIT = PIECE_LIMIT, /* of the texts of a job */
};

struct event {
	int64_t seq;
	struct event_origin of;
	size_t n;
	uint8_t *text;
};

struct event_ring {
	struct read_job job;
	struct server *server;
	enum store_stream stream;
	struct readers *readers;
	void (*wake)(void *ctx);
	void *ctx;

	/* Of the job. */
	struct event_rows rows;
	struct json out;
	size_t start; /* of the event that is made, in `out` */
	struct event made_now[EVENTS_AT_ONCE];
	size_t made_n;
	enum gh_err err;

	pthread_mutex_t lock; /* of what follows */
	size_t streams;
	bool making, failed;
	int64_t base, made; /* events with numbers above base are here, up to made */
	struct event event[EVENTS];
	size_t first, n, bytes;
};

/* --- one event --- */

static void event_begin(void *ctx, int64_t seq)
{
	struct event_ring *r = ctx;

	(void)seq;
	r->start = r->out.text.n;
}

static bool event_end(void *ctx, int64_t seq, const struct event_origin *of)
{
	struct event_ring *r = ctx;
	struct event *e = &r->made_now[r->made_n];

	*e = (struct event){ .seq = seq, .of = *of, .n = r->out.text.n - r->start };
	e->text = r->out.text.err ? NULL : malloc(e->n);
	if (e->text == NULL) {
		r->err = GH_ENOMEM;
		return false;
	}
	memcpy(e->text, r->out.text.p + r->start, e->n);
	r->made_n++;
	return true;
}

/* --- the ring; under the lock --- */

static struct event *ring_event(struct event_ring *r, size_t i)
{
	return &r->event[(r->first + i) % EVENTS];
}

static void ring_drop_first(struct event_ring *r)
{
	struct event *e = ring_event(r, 0);

	r->base = e->seq;
	r->bytes -= e->n;
	free(e->text);
	r->first = (r->first + 1) % EVENTS;
	r->n--;
}

static void ring_put(struct event_ring *r, const struct event *e)
{
	while (r->n && (r->n == EVENTS || r->bytes + e->n > EVENTS_BYTES))
		ring_drop_first(r);
	*ring_event(r, r->n++) = *e;
	r->bytes += e->n;
}

/* Begin again behind a number. */
static void ring_begin(struct event_ring *r, int64_t seq)
{
	while (r->n)
		ring_drop_first(r);
	r->base = r->made = seq;
}

/* The place of the first event behind the cursor. */
static size_t ring_position(struct event_ring *r, int64_t cursor)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ring_event(r, middle)->seq > cursor)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* --- the making --- */

/* Whether a job was put. */
static bool ring_make(struct event_ring *r)
{
	int64_t last = live_seq(r->server->live, r->stream);

	if (r->making || r->streams == 0 || last <= r->made)
		return false;
	/* Too far behind: what is older, each stream reads itself. */
	if (last - r->made > EVENTS)
		ring_begin(r, last - EVENTS_AT_ONCE);
	r->making = readers_put(r->readers, READERS_SHORT, &r->job) == GH_OK;
	r->failed = !r->making;
	return r->making;
}

/* On a reader thread. */
static void ring_run(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct event_ring *r = (struct event_ring *)job;
	int64_t last = live_seq(r->server->live, r->stream);

	pthread_mutex_lock(&r->lock);
	struct store_page page = { .after = r->made,
				   .before = last + 1,
				   .limit = EVENTS_AT_ONCE };
	pthread_mutex_unlock(&r->lock);
	r->made_n = 0;
	r->err = err;
	buffer_empty(&r->out.text);
	if (err == GH_OK)
		err = event_rows_read(&r->rows, r->stream, reader, &page);
	if (r->err == GH_OK)
		r->err = err;
	metric_add(&r->server->metrics->events, r->made_n);
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < r->made_n; i++)
		ring_put(r, &r->made_now[i]);
	if (r->made_n)
		r->made = r->made_now[r->made_n - 1].seq;
	if (r->err == GH_OK && r->made_n < EVENTS_AT_ONCE)
		r->made = last;
	r->failed = r->err != GH_OK;
	pthread_mutex_unlock(&r->lock);
}

static void ring_done(struct read_job *job)
{
	struct event_ring *r = (struct event_ring *)job;

	if (r->out.text.err)
		json_clear(&r->out);
	pthread_mutex_lock(&r->lock);
	r->making = false;
	if (!r->failed)
		ring_make(r);
	pthread_mutex_unlock(&r->lock);
	r->wake(r->ctx);
}

void event_ring_grew(struct event_ring *r)
{
	pthread_mutex_lock(&r->lock);
	bool failed = !ring_make(r) && r->failed;

	pthread_mutex_unlock(&r->lock);
	if (failed)
		r->wake(r->ctx);
}

/* --- the streams --- */

enum event_ring_result event_ring_take(struct event_ring *r, struct feed_place *place,
				       const struct event_filter *filter, struct piece *to)
{
	int64_t *cursor = &place->cursor[r->stream];
	enum event_ring_result result = EVENT_RING_WAIT;

	pthread_mutex_lock(&r->lock);
	if (*cursor < r->base || (r->failed && *cursor >= r->made)) {
		pthread_mutex_unlock(&r->lock);
		return EVENT_RING_OWN;
	}
	for (size_t i = ring_position(r, *cursor); i < r->n && !piece_full(to); i++) {
		const struct event *e = ring_event(r, i);

		*cursor = e->seq;
		if (event_filter_has(filter, &e->of)) {
			event_id_write(&to->out.text, place);
			piece_write(to, (gh_slice){ e->text, e->n });
			result = EVENT_RING_TAKEN;
		}
	}
	pthread_mutex_unlock(&r->lock);
	return result;
}

void event_ring_join(struct event_ring *r)
{
	pthread_mutex_lock(&r->lock);
	if (r->streams++ == 0 && !r->making)
		ring_begin(r, live_seq(r->server->live, r->stream));
	pthread_mutex_unlock(&r->lock);
}

void event_ring_leave(struct event_ring *r)
{
	pthread_mutex_lock(&r->lock);
	r->streams--;
	pthread_mutex_unlock(&r->lock);
}

struct event_ring *event_ring_new(struct server *server, enum store_stream stream,
				  struct readers *readers, void (*wake)(void *ctx), void *ctx)
{
	struct event_ring *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->job = (struct read_job){ .run = ring_run, .done = ring_done, .admitted = true };
	r->server = server;
	r->readers = readers;
	r->stream = stream;
	r->out = json_with_limit(EVENT_LIMIT);
	r->rows = (struct event_rows){ .server = server,
				       .out = &r->out,
				       .begin = event_begin,
				       .end = event_end,
				       .ctx = r };
	r->wake = wake;
	r->ctx = ctx;
	pthread_mutex_init(&r->lock, NULL);
	return r;
}

void event_ring_free(struct event_ring *r)
{
	if (r == NULL)
		return;
	ring_begin(r, 0);
	json_clear(&r->out);
	pthread_mutex_destroy(&r->lock);
	free(r);
}
