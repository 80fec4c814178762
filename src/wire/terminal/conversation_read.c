#include "wire/terminal/code.h"
#include "wire/terminal/conversation_steps.h"
#include "wire/terminal/request.h"

enum {
	LOST_TRIES = 30,     /* of a piece over UDP without one new datagram */
	SHRINK_TRIES = 3,    /* of them before smaller pieces are requested */
	LATE_DATA_MS = 100,  /* UDP: for data behind its own ACK_OK; mostly it is lost */
	FREE_WAIT_MS = 1000, /* FREE_DATA matters to the device only */
	PROGRESS_MIN = 256,  /* bytes of a piece over UDP that count as progress */
};

void ghi_conversation_prepare(struct ghi_conversation *c)
{
	c->step = GHI_STEP_PREPARE;
	ghi_conversation_send(c, GH_CMD_PREPARE_BUFFER, (gh_slice){ c->request, c->request_n });
}

static void read_finish(struct ghi_conversation *c)
{
	c->event_end = true;
	ghi_conversation_finish(c);
}

static void conversation_data_free(struct ghi_conversation *c)
{
	c->step = GHI_STEP_FREE;
	ghi_conversation_send(c, GH_CMD_FREE_DATA, (gh_slice){ 0 });
	if (c->deadline > c->now + FREE_WAIT_MS)
		c->deadline = c->now + FREE_WAIT_MS;
}

static void read_begin(struct ghi_conversation *c, uint64_t total)
{
	c->total = total;
	if (!c->begun)
		ghi_conversation_read_limit(c);
	c->event_begin = !c->begun;
	c->begun = true;
}

static void read_interrupted(struct ghi_conversation *c, enum gh_err err, uint16_t code,
			     const char *text)
{
	ghi_conversation_fail_at(c, err, c->total, c->offset, text);
	c->fault.code = code;
}

/* Whether the read has taken longer than its size allows; then it has ended. */
static bool read_is_over(struct ghi_conversation *c)
{
	if (c->now <= c->read_until)
		return false;
	read_interrupted(c, GH_ETIMEOUT, 0, "the read takes longer than its size allows");
	return true;
}

static void conversation_window_request(struct ghi_conversation *c)
{
	uint8_t b[8];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	uint64_t left = c->total - c->offset;

	if (read_is_over(c))
		return;
	c->window = left < c->chunk ? (uint32_t)left : c->chunk;
	ghi_terminal_window_write(
		&w, (struct ghi_terminal_window){ (uint32_t)c->offset, c->window });
	c->step = GHI_STEP_CHUNK;
	ghi_conversation_send(c, GH_CMD_READ_BUFFER, ghi_written(&w));
}

/* The piece is incomplete: request it again, or, where its packets are numbered, the missing
 * part. Over UDP smaller pieces each time, down to one datagram. */
static void read_repeat_piece(struct ghi_conversation *c, uint16_t code)
{
	unsigned limit = c->options.tcp ? GHI_CHUNK_TRIES : LOST_TRIES;
	bool progress = c->stream.collected >= PROGRESS_MIN;
	bool keep = !c->options.tcp && c->step == GHI_STEP_COLLECT &&
		    ghi_terminal_stream_resumable(&c->stream) && c->stream.collected &&
		    (progress || c->tries < limit);

	if (keep) {
		c->ready = (gh_slice){ c->piece, c->stream.collected };
		c->offset += c->stream.collected;
		c->tries = progress ? 0 : c->tries + 1;
	} else if (++c->tries > limit) {
		if (code)
			read_interrupted(c, ghi_terminal_reply_err(code), code,
					 "the device interrupted the read");
		else
			read_interrupted(c, GH_ETRUNCATED, 0,
					 "a piece of the data never came out right");
		return;
	} else if (!c->options.tcp && c->stream.begun && !c->stream.numbered) {
		/* Without numbers a lost or repeated datagram cannot be detected. */
		c->chunk = c->chunk_max = GHI_CHUNK_ONE;
	} else if (!c->options.tcp && c->tries >= SHRINK_TRIES) {
		c->chunk = c->chunk / 2 > GHI_CHUNK_ONE ? c->chunk / 2 : GHI_CHUNK_ONE;
	}
	if (c->offset == c->total)
		conversation_data_free(c);
	else
		conversation_window_request(c);
}

void ghi_conversation_settle(struct ghi_conversation *c)
{
	c->tries = 0;
	c->chunk = c->chunk * 2 < c->chunk_max ? c->chunk * 2 : c->chunk_max;
	if (c->offset == c->total)
		conversation_data_free(c);
	else
		conversation_window_request(c);
}

static void read_piece_complete(struct ghi_conversation *c, gh_slice data)
{
	c->ready = data;
	c->offset += data.n;
	c->step = GHI_STEP_SETTLE;
	c->deadline = c->now + GHI_FINAL_ACK_MS;
	c->resend_at = GHI_NEVER;
	if (c->stream.acked || c->no_final_ack)
		ghi_conversation_settle(c);
}

/* The first packet of an answer that is a stream, or data in one packet. */
static void conversation_stream_open(struct ghi_conversation *c,
				     const struct ghi_terminal_frame *f)
{
	uint32_t size;

	if (c->begun) {
		read_interrupted(c, GH_ETRUNCATED, 0, "the table changed while it was read");
		return;
	}
	if (f->command == GH_CMD_DATA) {
		read_begin(c, f->data.n);
		c->ready = f->data;
		c->offset = f->data.n;
		read_finish(c);
		return;
	}
	if (ghi_terminal_announce_parse(f->data, &size)) {
		ghi_conversation_fail(c, GH_EMALFORMED, f->command,
				      "the announcement of data has no size");
		return;
	}
	read_begin(c, size);
	ghi_terminal_stream_begin(&c->stream, size);
	c->step = GHI_STEP_STREAM;
	c->deadline = c->now + c->options.reply_ms;
	c->resend_at = GHI_NEVER;
	if (size == 0)
		read_finish(c);
}

static enum ghi_conversation_event read_prepared(struct ghi_conversation *c,
						 const struct ghi_terminal_frame *f,
						 struct ghi_conversation_details *details)
{
	uint32_t size = 0;

	if (f->command == GH_CMD_PREPARE_DATA || f->command == GH_CMD_DATA) {
		conversation_stream_open(c, f);
		return GHI_CONVERSATION_NOTHING;
	}
	if (ghi_terminal_reply_err(f->command)) {
		if (c->begun) {
			read_interrupted(c, ghi_terminal_reply_err(f->command), f->command,
					 "the device interrupted the read");
			return GHI_CONVERSATION_NOTHING;
		}
		*details = (struct ghi_conversation_details){ .code = f->command,
							      .field = f->session,
							      .data = f->data };
		return GHI_CONVERSATION_REPLY;
	}
	if (f->data.n && ghi_terminal_prepared_parse(f->data, &size)) {
		ghi_conversation_fail(c, GH_EMALFORMED, f->command,
				      "the answer to a read has no size");
		return GHI_CONVERSATION_NOTHING;
	}
	/* After a new login the device has made the table again; if it is not the same any
	 * more, its pieces do not fit together. */
	if (c->begun && size != c->total) {
		read_interrupted(c, GH_ETRUNCATED, 0, "the table changed while it was read");
		return GHI_CONVERSATION_NOTHING;
	}
	read_begin(c, size);
	ghi_conversation_settle(c);
	return GHI_CONVERSATION_NOTHING;
}

static void stream_packet(struct ghi_conversation *c, const struct ghi_terminal_frame *f)
{
	struct ghi_terminal_stream *s = &c->stream;

	if (f->command == GH_CMD_DATA) {
		switch (ghi_terminal_stream_data(s, f)) {
		case GHI_PIECE_DROP:
			return;
		case GHI_PIECE_OVER:
			read_interrupted(c, GH_EMALFORMED, 0,
					 "the device sent more than it announced");
			return;
		case GHI_PIECE_TAKE:
			break;
		}
		c->ready = f->data;
		c->offset += f->data.n;
		c->deadline = c->now + c->options.reply_ms;
		if (!ghi_terminal_stream_complete(s) && read_is_over(c))
			return;
	} else if (ghi_terminal_reply_err(f->command) == GH_OK) {
		s->acked = true;
	} else if (f->command != GH_CMD_PREPARE_DATA) {
		read_interrupted(c, ghi_terminal_reply_err(f->command), f->command,
				 "the device interrupted the read");
		return;
	}
	if (ghi_terminal_stream_complete(s) && (s->acked || c->no_final_ack))
		read_finish(c);
	else if (ghi_terminal_stream_complete(s) || s->acked)
		c->deadline = c->now + GHI_FINAL_ACK_MS;
}

static void read_collect(struct ghi_conversation *c, const struct ghi_terminal_frame *f)
{
	struct ghi_terminal_stream *s = &c->stream;
	uint32_t at = s->collected;

	switch (ghi_terminal_stream_data(s, f)) {
	case GHI_PIECE_DROP:
		/* A packet is missing: the rest of this stream cannot be used. */
		if (s->gap)
			read_repeat_piece(c, 0);
		return;
	case GHI_PIECE_OVER:
		s->sure = false;
		read_repeat_piece(c, 0);
		return;
	case GHI_PIECE_TAKE:
		break;
	}
	if (!c->options.tcp && !s->numbered && f->data.n < s->announced) {
		read_repeat_piece(c, 0);
		return;
	}
	if (f->data.n == s->announced) {
		read_piece_complete(c, f->data);
		return;
	}
	if (f->data.n)
		memcpy(c->piece + at, f->data.p, f->data.n);
	if (!ghi_terminal_stream_complete(s) && read_is_over(c))
		return;
	c->deadline = c->now + c->options.reply_ms;
	if (!c->options.tcp)
		c->resend_at = c->now + (s->acked ? LATE_DATA_MS : c->options.retry_ms);
	if (ghi_terminal_stream_complete(s))
		read_piece_complete(c, (gh_slice){ c->piece, s->collected });
}

/* DATA without its announcement: some devices answer so. Over UDP the announcement may as well be
 * lost: then the first packet is known by its number, and a whole piece by its size. */
static void data_alone(struct ghi_conversation *c, const struct ghi_terminal_frame *f)
{
	if (f->data.n == 0 || f->data.n > c->window)
		return;
	if (c->options.tcp || f->data.n == c->window) {
		c->ready = f->data;
		c->offset += f->data.n;
		ghi_conversation_settle(c);
	} else if (f->session == 0) {
		ghi_terminal_stream_begin(&c->stream, c->window);
		c->step = GHI_STEP_COLLECT;
		read_collect(c, f);
	}
}

static void chunk_packet(struct ghi_conversation *c, const struct ghi_terminal_frame *f)
{
	uint32_t size;

	if (f->command == GH_CMD_PREPARE_DATA) {
		if (ghi_terminal_announce_parse(f->data, &size) || size == 0 ||
		    size > c->window) {
			read_repeat_piece(c, 0);
			return;
		}
		ghi_terminal_stream_begin(&c->stream, size);
		c->step = GHI_STEP_COLLECT;
		c->deadline = c->now + c->options.reply_ms;
		if (!c->options.tcp)
			c->resend_at = c->now + c->options.retry_ms;
	} else if (f->command == GH_CMD_DATA) {
		data_alone(c, f);
	} else if (ghi_terminal_reply_err(f->command) == GH_OK) {
		/* Overtook its own data, or there will be none. */
		if (c->options.tcp)
			read_repeat_piece(c, 0);
		else
			c->resend_at = c->now + LATE_DATA_MS;
	} else {
		read_repeat_piece(c, f->command);
	}
}

static void conversation_packet_collect(struct ghi_conversation *c,
					const struct ghi_terminal_frame *f)
{
	if (f->command == GH_CMD_DATA) {
		read_collect(c, f);
	} else if (f->command == GH_CMD_PREPARE_DATA) {
		return; /* a repeated datagram */
	} else if (ghi_terminal_reply_err(f->command) == GH_OK) {
		c->stream.acked = true;
		c->resend_at = c->now + (c->options.tcp ? GHI_FINAL_ACK_MS : LATE_DATA_MS);
		if (c->stream.gap)
			read_repeat_piece(c, 0);
	} else {
		read_repeat_piece(c, f->command);
	}
}

void ghi_conversation_read_packet(struct ghi_conversation *c,
				  const struct ghi_terminal_frame *f,
				  enum ghi_conversation_event *event,
				  struct ghi_conversation_details *details)
{
	switch (c->step) {
	case GHI_STEP_REQUEST:
		conversation_stream_open(c, f);
		break;
	case GHI_STEP_PREPARE:
		*event = read_prepared(c, f, details);
		break;
	case GHI_STEP_STREAM:
		stream_packet(c, f);
		break;
	case GHI_STEP_CHUNK:
		chunk_packet(c, f);
		break;
	case GHI_STEP_COLLECT:
		conversation_packet_collect(c, f);
		break;
	case GHI_STEP_SETTLE:
		if (ghi_terminal_reply_err(f->command) == GH_OK)
			ghi_conversation_settle(c);
		break;
	case GHI_STEP_FREE:
		read_finish(c);
		break;
	default:
		break;
	}
}

void ghi_conversation_read_timeout(struct ghi_conversation *c, bool deadline)
{
	switch (c->step) {
	case GHI_STEP_PREPARE:
		if (deadline)
			read_interrupted(c, GH_ETIMEOUT, 0, "the device did not answer");
		else if (++c->tries > GHI_CHUNK_TRIES)
			read_interrupted(c, GH_ECHECKSUM, 0,
					 "the device's answer arrived damaged");
		else
			ghi_conversation_prepare(c);
		break;
	case GHI_STEP_STREAM:
		if (!ghi_terminal_stream_complete(&c->stream)) {
			read_interrupted(c, c->stream.acked ? GH_ETRUNCATED : GH_ETIMEOUT, 0,
					 "the device stopped before the end of its data");
		} else {
			c->no_final_ack = true;
			read_finish(c);
		}
		break;
	case GHI_STEP_CHUNK:
	case GHI_STEP_COLLECT:
		if (deadline)
			read_interrupted(c, GH_ETIMEOUT, 0,
					 "the device stopped before the end of its data");
		else
			read_repeat_piece(c, 0);
		break;
	case GHI_STEP_SETTLE:
		c->no_final_ack = c->no_final_ack || deadline;
		ghi_conversation_settle(c);
		break;
	case GHI_STEP_FREE:
		read_finish(c);
		break;
	default:
		break;
	}
}
