#include "conversation.h"

#include <stdlib.h>

struct conversation_test *conversation_new(bool tcp, uint32_t key)
{
	struct ghi_conversation_options o = {
		.tcp = tcp, .comm_key = key, .reply_ms = REPLY_MS, .retry_ms = RETRY_MS
	};
	struct conversation_test *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	t->now = 1000;
	ghi_conversation_init(&t->c, &o);
	return t;
}

bool conversation_take(struct conversation_test *t)
{
	gh_slice out = ghi_conversation_output(&t->c);
	size_t used;

	if (out.n == 0)
		return false;
	t->out_n = out.n;
	memcpy(t->out, out.p, out.n);
	ghi_conversation_sent(&t->c, out.n);
	if (t->c.options.tcp)
		assert_int_equal(ghi_terminal_frame_parse((gh_slice){ t->out, out.n },
							  &t->request, &used),
				 GH_OK);
	else
		assert_int_equal(
			ghi_terminal_packet_parse((gh_slice){ t->out, out.n }, &t->request),
			GH_OK);
	assert_true(t->request.intact);
	t->sent++;
	return true;
}

void expect_request(struct conversation_test *t, uint16_t command)
{
	assert_true(conversation_take(t));
	assert_int_equal(t->request.command, command);
}

size_t conversation_packet(struct conversation_test *t, uint8_t *out, size_t cap,
			   uint16_t command, uint16_t session, uint16_t reply, gh_slice data)
{
	struct ghi_writer w = ghi_writer_on(out, cap);
	struct ghi_terminal_head h = { command, session, reply };

	if (t->c.options.tcp)
		ghi_terminal_frame_write(&w, h, data);
	else
		ghi_terminal_packet_write(&w, h, data);
	assert_int_equal(w.err, GH_OK);
	return w.n;
}

void reply_as(struct conversation_test *t, uint16_t command, uint16_t session, uint16_t reply,
	      gh_slice data)
{
	static uint8_t b[70000];
	size_t n = conversation_packet(t, b, sizeof(b), command, session, reply, data);

	ghi_conversation_input(&t->c, (gh_slice){ b, n }, t->now);
}

void conversation_reply(struct conversation_test *t, uint16_t command, gh_slice data)
{
	reply_as(t, command, SESSION, t->request.reply, data);
}

enum ghi_conversation_event conversation_next(struct conversation_test *t)
{
	return ghi_conversation_next(&t->c, &t->details);
}

void conversation_is_quiet(struct conversation_test *t)
{
	assert_int_equal(conversation_next(t), GHI_CONVERSATION_NOTHING);
}

void conversation_tick_at(struct conversation_test *t, gh_ms after)
{
	t->now += after;
	ghi_conversation_tick(&t->c, t->now);
}

void conversation_failed(struct conversation_test *t, enum gh_err err)
{
	assert_int_equal(conversation_next(t), GHI_CONVERSATION_FAILED);
	assert_int_equal(t->details.fault.err, err);
	assert_non_null(t->details.fault.text);
}

struct conversation_test *conversation_connected(bool tcp)
{
	struct conversation_test *t = conversation_new(tcp, 0);

	assert_int_equal(ghi_conversation_connect(&t->c, t->now), GH_OK);
	expect_request(t, GH_CMD_CONNECT);
	assert_int_equal(t->request.session, 0);
	assert_int_equal(t->request.reply, 0);
	conversation_reply(t, GH_ACK_OK, (gh_slice){ 0 });
	assert_int_equal(conversation_next(t), GHI_CONVERSATION_CONNECTED);
	conversation_is_quiet(t);
	return t;
}
