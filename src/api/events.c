#include "api/events.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "api/compat/zk_server/fields.h"
#include "api/punches.h"
#include "api/readers.h"
#include "base/clock.h"
#include "base/number.h"
#include "core/live.h"

#define PAGE_ROWS 100

struct feed {
	struct events *events;
	struct feed *next, **link;
	struct http_stream *stream; /* under the events' lock */
	struct punch_viewer viewer;
	struct punch_query q; /* page.after is the cursor */
	struct json out;      /* text not yet sent */
	size_t at;	      /* of which this much is sent */
	int64_t rows;	      /* of the last page */
	atomic_bool beat;     /* time to say it is alive */
};

struct events {
	struct api *api;
	struct live_listener *listener;
	pthread_mutex_t lock;
	pthread_cond_t stop;
	pthread_t timer;
	bool timing, stopping;
	atomic_bool ended;
	size_t feeds;
	struct feed *first;
};

static void wake_all(void *ctx)
{
	struct events *e = ctx;

	pthread_mutex_lock(&e->lock);
	for (struct feed *f = e->first; f; f = f->next)
		if (f->stream)
			http_stream_wake(f->stream);
	pthread_mutex_unlock(&e->lock);
}

static void *beat(void *ctx)
{
	struct events *e = ctx;
	unsigned every = e->api->settings.heartbeat_s ? e->api->settings.heartbeat_s : 15;
	struct timespec next = ghi_clock_deadline(0);

	pthread_mutex_lock(&e->lock);
	while (!e->stopping) {
		next.tv_sec += every;
		while (!e->stopping && pthread_cond_timedwait(&e->stop, &e->lock, &next) == 0)
			;
		for (struct feed *f = e->first; f && !e->stopping; f = f->next) {
			atomic_store(&f->beat, true);
			if (f->stream)
				http_stream_wake(f->stream);
		}
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
	e->listener = live_listen(a->server->live, wake_all, e);
	e->timing = e->listener && pthread_create(&e->timer, NULL, beat, e) == 0;
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
	pthread_cond_destroy(&e->stop);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

void events_end(struct events *e)
{
	atomic_store(&e->ended, true);
	wake_all(e);
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

static bool add_event(void *ctx, const struct punch *p)
{
	struct feed *f = ctx;
	struct punch_view v = punch_view_of(&f->viewer, p);

	buffer_add(&f->out.text, GH_LIT("id: "));
	json_begin(&f->out);
	json_int(&f->out, p->seq);
	buffer_add(&f->out.text, GH_LIT("\nevent: punch\ndata: "));
	json_begin(&f->out);
	fields_json(&f->out, &zk_server_punch_fields, &v);
	buffer_add(&f->out.text, GH_LIT("\n\n"));
	f->q.page.after = p->seq;
	f->rows++;
	return f->out.text.err == GH_OK;
}

/* What was committed after the cursor, a page of it. */
static enum gh_err read_page(struct feed *f)
{
	struct api *a = f->events->api;
	int64_t seen = live_seq(a->server->live);
	struct store_reader *reader;
	enum gh_err err;

	if (seen <= f->q.page.after)
		return GH_OK;
	err = readers_borrow(a->readers, &reader);
	if (err)
		return err;
	f->rows = 0;
	err = a->server->db.ops->punches_read(reader, &f->q, add_event, f);
	readers_return(a->readers, reader);
	/* All up to `seen` was looked at: what did not come is of other devices. */
	if (err == GH_OK && f->rows < PAGE_ROWS && f->q.page.after < seen)
		f->q.page.after = seen;
	return err ? err : f->out.text.err;
}

static int64_t feed_pull(void *ctx, uint8_t *to, size_t n)
{
	struct feed *f = ctx;

	if (atomic_load(&f->events->ended))
		return -1;
	if (f->at == f->out.text.n) {
		buffer_empty(&f->out.text);
		f->at = 0;
		if (read_page(f))
			return -1; /* the client comes again with its Last-Event-ID */
		if (f->out.text.n == 0 && atomic_exchange(&f->beat, false))
			buffer_add(&f->out.text, GH_LIT(": alive\n\n"));
	}
	if (n > f->out.text.n - f->at)
		n = f->out.text.n - f->at;
	if (n) {
		memcpy(to, f->out.text.p + f->at, n);
		f->at += n;
	}
	return (int64_t)n;
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
	json_clear(&f->out);
	free(f);
}

/* Its place among the streams; false when there are too many. */
static bool enter(struct events *e, struct feed *f)
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
	return room;
}

/* Where to begin: after Last-Event-ID, else after `after`, else from now on. */
static bool cursor_of(struct call *c, int64_t *after)
{
	gh_slice header;
	uint64_t n;

	int64_t now = live_seq(c->server->live);

	*after = now;
	if (http_header(c->r, "Last-Event-ID", &header) && header.n) {
		if (ghi_number_parse(header, INT64_MAX, &n)) {
			call_fail(c, ERROR_header_invalid,
				  "Last-Event-ID must be the id of an event.");
			return false;
		}
		*after = (int64_t)n;
	} else if (call_param(c, PARAM_after)->present) {
		*after = call_param(c, PARAM_after)->i;
	}
	/* A number the ledger has not reached belongs to another database. */
	if (*after > now)
		*after = now;
	return true;
}

static void begin(struct call *c, struct feed *f)
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
	/* What was stored meanwhile woke nobody. */
	pthread_mutex_lock(&e->lock);
	f->stream = s;
	http_stream_wake(s);
	pthread_mutex_unlock(&e->lock);
}

void handle_events(struct call *c)
{
	struct feed *f = calloc(1, sizeof(*f));

	if (f == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	f->events = c->api->events;
	f->viewer.server = c->server;
	f->out = json_with_limit(LIST_BYTES);
	f->q = (struct punch_query){ .page.limit = PAGE_ROWS,
				     .from = GHI_CIVIL_NONE,
				     .to = GHI_CIVIL_NONE };
	buffer_add(&f->out.text, GH_LIT("retry: 2000\n\n"));
	if (!call_device_filter(c, &f->q.page.device) || !cursor_of(c, &f->q.page.after)) {
		json_clear(&f->out);
		free(f);
		return;
	}
	if (!enter(f->events, f)) {
		json_clear(&f->out);
		free(f);
		http_add_header(c->r, "Retry-After", "10");
		call_fail(c, ERROR_too_many_streams,
			  "There are as many event streams as the server allows.");
		return;
	}
	begin(c, f);
}
