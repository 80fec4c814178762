/* POST cdata and fdata: what devices upload (Attendance PUSH 2020-03, 8 and 11; PUSH SDK 2013,
 * 3.2.3). An upload is read and stored in pieces, and acknowledged after the commit of the last
 * one. When one fails, the upload is refused and the device repeats all of it. */
#include "session/attendance/upload.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/device_text.h"
#include "core/metrics.h"
#include "core/packed.h"
#include "core/problems.h"
#include "session/attendance/stamp.h"
#include "wire/attendance/handshake.h"

#define TURN_MAX 2000	    /* lines read before other requests of the thread are served */
#define QUARANTINE_MAX 1000 /* malformed records of one upload that get a row each */
#define REASON_MAX 128
#define COUNT_ROOM 24 /* "OK:" and a number of 64 bits */

enum gh_err upload_quarantine(struct upload *u, int64_t line, size_t offset, gh_slice raw,
			      const char *reason)
{
	line += u->before.lines;
	offset += u->before.bytes;
	if (u->again) {
		if (u->quarantined++ == 0)
			u->reason = ghi_arena_text(u->x->arena, gh_slice_of(reason));
		return GH_OK;
	}
	/* The store cuts what is longer. */
	u->keep_raw |= raw.n > STORE_QUARANTINE_RAW;
	if (u->quarantined++ < QUARANTINE_MAX)
		return ingest_quarantine(u->in, line, (int64_t)offset,
					 u->packed ? upload_window_copy(u, raw) : raw, reason);
	if (u->quarantined == QUARANTINE_MAX + 1) {
		u->rest_line = line;
		u->rest_offset = offset;
	}
	return GH_OK;
}

/* One row for those beyond the limit; the whole upload is stored unchanged. */
static enum gh_err rest_quarantine(struct upload *u)
{
	gh_slice raw = GH_LIT("");
	char *why;

	if (u->quarantined <= QUARANTINE_MAX)
		return GH_OK;
	why = ghi_arena_alloc(u->x->arena, REASON_MAX);
	if (why == NULL)
		return GH_ENOMEM;
	snprintf(why, REASON_MAX,
		 "%zu more malformed records from here on; the whole upload is kept raw",
		 u->quarantined - QUARANTINE_MAX);
	u->keep_raw = true;
	if (u->packed == NULL)
		raw = gh_slice_from(u->body, u->rest_offset);
	return ingest_quarantine(u->in, u->rest_line, (int64_t)u->rest_offset, raw, why);
}

/* The mark comes under several names. Of an upload that names no table it is that of the table whose
 * records were found in it, and of none where there were none. */
static void stamp_add(struct upload *u)
{
	static const char *const names[] = { "Stamp", "OpStamp", "PhotoStamp" };
	gh_slice stamp = u->stamp;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && stamp.n == 0; i++)
		stamp = exchange_param(u->x, names[i]);
	if (!stamp_is_plausible(stamp, u->x->now_ms / 1000) ||
	    (!u->named && ingest_accepted(u->in) == 0))
		return;
	ingest_stamp(u->in, u->table, stamp);
}

bool upload_turn_over(struct upload *u)
{
	return u->turn++ == TURN_MAX || ingest_full(u->in);
}

static void upload_free(struct upload *u)
{
	ingest_free(u->in);
	ghi_arena_clear(u->piece);
	packed_close(u->packed);
}

/* The only place where an upload is refused once it is read. */
static void upload_refuse(struct exchange *x, enum gh_err err)
{
	metric_add(&x->server->metrics->uploads_refused, 1);
	problem_raise(x->server, PROBLEM_UPLOADS_REFUSED, x->sn, "%s", gh_strerror(err));
	exchange_store_failed(x, err);
}

static void upload_fail(struct upload *u, enum gh_err err)
{
	struct exchange *x = u->x;

	upload_free(u);
	upload_refuse(x, err);
}

static size_t upload_records(const struct upload *u)
{
	return u->result.accepted + u->quarantined + u->raw_lines;
}

static gh_slice count_write(uint8_t to[COUNT_ROOM], gh_slice before, size_t n)
{
	struct ghi_writer w = ghi_writer_on(to, COUNT_ROOM);

	ghi_put(&w, before);
	ghi_put_decimal(&w, n);
	return ghi_written(&w);
}

static void upload_log(struct exchange *x)
{
	const struct upload *u = x->state;
	uint8_t records[COUNT_ROOM], fresh[COUNT_ROOM], quarantined[COUNT_ROOM];
	gh_slice none = { 0 };

	device_refusal_end(x->device);
	LOG(x->server->log, LOG_INFO, "upload stored", { "sn", x->sn }, { "table", u->table },
	    { "records", count_write(records, none, upload_records(u)) },
	    { "newPunches", count_write(fresh, none, u->result.fresh) },
	    { "quarantined", count_write(quarantined, none, u->quarantined) });
}

static void upload_reply(struct exchange *x)
{
	struct upload *u = x->state;
	uint8_t text[COUNT_ROOM];

	if (x->err) {
		upload_fail(u, x->err);
		return;
	}
	upload_log(x);
	upload_free(u);
	if (u->reader == NULL)
		problem_raise(x->server, PROBLEM_UPLOAD_NOT_UNDERSTOOD, x->sn, "table \"%.*s\"",
			      GH_FMT(u->table));
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
	device_unread_judge(x->server, x->device, u->unread);
	if (u->plain_ok) {
		exchange_ok(x);
		return;
	}
	exchange_text(x, count_write(text, GH_LIT("OK:"), upload_records(u)));
}

/* On the store thread. */
static void upload_done(void *ctx, enum gh_err err, const struct ingest_result *result)
{
	struct upload *u = ctx;

	u->result = *result;
	exchange_done(u->x, err);
}

static void upload_put(struct upload *u, enum ingest_piece piece,
		       void (*next)(struct exchange *x))
{
	struct exchange *x = u->x;

	x->next = next;
	enum gh_err err = ingest_put_piece(u->in, piece, upload_done, u);
	if (err)
		upload_fail(u, err);
}

static void upload_turn(struct exchange *x);
static void upload_turn_read(struct exchange *x, enum gh_err err);
static void upload_window_made(struct exchange *x);

static void upload_piece_stored(struct exchange *x)
{
	struct upload *u = x->state;

	if (x->err) {
		upload_fail(u, x->err);
		return;
	}
	ingest_piece_clear(u->in);
	upload_turn(x);
}

enum gh_err upload_read(struct upload *u)
{
	u->turn = 0;
	enum gh_err err = u->reader ? u->reader->read(u) : upload_read_raw(u);

	if (err == GH_OK && u->ended && upload_more_comes(u)) {
		u->ended = false;
		upload_stop_at(u, u->body.n);
	}
	return err;
}

/* The parts of the last piece: stamp, quarantine, raw body. */
static enum gh_err upload_finish(struct upload *u)
{
	enum gh_err err = rest_quarantine(u);

	if (err == GH_OK && u->keep_raw)
		err = ingest_raw(u->in, exchange_shown_target(u->x), u->x->body);
	stamp_add(u);
	return err;
}

/* One turn of reading, then the next step: a piece for the store, a pause for other requests, or
 * the end. */
static void upload_turn(struct exchange *x)
{
	struct upload *u = x->state;

	if (!u->window_read) {
		upload_turn_read(x, GH_OK);
	} else if (!exchange_defer(x)) {
		upload_free(u);
		exchange_drop(x);
	} else {
		enum gh_err err = upload_window_begin(u, upload_window_made);

		if (err)
			upload_fail(u, err);
	}
}

static void upload_window_made(struct exchange *x)
{
	upload_turn_read(x, upload_window_take(x->state));
}

static void upload_turn_read(struct exchange *x, enum gh_err err)
{
	struct upload *u = x->state;

	if (err == GH_OK && !u->ended)
		err = upload_read(u);
	if (err == GH_OK && u->ended)
		err = upload_finish(u);
	if (err) {
		upload_fail(u, err);
		return;
	}
	/* When the peer has closed, no OK is sent, and the device repeats all of it. */
	if (!exchange_defer(x)) {
		upload_free(u);
		exchange_drop(x);
	} else if (u->ended) {
		upload_put(u, INGEST_LAST, upload_reply);
	} else if (u->window_read && ingest_pending(u->in)) {
		upload_put(u, INGEST_ALL, upload_piece_stored);
	} else if (ingest_piece_due(u->in)) {
		upload_put(u, INGEST_MORE, upload_piece_stored);
	} else {
		exchange_resume_with(x, upload_turn);
	}
}

/* Whether the device expects a bare "OK" (PUSH SDK 2013, 3.2.3). */
static bool counts_unknown(const struct device_row *row)
{
	struct ghi_version version, counts = { .part = { 2, 2, 14, 0 } };

	return !ghi_version_parse(row->attendance.push_version, &version) ||
	       ghi_version_compare(&version, &counts) < 0;
}

static void upload_begin(struct exchange *x, gh_slice name)
{
	struct upload *u = ghi_arena_alloc(x->arena, sizeof(*u));
	struct arena *piece = ghi_arena_alloc(x->arena, sizeof(*piece));

	if (u == NULL || piece == NULL) {
		upload_refuse(x, GH_ENOMEM);
		return;
	}
	*piece = ghi_arena_beside(x->arena);
	*u = (struct upload){
		.x = x,
		.table = name,
		.named = exchange_param(x, "table").n > 0,
		.reader = dialect_table_find(x->dialect, name),
		.line = ghi_arena_alloc(x->arena, sizeof(*u->line)),
		.piece = piece,
	};
	x->state = u;
	device_upload_begin(x->device);
	device_row(x->device, x->arena, &u->row);
	upload_body_set(u, x->body);
	enum gh_err err = u->line ? upload_table_find(u) : GH_ENOMEM;
	u->plain_ok = (u->reader && u->reader->plain_ok) || counts_unknown(&u->row);
	u->in = err ? NULL : ingest_new(x->server, x->device, piece, u->table);
	if (err == GH_OK)
		err = u->in ? upload_unpack(u) : GH_ENOMEM;
	if (err)
		upload_fail(u, err);
	else
		upload_turn(x);
}

void attendance_upload(struct exchange *x)
{
	if (exchange_has_param(x, "AuthType"))
		attendance_verify(x);
	else if (x->body.n == 0 ||
		 gh_slice_ieq(exchange_param(x, "type"), GH_LIT("PostVerifyData")))
		exchange_ok(x);
	else
		upload_begin(x, attendance_table_name(x));
}
