#include "core/retry.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/ingest.h"
#include "core/kept_problems.h"
#include "core/readers.h"

enum {
	BATCH_ROWS = 100,    /* that are read again together, of one device and moment */
	BATCH_BYTES = 65536, /* with these no further row is read */
};

struct retry_row {
	struct retry_source source;
	gh_slice reason; /* that was stored */
};

struct retry {
	struct read_job read;
	struct server *server;
	struct retry_select select;
	struct retry_result result;
	retry_done_fn *done;
	void *ctx;
	int64_t after;	/* rows up to that number are settled, or of this batch */
	int64_t lessen; /* a device of which a batch left: its problems may be over; 0: none */
	enum gh_err err;

	/* A batch, in `arena`. */
	struct arena arena, piece;
	struct device *device; /* referenced; NULL: it is gone, and its rows with it */
	char serial[64];
	int64_t received_ms;
	struct retry_row row[BATCH_ROWS];
	size_t rows, at;
	struct ingest *in;
	const struct retry_reader_ops *ops; /* of its dialect; NULL: it has none */
	struct retry_reader *reader;	    /* of row[at], when it was begun */
	bool whole;			    /* the batch was read to its end */
	int64_t left;			    /* of its rows */
};

static void batch_clear(struct retry *t)
{
	if (t->reader)
		t->ops->close(t->reader);
	t->reader = NULL;
	ingest_free(t->in);
	t->in = NULL;
	ghi_arena_clear(&t->piece);
	ghi_arena_clear(&t->arena);
	device_unref(t->device);
	t->device = NULL;
	t->rows = t->at = 0;
	t->whole = false;
	t->left = 0;
}

static void retry_end(struct retry *t, enum gh_err err)
{
	batch_clear(t);
	t->done(t->ctx, err, &t->result);
	free(t);
}

/* --- reading, on a reader thread --- */

static bool batch_takes(struct retry *t, const struct retry_source *source, gh_slice serial,
			int64_t received_ms, gh_slice reason)
{
	struct retry_row *row = &t->row[t->rows];

	if (t->select.id && source->id != t->select.id)
		return false;
	if (t->rows &&
	    (t->received_ms != received_ms || !gh_slice_eq(gh_slice_of(t->serial), serial)))
		return false;
	if (t->rows == 0)
		snprintf(t->serial, sizeof(t->serial), "%.*s", GH_FMT(serial));
	t->received_ms = received_ms;
	t->after = source->id;
	row->source = *source;
	row->source.table = ghi_arena_copy(&t->arena, source->table);
	row->source.target = ghi_arena_copy(&t->arena, source->target);
	row->source.bytes = ghi_arena_copy(&t->arena, source->bytes);
	row->reason = ghi_arena_copy(&t->arena, reason);
	t->rows++;
	return t->select.id == 0 && t->select.of == RETRY_QUARANTINE && t->rows < BATCH_ROWS &&
	       t->arena.used < BATCH_BYTES && !t->arena.failed;
}

static bool quarantine_row(void *ctx, const void *row, const struct store_key *key)
{
	const struct quarantine *q = row;
	struct retry_source source = {
		.of = RETRY_QUARANTINE, .id = key->number, .table = q->table, .bytes = q->raw
	};

	return batch_takes(ctx, &source, q->serial, q->received_ms, q->reason);
}

static bool upload_row(void *ctx, const void *row, const struct store_key *key)
{
	const struct raw_upload *u = row;
	struct retry_source source = { .of = RETRY_UPLOADS,
				       .id = key->number,
				       .table = u->table,
				       .target = u->target,
				       .bytes = u->body };

	return batch_takes(ctx, &source, u->serial, u->received_ms, GH_LIT(""));
}

static enum gh_err batch_read(struct retry *t, struct store_reader *reader)
{
	bool uploads = t->select.of == RETRY_UPLOADS;
	struct store_rows rows = {
		.list = uploads ? STORE_UPLOADS : STORE_QUARANTINE,
		.after = t->select.id && t->after == 0 ? t->select.id - 1 : t->after,
		.limit = uploads || t->select.id ? 1 : BATCH_ROWS,
		.device = t->select.device,
	};
	enum device_dialect dialect;
	enum gh_err err = t->server->db.ops->rows_read(
		reader, &rows, uploads ? upload_row : quarantine_row, t);

	if (err == GH_OK && t->arena.failed)
		err = GH_ENOMEM;
	if (err || t->rows == 0)
		return err;
	t->result.found = true;
	t->device = devices_find(t->server->devices, gh_slice_of(t->serial));
	if (t->device == NULL) {
		t->whole = true;
		return GH_OK;
	}
	dialect = device_dialect(t->device);
	/* What came before the device showed a dialect was taken as of attendance. */
	t->ops = t->server->retry[dialect < DEVICE_DIALECTS ? dialect : DEVICE_ATTENDANCE];
	t->in = ingest_new(t->server, t->device, &t->piece, t->row[0].source.table);
	if (t->in == NULL)
		return GH_ENOMEM;
	ingest_again(t->in, t->received_ms);
	if (t->select.idle)
		ingest_idle(t->in);
	return GH_OK;
}

/* A record of a terminal is read with its log. Of one that was cut the rest is missing. */
static bool row_is_readable(const struct retry *t, const struct retry_row *row)
{
	return t->ops &&
	       (row->source.of == RETRY_UPLOADS ||
		(row->source.bytes.n < STORE_QUARANTINE_RAW && !device_is_terminal(t->device)));
}

static enum gh_err row_end(struct retry *t)
{
	struct retry_row *row = &t->row[t->at++];
	bool quarantine = row->source.of == RETRY_QUARANTINE;
	struct retry_read read = { .not_understood = 1, .reason = row->reason };

	if (t->reader)
		read = t->ops->close(t->reader);
	t->reader = NULL;
	t->result.tried++;
	t->result.records += (int64_t)read.understood;
	if (read.understood && read.not_understood == 0) {
		t->left++;
		return quarantine ? ingest_quarantine_leaves(t->in, row->source.id)
				  : ingest_upload_leaves(t->in, row->source.id);
	}
	snprintf(t->result.reason, sizeof(t->result.reason), "%.*s", GH_FMT(read.reason));
	if (!quarantine || t->select.idle || gh_slice_eq(read.reason, row->reason))
		return GH_OK;
	return ingest_quarantine_reason(t->in, row->source.id, read.reason);
}

static enum gh_err batch_parse(struct retry *t)
{
	const struct retry_reader_ops *ops = t->ops;
	enum retry_step step = RETRY_MORE;
	enum gh_err err = GH_OK;

	while (err == GH_OK && !t->whole && step != RETRY_STORE && !ingest_full(t->in)) {
		struct retry_row *row = &t->row[t->at];

		step = row_is_readable(t, row) ? RETRY_MORE : RETRY_ENDED;
		if (step == RETRY_MORE && t->reader == NULL)
			err = ops->open(t->server, t->device, t->in, &row->source, &t->arena,
					&t->piece, &t->reader);
		if (step == RETRY_MORE && err == GH_OK)
			err = ops->next(t->reader, &step);
		if (step == RETRY_ENDED && err == GH_OK)
			err = row_end(t);
		t->whole = t->at == t->rows;
	}
	return err == GH_OK && t->arena.failed ? GH_ENOMEM : err;
}

static void retry_run(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct retry *t = (struct retry *)job;

	if (err == GH_OK && t->lessen)
		kept_problems_end(t->server, reader, t->lessen, gh_slice_of(t->serial));
	t->lessen = 0;
	if (err == GH_OK && t->rows == 0 && !(t->select.id && t->result.found))
		err = batch_read(t, reader);
	if (err == GH_OK && t->rows && t->device)
		err = batch_parse(t);
	t->err = err;
}

/* --- storing --- */

/* What was begun is finished, however many wait. A failure is reported by `done`. */
static void retry_next(struct retry *t)
{
	t->read.admitted = true;
	enum gh_err err = readers_put(t->server->readers, READERS_LIST, &t->read);

	if (err)
		retry_end(t, err);
}

static void batch_end(struct retry *t)
{
	if (t->left)
		t->lessen = device_id(t->device);
	bool more = t->select.id == 0 || t->lessen;

	batch_clear(t);
	if (more)
		retry_next(t);
	else
		retry_end(t, GH_OK);
}

/* On the store thread. */
static void piece_stored(void *ctx, enum gh_err err, const struct ingest_result *result)
{
	struct retry *t = ctx;

	if (err) {
		retry_end(t, err);
		return;
	}
	if (!t->whole) {
		ingest_piece_clear(t->in);
		retry_next(t);
		return;
	}
	t->result.punches += (int64_t)result->fresh;
	t->result.left += t->left;
	batch_end(t);
}

static void retry_ran(struct read_job *job)
{
	struct retry *t = (struct retry *)job;
	enum gh_err err = t->err;

	if (err || t->rows == 0) {
		retry_end(t, err);
	} else if (t->device == NULL) {
		batch_end(t);
	} else {
		err = ingest_put_piece(t->in, t->whole ? INGEST_LAST : INGEST_ALL, piece_stored,
				       t);
		if (err)
			retry_end(t, err);
	}
}

enum gh_err retry_begin(struct server *server, struct retry_select select, retry_done_fn *done,
			void *ctx)
{
	struct retry *t;

	if (server->retry[DEVICE_ATTENDANCE] == NULL && server->retry[DEVICE_ACCESS] == NULL)
		return GH_ESTATE;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return GH_ENOMEM;
	t->read = (struct read_job){ .run = retry_run, .done = retry_ran };
	t->server = server;
	t->select = select;
	t->done = done;
	t->ctx = ctx;
	t->arena.share = t->piece.share = &server->share;
	enum gh_err err = readers_put(server->readers, READERS_LIST, &t->read);

	if (err)
		free(t);
	return err;
}
