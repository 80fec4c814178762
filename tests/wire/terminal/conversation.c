#include "conversation.h"

#include <stdlib.h>

struct talk *new_talk(bool tcp, uint32_t key)
{
	struct ghi_conversation_options o = {
		.tcp = tcp, .comm_key = key, .reply_ms = REPLY_MS, .retry_ms = RETRY_MS
	};
	struct talk *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	t->now = 1000;
	ghi_conversation_init(&t->c, &o);
	return t;
}

bool take(struct talk *t)
{
	gh_slice out = ghi_conversation_output(&t->c);
	size_t used;

	if (out.n == 0)
		return false;
	t->out_n = out.n;
	memcpy(t->out, out.p, out.n);
	ghi_conversation_sent(&t->c, out.n);
	if (t->c.options.tcp)
		assert_int_equal(
			ghi_terminal_frame_parse((gh_slice){ t->out, out.n }, &t->asked, &used),
			GH_OK);
	else
		assert_int_equal(
			ghi_terminal_packet_parse((gh_slice){ t->out, out.n }, &t->asked),
			GH_OK);
	assert_true(t->asked.intact);
	t->sent++;
	return true;
}

void expect_asked(struct talk *t, uint16_t command)
{
	assert_true(take(t));
	assert_int_equal(t->asked.command, command);
}

size_t packet(struct talk *t, uint8_t *out, size_t cap, uint16_t command, uint16_t session,
	      uint16_t reply, gh_slice data)
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

void say_as(struct talk *t, uint16_t command, uint16_t session, uint16_t reply, gh_slice data)
{
	static uint8_t b[70000];
	size_t n = packet(t, b, sizeof(b), command, session, reply, data);

	ghi_conversation_input(&t->c, (gh_slice){ b, n }, t->now);
}

void say(struct talk *t, uint16_t command, gh_slice data)
{
	say_as(t, command, SESSION, t->asked.reply, data);
}

enum ghi_conversation_event next(struct talk *t)
{
	return ghi_conversation_next(&t->c, &t->details);
}

void nothing(struct talk *t)
{
	assert_int_equal(next(t), GHI_CONVERSATION_NOTHING);
}

void at(struct talk *t, gh_ms after)
{
	t->now += after;
	ghi_conversation_tick(&t->c, t->now);
}

void failed(struct talk *t, enum gh_err err)
{
	assert_int_equal(next(t), GHI_CONVERSATION_FAILED);
	assert_int_equal(t->details.fault.err, err);
	assert_non_null(t->details.fault.text);
}

struct talk *connected(bool tcp)
{
	struct talk *t = new_talk(tcp, 0);

	assert_int_equal(ghi_conversation_connect(&t->c, t->now), GH_OK);
	expect_asked(t, GH_CMD_CONNECT);
	assert_int_equal(t->asked.session, 0);
	assert_int_equal(t->asked.reply, 0);
	say(t, GH_ACK_OK, (gh_slice){ 0 });
	assert_int_equal(next(t), GHI_CONVERSATION_CONNECTED);
	nothing(t);
	return t;
}
