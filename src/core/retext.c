#include "core/retext.h"

#include <stdlib.h>

#include "base/text.h"
#include "core/device_text.h"
#include "core/readers.h"

#define PIECE 200 /* records that are read, and at most stored, at a time */

struct retext {
	struct read_job read;
	struct store_job write;
	struct server *server;
	struct device *device; /* referenced */
	struct device_row row; /* its text is in `row_arena` */
	struct arena row_arena;
	struct arena arena;	 /* of this piece */
	enum model_kind_id kind; /* of this piece */
	int64_t after, before;	 /* the last row read; the one in front of this piece */
	bool newer;		 /* the device sent some of it again meanwhile */
	enum gh_err err;
	size_t rows, n; /* read, and to be stored, of this piece */
	core_done_fn *done;
	void *ctx;
	int64_t received_ms[PIECE];
	union model_record record[PIECE]; /* key, texts and bytes of those that change */
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

static void field_set(struct retext *t, union model_record *record, size_t field, gh_slice text)
{
	record->present |= UINT64_C(1) << field;
	*(gh_slice *)model_at(&model_kinds[t->kind], record, field) =
		ghi_arena_copy(&t->arena, text);
}

/* The texts as the device wrote them, into `fresh`. Records stored by an older version have no bytes
 * beside a text; where the text is none it is the bytes. */
static void own_texts_take(struct retext *t, const void *record, union model_record *fresh)
{
	const struct model_kind *k = &model_kinds[t->kind];
	size_t n;
	const struct own_text *own = device_own_texts(t->kind, &n);

	for (size_t i = 0; i < n; i++) {
		const gh_slice *text = model_at_const(k, record, own[i].text),
			       *bytes = model_at_const(k, record, own[i].bytes);

		if (bytes->n)
			field_set(t, fresh, own[i].text, *bytes);
		else if (text->n && !ghi_text_is_utf8(*text))
			field_set(t, fresh, own[i].text, *text);
	}
}

static bool texts_differ(const struct model_kind *k, enum model_kind_id kind,
			 const void *record, const union model_record *fresh)
{
	size_t n;
	const struct own_text *own = device_own_texts(kind, &n);

	for (size_t i = 0; i < n; i++)
		if (model_has(fresh, own[i].text) &&
		    !gh_slice_eq(*(const gh_slice *)model_at_const(k, record, own[i].text),
				 *(const gh_slice *)model_at_const(k, fresh, own[i].text)))
			return true;
	return false;
}

static bool retext_row(void *ctx, const struct record_row *row)
{
	struct retext *t = ctx;
	const struct model_kind *k = &model_kinds[t->kind];
	union model_record *fresh = &t->record[t->n];

	t->rows++;
	t->after = row->id;
	*fresh = (union model_record){ 0 };
	own_texts_take(t, row->record, fresh);
	if (fresh->present == 0)
		return true;
	device_record_read(&t->row, t->kind, fresh, &t->arena);
	if (!texts_differ(k, t->kind, row->record, fresh))
		return true;
	/* The keys of these kinds are texts. */
	for (size_t i = 0; i < k->fields; i++)
		if (k->field[i].flags & MODEL_KEY)
			field_set(t, fresh, i,
				  *(const gh_slice *)model_at_const(k, row->record, i));
	t->received_ms[t->n++] = row->received_ms;
	return !t->arena.failed;
}

/* Whether another kind follows. */
static bool kind_next(struct retext *t)
{
	size_t n = 0;

	t->after = 0;
	while (n == 0 && ++t->kind < KIND_COUNT)
		device_own_texts(t->kind, &n);
	return n > 0;
}

static void retext_read(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct retext *t = (struct retext *)job;
	struct store_page page = { .after = t->after,
				   .limit = PIECE,
				   .device = device_id(t->device) };

	ghi_arena_clear(&t->arena);
	t->rows = t->n = 0;
	t->before = t->after;
	if (err == GH_OK)
		err = t->server->db.ops->records_read(reader, t->kind, &page, retext_row, t);
	t->err = err == GH_OK && t->arena.failed ? GH_ENOMEM : err;
}

/* After a piece. */
static void retext_step(struct retext *t, enum gh_err err)
{
	if (err == GH_OK && (t->rows == PIECE || kind_next(t)))
		retext_next(t);
	else
		retext_end(t, err);
}

static void retext_ran(struct read_job *job)
{
	struct retext *t = (struct retext *)job;

	if (t->err == GH_OK && t->n) {
		enum gh_err err = store_put(t->server->queue, &t->write);

		if (err)
			retext_end(t, err);
	} else {
		retext_step(t, t->err);
	}
}

static struct retext *retext_of(struct store_job *job)
{
	return (struct retext *)((uint8_t *)job - offsetof(struct retext, write));
}

static bool received_see(void *ctx, const struct record_row *row)
{
	int64_t *received_ms = ctx;

	*received_ms = row->received_ms;
	return true;
}

/* A record that the device has sent again since it was read is newer than what was made of it, and one
 * that is gone stays gone. */
static enum gh_err retext_write(struct store_job *job, const struct store_ops *ops,
				struct store *s)
{
	struct retext *t = retext_of(job);
	enum gh_err err = GH_OK;

	t->newer = false;
	for (size_t i = 0; i < t->n && err == GH_OK; i++) {
		int64_t received_ms = 0;

		err = ops->record_find(s, t->kind, device_id(t->device), &t->record[i],
				       received_see, &received_ms);
		if (err == GH_ENOTFOUND) {
			err = GH_OK;
			continue;
		}
		if (err == GH_OK && received_ms == t->received_ms[i])
			err = ops->record_put(s, t->kind, device_id(t->device), received_ms,
					      &t->record[i]);
		else
			t->newer = true;
	}
	return err;
}

/* What came meanwhile may have been read by the character set of before: it is looked at again. */
static void retext_written(struct store_job *job, enum gh_err err)
{
	struct retext *t = retext_of(job);

	if (err || !t->newer) {
		retext_step(t, err);
		return;
	}
	t->after = t->before;
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
