#include "session/terminal/batch.h"

#include "core/device_text.h"
#include "session/terminal/read.h"

enum {
	BATCH_RECORDS = 200, /* of a job */
	BATCH_BYTES = 1 << 20,
};

enum gh_err terminal_batch_begin(struct terminal_batch *b, struct arena **out)
{
	if (b->job == NULL) {
		b->job = terminal_job_new(b->worker);
		if (b->job == NULL)
			return terminal_read_unstored(b->worker, GH_ENOMEM);
		b->in = ingest_new(b->worker->manager->server, b->worker->device,
				   &b->job->arena, b->table);
		if (b->in == NULL)
			return terminal_read_unstored(b->worker, GH_ENOMEM);
		if (b->since_ms == 0 || ingest_received_ms(b->in) < b->since_ms)
			b->since_ms = ingest_received_ms(b->in);
	}
	*out = &b->job->arena;
	return GH_OK;
}

void terminal_batch_drop(struct terminal_batch *b)
{
	ingest_free(b->in);
	terminal_job_free(b->job);
	b->in = NULL;
	b->job = NULL;
	b->n = 0;
}

enum gh_err terminal_batch_end(struct terminal_batch *b)
{
	enum gh_err err = GH_EBUSY;

	if (b->n == 0) {
		terminal_batch_drop(b);
		return GH_OK;
	}
	for (int tries = 0; err == GH_EBUSY && tries < TERMINAL_STORE_TRIES; tries++) {
		if (tries && terminal_worker_pause(b->worker, TERMINAL_STORE_PAUSE_MS)) {
			terminal_batch_drop(b);
			return GH_ECANCELLED;
		}
		err = ingest_put(b->in, terminal_job_ingest_done, b->job);
	}
	if (err == GH_OK) {
		b->in = NULL;
		err = terminal_job_wait(&b->job);
	}
	terminal_batch_drop(b);
	if (err == GH_OK)
		device_unread_judge(b->worker->manager->server, b->worker->device, b->unread);
	return err == GH_OK || err == GH_ECANCELLED || err == GH_ENOTFOUND
		       ? err
		       : terminal_read_unstored(b->worker, err);
}

static enum gh_err batch_end_full(struct terminal_batch *b, enum gh_err err)
{
	if (err)
		return terminal_read_unstored(b->worker, err);
	b->n++;
	b->total++;
	return b->n >= BATCH_RECORDS || b->job->arena.used >= BATCH_BYTES
		       ? terminal_batch_end(b)
		       : GH_OK;
}

enum gh_err terminal_batch_add(struct terminal_batch *b, enum model_kind_id kind,
			       const void *record)
{
	return batch_end_full(b, ingest_record(b->in, kind, record));
}

enum gh_err terminal_batch_option(struct terminal_batch *b, const char *key, const char *value)
{
	struct arena *a = NULL;
	enum gh_err err = terminal_batch_begin(b, &a);

	if (err || *value == 0)
		return err;
	gh_slice text = ghi_arena_copy(a, gh_slice_of(value));

	return batch_end_full(b, text.n ? ingest_option(b->in, gh_slice_of(key), text)
					: GH_ENOMEM);
}
