/* A conversation with a terminal: requests, and bytes in and out. */
#include "wire/terminal/conversation.h"

#include "wire/terminal/code.h"
#include "wire/terminal/conversation_steps.h"
#include "wire/terminal/request.h"

enum {
	ROOM = 64 * 1024, /* space for receiving is never less over TCP */

	/* A read that gets on slower than this ends with an error. */
	READ_FLOOR = 1024,     /* bytes a second, over all of it */
	READ_GRACE_MS = 60000, /* and so much more */
};

void ghi_conversation_init(struct ghi_conversation *c,
			   const struct ghi_conversation_options *options)
{
	uint32_t usual = options->tcp ? GHI_CHUNK_TCP : GHI_CHUNK_UDP;

	memset(c, 0, offsetof(struct ghi_conversation, ack));
	c->options = *options;
	c->chunk = options->chunk && options->chunk < usual ? options->chunk : usual;
	c->chunk_max = c->chunk;
	c->reply = GHI_LAST_REPLY_ID;
	c->deadline = c->resend_at = GHI_NEVER;
	c->stream.ordered = options->tcp;
}

static uint16_t conversation_id_next(uint16_t id)
{
	return id >= GHI_LAST_REPLY_ID ? 0 : (uint16_t)(id + 1);
}

void ghi_conversation_send(struct ghi_conversation *c, uint16_t command, gh_slice data)
{
	struct ghi_writer w = ghi_writer_on(c->packet, sizeof(c->packet));
	struct ghi_terminal_head head;

	c->reply = conversation_id_next(c->reply);
	c->command = command;
	head = (struct ghi_terminal_head){ command, c->session, c->reply };
	if (c->options.tcp)
		ghi_terminal_frame_write(&w, head, data);
	else
		ghi_terminal_packet_write(&w, head, data);
	c->out_at = 0;
	c->out_n = w.n;
	c->odd_n = 0;
	c->other_session = false;
	c->deadline = c->now + c->options.reply_ms;
	c->resend_wait = c->options.retry_ms;
	c->resend_at = GHI_NEVER;
	if (!c->options.tcp && ghi_terminal_repeatable(command))
		c->resend_at = c->now + c->resend_wait;
}

void ghi_conversation_finish(struct ghi_conversation *c)
{
	c->step = GHI_STEP_IDLE;
	c->deadline = c->resend_at = GHI_NEVER;
	c->odd_n = 0;
}

void ghi_conversation_fail(struct ghi_conversation *c, enum gh_err err, uint16_t code,
			   const char *text)
{
	c->fault = (struct ghi_terminal_fault){
		.err = err,
		.command = c->request_command,
		.code = code,
		.text = text,
		.broken = c->closed,
	};
	ghi_conversation_finish(c);
}

void ghi_conversation_fail_at(struct ghi_conversation *c, enum gh_err err, uint64_t expected,
			      uint64_t got, const char *text)
{
	ghi_conversation_fail(c, err, 0, text);
	c->fault.expected = expected;
	c->fault.got = got;
}

/* Requests. */

static enum gh_err conversation_may_request(struct ghi_conversation *c, gh_ms now)
{
	c->now = now;
	if (c->step != GHI_STEP_IDLE || c->fault.err)
		return GH_ESTATE;
	/* Half a packet was sent before its request was abandoned: nothing can follow it. */
	if (c->closed || (c->options.tcp && c->out_at && c->out_at < c->out_n))
		return GH_ECLOSED;
	c->relogged = c->retried_auth = c->begun = false;
	c->total = c->offset = 0;
	c->tries = 0;
	c->event_begin = c->event_end = c->event_connected = false;
	c->ready = (gh_slice){ 0 };
	return GH_OK;
}

enum gh_err ghi_conversation_connect(struct ghi_conversation *c, gh_ms now)
{
	enum gh_err err = conversation_may_request(c, now);

	if (err)
		return err;
	c->request_command = GH_CMD_CONNECT;
	ghi_conversation_login(c, GHI_STEP_IDLE);
	return GH_OK;
}

static enum gh_err conversation_request_keep(struct ghi_conversation *c, uint16_t command,
					     gh_slice data)
{
	if (data.n > GHI_REQUEST_MAX)
		return GH_ETOOBIG;
	c->request_command = command;
	c->request_n = data.n;
	if (data.n)
		memcpy(c->request, data.p, data.n);
	return GH_OK;
}

void ghi_conversation_repeat(struct ghi_conversation *c)
{
	c->step = GHI_STEP_REQUEST;
	ghi_conversation_send(c, c->request_command, (gh_slice){ c->request, c->request_n });
}

enum gh_err ghi_conversation_request(struct ghi_conversation *c, uint16_t command,
				     gh_slice data, gh_ms now)
{
	enum gh_err err = conversation_may_request(c, now);

	if (!err)
		err = conversation_request_keep(c, command, data);
	if (!err)
		ghi_conversation_repeat(c);
	return err;
}

static enum gh_err conversation_read_keep(struct ghi_conversation *c, uint16_t command,
					  uint32_t table, uint32_t extra, gh_ms now)
{
	uint8_t b[16];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	struct ghi_terminal_prepare p = { command, table, extra };
	enum gh_err err = conversation_may_request(c, now);

	ghi_terminal_prepare_write(&w, &p);
	return err ? err : conversation_request_keep(c, GH_CMD_PREPARE_BUFFER, ghi_written(&w));
}

enum gh_err ghi_conversation_read(struct ghi_conversation *c, uint16_t command, uint32_t table,
				  uint32_t extra, gh_ms now)
{
	enum gh_err err = conversation_read_keep(c, command, table, extra, now);

	if (!err)
		ghi_conversation_prepare(c);
	return err;
}

void ghi_conversation_read_limit(struct ghi_conversation *c)
{
	c->read_until =
		c->now + READ_GRACE_MS + (gh_ms)((c->total - c->offset) * 1000 / READ_FLOOR);
}

enum gh_err ghi_conversation_read_rest(struct ghi_conversation *c, uint16_t command,
				       uint32_t table, uint32_t extra, uint64_t total,
				       uint64_t offset, gh_ms now)
{
	enum gh_err err = conversation_read_keep(c, command, table, extra, now);

	if (err)
		return err;
	c->total = total;
	c->offset = offset;
	c->begun = true;
	ghi_conversation_read_limit(c);
	ghi_conversation_prepare(c);
	return GH_OK;
}

void ghi_conversation_drop(struct ghi_conversation *c)
{
	ghi_conversation_finish(c);
	c->fault = (struct ghi_terminal_fault){ 0 };
	c->event_begin = c->event_end = c->event_connected = false;
	c->ready = (gh_slice){ 0 };
}

/* Bytes in and out. */

uint8_t *ghi_conversation_space(struct ghi_conversation *c, size_t *n)
{
	if (c->in_at == c->in_n || !c->options.tcp) {
		c->in_at = c->in_n = 0;
	} else if (sizeof(c->in) - c->in_n < ROOM) {
		memmove(c->in, c->in + c->in_at, c->in_n - c->in_at);
		c->in_n -= c->in_at;
		c->in_at = 0;
	}
	*n = sizeof(c->in) - c->in_n;
	return c->in + c->in_n;
}

void ghi_conversation_received(struct ghi_conversation *c, size_t n, gh_ms now)
{
	c->now = now;
	c->in_n += n;
}

void ghi_conversation_input(struct ghi_conversation *c, gh_slice bytes, gh_ms now)
{
	size_t room;
	uint8_t *p = ghi_conversation_space(c, &room);

	if (bytes.n > room)
		bytes.n = room;
	if (bytes.n)
		memcpy(p, bytes.p, bytes.n);
	ghi_conversation_received(c, bytes.n, now);
}

void ghi_conversation_closed(struct ghi_conversation *c, gh_ms now)
{
	c->now = now;
	c->closed = true;
}

void ghi_conversation_tick(struct ghi_conversation *c, gh_ms now)
{
	c->now = now;
}

void ghi_conversation_waits(struct ghi_conversation *c, gh_ms now)
{
	if (c->step != GHI_STEP_IDLE && now > c->now)
		c->read_until += now - c->now;
}

gh_slice ghi_conversation_output(const struct ghi_conversation *c)
{
	size_t head = GHI_TERMINAL_HEAD + (c->options.tcp ? GHI_TERMINAL_PREFIX : 0);

	if (c->closed)
		return (gh_slice){ 0 };
	if (c->acks && (c->out_at == 0 || c->out_at == c->out_n))
		return (gh_slice){ c->ack + c->ack_at, head - c->ack_at };
	return (gh_slice){ c->packet + c->out_at, c->out_n - c->out_at };
}

void ghi_conversation_sent(struct ghi_conversation *c, size_t n)
{
	size_t left = ghi_conversation_output(c).n;

	if (n > left)
		n = left;
	if (c->acks && (c->out_at == 0 || c->out_at == c->out_n)) {
		c->ack_at += n;
		if (n == left) {
			c->ack_at = 0;
			c->acks--;
		}
		return;
	}
	c->out_at += n;
}

gh_ms ghi_conversation_deadline(const struct ghi_conversation *c)
{
	return c->deadline < c->resend_at ? c->deadline : c->resend_at;
}
