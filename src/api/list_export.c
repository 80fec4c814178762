/* All rows of a list as a file, made piece by piece; see api/piece.h. */
#include <stdlib.h>

#include "api/found_list.h"
#include "api/list.h"
#include "api/piece.h"

#define EXPORT_ROWS 4000 /* read at a time, unless the piece is full before */
#define EXPORTS 32	 /* at a time */

struct export
{
	struct piece piece;
	struct api *api;
	struct list_viewer viewer;
	struct arena arena; /* texts of the question */
	struct list_question q;
	int64_t token; /* of its reader */
	int64_t left;  /* rows still to send */
	int64_t got;   /* rows of the last piece */
	bool over;
	uint8_t text[1024]; /* of the last row's place */
};

/* The next piece begins behind this row. */
static void place_keep(struct export *e, const struct store_key *key)
{
	e->q.from = *key;
	if (key->value.s.n > sizeof(e->text))
		e->q.from.value.s.n = sizeof(e->text);
	if (e->q.from.value.s.n)
		memcpy(e->text, key->value.s.p, e->q.from.value.s.n);
	e->q.from.value.s.p = e->text;
}

static bool export_row_add(void *ctx, const void *row, const struct store_key *key)
{
	struct export *e = ctx;
	const struct list_resource *r = e->q.resource;
	const void *view = list_view(&e->viewer, r, row);

	if (view == NULL)
		return false;
	if (e->q.format == LIST_CSV)
		fields_csv(&e->piece.out.text, r->fields, view);
	else
		fields_ndjson(&e->piece.out, r->fields, view);
	place_keep(e, key);
	e->got++;
	return !piece_full(&e->piece);
}

static enum gh_err export_make(struct piece *p, struct store_reader *reader)
{
	struct export *e = (struct export *)p;
	struct store_rows rows = e->q.rows;
	struct store_key from = e->q.from;
	uint8_t text[sizeof(e->text)];
	enum gh_err err;

	/* Where the piece before ended; the place of its last row changes meanwhile. */
	memcpy(text, e->text, sizeof(text));
	if (from.value.s.p == e->text)
		from.value.s.p = text;
	if (rows.from)
		rows.from = &from;
	e->got = 0;
	e->viewer.reader = reader;
	punch_viewer_begin(&e->viewer.punches, e->api->server);
	rows.limit = e->left < EXPORT_ROWS ? e->left : EXPORT_ROWS;
	err = list_rows_read(e->api->server, reader, &e->q, &rows, export_row_add, e);
	e->viewer.reader = NULL;
	e->left -= e->got;
	e->over = e->left == 0 || (e->got < rows.limit && !piece_full(p));
	if (e->got)
		e->q.rows.from = &e->q.from;
	return err ? err : e->viewer.err;
}

/* -2 breaks it off, or a piece would pass for the whole table. */
static int64_t export_pull(void *ctx, uint8_t *to, size_t n)
{
	struct export *e = ctx;
	size_t sent;

	if (piece_making(&e->piece))
		return 0;
	/* A token that was revoked meanwhile shows no more rows. */
	if (e->piece.err || !tokens_valid(e->api->tokens, e->token))
		return -2;
	sent = piece_send(&e->piece, to, n);
	if (sent)
		return (int64_t)sent;
	if (e->over)
		return -1;
	return piece_request(&e->piece) ? -2 : 0;
}

static void export_free(struct piece *p)
{
	struct export *e = (struct export *)p;

	atomic_fetch_sub(&e->api->exports, 1);
	found_list_unref(e->q.found);
	list_viewer_clear(&e->viewer);
	ghi_arena_clear(&e->arena);
	piece_clear(p);
	free(e);
}

/* NULL: no memory. */
static struct export *export_new(struct call *c)
{
	struct export *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	if (!list_question_copy(c->question, &e->arena, &e->q)) {
		ghi_arena_clear(&e->arena);
		free(e);
		return NULL;
	}
	e->api = c->api;
	e->token = c->token;
	e->viewer.server = c->server;
	e->left = e->q.rows.limit;
	e->piece.make = export_make;
	e->piece.release = export_free;
	piece_init(&e->piece, c->api->readers, READERS_LIST);
	e->piece.full = PIECE_LONG;
	return e;
}

static void export_start(struct call *c, struct export *e)
{
	bool csv = e->q.format == LIST_CSV;
	char disposition[96];

	if (csv)
		fields_csv_head(&e->piece.out.text, e->q.resource->fields);
	snprintf(disposition, sizeof(disposition), "attachment; filename=\"%s.%s\"",
		 e->q.resource->file, csv ? "csv" : "ndjson");
	http_add_header(c->r, "Content-Disposition", disposition);
	e->piece.stream = http_stream_start(
		c->r, 200, csv ? "text/csv; charset=utf-8" : "application/x-ndjson",
		export_pull, piece_gone, e);
	if (e->piece.stream) {
		http_stream_finite(e->piece.stream);
		return;
	}
	export_free(&e->piece);
	call_fail_err(c, GH_ENOMEM);
}

void list_export_begin(struct call *c)
{
	struct export *e;

	if (atomic_fetch_add(&c->api->exports, 1) >= EXPORTS) {
		atomic_fetch_sub(&c->api->exports, 1);
		http_add_header(c->r, "Retry-After", "10");
		call_fail(c, ERROR_too_many_exports,
			  "There are as many exports as the server allows.");
		return;
	}
	e = export_new(c);
	if (e == NULL) {
		atomic_fetch_sub(&c->api->exports, 1);
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	export_start(c, e);
}
