/* A workbook on its way: its rows are read by jobs of the readers, one after another; then it is
 * compressed, which takes the processor up to a minute, cannot be stopped, and is done by a thread of its
 * own; the request is answered when that is done. A second thread waits for it on behalf of the request:
 * when the peer leaves or the program ends, it answers at once, and the workbook is left to the first,
 * which discards it when it is complete. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/statvfs.h>

#include "api/caller.h"
#include "api/list_export.h"
#include "base/clock.h"

#define WATCH_MS 100

/* What both threads have; freed by the one that uses it last. */
struct workbook_work {
	pthread_mutex_t lock; /* guards ended and left */
	pthread_cond_t changed;
	bool ended, left;
	struct sheet *sheet;
	enum gh_err err;
	struct workbook_place *place; /* given back by the first thread where it is left */
};

/* In the request's arena. */
struct workbook {
	struct read_job job;
	struct call *c;
	struct export *e;
	struct workbook_work *work;
	enum gh_err err;
};

/* --- the answer --- */

static void room_fail(struct call *c)
{
	struct statvfs fs = { .f_bavail = 0 };
	bool seen = statvfs(c->api->settings.folder, &fs) == 0;

	http_add_header(c->r, "Retry-After", "60");
	call_fail(
		c, ERROR_storage_full,
		"A workbook is put together in %s, whose file system has %llu MiB free. A "
		"million rows take some 1400 MiB while it is made, and %u MiB must stay free. "
		"Make room there, select less, or export csv or ndjson, which take none.",
		c->api->settings.folder,
		seen ? (unsigned long long)fs.f_bavail * fs.f_frsize >> 20 : 0,
		(unsigned)(SHEET_ROOM >> 20));
}

void export_fail(struct call *c, enum gh_err err)
{
	if (err == GH_EFULL && c->question->format == LIST_XLSX)
		room_fail(c);
	else
		call_fail_err(c, err);
}

/* On the listener's thread. */
static void workbook_reply(void *ctx)
{
	struct workbook *w = ctx;
	enum gh_err why = (enum gh_err)atomic_load(&w->job.stopped);

	if (w->err == GH_OK) {
		export_start(w->c, w->e);
		return;
	}
	export_discard(w->e);
	export_fail(w->c, w->err == GH_ECANCELLED && why ? why : w->err);
}

static void workbook_end(struct workbook *w)
{
	http_resume_with(w->c->r, workbook_reply, w);
}

/* --- compression --- */

static void work_free(struct workbook_work *k)
{
	pthread_cond_destroy(&k->changed);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

static void *compression_run(void *ctx)
{
	struct workbook_work *k = ctx;
	enum gh_err err;
	bool left;

	/* By which those who look at a busy server see it. */
	pthread_setname_np(pthread_self(), "workbook");
	err = sheet_end(k->sheet);
	pthread_mutex_lock(&k->lock);
	k->err = err;
	k->ended = true;
	left = k->left;
	pthread_cond_signal(&k->changed);
	pthread_mutex_unlock(&k->lock);
	if (left) {
		sheet_free(k->sheet);
		workbook_place_give(k->place);
		work_free(k);
	}
	return NULL;
}

static bool workbook_awaited(const struct workbook *w)
{
	return !atomic_load(&w->c->api->closing) && !http_peer_left(w->c->r);
}

/* Whether it is complete; otherwise it is the other thread's. */
static bool compression_wait(struct workbook *w)
{
	struct workbook_work *k = w->work;
	bool ended;

	pthread_mutex_lock(&k->lock);
	while (!k->ended && workbook_awaited(w)) {
		struct timespec until = ghi_clock_deadline(WATCH_MS);

		pthread_cond_timedwait(&k->changed, &k->lock, &until);
	}
	ended = k->ended;
	k->left = !ended;
	if (k->left) {
		k->place = w->e->place;
		w->e->place = NULL;
		w->e->sheet = NULL;
	}
	pthread_mutex_unlock(&k->lock);
	return ended;
}

static void *waiting_run(void *ctx)
{
	struct workbook *w = ctx;

	if (compression_wait(w)) {
		w->err = w->work->err;
		work_free(w->work);
	} else {
		w->err = GH_ECLOSED;
	}
	workbook_end(w);
	return NULL;
}

static enum gh_err thread_start(void *(*run)(void *ctx), void *ctx)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, ctx))
		return GH_ENOMEM;
	pthread_detach(thread);
	return GH_OK;
}

static struct workbook_work *work_new(struct sheet *sheet)
{
	struct workbook_work *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	if (ghi_clock_condition_init(&k->changed)) {
		free(k);
		return NULL;
	}
	pthread_mutex_init(&k->lock, NULL);
	k->sheet = sheet;
	return k;
}

static enum gh_err compression_start(struct workbook *w)
{
	w->work = work_new(w->e->sheet);
	if (w->work == NULL)
		return GH_ENOMEM;
	if (thread_start(compression_run, w->work)) {
		work_free(w->work);
		return GH_ENOMEM;
	}
	/* Without a second thread this one waits. */
	if (thread_start(waiting_run, w))
		waiting_run(w);
	return GH_OK;
}

/* --- rows --- */

static bool workbook_left(struct read_job *job)
{
	return http_peer_left(((struct workbook *)job)->c->r);
}

static void workbook_run(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct workbook *w = (struct workbook *)job;

	w->err = err ? err : export_rows_make(w->e, reader);
}

/* It is another thread's from the moment it is given to one, and may be gone; where none took it, it ends. */
static void workbook_go_on(struct workbook *w)
{
	enum gh_err err = w->e->over ? compression_start(w)
				     : readers_put(w->c->api->readers, READERS_LIST, &w->job);

	if (err) {
		w->err = err;
		workbook_end(w);
	}
}

/* The next rows, or what comes after the last. */
static void workbook_done(struct read_job *job)
{
	struct workbook *w = (struct workbook *)job;

	if (w->err == GH_OK && !caller_valid(w->c->api, &w->e->caller))
		w->err = GH_EDENIED;
	if (w->err)
		workbook_end(w);
	else
		workbook_go_on(w);
}

void workbook_begin(struct call *c, struct export *e)
{
	struct workbook *w = ghi_arena_alloc(call_arena(c), sizeof(*w));

	if (w == NULL || !http_defer(c->r)) {
		export_discard(e);
		if (w == NULL)
			call_fail_err(c, GH_ENOMEM);
		return;
	}
	*w = (struct workbook){ .job = { .run = workbook_run,
					 .done = workbook_done,
					 .left = workbook_left,
					 .admitted = true },
				.c = c,
				.e = e };
	workbook_go_on(w);
}
