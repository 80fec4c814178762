/* Reads a terminal's records into the ledger: piece by piece, each piece one job of the store,
 * and none counts as read before its commit. */
#include <stdio.h>

#include "model/record.h"
#include "session/terminal/batch.h"
#include "session/terminal/read.h"

enum {
	PIECE = 500, /* punches of a job */
};

/* The same for the log and for live events: a punch that arrives both ways must be one punch.
 * The work code is omitted, since most records have none and live events never do. */
static enum gh_err punch_add(struct ingest *in, struct arena *a, const struct gh_punch *from,
			     enum punch_source source)
{
	struct punch p = {
		.pin = ghi_arena_copy(a, gh_slice_of(from->pin)),
		.time = ghi_civil_join((struct ghi_civil_parts){
			from->time.year, from->time.month, from->time.day, from->time.hour,
			from->time.minute, from->time.second }),
		.status = from->status,
		.verify = from->verify,
		.source = source,
	};

	if (p.pin.n == 0 && from->pin[0])
		return GH_ENOMEM;
	return ingest_punch(in, &p);
}

static enum gh_err punches_store_once(struct terminal_worker *w, const struct gh_punch *row,
				      size_t n, enum punch_source source, uint64_t *fresh)
{
	struct terminal_job *j = terminal_job_new(w);
	struct ingest *in =
		j ? ingest_new(w->manager->server, w->device, &j->arena, GH_LIT("ATTLOG"))
		  : NULL;
	enum gh_err err = in ? GH_OK : GH_ENOMEM;

	for (size_t i = 0; i < n && err == GH_OK; i++)
		err = punch_add(in, &j->arena, &row[i], source);
	if (err == GH_OK)
		err = ingest_put(in, terminal_job_ingest_done, j);
	if (err) {
		ingest_free(in);
		terminal_job_free(j);
		return err;
	}
	err = terminal_job_wait(&j);
	if (err == GH_OK)
		*fresh += j->result.fresh;
	terminal_job_free(j);
	return err;
}

enum gh_err terminal_read_unstored(struct terminal_worker *w, enum gh_err err)
{
	snprintf(w->error_text, sizeof(w->error_text),
		 "cannot store what was read, it is read again: %s", gh_strerror(err));
	return GH_EFULL;
}

/* A full queue and a busy database are temporary; the terminal keeps its records meanwhile. */
static enum gh_err punches_store(struct terminal_worker *w, const struct gh_punch *row,
				 size_t n, enum punch_source source, uint64_t *fresh)
{
	enum gh_err err = GH_OK;

	for (int tries = 0; n && tries < TERMINAL_STORE_TRIES; tries++) {
		if (tries && terminal_worker_pause(w, TERMINAL_STORE_PAUSE_MS))
			return GH_ECANCELLED;
		err = punches_store_once(w, row, n, source, fresh);
		if (err == GH_OK || err == GH_ECANCELLED || err == GH_ENOTFOUND)
			return err;
	}
	return err ? terminal_read_unstored(w, err) : GH_OK;
}

static void punch_count(struct terminal_read *r, const struct gh_punch *p)
{
	ghi_civil t = ghi_civil_join(
		(struct ghi_civil_parts){ p->time.year, p->time.month, p->time.day,
					  p->time.hour, p->time.minute, p->time.second });

	r->rows++;
	r->within += (r->from == 0 || t >= r->from) && (r->to == 0 || t <= r->to);
}

static enum gh_err punches_read(struct terminal_worker *w, struct gh_terminal_punches *it,
				struct gh_punch *row, struct terminal_read *r)
{
	enum gh_err err = GH_OK, stored;
	size_t n = 0;

	while (err == GH_OK) {
		err = gh_terminal_punches_next(it, &row[n]);
		if (err == GH_OK)
			punch_count(r, &row[n++]);
		if (n < PIECE && err == GH_OK)
			continue;
		/* What came before a failure is stored, too. */
		stored = err == GH_ECANCELLED ? err
					      : punches_store(w, row, n, PUNCH_READ, &r->fresh);
		if (stored)
			return stored;
		n = 0;
		device_seen(w->device, w->manager->server->now_ms());
	}
	return err == GH_EEND ? GH_OK : err;
}

enum gh_err terminal_read_log(struct terminal_worker *w, struct gh_terminal *t,
			      struct terminal_read *r)
{
	struct arena a = { .share = &w->manager->server->share };
	struct gh_punch *row = ghi_arena_alloc(&a, PIECE * sizeof(*row));
	struct gh_terminal_punches *it = NULL;

	if (row == NULL)
		return terminal_read_unstored(w, GH_ENOMEM);
	enum gh_err err = gh_terminal_punches_open(t, &it);

	if (err == GH_OK)
		err = punches_read(w, it, row, r);
	gh_terminal_punches_close(it);
	ghi_arena_clear(&a);
	if (err == GH_OK) {
		pthread_mutex_lock(&w->manager->lock);
		w->status.read_ms = w->manager->server->now_ms();
		pthread_mutex_unlock(&w->manager->lock);
	}
	return err;
}

enum gh_err terminal_read_live(struct terminal_worker *w, const struct gh_punch *p)
{
	uint64_t fresh = 0;

	return punches_store(w, p, 1, PUNCH_LIVE, &fresh);
}

/* --- the operation log --- */

static gh_slice decimal_print(struct arena *a, unsigned n)
{
	char text[16];
	int size = snprintf(text, sizeof(text), "%u", n);

	return ghi_arena_copy(a, (gh_slice){ (const uint8_t *)text, (size_t)size });
}

static enum gh_err oplog_add(struct terminal_batch *b, const struct gh_oplog *o)
{
	struct arena *a;
	enum gh_err err = terminal_batch_begin(b, &a);

	if (err)
		return err;
	struct oplog record = {
		.present = (UINT64_C(1) << OPLOG_FIELDS) - 1,
		.op = o->op,
		.admin = decimal_print(a, o->admin),
		.time = ghi_civil_join((struct ghi_civil_parts){
			o->time.year, o->time.month, o->time.day, o->time.hour, o->time.minute,
			o->time.second }),
		.value1 = decimal_print(a, o->param[0]),
		.value2 = decimal_print(a, o->param[1]),
		.value3 = decimal_print(a, o->param[2]),
		.value4 = decimal_print(a, o->param[3]),
	};

	return terminal_batch_add(b, KIND_OPLOG, &record);
}

enum gh_err terminal_read_oplog(struct terminal_worker *w, struct gh_terminal *t)
{
	struct terminal_batch b = { .worker = w, .table = GH_LIT("OPERLOG") };
	struct gh_terminal_oplogs *it = NULL;
	struct gh_oplog o;
	enum gh_err err = gh_terminal_oplogs_open(t, &it);

	while (err == GH_OK) {
		err = gh_terminal_oplogs_next(it, &o);
		if (err == GH_OK)
			err = oplog_add(&b, &o);
	}
	gh_terminal_oplogs_close(it);
	if (err == GH_EEND)
		return terminal_batch_end(&b);
	terminal_batch_drop(&b);
	return err;
}
