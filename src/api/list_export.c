#include "api/list_export.h"

#include <stdlib.h>

#include "api/caller.h"
#include "api/found_list.h"
#include "core/live.h"

#define EXPORT_ROWS 4000 /* read at a time at most */
#define EXPORTS 32	 /* at a time */
#define NAMED_ROWS 1000	 /* the same where names are looked up, together */
#define SHEET_PIECE ((size_t)64 << 10)

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

static bool export_row_write(struct export *e, const void *row)
{
	const void *view = list_view(&e->viewer, e->q.resource, row);

	if (view == NULL)
		return false;
	if (e->q.format == LIST_CSV)
		fields_csv(&e->csv, e->q.fields, view);
	else if (e->q.format == LIST_NDJSON)
		fields_ndjson(&e->piece.out, e->q.fields, view);
	else
		e->viewer.err = sheet_row(e->sheet, view);
	return e->viewer.err == GH_OK;
}

/* --- punches with names: a store gives those only when it has given all rows --- */

static bool export_row_hold(struct export *e, const struct punch *row)
{
	struct punch *p = &e->held[e->got];
	gh_slice *text[] = { &p->serial, &p->pin, &p->work_code, &p->extra, &p->zone };

	*p = *row;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		gh_slice copy = ghi_arena_copy(&e->held_texts, *text[i]);

		if (text[i]->n && copy.p == NULL)
			e->viewer.err = GH_ENOMEM;
		*text[i] = copy;
	}
	return e->viewer.err == GH_OK;
}

static void export_held_write(struct export *e)
{
	for (int64_t i = 0; i < e->got; i++) {
		e->names[i].device = e->held[i].device;
		e->names[i].pin = e->held[i].pin;
	}
	e->viewer.err = e->api->server->db.ops->person_names(e->viewer.reader, e->names,
							     (size_t)e->got);
	for (int64_t i = 0; i < e->got && e->viewer.err == GH_OK; i++) {
		e->viewer.person = &e->names[i];
		export_row_write(e, &e->held[i]);
	}
	ghi_arena_clear(&e->held_texts);
}

static bool export_row_add(void *ctx, const void *row, const struct store_key *key)
{
	struct export *e = ctx;

	if (!(e->held ? export_row_hold(e, row) : export_row_write(e, row)))
		return false;
	place_keep(e, key);
	e->got++;
	return !piece_full(&e->piece);
}

/* Whether punches were removed between the piece before, or the place where the export begins, and
 * what was read: they would be missing unnoticed. */
static bool export_has_hole(const struct export *e, const struct store_rows *rows)
{
	int64_t place = rows->from ? rows->from->number : rows->after;

	return (rows->list == STORE_PUNCHES || rows->list == STORE_ACCESS) &&
	       !rows->descending && rows->sort == NULL && place &&
	       place < live_floor(e->api->server->live,
				  rows->list == STORE_ACCESS ? STREAM_ACCESS : STREAM_PUNCH);
}

/* A database may have given all rows that were requested when the piece is full: the next time no more are
 * than will fit. */
static void export_fit(struct export *e)
{
	if (piece_full(&e->piece))
		e->fit = e->got + e->got / 16 + 1;
	else if (e->fit)
		e->fit = 2 * e->fit;
	if (e->fit > EXPORT_ROWS)
		e->fit = EXPORT_ROWS;
}

enum gh_err export_rows_make(struct export *e, struct store_reader *reader)
{
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
	rows.many = &e->many;
	rows.limit = e->held ? NAMED_ROWS : e->fit ? e->fit : EXPORT_ROWS;
	rows.limit = e->left < rows.limit ? e->left : rows.limit;
	err = list_rows_read(e->api->server, reader, &e->q, &rows, export_row_add, e);
	e->over = e->left == e->got || (e->got < rows.limit && !piece_full(&e->piece));
	export_fit(e);
	if (e->held && err == GH_OK)
		export_held_write(e);
	e->viewer.reader = NULL;
	e->left -= e->got;
	if (e->got)
		e->q.rows.from = &e->q.from;
	if (err == GH_OK && export_has_hole(e, &rows))
		err = GH_ESTATE;
	return err ? err : e->viewer.err;
}

/* Some of the workbook. */
static enum gh_err export_sheet_make(struct export *e)
{
	uint8_t *part = malloc(SHEET_PIECE);
	int64_t n = 1;

	if (part == NULL)
		return GH_ENOMEM;
	while (n > 0 && !piece_full(&e->piece)) {
		n = sheet_read(e->sheet, e->sheet_sent, part, SHEET_PIECE);
		if (n > 0)
			piece_write(&e->piece, (gh_slice){ part, (size_t)n });
		e->sheet_sent += n > 0 ? (uint64_t)n : 0;
	}
	e->whole = n == 0;
	free(part);
	return n < 0 ? GH_EIO : GH_OK;
}

static enum gh_err export_make(struct piece *p, struct store_reader *reader)
{
	struct export *e = (struct export *)p;
	enum gh_err err;

	if (e->sheet)
		return export_sheet_make(e);
	err = export_rows_make(e, reader);
	e->whole = e->over;
	return err;
}

/* -2 breaks it off, or a piece would pass for the whole table. */
static int64_t export_pull(void *ctx, uint8_t *to, size_t n)
{
	struct export *e = ctx;
	size_t sent;

	if (piece_making(&e->piece))
		return 0;
	/* A token that was revoked meanwhile shows no more rows. */
	if (e->piece.err || !caller_valid(e->api, &e->caller))
		return -2;
	sent = piece_send(&e->piece, to, n);
	if (sent)
		return (int64_t)sent;
	if (e->whole)
		return -1;
	return piece_request(&e->piece) ? -2 : 0;
}

void export_discard(struct export *e)
{
	workbook_place_give(e->place);
	atomic_fetch_sub(&e->api->exports, 1);
	sheet_free(e->sheet);
	found_list_unref(e->q.found);
	list_viewer_clear(&e->viewer);
	ghi_arena_clear(&e->arena);
	ghi_arena_clear(&e->held_texts);
	free(e->held);
	free(e->names);
	free(e);
}

static void export_free(struct piece *p)
{
	piece_clear(p);
	export_discard((struct export *)p);
}

/* A place among those that are under way; false: there is none, answered. */
static bool export_admit(struct call *c)
{
	if (atomic_fetch_add(&c->api->exports, 1) < EXPORTS)
		return true;
	atomic_fetch_sub(&c->api->exports, 1);
	http_add_header(c->r, "Retry-After", "10");
	call_fail(c, ERROR_too_many_exports,
		  "%d exports are under way, as many as the server allows at a time. Try "
		  "again when one of them has ended.",
		  EXPORTS);
	return false;
}

/* It was admitted; its place goes with it, also where there is no memory for it. */
static enum gh_err export_new(struct call *c, struct workbook_place *place, struct export **out)
{
	struct export *e = calloc(1, sizeof(*e));
	enum gh_err err = GH_OK;

	if (e == NULL) {
		/* What export_discard() gives back. */
		atomic_fetch_sub(&c->api->exports, 1);
		workbook_place_give(place);
		return GH_ENOMEM;
	}
	e->api = c->api;
	e->place = place;
	e->q.format = c->question->format;
	if (!list_question_copy(c->question, &e->arena, &e->q))
		err = GH_ENOMEM;
	e->caller = call_caller(c);
	e->viewer.server = c->server;
	e->viewer.scopes = c->scopes;
	e->viewer.limit = e->q.limit;
	if (err == GH_OK && e->q.fields == e->q.resource->sheet) {
		e->names = calloc(NAMED_ROWS, sizeof(*e->names));
		e->held = calloc(NAMED_ROWS, sizeof(*e->held));
		err = e->names && e->held ? GH_OK : GH_ENOMEM;
	}
	if (err == GH_OK && e->q.format == LIST_XLSX)
		err = sheet_new(c->api->settings.folder, e->q.resource->file, e->q.fields,
				&e->sheet);
	if (err) {
		export_discard(e);
		return err;
	}
	e->left = e->q.rows.limit;
	e->piece.make = export_make;
	e->piece.release = export_free;
	piece_init(&e->piece, c->api->readers, READERS_LIST);
	/* Each piece of days reads a day again from where the last one ended. */
	e->piece.full = e->q.resource->source == LIST_DAYS ? PIECE_LIMIT / 2 : PIECE_LONG;
	e->csv = (struct csv){ .to = &e->piece.out.text, .form = e->q.csv };
	*out = e;
	return GH_OK;
}

static const char *export_type(const struct export *e)
{
	return e->q.format == LIST_CSV ? "text/csv; charset=utf-8"
				       : list_format_type(e->q.format);
}

void export_start(struct call *c, struct export *e)
{
	char disposition[96];

	if (e->q.bom)
		buffer_add(&e->piece.out.text, GH_LIT("\xEF\xBB\xBF"));
	if (e->q.format == LIST_CSV)
		fields_csv_head(&e->csv, e->q.fields);
	snprintf(disposition, sizeof(disposition), "attachment; filename=\"%s.%s\"",
		 e->q.resource->file, list_format_word(e->q.format));
	http_add_header(c->r, "Content-Disposition", disposition);
	e->piece.stream =
		http_stream_start(c->r, 200, export_type(e), export_pull, piece_gone, e);
	if (e->piece.stream) {
		http_stream_finite(e->piece.stream);
		return;
	}
	export_free(&e->piece);
	call_fail_err(c, GH_ENOMEM);
}

void list_export_begin(struct call *c)
{
	bool workbook = c->question->format == LIST_XLSX;
	struct workbook_place *place = NULL;
	struct export *e;
	enum gh_err err;

	if (!export_admit(c))
		return;
	if (workbook && !workbook_place_take(c, &place)) {
		atomic_fetch_sub(&c->api->exports, 1);
		return;
	}
	err = export_new(c, place, &e);
	if (err)
		export_fail(c, err);
	else if (workbook)
		workbook_begin(c, e);
	else
		export_start(c, e);
}
