#include "tests.h"

#include "server.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "core/readers.h"
#include "wire/attendance/attlog.h"
#include "wire/push/command.h"
#include "words.h"

_Atomic int64_t server_fixture_now;

static int64_t now_ms(void)
{
	return server_fixture_now;
}

/* Waiting for the store thread. */
struct wait {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool done;
	enum gh_err err;
};

static struct wait wait_new(void)
{
	return (struct wait){ .lock = PTHREAD_MUTEX_INITIALIZER,
			      .changed = PTHREAD_COND_INITIALIZER };
}

static void wait_end(struct wait *w, enum gh_err err)
{
	pthread_mutex_lock(&w->lock);
	w->done = true;
	w->err = err;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

static enum gh_err wait_for(struct wait *w)
{
	pthread_mutex_lock(&w->lock);
	while (!w->done)
		pthread_cond_wait(&w->changed, &w->lock);
	pthread_mutex_unlock(&w->lock);
	return w->err;
}

static void server_ended(void *ctx, enum gh_err err)
{
	wait_end(ctx, err);
}

static const struct store_queue_limits limits = { 1000, 1 << 20, 100, 1 << 20, 0, 0 };

void server_fixture_restart(struct server_fixture *f)
{
	store_queue_close(f->server.queue);
	devices_close(f->server.devices);
	assert_int_equal(devices_open(&f->server, &f->server.devices), GH_OK);
	assert_int_equal(store_queue_open(&f->server.db, limits, &f->server.queue), GH_OK);
}

void server_fixture_open(struct server_fixture *f)
{
	static const struct readers_limits reading = { .threads = 1, .waiting = 10 };
	char why[256];

	server_fixture_now = INT64_C(1722470400000);
	*f = (struct server_fixture){ .settings = { .zone = "Europe/Berlin",
						    .command_ttl_ms = 1000000,
						    .command_retry_ms = 30000,
						    .command_tries = 3,
						    .batch_commands = 200,
						    .batch_bytes = 40960,
						    .devices_max = 3,
						    .held_max = 3 } };
	f->server.settings = &f->settings;
	f->server.metrics = &f->metrics;
	f->server.now_ms = now_ms;
	f->server.live = live_new();
	f->server.problems = problems_new();
	assert_non_null(f->server.problems);
	f->server.wrong_keys = limiter_new(
		(struct limiter_rule){ .burst = 3, .interval_ms = 10000, .addresses = 100 });
	assert_non_null(f->server.wrong_keys);
	f->server.questions = limiter_new(
		(struct limiter_rule){ .burst = 3, .interval_ms = 10000, .addresses = 100 });
	assert_non_null(f->server.questions);
	f->server.trace = trace_new(
		(struct trace_limits){ .bytes = 1 << 20, .per_device = 8, .body = 1024 });
	assert_true(temp_store_make(&f->at));
	assert_int_equal(store_open(gh_slice_of(f->at.url), &f->server.db, why, sizeof(why)),
			 GH_OK);
	assert_int_equal(devices_open(&f->server, &f->server.devices), GH_OK);
	assert_int_equal(readers_new(&f->server.db, &reading, &f->server.readers), GH_OK);
	assert_int_equal(store_queue_open(&f->server.db, limits, &f->server.queue), GH_OK);
}

void server_fixture_close(struct server_fixture *f)
{
	store_queue_close(f->server.queue);
	readers_free(f->server.readers);
	devices_close(f->server.devices);
	trace_free(f->server.trace);
	problems_free(f->server.problems);
	limiter_free(f->server.wrong_keys);
	limiter_free(f->server.questions);
	live_free(f->server.live);
	store_close(&f->server.db);
	assert_true(temp_store_remove(&f->at));
}

struct admission {
	struct wait wait;
	struct device *device;
};

static void server_admitted(void *ctx, struct device *d, enum gh_err err)
{
	struct admission *a = ctx;

	a->device = d;
	wait_end(&a->wait, err);
}

struct device *server_admit(struct server_fixture *f, const char *sn)
{
	return server_admit_row(f, &(struct device_row){ .sn = gh_slice_of(sn) });
}

struct device *server_admit_row(struct server_fixture *f, const struct device_row *first)
{
	struct admission a = { .wait = wait_new() };

	if (devices_admit(&f->server, first, server_admitted, &a) != GH_OK)
		return NULL;
	assert_int_equal(wait_for(&a.wait), GH_OK);
	return a.device;
}

struct device *server_announce(struct server_fixture *f, const char *sn)
{
	struct device_row first = { .state = DEVICE_HELD, .sn = gh_slice_of(sn) };
	struct admission a = { .wait = wait_new() };

	assert_int_equal(devices_announce(&f->server, &first, NULL, NULL, server_admitted, &a),
			 GH_OK);
	assert_int_equal(wait_for(&a.wait), GH_OK);
	return a.device;
}

void server_approve(struct server_fixture *f, struct device *d)
{
	struct wait w = wait_new();
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_state),
				     .state = DEVICE_APPROVED };

	assert_int_equal(device_change(&f->server, d, &change, server_ended, &w), GH_OK);
	assert_int_equal(wait_for(&w), GH_OK);
}

void server_change(struct server_fixture *f, struct device *d, const struct device_row *change)
{
	struct wait w = wait_new();

	assert_int_equal(device_change(&f->server, d, change, server_ended, &w), GH_OK);
	assert_int_equal(wait_for(&w), GH_OK);
}

struct upload_wait {
	struct wait wait;
	struct ingest_result result;
};

static void server_uploaded(void *ctx, enum gh_err err, const struct ingest_result *result)
{
	struct upload_wait *u = ctx;

	u->result = *result;
	wait_end(&u->wait, err);
}

enum gh_err server_upload(struct server_fixture *f, struct device *d, const char *lines,
			  struct ingest_result *result)
{
	struct upload_wait u = { .wait = wait_new() };
	struct arena arena = { 0 };
	struct ghi_lines at = ghi_lines_of(gh_slice_of(lines));
	struct ingest *in = ingest_new(&f->server, d, &arena, GH_LIT("ATTLOG"));
	gh_slice line;

	assert_non_null(in);
	while (ghi_lines_next(&at, &line)) {
		struct ghi_attlog_fault fault;
		struct punch p;

		if (ghi_attlog_parse(line, &p, &fault) == GH_OK)
			assert_int_equal(ingest_punch(in, &p), GH_OK);
		else
			assert_int_equal(ingest_quarantine(in, at.number, (int64_t)at.start,
							   line, fault.reason),
					 GH_OK);
	}
	assert_int_equal(ingest_put(in, server_uploaded, &u), GH_OK);
	enum gh_err err = wait_for(&u.wait);
	if (result)
		*result = u.result;
	ghi_arena_clear(&arena);
	return err;
}

struct queue_wait {
	struct wait wait;
	int64_t id;
};

static void server_queued(void *ctx, enum gh_err err, const struct command *c)
{
	struct queue_wait *q = ctx;

	q->id = c->id;
	wait_end(&q->wait, err);
}

void queue_orders(struct server_fixture *f, struct command_order *orders, size_t n)
{
	struct wait w = wait_new();

	assert_int_equal(command_queue_many(&f->server, orders, n, server_ended, &w), GH_OK);
	assert_int_equal(wait_for(&w), GH_OK);
}

void queue_orders_whole(struct server_fixture *f, struct command_order *orders, size_t n)
{
	struct wait w = wait_new();

	assert_int_equal(command_queue_whole(&f->server, orders, n, server_ended, &w), GH_OK);
	assert_int_equal(wait_for(&w), GH_OK);
}

int64_t queue_kind(struct server_fixture *f, struct device *d, enum command_kind kind,
		   gh_slice arguments)
{
	struct queue_wait q = { .wait = wait_new() };
	struct command_request request = { .kind = kind, .arguments = arguments };

	assert_int_equal(command_queue(&f->server, d, &request, server_queued, &q), GH_OK);
	assert_int_equal(wait_for(&q.wait), GH_OK);
	return q.id;
}

int64_t server_queue(struct server_fixture *f, struct device *d, const char *text)
{
	struct words words;

	assert_int_equal(words_read(gh_slice_of(text), &words), GH_OK);
	int64_t id = queue_kind(f, d, words.kind, words.arguments);

	free(words.room);
	return id;
}

static char offer_text[65536];

/* The reply an attendance device is given. */
static void server_offered(void *ctx, enum gh_err err, struct command_list *offered)
{
	struct ghi_writer w = ghi_writer_on(offer_text, sizeof(offer_text) - 1);

	for (const struct command_item *at = offered->first; at; at = at->next) {
		uint8_t words[4096];
		struct ghi_writer text = ghi_writer_on(words, sizeof(words));

		ghi_command_words_write(&text, at->command.kind, at->command.arguments);
		ghi_command_write(&w, (uint64_t)at->command.id, ghi_written(&text));
	}
	offer_text[w.n] = 0;
	wait_end(ctx, err);
}

const char *server_poll(struct server_fixture *f, struct device *d)
{
	struct wait w = wait_new();

	if (!device_offer_due(d, now_ms()))
		return "";
	assert_int_equal(command_offer(&f->server, d, server_offered, &w), GH_OK);
	assert_int_equal(wait_for(&w), GH_OK);
	return offer_text;
}

void server_answer(struct server_fixture *f, struct device *d, int64_t id, int64_t code)
{
	struct wait w = wait_new();
	struct command_answer a = { .id = id, .return_code = code };

	assert_int_equal(command_answers(&f->server, d, &a, 1, server_ended, &w), GH_OK);
	assert_int_equal(wait_for(&w), GH_OK);
}

struct nothing {
	struct store_job job;
	struct wait wait;
};

static enum gh_err nothing_run(struct store_job *job, const struct store_ops *ops,
			       struct store *s)
{
	(void)job;
	(void)ops;
	(void)s;
	return GH_OK;
}

static void nothing_done(struct store_job *job, enum gh_err err)
{
	wait_end(&((struct nothing *)job)->wait, err);
}

void server_settle(struct server_fixture *f)
{
	struct nothing n = { .job = { .run = nothing_run, .done = nothing_done },
			     .wait = wait_new() };

	assert_int_equal(store_put(f->server.queue, &n.job), GH_OK);
	assert_int_equal(wait_for(&n.wait), GH_OK);
}

static bool note_state(void *ctx, const struct command *c)
{
	*(enum command_state *)ctx = c->state;
	return true;
}

enum command_state state_of(struct server_fixture *f, int64_t id)
{
	enum command_state s = COMMAND_STATES;
	struct store_reader *r;

	assert_int_equal(f->server.db.ops->reader_open(f->server.db.store, &r), GH_OK);
	assert_int_equal(f->server.db.ops->command_get(r, id, note_state, &s), GH_OK);
	f->server.db.ops->reader_close(r);
	return s;
}
