#include "core/retext.h"

#include <stdlib.h>

#include "base/text.h"
#include "core/device_text.h"
#include "core/readers.h"

#define PIECE 200 /* people that are read, and at most stored, at a time */

struct retext {
	struct read_job read;
	struct store_job write;
	struct server *server;
	struct device *device; /* referenced */
	struct device_row row; /* its text is in `row_arena` */
	struct arena row_arena;
	struct arena arena; /* of this piece */
	int64_t after;
	enum gh_err err;
	size_t rows, n; /* read, and to be stored, of this piece */
	core_done_fn *done;
	void *ctx;
	int64_t received_ms[PIECE];
	struct person person[PIECE]; /* pin, name and bytes of those that change */
};

static void retext_end(struct retext *t, enum gh_err err)
{
	t->done(t->ctx, err);
	device_unref(t->device);
	ghi_arena_clear(&t->row_arena);
	ghi_arena_clear(&t->arena);
	free(t);
}

/* A failure is the err of `done`. */
static void retext_next(struct retext *t)
{
	/* What was begun is finished, however many wait. */
	t->read.admitted = true;
	enum gh_err err = readers_put(t->server->readers, READERS_LIST, &t->read);

	if (err)
		retext_end(t, err);
}

/* People stored by an older version have no bytes beside their text; where the text is none it is
 * the bytes. */
static bool retext_row(void *ctx, const struct record_row *row)
{
	struct retext *t = ctx;
	const struct person *p = row->record;
	struct person fresh = { .present = UINT64_C(1) << PERSON_pin | UINT64_C(1)
									       << PERSON_name };

	t->rows++;
	t->after = row->id;
	fresh.name = p->name_bytes.n ? p->name_bytes : p->name;
	if (fresh.name.n == 0 || (p->name_bytes.n == 0 && ghi_text_is_utf8(p->name)))
		return true;
	fresh.name = ghi_arena_copy(&t->arena, fresh.name);
	fresh.pin = ghi_arena_copy(&t->arena, p->pin);
	device_name_read(&t->row, &fresh, &t->arena);
	if (!gh_slice_eq(fresh.name, p->name)) {
		t->received_ms[t->n] = row->received_ms;
		t->person[t->n++] = fresh;
	}
	return !t->arena.failed;
}

static void retext_read(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct retext *t = (struct retext *)job;
	struct store_page page = { .after = t->after,
				   .limit = PIECE,
				   .device = device_id(t->device) };

	ghi_arena_clear(&t->arena);
	t->rows = t->n = 0;
	if (err == GH_OK)
		err = t->server->db.ops->records_read(reader, KIND_PERSON, &page, retext_row,
						      t);
	t->err = err == GH_OK && t->arena.failed ? GH_ENOMEM : err;
}

static void retext_ran(struct read_job *job)
{
	struct retext *t = (struct retext *)job;

	if (t->err == GH_OK && t->n) {
		enum gh_err err = store_put(t->server->queue, &t->write);

		if (err)
			retext_end(t, err);
	} else if (t->err == GH_OK && t->rows == PIECE) {
		retext_next(t);
	} else {
		retext_end(t, t->err);
	}
}

static struct retext *retext_of(struct store_job *job)
{
	return (struct retext *)((uint8_t *)job - offsetof(struct retext, write));
}

static enum gh_err retext_write(struct store_job *job, const struct store_ops *ops,
				struct store *s)
{
	struct retext *t = retext_of(job);
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < t->n && err == GH_OK; i++)
		err = ops->record_put(s, KIND_PERSON, device_id(t->device), t->received_ms[i],
				      &t->person[i]);
	return err;
}

static void retext_written(struct store_job *job, enum gh_err err)
{
	struct retext *t = retext_of(job);

	if (err || t->rows < PIECE)
		retext_end(t, err);
	else
		retext_next(t);
}

enum gh_err device_retext(struct server *server, struct device *d, core_done_fn *done,
			  void *ctx)
{
	struct retext *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return GH_ENOMEM;
	t->read = (struct read_job){ .run = retext_read, .done = retext_ran };
	t->write = (struct store_job){ .run = retext_write,
				       .done = retext_written,
				       .lane = LANE_LEDGER,
				       .device = device_id(d),
				       .upkeep = true };
	t->server = server;
	t->device = device_ref(d);
	t->done = done;
	t->ctx = ctx;
	device_row(d, &t->row_arena, &t->row);
	enum gh_err err = t->row_arena.failed
				  ? GH_ENOMEM
				  : readers_put(server->readers, READERS_LIST, &t->read);

	if (err) {
		device_unref(t->device);
		ghi_arena_clear(&t->row_arena);
		free(t);
	}
	return err;
}
