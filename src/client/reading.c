#include "client/reading.h"

#include <stdlib.h>

#include "wire/terminal/code.h"

/* A connection that brings fewer bytes than that does not get on. */
enum { RESUMES = 3, RESUME_PROGRESS = 1024 };

/* Wait for the first of: an announcement, or a refusal in *code. */
static enum gh_err await_begin(struct gh_terminal *t, uint64_t *total, uint16_t *code)
{
	enum ghi_conversation_event event;
	struct ghi_conversation_details details;
	enum gh_err err = ghi_call_next_event(t, &event, &details);

	if (err)
		return err;
	*code = event == GHI_CONVERSATION_BEGIN ? 0 : details.code;
	*total = details.total;
	return GH_OK;
}

static enum gh_err reading_request_buffered(struct gh_terminal *t, const struct ghi_source *s,
					    uint64_t *total, uint16_t *code)
{
	enum gh_err err = GH_ECLOSED;

	for (int tries = 0; tries < 2; tries++) {
		if (t->connected)
			err = ghi_conversation_read(&t->conversation, s->command, s->table,
						    s->extra, ghi_clock_now());
		if (!err)
			err = await_begin(t, total, code);
		if (err != GH_ECLOSED && err != GH_EIO)
			return err;
		if (tries == 0 && ghi_connection_reopen(t))
			return t->error.err;
	}
	return ghi_call_fail(t, err, "the connection is lost");
}

static enum gh_err reading_request_direct(struct gh_terminal *t, const struct ghi_source *s,
					  uint64_t *total, uint16_t *code)
{
	enum gh_err err = ghi_conversation_request(&t->conversation, s->direct, s->direct_data,
						   ghi_clock_now());

	if (err)
		return ghi_call_fail(t, err, NULL);
	return await_begin(t, total, code);
}

static bool reading_is_refused(enum gh_err err, uint16_t code)
{
	return err == GH_OK && code != 0 && ghi_terminal_reply_err(code) != GH_OK;
}

/* Buffered, once more after freeing the buffer (pyzk 172), then directly. A device that does not
 * answer a buffered read at all is read directly from then on. */
static enum gh_err reading_request(struct gh_terminal *t, const struct ghi_source *s,
				   uint64_t *total)
{
	uint16_t code = 0, first = 0;
	enum gh_err err = GH_OK;

	if (!t->no_buffered || s->direct == 0) {
		err = reading_request_buffered(t, s, total, &code);
		if (reading_is_refused(err, code) && code != GH_ACK_UNKNOWN &&
		    code != GH_NO_TABLE) {
			struct ghi_answer ignored;

			err = ghi_call_request(t, GH_CMD_FREE_DATA, (gh_slice){ 0 }, &ignored);
			if (!err)
				err = reading_request_buffered(t, s, total, &code);
		}
		first = code;
		if (err && (err != GH_ETIMEOUT || !t->connected))
			return err;
		if (err == GH_OK && !reading_is_refused(err, code))
			return GH_OK;
	}
	if (s->direct && code != GH_NO_TABLE) {
		enum gh_err before = err;

		err = reading_request_direct(t, s, total, &code);
		if (err == GH_OK && !reading_is_refused(err, code))
			t->no_buffered = before == GH_ETIMEOUT || t->no_buffered;
		else if (first)
			code = first;
	}
	if (reading_is_refused(err, code))
		return ghi_call_fail_reply(t, ghi_terminal_reply_err(code), s->command, code);
	return err;
}

static void reading_tail_keep(struct ghi_reading *r, gh_slice piece)
{
	size_t n = piece.n < GHI_READING_TAIL ? piece.n : GHI_READING_TAIL;
	size_t old = r->tail_n < GHI_READING_TAIL - n ? r->tail_n : GHI_READING_TAIL - n;

	memmove(r->tail, r->tail + r->tail_n - old, old);
	memcpy(r->tail + old, piece.p + piece.n - n, n);
	r->tail_n = old + n;
}

/* The connection is lost in mid-read. GH_OK: the rest is requested over a new one. */
static enum gh_err reading_resume(struct ghi_reading *r)
{
	struct gh_terminal *t = r->t;
	const struct ghi_source *s = r->source;

	r->resumed++;
	r->since = 0;
	if (ghi_connection_reopen(t))
		return t->error.err;
	r->verify = r->tail_n;
	return ghi_conversation_read_rest(&t->conversation, s->command, s->table, s->extra,
					  t->total, t->done - r->tail_n, ghi_clock_now());
}

/* false: what comes again is not what came before. */
static bool cut_verified(struct ghi_reading *r, gh_slice *data)
{
	if (data->n < r->verify || memcmp(data->p, r->tail, r->verify) != 0)
		return false;
	*data = gh_slice_from(*data, r->verify);
	r->verify = 0;
	return true;
}

static bool error_is_lost_connection(enum gh_err err)
{
	return err == GH_ECLOSED || err == GH_EIO;
}

/* Bring the next piece. GH_EEND: there is none. */
static enum gh_err reading_piece_next(struct ghi_reading *r, gh_slice *piece)
{
	struct gh_terminal *t = r->t;
	enum ghi_conversation_event event;
	struct ghi_conversation_details details;
	enum gh_err err;

	for (;;) {
		t->attempt = r->attempt;
		err = ghi_call_next_event(t, &event, &details);
		if (error_is_lost_connection(err) && r->buffered && r->resumed < RESUMES &&
		    reading_resume(r) == GH_OK)
			continue;
		if (error_is_lost_connection(err))
			return ghi_call_fail_at(t, err, t->total, t->done,
						"the device closed the connection");
		if (err)
			return err;
		if (event == GHI_CONVERSATION_END || event == GHI_CONVERSATION_REPLY)
			return GH_EEND;
		if (event != GHI_CONVERSATION_DATA)
			continue;
		if (r->verify && !cut_verified(r, &details.data)) {
			ghi_conversation_drop(&t->conversation);
			return ghi_call_fail_at(t, GH_ETRUNCATED, t->total, t->done,
						"the table changed while it was read");
		}
		if (details.data.n == 0)
			continue;
		r->since += details.data.n;
		if (r->since >= RESUME_PROGRESS)
			r->resumed = 0;
		reading_tail_keep(r, details.data);
		*piece = details.data;
		t->done += details.data.n;
		return GH_OK;
	}
}

enum gh_err ghi_reading_open(struct ghi_reading *r, struct gh_terminal *t, const char *attempt,
			     const struct ghi_source *s, size_t longest)
{
	uint64_t total = 0;
	gh_slice piece = { 0 };
	enum gh_err err;

	*r = (struct ghi_reading){ .t = t, .source = s, .attempt = attempt };
	r->carry = malloc(longest);
	if (r->carry == NULL)
		return ghi_call_fail(t, GH_ENOMEM, NULL);
	t->done = t->total = 0;
	err = reading_request(t, s, &total);
	if (err)
		goto out;
	t->total = total;
	r->buffered = t->conversation.request_command == GH_CMD_PREPARE_BUFFER;
	ghi_terminal_table_init(&r->table, total, r->carry, longest);
	if (total) {
		err = reading_piece_next(r, &piece);
		if (err == GH_EEND)
			err = ghi_call_fail_at(t, GH_ETRUNCATED, total, 0,
					       "the table is missing");
		if (err)
			goto out;
	}
	err = ghi_terminal_table_give(&r->table, piece);
	if (err)
		ghi_call_fail_at(t, err, GHI_TERMINAL_TABLE_HEAD, piece.n,
				 "the table has no head");
out:
	if (err) {
		struct gh_terminal_error saved = t->error;

		ghi_reading_close(r);
		t->error = saved;
	}
	return err;
}

static enum gh_err reading_at_end(struct ghi_reading *r)
{
	struct gh_terminal *t = r->t;
	size_t excess = 0;
	enum gh_err err = ghi_terminal_table_finish(&r->table, &excess);

	if (err == GH_OK || (err == GH_EMALFORMED && r->padding_fine))
		return GH_EEND;
	if (err == GH_ETRUNCATED && r->table.surplus)
		return ghi_call_fail_at(t, err, r->table.declared,
					r->table.declared + r->table.surplus,
					"more came than the table's head counts");
	return ghi_call_fail_at(t, err, r->table.declared + r->table.missing,
				r->table.declared + r->table.missing - excess,
				err == GH_ETRUNCATED
					? "the table ends before its last record"
					: "the table does not end where a record ends");
}

enum gh_err ghi_reading_next_any(struct ghi_reading *r, gh_slice *record)
{
	enum gh_err err;

	if (r->over)
		return r->over;
	while ((err = ghi_terminal_table_next(&r->table, record)) != GH_OK) {
		gh_slice piece;

		if (err == GH_EMALFORMED) {
			r->over = ghi_call_fail(r->t, err, "a record has an impossible size");
			return r->over;
		}
		err = reading_piece_next(r, &piece);
		if (err == GH_OK)
			err = ghi_terminal_table_give(&r->table, piece);
		if (err) {
			r->over = err == GH_EEND ? reading_at_end(r) : err;
			return r->over;
		}
	}
	return GH_OK;
}

void ghi_reading_close(struct ghi_reading *r)
{
	struct gh_terminal *t = r->t;
	struct ghi_answer ignored;

	if (t == NULL)
		return;
	if (t->connected && !ghi_conversation_idle(&t->conversation)) {
		bool buffered = t->conversation.request_command == GH_CMD_PREPARE_BUFFER;

		ghi_conversation_drop(&t->conversation);
		if (buffered &&
		    ghi_call_request(t, GH_CMD_FREE_DATA, (gh_slice){ 0 }, &ignored) &&
		    t->connected)
			ghi_connection_close(t); /* what it sends next is undefined */
	} else {
		ghi_conversation_drop(&t->conversation);
	}
	free(r->carry);
	*r = (struct ghi_reading){ 0 };
}
