#include "tests.h"

#include "conversation.h"

#include <string.h>

void conversation_open(struct conversation *t, const char *persona, bool tcp)
{
	const struct term_persona *p = term_persona_of(gh_slice_of(persona));

	*t = (struct conversation){ .plan = { .persona = p,
					      .punch = p->punch,
					      .user_size = p->user_size,
					      .event_size = p->event_size,
					      .sn_prefix = "SIM",
					      .seed = 1,
					      .start_s = 1772524800 + 8 * 3600,
					      .devices = 1,
					      .users = 20,
					      .punches = 3000,
					      .templates = 20,
					      .inline_max = 1024 } };
	term_statistics_open(&t->statistics);
	term_device_open(&t->device, &t->plan, 0, &t->statistics);
	t->link = term_link_new(&t->device, tcp);
	assert_non_null(t->link);
}

void conversation_close(struct conversation *t)
{
	term_device_close(&t->device);
	term_statistics_close(&t->statistics);
}

/* --- sending and receiving --- */

void conversation_send(struct conversation *t, gh_slice bytes)
{
	if (!t->link->tcp) {
		term_link_datagram(t->link, bytes);
		return;
	}
	while (bytes.n) {
		size_t room, n;
		uint8_t *to = term_link_space(t->link, &room);

		n = room < bytes.n ? room : bytes.n;
		assert_true(n > 0);
		memcpy(to, bytes.p, n);
		assert_true(term_link_received(t->link, n));
		bytes = gh_slice_from(bytes, n);
	}
}

static void answer_split(struct answer *a, bool tcp, gh_slice bytes)
{
	while (bytes.n) {
		size_t used = bytes.n;

		assert_true(a->n < FRAMES);
		if (tcp)
			assert_int_equal(
				ghi_terminal_frame_parse(bytes, &a->frame[a->n], &used), GH_OK);
		else
			assert_int_equal(ghi_terminal_packet_parse(bytes, &a->frame[a->n]),
					 GH_OK);
		a->n++;
		bytes = gh_slice_from(bytes, used);
	}
}

/* All of its output, however long it takes. */
void conversation_receive(struct conversation *t, struct answer *a)
{
	*a = (struct answer){ .bytes = g_byte_array_new() };
	size_t *sizes = g_new0(size_t, 65536);

	for (;;) {
		int64_t at_ms = TERM_OUT_EMPTY;
		gh_slice out = term_link_output(t->link, &at_ms);

		if (out.n) {
			assert_true(a->pieces < 65536);
			sizes[a->pieces++] = out.n;
			g_byte_array_append(a->bytes, out.p, (guint)out.n);
			term_link_sent(t->link, out.n);
		} else if (at_ms != TERM_OUT_EMPTY) {
			assert_true(at_ms > t->device.now_ms);
			t->device.now_ms = at_ms;
		} else {
			break;
		}
	}
	if (t->link->tcp && !t->link->out.cut)
		answer_split(a, true, (gh_slice){ a->bytes->data, a->bytes->len });
	for (size_t i = 0, at = 0; !t->link->tcp && i < a->pieces; at += sizes[i++])
		answer_split(a, false, (gh_slice){ a->bytes->data + at, sizes[i] });
	g_free(sizes);
}

void answer_free(struct answer *a)
{
	g_byte_array_free(a->bytes, TRUE);
}

size_t conversation_request(const struct conversation *t, uint16_t command, gh_slice data,
			    uint8_t *to, size_t cap)
{
	struct ghi_writer w = ghi_writer_on(to, cap);
	struct ghi_terminal_head h = { command, t->session, t->reply };

	if (t->link->tcp)
		ghi_terminal_frame_write(&w, h, data);
	else
		ghi_terminal_packet_write(&w, h, data);
	assert_int_equal(w.err, GH_OK);
	return w.n;
}

void conversation_exchange(struct conversation *t, uint16_t command, const void *data, size_t n,
			   struct answer *a)
{
	uint8_t b[4096];

	t->reply++;
	conversation_send(t,
			  (gh_slice){ b, conversation_request(t, command, (gh_slice){ data, n },
							      b, sizeof(b)) });
	conversation_receive(t, a);
}

/* The code of an answer that is one packet. */
uint16_t conversation_code(struct conversation *t, uint16_t command, const void *data, size_t n)
{
	struct answer a;
	uint16_t code;

	conversation_exchange(t, command, data, n, &a);
	assert_int_equal(a.n, 1);
	assert_int_equal(a.frame[0].reply, t->reply);
	assert_true(a.frame[0].intact);
	code = a.frame[0].command;
	answer_free(&a);
	return code;
}

void conversation_connect(struct conversation *t)
{
	struct answer a;

	t->reply = UINT16_MAX;
	conversation_exchange(t, GH_CMD_CONNECT, NULL, 0, &a);
	assert_int_equal(a.n, 1);
	assert_int_equal(a.frame[0].command, GH_ACK_OK);
	t->session = a.frame[0].session;
	answer_free(&a);
}
