/* A device that may send anything, at any time. Whatever it sends, a request ends, data arrives
 * in order and never more than announced, and the end is reported only when all of it arrived. */
#include "../fuzz.h"
#include "base/reader.h"
#include "wire/terminal/code.h"
#include "wire/terminal/conversation.h"

struct state {
	struct ghi_conversation c;
	gh_ms now;
	uint64_t total, got;
	bool begun;
	volatile uint8_t seen;
};

static void question_over(struct state *s)
{
	s->begun = false;
	s->total = s->got = 0;
}

static void take_events(struct state *s)
{
	struct ghi_conversation_details details;

	for (unsigned n = 0;; n++) {
		enum ghi_conversation_event event = ghi_conversation_next(&s->c, &details);

		check(n < 100000);
		switch (event) {
		case GHI_CONVERSATION_NOTHING:
			return;
		case GHI_CONVERSATION_BEGIN:
			check(!s->begun);
			s->begun = true;
			s->total = details.total;
			break;
		case GHI_CONVERSATION_DATA:
			check(s->begun);
			s->got += details.data.n;
			check(s->got <= s->total);
			/* A sanitizer sees it if they are not there. */
			for (size_t i = 0; i < details.data.n; i++)
				s->seen ^= details.data.p[i];
			break;
		case GHI_CONVERSATION_END:
			check(s->begun && s->got == s->total);
			question_over(s);
			break;
		case GHI_CONVERSATION_FAILED:
			check(details.fault.err && details.fault.text);
			question_over(s);
			break;
		case GHI_CONVERSATION_REPLY:
			check(!s->begun);
			question_over(s);
			break;
		case GHI_CONVERSATION_CONNECTED:
		case GHI_CONVERSATION_EVENT:
			break;
		}
	}
}

static void send_all(struct state *s)
{
	for (unsigned n = 0;; n++) {
		gh_slice out = ghi_conversation_output(&s->c);

		if (out.n == 0)
			return;
		check(n < 100000);
		ghi_conversation_sent(&s->c, out.n > 3 && s->c.options.tcp ? out.n / 2 : out.n);
	}
}

/* Put a packet of the right reply id on the line, so that the fuzzer need not guess it. */
static void conversation_answer(struct state *s, struct ghi_reader *r)
{
	static const uint16_t codes[] = { GH_ACK_OK,	GH_CMD_PREPARE_DATA, GH_CMD_DATA,
					  GH_ACK_ERROR, GH_ACK_UNAUTH,	     GH_CMD_REG_EVENT,
					  GH_ACK_DATA,	GH_ACK_UNKNOWN };
	uint8_t b[1200], kind = ghi_u8(r), size = ghi_u8(r);
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	struct ghi_terminal_head h = { codes[kind % 8], kind >> 3, s->c.reply };
	gh_slice data = ghi_bytes(r, size < ghi_left(r) ? size : ghi_left(r));
	static const uint8_t zeros[1024];

	if (kind & 0x80)
		data = (gh_slice){ zeros, (size_t)size * 4 };
	if (s->c.options.tcp)
		ghi_terminal_frame_write(&w, h, data);
	else
		ghi_terminal_packet_write(&w, h, data);
	ghi_conversation_input(&s->c, ghi_written(&w), s->now);
}

static void conversation_step(struct state *s, uint8_t what)
{
	enum gh_err err;

	if (what & 1)
		err = ghi_conversation_read(&s->c, GH_CMD_ATTLOG_RRQ, 0, 0, s->now);
	else if (what & 2)
		err = ghi_conversation_connect(&s->c, s->now);
	else
		err = ghi_conversation_request(&s->c,
					       what & 4 ? GH_CMD_UNLOCK : GH_CMD_ATTLOG_RRQ,
					       (gh_slice){ 0 }, s->now);
	check(err == GH_OK || err == GH_ESTATE || err == GH_ECLOSED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ghi_reader r = ghi_reader_on((gh_slice){ data, size });
	uint8_t kind = ghi_u8(&r);
	struct ghi_conversation_options o = { .tcp = kind & 1,
					      .ignore_checksum = kind & 2,
					      .reply_ms = 1000,
					      .retry_ms = 100,
					      .chunk = kind & 4 ? 2048 : 0 };
	struct state *s = malloc(sizeof(*s));

	check(s);
	memset(s, 0, offsetof(struct state, c) + offsetof(struct ghi_conversation, ack));
	s->now = 1;
	s->total = s->got = 0;
	s->begun = false;
	ghi_conversation_init(&s->c, &o);
	conversation_step(s, 2);
	while (ghi_left(&r) && !r.err) {
		uint8_t op = ghi_u8(&r);
		size_t n;

		send_all(s);
		switch (op % 8) {
		case 0:
			conversation_step(s, op >> 3);
			break;
		case 1:
			s->now += (gh_ms)(op >> 3) * 40;
			ghi_conversation_tick(&s->c, s->now);
			break;
		case 2:
			n = op >> 3;
			ghi_conversation_input(
				&s->c, ghi_bytes(&r, n < ghi_left(&r) ? n : ghi_left(&r)),
				s->now);
			break;
		case 3:
			if (op == 3) {
				ghi_conversation_drop(&s->c);
				question_over(s);
			}
			break;
		default:
			conversation_answer(s, &r);
			break;
		}
		take_events(s);
	}
	/* Time ends every question. */
	for (int i = 0; i < 100 && !ghi_conversation_idle(&s->c); i++) {
		send_all(s);
		check(ghi_conversation_deadline(&s->c) != GHI_NEVER || s->c.closed);
		if (ghi_conversation_deadline(&s->c) != GHI_NEVER)
			s->now = ghi_conversation_deadline(&s->c) + 1;
		ghi_conversation_tick(&s->c, s->now);
		take_events(s);
	}
	check(ghi_conversation_idle(&s->c));
	free(s);
	return 0;
}
