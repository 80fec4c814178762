/* Packets of a conversation: taken from the input, matched with the request, turned into events. */
#include "wire/terminal/code.h"
#include "wire/terminal/conversation_steps.h"

enum {
	RECENT = 16, /* ids a late duplicate may carry */
};

static void conversation_break_off(struct ghi_conversation *c, enum gh_err err,
				   const char *text)
{
	c->closed = true;
	ghi_conversation_fail(c, err, 0, text);
}

/* Every event is acknowledged, with reply id 0; the device may otherwise repeat it, or wait. */
static void conversation_acknowledge(struct ghi_conversation *c)
{
	struct ghi_writer w = ghi_writer_on(c->ack, sizeof(c->ack));
	struct ghi_terminal_head head = { GH_ACK_OK, c->session, 0 };

	if (c->ack_at == 0 && c->options.tcp)
		ghi_terminal_frame_write(&w, head, (gh_slice){ 0 });
	else if (c->ack_at == 0)
		ghi_terminal_packet_write(&w, head, (gh_slice){ 0 });
	if (c->acks < UINT16_MAX)
		c->acks++;
}

/* A damaged packet. The framing is intact over TCP, so only this answer is lost: repeat the
 * request where that does no harm. */
static void conversation_damaged(struct ghi_conversation *c)
{
	c->damaged++;
	if (!c->options.tcp || c->step == GHI_STEP_IDLE)
		return;
	if (c->step > GHI_STEP_STREAM)
		ghi_conversation_read_timeout(c, false);
	else if (!ghi_terminal_repeatable(c->command) || c->step == GHI_STEP_STREAM ||
		 ++c->tries > GHI_CHUNK_TRIES)
		ghi_conversation_fail(c, GH_ECHECKSUM, 0,
				      "the device's answer arrived damaged");
	else if (c->step == GHI_STEP_REQUEST)
		ghi_conversation_repeat(c);
	else
		ghi_conversation_login(c, c->after_login);
}

static enum ghi_conversation_event conversation_answer(struct ghi_conversation *c,
						       const struct ghi_terminal_frame *f,
						       struct ghi_conversation_details *details)
{
	enum ghi_conversation_event event = GHI_CONVERSATION_NOTHING;

	if (c->step == GHI_STEP_CONNECT || c->step == GHI_STEP_AUTH) {
		ghi_conversation_login_packet(c, f);
		return event;
	}
	if (f->command == GH_ACK_UNAUTH) {
		ghi_conversation_unauthorised(c);
		return event;
	}
	if (c->step != GHI_STEP_REQUEST || f->command == GH_CMD_PREPARE_DATA ||
	    f->command == GH_CMD_DATA) {
		ghi_conversation_read_packet(c, f, &event, details);
	} else {
		*details = (struct ghi_conversation_details){ .code = f->command,
							      .field = f->session,
							      .data = f->data };
		event = GHI_CONVERSATION_REPLY;
	}
	if (event == GHI_CONVERSATION_REPLY)
		ghi_conversation_finish(c);
	return event;
}

/* Whether this side used the id recently: then the packet is late, not wrong. Over TCP nothing
 * arrives twice, and an id of 0 means firmware that always sends 0. */
static bool conversation_is_recent(const struct ghi_conversation *c, uint16_t id)
{
	uint32_t ago =
		((uint32_t)c->reply + GHI_LAST_REPLY_ID + 1 - id) % (GHI_LAST_REPLY_ID + 1);

	return ago >= 1 && ago <= RECENT && !(c->options.tcp && id == 0);
}

/* An answer carries its session in the head: but data is numbered there, the end of a stream gives
 * its bytes and the answer to STATE_RRQ the state (terminal digest 3.2). Some firmware leaves it 0. */
static bool conversation_is_other_session(const struct ghi_conversation *c,
					  const struct ghi_terminal_frame *f)
{
	if (f->session == c->session || f->session == 0 || f->command == GH_CMD_DATA ||
	    f->command == GH_ACK_UNAUTH || c->command == GH_CMD_STATE_RRQ)
		return false;
	switch (c->step) {
	case GHI_STEP_REQUEST:
	case GHI_STEP_PREPARE:
		return true;
	case GHI_STEP_CHUNK:
		return f->command == GH_CMD_PREPARE_DATA;
	default:
		return false;
	}
}

/* Over UDP it may be a stray datagram of a session that is over: the right one may follow. */
static void conversation_refuse_session(struct ghi_conversation *c)
{
	if (c->options.tcp) {
		ghi_conversation_fail(c, GH_EMALFORMED, 0, GHI_OTHER_SESSION);
		return;
	}
	c->stale++;
	c->other_session = true;
}

static enum ghi_conversation_event conversation_packet(struct ghi_conversation *c, gh_slice raw,
						       const struct ghi_terminal_frame *f,
						       struct ghi_conversation_details *details)
{
	if (!f->intact && !c->options.ignore_checksum) {
		conversation_damaged(c);
		return GHI_CONVERSATION_NOTHING;
	}
	if (f->command == GH_CMD_REG_EVENT) {
		conversation_acknowledge(c);
		*details = (struct ghi_conversation_details){ .field = f->session,
							      .data = f->data };
		return GHI_CONVERSATION_EVENT;
	}
	if (c->step == GHI_STEP_IDLE) {
		c->stale++;
		return GHI_CONVERSATION_NOTHING;
	}
	if (f->reply == c->reply || (c->wrong_ids && !conversation_is_recent(c, f->reply))) {
		if (!conversation_is_other_session(c, f))
			return conversation_answer(c, f, details);
		conversation_refuse_session(c);
		return GHI_CONVERSATION_NOTHING;
	}
	c->stale++;
	if (!conversation_is_recent(c, f->reply) && raw.n <= sizeof(c->odd)) {
		memcpy(c->odd, raw.p, raw.n);
		c->odd_n = raw.n;
	}
	return GHI_CONVERSATION_NOTHING;
}

/* The next packet of the input, without its prefix. false: none yet, or the stream is no use.
 */
static bool conversation_take_packet(struct ghi_conversation *c, gh_slice *raw,
				     struct ghi_terminal_frame *f)
{
	gh_slice in = { c->in + c->in_at, c->in_n - c->in_at };
	size_t used = in.n;
	enum gh_err err;

	if (in.n == 0)
		return false;
	if (!c->options.tcp) {
		c->in_at = c->in_n;
		*raw = in;
		err = ghi_terminal_packet_parse(in, f);
		if (err == GH_OK)
			return true;
		c->damaged++;
		return false;
	}
	err = ghi_terminal_frame_parse(in, f, &used);
	if (err == GH_ETRUNCATED)
		return false;
	if (err) {
		conversation_break_off(
			c, err,
			ghi_terminal_is_panel(in)
				? "an access panel with another protocol answers there"
			: err == GH_ETOOBIG ? "the device announced a packet over the limit"
					    : "the answer is not of this protocol");
		c->in_at = c->in_n;
		return false;
	}
	c->in_at += used;
	*raw = (gh_slice){ in.p + GHI_TERMINAL_PREFIX, used - GHI_TERMINAL_PREFIX };
	return true;
}

/* The ACK_OK behind a whole piece usually came with it: taking it before the piece is handed
 * out lets the device prepare the next one while the caller looks at this one. */
static void conversation_settle_early(struct ghi_conversation *c)
{
	gh_slice in = { c->in + c->in_at, c->in_n - c->in_at };
	struct ghi_terminal_frame f;
	size_t used;

	if (c->step != GHI_STEP_SETTLE || !c->options.tcp || in.n == 0)
		return;
	if (ghi_terminal_frame_parse(in, &f, &used) || !f.intact || f.reply != c->reply ||
	    f.command != GH_ACK_OK)
		return;
	c->in_at += used;
	ghi_conversation_settle(c);
}

static bool conversation_pending_event(struct ghi_conversation *c,
				       enum ghi_conversation_event *event,
				       struct ghi_conversation_details *details)
{
	*details = (struct ghi_conversation_details){ .total = c->total };
	if (c->event_connected) {
		c->event_connected = false;
		*event = GHI_CONVERSATION_CONNECTED;
	} else if (c->event_begin) {
		c->event_begin = false;
		*event = GHI_CONVERSATION_BEGIN;
	} else if (c->ready.n) {
		conversation_settle_early(c);
		details->data = c->ready;
		c->ready.n = 0;
		*event = GHI_CONVERSATION_DATA;
	} else if (c->fault.err) {
		details->fault = c->fault;
		c->fault = (struct ghi_terminal_fault){ 0 };
		*event = GHI_CONVERSATION_FAILED;
	} else if (c->event_end) {
		c->event_end = false;
		*event = GHI_CONVERSATION_END;
	} else {
		return false;
	}
	return true;
}

/* A reply with an id of no request is better than none; from then on such firmware is
 * taken at its word (terminal digest 3.4). */
static enum ghi_conversation_event conversation_odd_reply(
	struct ghi_conversation *c, struct ghi_conversation_details *details)
{
	gh_slice raw = { c->odd, c->odd_n };
	struct ghi_terminal_frame f;

	c->odd_n = 0;
	c->wrong_ids = true;
	if (ghi_terminal_packet_parse(raw, &f))
		return GHI_CONVERSATION_NOTHING;
	return conversation_answer(c, &f, details);
}

static enum ghi_conversation_event conversation_timeout(
	struct ghi_conversation *c, struct ghi_conversation_details *details)
{
	if (c->step == GHI_STEP_IDLE)
		return GHI_CONVERSATION_NOTHING;
	if (c->closed && c->step == GHI_STEP_FREE) {
		c->event_end = true;
		ghi_conversation_finish(c);
	} else if (c->closed) {
		ghi_conversation_fail_at(c, GH_ECLOSED, c->total, c->offset,
					 "the device closed the connection");
	} else if (c->now >= c->deadline) {
		if (c->odd_n)
			return conversation_odd_reply(c, details);
		if (c->other_session)
			ghi_conversation_fail(c, GH_EMALFORMED, 0, GHI_OTHER_SESSION);
		else if (c->step >= GHI_STEP_STREAM)
			ghi_conversation_read_timeout(c, true);
		else
			ghi_conversation_fail(c, GH_ETIMEOUT, 0, "the device did not answer");
	} else if (c->now >= c->resend_at) {
		if (c->step == GHI_STEP_COLLECT) {
			ghi_conversation_read_timeout(c, false);
		} else if (c->other_session && !c->relogged) {
			/* A CONNECT that was repeated may have made two sessions, of which the
			 * device has the later one. */
			ghi_conversation_unauthorised(c);
		} else {
			c->resent++;
			c->out_at = 0;
			c->resend_wait *= 2;
			c->resend_at = c->now + c->resend_wait;
		}
	}
	return GHI_CONVERSATION_NOTHING;
}

static bool conversation_is_waiting(const struct ghi_conversation *c)
{
	return c->event_connected || c->event_begin || c->event_end || c->ready.n ||
	       c->fault.err;
}

enum ghi_conversation_event ghi_conversation_next(struct ghi_conversation *c,
						  struct ghi_conversation_details *details)
{
	struct ghi_terminal_frame f;
	enum ghi_conversation_event event;
	gh_slice raw;

	while (!conversation_pending_event(c, &event, details)) {
		if (conversation_take_packet(c, &raw, &f)) {
			event = conversation_packet(c, raw, &f, details);
		} else {
			event = conversation_timeout(c, details);
			if (event == GHI_CONVERSATION_NOTHING && !conversation_is_waiting(c))
				return event;
		}
		if (event != GHI_CONVERSATION_NOTHING)
			return event;
	}
	return event;
}
