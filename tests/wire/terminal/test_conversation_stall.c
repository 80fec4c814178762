/* Reads that do not get on: a device that refuses, interrupts, announces what is not so, or is silent. */
#include "conversation.h"

#include <stdlib.h>

#include "hex.h"
#include "wire/terminal/request.h"

/* Up to the first READ_BUFFER of a table of 1000 bytes. */
static struct conversation_test *source_reading(bool tcp)
{
	struct conversation_test *t = conversation_connected(tcp);
	uint8_t b[16];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));

	assert_int_equal(ghi_conversation_read(&t->c, GH_CMD_ATTLOG_RRQ, 0, 0, t->now), GH_OK);
	expect_request(t, GH_CMD_PREPARE_BUFFER);
	ghi_terminal_prepared_write(&w, 1000);
	conversation_reply(t, GH_ACK_OK, ghi_written(&w));
	assert_int_equal(conversation_next(t), GHI_CONVERSATION_BEGIN);
	assert_int_equal(t->details.total, 1000);
	conversation_is_quiet(t);
	expect_request(t, GH_CMD_READ_BUFFER);
	return t;
}

static const uint8_t zeros[2000];

static void source_announce(struct conversation_test *t, uint32_t size)
{
	uint8_t b[8];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));

	ghi_terminal_announce_write(&w, size, 1024);
	conversation_reply(t, GH_CMD_PREPARE_DATA, ghi_written(&w));
}

static void a_read_has_a_deadline_by_its_size(void **state)
{
	enum { FLOOR_MS = 60000 + 1000 };
	(void)state;

	for (int busy = 0; busy < 2; busy++) {
		struct conversation_test *t = source_reading(true);
		gh_ms began = t->now, device = 0;
		enum ghi_conversation_event event = GHI_CONVERSATION_NOTHING;

		source_announce(t, 1000);
		/* A byte each time just before the device would count as silent. */
		while (event == GHI_CONVERSATION_NOTHING) {
			if (busy) { /* the caller has other things to do */
				t->now += REPLY_MS / 2;
				ghi_conversation_waits(&t->c, t->now);
			}
			t->now += REPLY_MS / 2;
			device += REPLY_MS / 2;
			reply_as(t, GH_CMD_DATA, 0, t->request.reply, (gh_slice){ zeros, 1 });
			event = conversation_next(t);
			assert_true(device <= FLOOR_MS + 2 * REPLY_MS);
		}
		assert_int_equal(event, GHI_CONVERSATION_FAILED);
		assert_int_equal(t->details.fault.err, GH_ETIMEOUT);
		assert_true(t->now - began >= (busy ? 2 * FLOOR_MS - 4 * REPLY_MS : FLOOR_MS));
		free(t);
	}
}

static void pieces_of_a_wrong_size_are_requested_again_and_then_refused(void **state)
{
	static const struct {
		uint32_t announced, sent;
	} c[] = { { 1001, 1001 }, { 500, 600 }, { 0, 0 }, { 1000, 900 }, { 1000, 0 } };
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct conversation_test *t = source_reading(true);
		int tries = 0;

		for (;;) {
			enum ghi_conversation_event event;

			source_announce(t, c[i].announced);
			if (c[i].sent)
				reply_as(t, GH_CMD_DATA, 0, t->request.reply,
					 (gh_slice){ zeros, c[i].sent });
			conversation_reply(t, GH_ACK_OK, (gh_slice){ 0 });
			tries++;
			event = conversation_next(t);
			if (event == GHI_CONVERSATION_NOTHING &&
			    !ghi_conversation_output(&t->c).n) {
				conversation_tick_at(t, GHI_FINAL_ACK_MS);
				event = conversation_next(t);
			}
			if (event == GHI_CONVERSATION_FAILED)
				break;
			assert_int_equal(event, GHI_CONVERSATION_NOTHING);
			expect_request(t, GH_CMD_READ_BUFFER);
		}
		assert_int_equal(t->details.fault.err, GH_ETRUNCATED);
		assert_int_equal(t->details.fault.expected, 1000);
		assert_int_equal(t->details.fault.got, 0);
		assert_int_equal(tries, 1 + GHI_CHUNK_TRIES);
		free(t);
	}
}

static void a_read_the_device_interrupts_is_resumed_or_fails_whole(void **state)
{
	/* The size of the table that the device reports after the new login. */
	static const struct {
		uint32_t size;
		uint16_t code;
		enum gh_err want;
	} c[] = {
		{ 1000, GH_ACK_OK, GH_OK },
		{ 1040, GH_ACK_OK, GH_ETRUNCATED },
		{ 0, GH_ACK_OK, GH_ETRUNCATED },
		{ 0, GH_ACK_ERROR, GH_EDENIED },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct conversation_test *t = source_reading(true);
		struct ghi_terminal_window v;
		uint8_t b[16];
		struct ghi_writer w = ghi_writer_on(b, sizeof(b));

		source_announce(t, 600);
		reply_as(t, GH_CMD_DATA, 0, t->request.reply, (gh_slice){ zeros, 600 });
		conversation_reply(t, GH_ACK_OK, (gh_slice){ 0 });
		assert_int_equal(conversation_next(t), GHI_CONVERSATION_DATA);
		assert_int_equal(t->details.data.n, 600);
		conversation_is_quiet(t);
		expect_request(t, GH_CMD_READ_BUFFER);
		conversation_reply(t, GH_ACK_UNAUTH, (gh_slice){ 0 });
		conversation_is_quiet(t);
		expect_request(t, GH_CMD_CONNECT);
		conversation_reply(t, GH_ACK_OK, (gh_slice){ 0 });
		conversation_is_quiet(t);
		expect_request(t, GH_CMD_PREPARE_BUFFER);
		ghi_terminal_prepared_write(&w, c[i].size);
		conversation_reply(t, c[i].code, c[i].size ? ghi_written(&w) : (gh_slice){ 0 });
		if (c[i].want) {
			conversation_failed(t, c[i].want);
			assert_int_equal(t->details.fault.expected, 1000);
			assert_int_equal(t->details.fault.got, 600);
			free(t);
			continue;
		}
		conversation_is_quiet(t);
		expect_request(t, GH_CMD_READ_BUFFER);
		assert_int_equal(ghi_terminal_window_parse(t->request.data, &v), GH_OK);
		assert_int_equal(v.offset, 600);
		assert_int_equal(v.size, 400);
		source_announce(t, 400);
		reply_as(t, GH_CMD_DATA, 0, t->request.reply, (gh_slice){ zeros, 400 });
		conversation_reply(t, GH_ACK_OK, (gh_slice){ 0 });
		assert_int_equal(conversation_next(t), GHI_CONVERSATION_DATA);
		conversation_is_quiet(t);
		expect_request(t, GH_CMD_FREE_DATA);
		conversation_reply(t, GH_ACK_OK, (gh_slice){ 0 });
		assert_int_equal(conversation_next(t), GHI_CONVERSATION_END);
		free(t);
	}
}

static void refusals_in_mid_read_end_it_with_the_counts(void **state)
{
	struct conversation_test *t = source_reading(true);
	int tries = 0;
	(void)state;

	do {
		conversation_reply(t, GH_ACK_ERROR, (gh_slice){ 0 });
		tries++;
		if (conversation_next(t) == GHI_CONVERSATION_FAILED)
			break;
		expect_request(t, GH_CMD_READ_BUFFER);
	} while (tries < 20);
	assert_int_equal(tries, 1 + GHI_CHUNK_TRIES);
	assert_int_equal(t->details.fault.err, GH_EDENIED);
	assert_int_equal(t->details.fault.code, GH_ACK_ERROR);
	assert_int_equal(t->details.fault.expected, 1000);
	free(t);
}

static void a_dead_connection_ends_a_read_with_the_counts(void **state)
{
	(void)state;
	for (int closed = 0; closed < 2; closed++) {
		struct conversation_test *t = source_reading(true);

		source_announce(t, 1000);
		reply_as(t, GH_CMD_DATA, 0, t->request.reply, (gh_slice){ zeros, 300 });
		conversation_is_quiet(t);
		if (closed)
			ghi_conversation_closed(&t->c, t->now);
		else
			conversation_tick_at(t, REPLY_MS);
		conversation_failed(t, closed ? GH_ECLOSED : GH_ETIMEOUT);
		assert_int_equal(t->details.fault.expected, 1000);
		assert_int_equal(t->details.fault.got, 0);
		free(t);
	}
}

static void an_abandoned_request_does_not_disturb_the_next(void **state)
{
	struct conversation_test *t = source_reading(true);
	uint16_t old = t->request.reply;
	(void)state;

	source_announce(t, 1000);
	reply_as(t, GH_CMD_DATA, 0, old, (gh_slice){ zeros, 300 });
	conversation_is_quiet(t);
	ghi_conversation_drop(&t->c);
	assert_int_equal(
		ghi_conversation_request(&t->c, GH_CMD_GET_TIME, (gh_slice){ 0 }, t->now),
		GH_OK);
	expect_request(t, GH_CMD_GET_TIME);
	reply_as(t, GH_CMD_DATA, 1, old, (gh_slice){ zeros, 700 });
	reply_as(t, GH_ACK_OK, 1000, old, (gh_slice){ 0 });
	conversation_reply(t, GH_ACK_OK, GH_LIT("time"));
	assert_int_equal(conversation_next(t), GHI_CONVERSATION_REPLY);
	assert_int_equal(t->details.data.n, 4);
	free(t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_has_a_deadline_by_its_size),
		cmocka_unit_test(pieces_of_a_wrong_size_are_requested_again_and_then_refused),
		cmocka_unit_test(a_read_the_device_interrupts_is_resumed_or_fails_whole),
		cmocka_unit_test(refusals_in_mid_read_end_it_with_the_counts),
		cmocka_unit_test(a_dead_connection_ends_a_read_with_the_counts),
		cmocka_unit_test(an_abandoned_request_does_not_disturb_the_next),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
