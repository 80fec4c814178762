/* POST cdata: what units upload (Security PUSH 3.1.2, 7). An upload is read and stored in pieces, and
 * acknowledged after the commit of the last one: by the count the unit declared, because another makes
 * it send everything again, or by "OK". */
#include "session/access/upload.h"

#include "base/number.h"
#include "core/access/query_collect.h"
#include "core/access/unit_clock.h"
#include "core/device_text.h"
#include "core/metrics.h"
#include "core/packed.h"
#include "core/problems.h"
#include "wire/access/parameters.h"

#define TURN_MAX 2000	    /* lines read before other requests of the thread are served */
#define QUARANTINE_MAX 1000 /* malformed records of one upload that get a row each */
#define COUNT_ROOM 24	    /* a number of 64 bits */

bool access_turn_over(struct access_upload *u)
{
	return u->turn++ == TURN_MAX || ingest_full(u->in);
}

/* The reason may lie in the stack of the caller. */
static enum gh_err access_reason_note(struct access_upload *u, const char *reason)
{
	gh_slice text = { (const uint8_t *)reason, strlen(reason) + 1 };

	if (u->quarantined++ == 0)
		u->reason = (const char *)ghi_arena_copy(u->x->arena, text).p;
	return u->reason ? GH_OK : GH_ENOMEM;
}

enum gh_err access_quarantine(struct access_upload *u, gh_slice raw, const char *reason)
{
	if (u->again)
		return access_reason_note(u, reason);
	/* The store cuts what is longer. */
	u->keep_raw |= raw.n > STORE_QUARANTINE_RAW;
	if (u->quarantined++ >= QUARANTINE_MAX) {
		u->keep_raw = true;
		return GH_OK;
	}
	return ingest_quarantine(u->in, u->before.lines + u->lines.number,
				 u->before.bytes + (int64_t)u->lines.start,
				 u->packed ? access_window_copy(u, raw) : raw, reason);
}

static void access_free(struct access_upload *u)
{
	access_subs_drop(u);
	ingest_free(u->in);
	packed_close(u->packed);
	ghi_arena_clear(u->piece);
}

static void access_fail(struct access_upload *u, enum gh_err err)
{
	struct exchange *x = u->x;

	access_free(u);
	metric_add(&x->server->metrics->uploads_refused, 1);
	exchange_store_failed(x, err);
}

static gh_slice access_count_print(uint8_t to[COUNT_ROOM], uint64_t n)
{
	struct ghi_writer w = ghi_writer_on(to, COUNT_ROOM);

	ghi_put_decimal(&w, n);
	return ghi_written(&w);
}

/* "user=3": the table as it is spelled, and as many rows as the unit declared. */
static void access_count_reply(struct access_upload *u)
{
	struct exchange *x = u->x;
	uint64_t n = u->rows;
	size_t room = u->table.n + 1 + COUNT_ROOM;
	uint8_t *text = ghi_arena_alloc(x->arena, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	if (ghi_number_parse(gh_slice_trim(exchange_param(x, "count")), INT64_MAX, &n))
		n = u->rows;
	ghi_put(&w, u->table);
	ghi_put_u8(&w, '=');
	ghi_put_decimal(&w, n);
	exchange_text(x, ghi_written(&w));
}

static void access_log(const struct access_upload *u)
{
	struct exchange *x = u->x;
	uint8_t rows[COUNT_ROOM], quarantined[COUNT_ROOM];

	device_refusal_end(x->device);
	device_unread_judge(x->server, x->device, u->unread);
	LOG(x->server->log, LOG_INFO, "upload stored", { "sn", x->sn }, { "table", u->table },
	    { "records", access_count_print(rows, u->rows) },
	    { "quarantined", access_count_print(quarantined, u->quarantined) });
	if (u->reader == NULL)
		problem_raise(x->server, PROBLEM_UPLOAD_NOT_UNDERSTOOD, x->sn, "table \"%.*s\"",
			      GH_FMT(u->table));
	if (u->result.query == QUERY_OVER)
		LOG(x->server->log, LOG_WARNING,
		    "answer to a query exceeds what is kept of one; it is marked as truncated",
		    { "sn", x->sn }, { "table", u->table });
	if (u->quarantined)
		problem_raise(x->server, PROBLEM_RECORDS_QUARANTINED, x->sn,
			      "%zu records of an upload of %.*s", u->quarantined,
			      GH_FMT(u->table));
	if (u->result.damaged)
		problem_raise(x->server, PROBLEM_CONTENT_DAMAGED, x->sn,
			      "%zu records of an upload of %.*s", u->result.damaged,
			      GH_FMT(u->table));
	if (u->result.dropped)
		problem_raise(x->server, PROBLEM_VALUES_DROPPED, x->sn,
			      "%zu of an upload of %.*s", u->result.dropped, GH_FMT(u->table));
}

static void access_upload_reply(struct exchange *x)
{
	struct access_upload *u = x->state;

	if (x->err) {
		access_fail(u, x->err);
		return;
	}
	access_log(u);
	command_enrolled(x->server, x->device, u->enrolled, u->enrolments);
	/* One that came alone and was not here before may be of now. */
	if (u->rows == 1 && u->result.events == 1 && !x->verdict.elsewhere)
		device_unit_clock_seen(x->server, x->device, &u->row, access_from(x),
				       u->live_time, false);
	if (u->file.n || u->refused)
		access_account_judge(u);
	access_free(u);
	if (u->counted)
		access_count_reply(u);
	else
		exchange_ok(x);
}

/* On the store thread. */
static void access_done(void *ctx, enum gh_err err, const struct ingest_result *result)
{
	struct access_upload *u = ctx;

	u->result = *result;
	exchange_done(u->x, err);
}

static void access_put(struct access_upload *u, enum ingest_piece piece,
		       void (*next)(struct exchange *x))
{
	u->x->next = next;
	enum gh_err err = ingest_put_piece(u->in, piece, access_done, u);
	if (err)
		access_fail(u, err);
}

enum gh_err access_kept_read(struct access_upload *u)
{
	gh_slice line;

	u->ended = true;
	while (ghi_lines_next(&u->lines, &line))
		u->rows++;
	u->keep_raw = true;
	return GH_OK;
}

static void access_turn(struct exchange *x);
static bool access_goes_on(struct access_upload *u);

static void access_upload_stored(struct exchange *x)
{
	struct access_upload *u = x->state;

	if (x->err || u->subs_wait == NULL) {
		access_upload_reply(x);
	} else if (access_goes_on(u)) {
		x->next = access_upload_reply;
		access_subs_await(u);
	}
}

static void access_piece_stored(struct exchange *x)
{
	struct access_upload *u = x->state;

	if (x->err) {
		access_fail(u, x->err);
		return;
	}
	ingest_piece_clear(u->in);
	access_turn(x);
}

/* No reply is sent, and the unit repeats all of it. false: so it is. */
static bool access_goes_on(struct access_upload *u)
{
	if (exchange_defer(u->x))
		return true;
	access_free(u);
	exchange_drop(u->x);
	return false;
}

static void access_window_read(struct exchange *x)
{
	struct access_upload *u = x->state;
	enum gh_err err = access_window_take(u);

	if (err)
		access_fail(u, err);
	else
		access_turn(x);
}

/* The window was read, and its records are stored. */
static void access_window_next(struct access_upload *u)
{
	enum gh_err err;

	if (!access_goes_on(u))
		return;
	err = access_window_begin(u, access_window_read);
	if (err)
		access_fail(u, err);
}

static void access_window_stored(struct exchange *x)
{
	struct access_upload *u = x->state;

	if (x->err) {
		access_fail(u, x->err);
		return;
	}
	ingest_piece_clear(u->in);
	access_window_next(u);
}

static enum gh_err access_turn_read(struct access_upload *u)
{
	enum gh_err err = GH_OK;

	u->turn = 0;
	if (!u->ended)
		err = u->reader ? u->reader->read(u) : access_kept_read(u);
	if (err == GH_OK && u->ended && !access_more_unpacks(u) && u->keep_raw)
		err = ingest_raw(u->in, exchange_shown_target(u->x), u->x->body);
	return err;
}

static void access_turn(struct exchange *x)
{
	struct access_upload *u = x->state;
	enum gh_err err = access_turn_read(u);

	if (err) {
		access_fail(u, err);
		return;
	}
	if (!access_goes_on(u))
		return;
	if (u->ended && access_more_unpacks(u)) {
		if (ingest_pending(u->in))
			access_put(u, INGEST_ALL, access_window_stored);
		else
			access_window_next(u);
	} else if (u->ended) {
		if (u->query)
			ingest_query(u->in, u->query);
		access_put(u, INGEST_LAST, access_upload_stored);
	} else if (ingest_piece_due(u->in)) {
		access_put(u, INGEST_MORE, access_piece_stored);
	} else {
		exchange_resume_with(x, access_turn);
	}
}

/* It is kept with what it answers, or counts. */
static enum gh_err access_nothing_read(struct access_upload *u)
{
	u->ended = true;
	return GH_OK;
}

static const struct access_table nothing = { "", false, access_nothing_read, false };

void access_upload_set(struct access_upload *u, struct exchange *x, struct arena *piece,
		       const struct access_upload_form *form)
{
	*u = (struct access_upload){
		.x = x,
		.body = form->file.n ? (gh_slice){ 0 } : x->body,
		.file = form->file,
		.base64 = form->base64,
		.ended = form->file.n != 0,
		.table = form->table,
		.counted = form->counted && !form->plain_reply,
		.query = form->query,
		.answer = form->answer,
		.reader = form->nothing ? &nothing
					: access_table_find(form->table, form->counted),
		.live_time = GHI_CIVIL_NONE,
		.piece = piece,
		.lines = ghi_lines_of(form->file.n ? (gh_slice){ 0 } : x->body),
		.settings = ghi_parameters_of(x->body),
	};
	device_row(x->device, x->arena, &u->row);
}

void access_unit_known(struct access_upload *u)
{
	if (u->known)
		return;
	u->known = true;
	u->doors = access_doors_of(&u->row);
	u->tables = ghi_table_unit_of(u->row.access.parameters);
	u->packed_validity = ghi_unit_of(u->row.access.parameters).packed_validity;
	/* As clocks do with their first request (QUIRKS Q28). */
	if (u->row.attendance.language.n == 0)
		u->row.attendance.language =
			access_parameter(u->row.access.parameters, "Language");
}

void access_upload_begin(struct exchange *x, const struct access_upload_form *form)
{
	struct access_upload *u = ghi_arena_alloc(x->arena, sizeof(*u));
	struct arena *piece = ghi_arena_alloc(x->arena, sizeof(*piece));

	if (u == NULL || piece == NULL) {
		metric_add(&x->server->metrics->uploads_refused, 1);
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	*piece = ghi_arena_beside(x->arena);
	access_upload_set(u, x, piece, form);
	x->state = u;
	/* No key of an event is secret, and they are many. */
	if (u->reader && (u->reader->read == access_live_events_read ||
			  u->reader->read == access_stored_events_read))
		x->shown_body = x->body;
	u->in = ingest_new(x->server, x->device, piece, form->table);
	if (u->in == NULL) {
		access_fail(u, GH_ENOMEM);
		return;
	}
	if (x->verdict.elsewhere)
		ingest_elsewhere(u->in);
	access_turn(x);
}

/* What an upload without a table is of: its type (9.6), or what it describes (9.2). */
static gh_slice access_upload_subject(struct exchange *x)
{
	gh_slice type = gh_slice_trim(exchange_param(x, "type"));

	return type.n ? type : gh_slice_trim(exchange_param(x, "desc"));
}

void access_upload(struct exchange *x)
{
	gh_slice table = gh_slice_trim(exchange_param(x, "table"));
	bool counted = gh_slice_ieq(table, GH_LIT("tabledata"));

	if (counted)
		table = gh_slice_trim(exchange_param(x, "tablename"));
	else if (table.n == 0)
		table = access_upload_subject(x);
	/* An empty body of a live table is a heartbeat of some firmware. */
	if (x->body.n == 0 && !counted)
		exchange_ok(x);
	else if (counted || !access_states_upload(x, table))
		access_upload_begin(
			x, &(struct access_upload_form){ .table = table, .counted = counted });
}
