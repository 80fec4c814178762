/* Reads a terminal's records into the ledger: piece by piece, each piece one job of the store,
 * and none counts as read before its commit. */
#include <stdio.h>

#include "core/problems.h"
#include "model/record.h"
#include "session/terminal/batch.h"
#include "session/terminal/read.h"

enum {
	PIECE = 500,	       /* punches of a job */
	PIECE_MAX = 2 * PIECE, /* where more were made in one second */
};

/* A row of the log on its way: a punch, or what goes to quarantine. */
struct log_row {
	struct gh_punch punch;
	uint8_t raw[64]; /* of what is no punch, cut */
	uint8_t raw_n;
	const char *reason; /* static; NULL: it is a punch */
};

/* --- records that are no punches --- */

/* A record of another kind, or of another table: no PIN has control characters. */
static bool pin_is_text(const char *pin)
{
	for (; *pin; pin++)
		if ((unsigned char)*pin < ' ' || *pin == 0x7F)
			return false;
	return true;
}

static const char *record_fault(const struct gh_punch *p)
{
	if (p->pin[0])
		return pin_is_text(p->pin) ? NULL : "a record that is no punch";
	return p->uid ? "a punch without a PIN, of a slot that no user has"
		      : "a record without a PIN and a slot";
}

/* Whether the record was put in quarantine before, since the worker began. It is noted. */
static bool record_is_known(struct terminal_worker *w, const struct log_row *row)
{
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */

	for (size_t i = 0; i < row->raw_n; i++)
		hash = (hash ^ row->raw[i]) * 0x100000001b3;
	for (size_t i = 0; i < w->quarantined_n; i++)
		if (w->quarantined[i] == hash)
			return true;
	if (w->quarantined_n < TERMINAL_QUARANTINE_MAX)
		w->quarantined[w->quarantined_n++] = hash;
	return false;
}

static enum gh_err quarantine_add_once(struct terminal_worker *w, struct ingest *in,
				       struct arena *a, const struct log_row *row,
				       uint64_t number)
{
	char why[120];

	if (record_is_known(w, row))
		return GH_OK;
	if (row->punch.uid)
		snprintf(why, sizeof(why), "%s: %u", row->reason, row->punch.uid);
	else
		snprintf(why, sizeof(why), "%s", row->reason);
	gh_slice raw = ghi_arena_copy(a, (gh_slice){ row->raw, row->raw_n });

	return raw.n == row->raw_n ? ingest_quarantine_once(in, (int64_t)number, 0, raw, why)
				   : GH_ENOMEM;
}

/* --- punches --- */

/* The same for the log and for live events: a punch that comes both ways must be one. Live events
 * have no work code; their punch gets it from the log (store.h). */
static enum gh_err punch_add(struct ingest *in, struct arena *a, const struct gh_punch *from,
			     enum punch_source source)
{
	char code[16] = "";

	if (from->work_code && source == PUNCH_READ)
		snprintf(code, sizeof(code), "%lu", (unsigned long)from->work_code);
	struct punch p = {
		.pin = ghi_arena_copy(a, gh_slice_of(from->pin)),
		.time = ghi_civil_join((struct ghi_civil_parts){
			from->time.year, from->time.month, from->time.day, from->time.hour,
			from->time.minute, from->time.second }),
		.status = from->status,
		.verify = from->verify,
		.work_code = ghi_arena_copy(a, gh_slice_of(code)),
		.source = source,
	};

	if (p.pin.n == 0 || (code[0] && p.work_code.n == 0))
		return GH_ENOMEM;
	return ingest_punch(in, &p);
}

static enum gh_err rows_store_once(struct terminal_worker *w, const struct log_row *row,
				   size_t n, uint64_t first, enum punch_source source,
				   uint64_t *fresh)
{
	struct terminal_job *j = terminal_job_new(w);
	size_t quarantined = w->quarantined_n;
	struct ingest *in =
		j ? ingest_new(w->manager->server, w->device, &j->arena, GH_LIT("ATTLOG"))
		  : NULL;
	enum gh_err err = in ? GH_OK : GH_ENOMEM;

	for (size_t i = 0; i < n && err == GH_OK; i++)
		err = row[i].reason ? quarantine_add_once(w, in, &j->arena, &row[i], first + i)
				    : punch_add(in, &j->arena, &row[i].punch, source);
	if (err == GH_OK)
		err = ingest_put(in, terminal_job_ingest_done, j);
	if (err)
		ingest_free(in);
	else
		err = terminal_job_wait(&j);
	if (err == GH_OK)
		*fresh += j->result.fresh;
	else
		w->quarantined_n = quarantined; /* they go there with the next try */
	terminal_job_free(j);
	return err;
}

enum gh_err terminal_read_unstored(struct terminal_worker *w, enum gh_err err)
{
	snprintf(w->error_text, sizeof(w->error_text),
		 "cannot store what was read, it is read again: %s", gh_strerror(err));
	return GH_EFULL;
}

/* A full queue and a busy database pass; the terminal keeps what it has meanwhile. */
static enum gh_err rows_store(struct terminal_worker *w, const struct log_row *row, size_t n,
			      uint64_t first, enum punch_source source, uint64_t *fresh)
{
	enum gh_err err = GH_OK;

	for (int tries = 0; n && tries < TERMINAL_STORE_TRIES; tries++) {
		if (tries && terminal_worker_pause(w, TERMINAL_STORE_PAUSE_MS))
			return GH_ECANCELLED;
		err = rows_store_once(w, row, n, first, source, fresh);
		if (err == GH_OK || err == GH_ECANCELLED || err == GH_ENOTFOUND)
			return err;
	}
	return err ? terminal_read_unstored(w, err) : GH_OK;
}

/* --- the log --- */

struct log_reading {
	struct terminal_worker *worker;
	struct gh_terminal_punches *it;
	struct log_row *row; /* PIECE_MAX */
	size_t n;
	uint64_t stored; /* rows before row[0] */
	struct terminal_read *result;
};

static void log_row_count(struct log_reading *l, struct log_row *row)
{
	const struct gh_punch *p = &row->punch;
	struct terminal_read *r = l->result;
	ghi_civil t = ghi_civil_join(
		(struct ghi_civil_parts){ p->time.year, p->time.month, p->time.day,
					  p->time.hour, p->time.minute, p->time.second });
	size_t size;
	const uint8_t *raw;

	r->rows++;
	row->reason = record_fault(p);
	if (row->reason == NULL) {
		r->within += (r->from == 0 || t >= r->from) && (r->to == 0 || t <= r->to);
		return;
	}
	r->quarantined++;
	raw = gh_terminal_punches_record(l->it, &size);
	row->raw_n = size < sizeof(row->raw) ? (uint8_t)size : sizeof(row->raw);
	memcpy(row->raw, raw, row->raw_n);
}

static enum gh_err log_piece_store(struct log_reading *l, size_t n)
{
	enum gh_err err =
		rows_store(l->worker, l->row, n, l->stored + 1, PUNCH_READ, &l->result->fresh);

	l->result->unstored = err && err != GH_ECANCELLED;
	if (err)
		return err;
	l->stored += n;
	l->n -= n;
	memmove(l->row, l->row + n, l->n * sizeof(*l->row));
	device_seen(l->worker->device, l->worker->manager->server->now_ms());
	return GH_OK;
}

/* Punches of one second go in one piece (store.h), unless they are impossibly many. */
static bool log_piece_ends(const struct log_reading *l)
{
	const struct log_row *last = &l->row[l->n - 1];

	return l->n == PIECE_MAX ||
	       (l->n > PIECE && last->punch.time_code != last[-1].punch.time_code);
}

static enum gh_err log_read_rows(struct log_reading *l)
{
	enum gh_err err = GH_OK, stored = GH_OK;

	while (err == GH_OK && stored == GH_OK) {
		err = gh_terminal_punches_next(l->it, &l->row[l->n].punch);
		if (err)
			break;
		log_row_count(l, &l->row[l->n++]);
		if (log_piece_ends(l))
			stored = log_piece_store(l, l->n == PIECE_MAX ? l->n : l->n - 1);
	}
	if (stored)
		return stored;
	/* What came before a failure is stored, too. */
	if (err != GH_ECANCELLED && l->n)
		stored = log_piece_store(l, l->n);
	return stored ? stored : err == GH_EEND ? GH_OK : err;
}

static void log_read_end(struct terminal_worker *w, const struct terminal_read *r)
{
	struct server *server = w->manager->server;
	char quarantined[24];

	pthread_mutex_lock(&w->manager->lock);
	w->status.read_ms = server->now_ms();
	pthread_mutex_unlock(&w->manager->lock);
	if (r->quarantined == w->quarantined_logged)
		return;
	w->quarantined_logged = r->quarantined;
	snprintf(quarantined, sizeof(quarantined), "%llu", (unsigned long long)r->quarantined);
	if (r->quarantined)
		problem_raise(server, PROBLEM_RECORDS_QUARANTINED, device_sn(w->device),
			      "%s records of the terminal's log", quarantined);
	if (r->quarantined)
		LOG(server->log, LOG_WARNING, "records of a terminal are no punches",
		    { "sn", device_sn(w->device) }, { "records", gh_slice_of(quarantined) });
}

enum gh_err terminal_read_log(struct terminal_worker *w, struct gh_terminal *t,
			      struct terminal_read *r)
{
	struct arena a = { .share = &w->manager->server->share };
	struct log_reading l = { .worker = w,
				 .row = ghi_arena_alloc(&a, PIECE_MAX * sizeof(*l.row)),
				 .result = r };

	if (l.row == NULL) {
		r->unstored = true;
		return terminal_read_unstored(w, GH_ENOMEM);
	}
	enum gh_err err = gh_terminal_punches_open(t, &l.it);

	if (err == GH_OK)
		err = log_read_rows(&l);
	r->incomplete = err == GH_ETRUNCATED && !r->unstored && gh_terminal_is_connected(t);
	gh_terminal_punches_close(l.it);
	ghi_arena_clear(&a);
	if (err == GH_OK)
		log_read_end(w, r);
	return err;
}

void terminal_read_describe(const struct terminal_read *r, char *to, size_t size)
{
	int n = snprintf(to, size, "%llu punches, %llu of them new",
			 (unsigned long long)(r->rows - r->quarantined),
			 (unsigned long long)r->fresh);

	if (r->quarantined && n > 0 && (size_t)n < size)
		snprintf(to + n, size - (size_t)n, "; %llu records are none",
			 (unsigned long long)r->quarantined);
}

enum gh_err terminal_read_live(struct terminal_worker *w, const struct gh_punch *p)
{
	struct log_row row = { .punch = *p };
	const char *reason = record_fault(p);
	uint64_t fresh = 0;

	if (reason) {
		terminal_worker_trace(w, "live event left to the log", reason);
		return GH_OK;
	}
	return rows_store(w, &row, 1, 0, PUNCH_LIVE, &fresh);
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

enum gh_err terminal_read_oplog(struct terminal_worker *w, struct gh_terminal *t,
				bool *unstored)
{
	struct terminal_batch b = { .worker = w, .table = GH_LIT("OPERLOG") };
	struct gh_terminal_oplogs *it = NULL;
	struct gh_oplog o;
	enum gh_err err = gh_terminal_oplogs_open(t, &it);

	*unstored = false;
	while (err == GH_OK && !*unstored) {
		err = gh_terminal_oplogs_next(it, &o);
		if (err)
			break;
		err = oplog_add(&b, &o);
		*unstored = err != GH_OK;
	}
	gh_terminal_oplogs_close(it);
	if (err == GH_EEND && !*unstored) {
		err = terminal_batch_end(&b);
		*unstored = err != GH_OK;
		return err;
	}
	terminal_batch_drop(&b);
	return err;
}
