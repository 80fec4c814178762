#include "conversation.h"

#include <stdlib.h>

#include "hex.h"
#include "wire/terminal/auth.h"

static void a_device_without_key_accepts_at_once(void **state)
{
	struct conversation_test *t = conversation_connected(true);
	(void)state;

	assert_int_equal(
		ghi_conversation_request(&t->c, GH_CMD_GET_TIME, (gh_slice){ 0 }, t->now),
		GH_OK);
	assert_int_equal(
		ghi_conversation_request(&t->c, GH_CMD_GET_TIME, (gh_slice){ 0 }, t->now),
		GH_ESTATE);
	expect_request(t, GH_CMD_GET_TIME);
	assert_int_equal(t->request.session, SESSION);
	assert_int_equal(t->request.reply, 1);
	conversation_reply(t, GH_ACK_OK, GH_LIT("\xfe\x69\x49\x2e"));
	assert_int_equal(conversation_next(t), GHI_CONVERSATION_REPLY);
	assert_int_equal(t->details.data.n, 4);
	conversation_is_quiet(t);
	assert_int_equal(ghi_conversation_deadline(&t->c), GHI_NEVER);
	free(t);
}

static void the_key_is_proved_twice_before_it_is_called_wrong(void **state)
{
	(void)state;
	for (int right = 0; right < 2; right++) {
		struct conversation_test *t = conversation_new(false, 1234);

		assert_int_equal(ghi_conversation_connect(&t->c, t->now), GH_OK);
		for (int round = 0; round < 2; round++) {
			expect_request(t, GH_CMD_CONNECT);
			reply_as(t, GH_ACK_UNAUTH, 1000, t->request.reply, (gh_slice){ 0 });
			conversation_is_quiet(t);
			expect_request(t, GH_CMD_AUTH);
			assert_int_equal(t->request.session, 1000);
			assert_memory_equal(t->request.data.p, "\x41\x36\x32\x7a", 4);
			if (right && round)
				break;
			reply_as(t, GH_ACK_UNAUTH, 1000, t->request.reply, (gh_slice){ 0 });
			if (round == 0)
				conversation_is_quiet(t);
		}
		if (right) {
			reply_as(t, GH_ACK_OK, 1000, t->request.reply, (gh_slice){ 0 });
			assert_int_equal(conversation_next(t), GHI_CONVERSATION_CONNECTED);
		} else {
			conversation_failed(t, GH_EAUTH);
		}
		free(t);
	}
}

static void what_is_no_terminal_is_recognised(void **state)
{
	static const struct {
		const char *bytes, *text;
		enum gh_err want;
	} c[] = {
		{ "aa0100", "access panel", GH_EMALFORMED },
		{ "485454502f", "not of this protocol", GH_EMALFORMED },
		{ "5050827dffffff00", "over the limit", GH_ETOOBIG },
	};
	struct conversation_test *t;
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		uint8_t b[16];

		t = conversation_new(true, 0);
		assert_int_equal(ghi_conversation_connect(&t->c, t->now), GH_OK);
		expect_request(t, GH_CMD_CONNECT);
		ghi_conversation_input(&t->c, hex_bytes(c[i].bytes, b, sizeof(b)), t->now);
		conversation_failed(t, c[i].want);
		assert_non_null(strstr(t->details.fault.text, c[i].text));
		assert_true(t->details.fault.broken);
		conversation_is_quiet(t);
		assert_int_equal(ghi_conversation_connect(&t->c, t->now), GH_ECLOSED);
		free(t);
	}
	t = conversation_new(true, 0);
	assert_int_equal(ghi_conversation_connect(&t->c, t->now), GH_OK);
	expect_request(t, GH_CMD_CONNECT);
	conversation_reply(t, GH_PROTECTED, (gh_slice){ 0 });
	conversation_failed(t, GH_EUNSUPPORTED);
	assert_int_equal(t->details.fault.code, 6001);
	free(t);
}

static void lost_datagrams_are_requested_again_unless_that_does_harm(void **state)
{
	struct conversation_test *t = conversation_connected(false);
	uint8_t first[64];
	size_t n;
	unsigned sent;
	(void)state;

	assert_int_equal(
		ghi_conversation_request(&t->c, GH_CMD_GET_TIME, (gh_slice){ 0 }, t->now),
		GH_OK);
	expect_request(t, GH_CMD_GET_TIME);
	n = t->out_n;
	memcpy(first, t->out, n);
	assert_int_equal(ghi_conversation_deadline(&t->c), t->now + RETRY_MS);
	conversation_tick_at(t, RETRY_MS);
	conversation_is_quiet(t);
	assert_true(conversation_take(t));
	assert_int_equal(t->out_n, n);
	assert_memory_equal(t->out, first, n);
	assert_int_equal(ghi_conversation_deadline(&t->c), t->now + 2 * RETRY_MS);
	conversation_reply(t, GH_ACK_OK, (gh_slice){ 0 });
	assert_int_equal(conversation_next(t), GHI_CONVERSATION_REPLY);
	/* Both requests were answered. */
	conversation_reply(t, GH_ACK_OK, (gh_slice){ 0 });
	conversation_is_quiet(t);

	sent = t->sent;
	assert_int_equal(
		ghi_conversation_request(&t->c, GH_CMD_UNLOCK, (gh_slice){ 0 }, t->now), GH_OK);
	expect_request(t, GH_CMD_UNLOCK);
	for (int i = 0; i < 9; i++) {
		conversation_tick_at(t, REPLY_MS / 10);
		conversation_is_quiet(t);
	}
	conversation_tick_at(t, REPLY_MS / 10);
	conversation_failed(t, GH_ETIMEOUT);
	assert_int_equal(t->sent, sent + 1);
	assert_false(t->details.fault.broken);
	free(t);
}

static void late_duplicates_are_no_answers(void **state)
{
	(void)state;
	for (int tcp = 0; tcp < 2; tcp++) {
		struct conversation_test *t = conversation_connected(tcp);

		for (int i = 0; i < 3; i++) {
			assert_int_equal(ghi_conversation_request(&t->c, GH_CMD_GET_TIME,
								  (gh_slice){ 0 }, t->now),
					 GH_OK);
			expect_request(t, GH_CMD_GET_TIME);
			if (i)
				reply_as(t, GH_ACK_ERROR, SESSION, t->request.reply - 1u,
					 (gh_slice){ 0 });
			conversation_is_quiet(t);
			if (i < 2)
				conversation_reply(t, GH_ACK_OK, (gh_slice){ 0 });
			else
				conversation_tick_at(t, REPLY_MS);
			if (i < 2)
				assert_int_equal(conversation_next(t), GHI_CONVERSATION_REPLY);
			else
				conversation_failed(t, GH_ETIMEOUT);
		}
		assert_int_equal(t->c.stale, 2);
		free(t);
	}
}

static void firmware_with_wrong_reply_ids_is_taken_at_its_word(void **state)
{
	struct conversation_test *t = conversation_connected(true);
	(void)state;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(ghi_conversation_request(&t->c, GH_CMD_GET_TIME,
							  (gh_slice){ 0 }, t->now),
				 GH_OK);
		expect_request(t, GH_CMD_GET_TIME);
		reply_as(t, GH_ACK_OK, SESSION, 777, GH_LIT("\1\2\3\4"));
		if (i == 0) {
			conversation_is_quiet(t);
			conversation_tick_at(t, REPLY_MS);
		}
		assert_int_equal(conversation_next(t), GHI_CONVERSATION_REPLY);
		assert_int_equal(t->details.data.n, 4);
		assert_int_equal(t->details.data.p[3], 4);
	}
	free(t);
}

static void a_session_lost_on_the_device_is_restored_once(void **state)
{
	struct conversation_test *t = conversation_connected(true);
	(void)state;

	for (int again = 0; again < 2; again++) {
		assert_int_equal(ghi_conversation_request(&t->c, GH_CMD_USER_WRQ,
							  GH_LIT("data"), t->now),
				 GH_OK);
		expect_request(t, GH_CMD_USER_WRQ);
		conversation_reply(t, GH_ACK_UNAUTH, (gh_slice){ 0 });
		conversation_is_quiet(t);
		expect_request(t, GH_CMD_CONNECT);
		reply_as(t, GH_ACK_OK, 0x7000, t->request.reply, (gh_slice){ 0 });
		conversation_is_quiet(t);
		expect_request(t, GH_CMD_USER_WRQ);
		assert_int_equal(t->request.session, 0x7000);
		assert_memory_equal(t->request.data.p, "data", 4);
		reply_as(t, again ? GH_ACK_UNAUTH : GH_ACK_OK, 0x7000, t->request.reply,
			 (gh_slice){ 0 });
		if (again)
			conversation_failed(t, GH_EAUTH);
		else
			assert_int_equal(conversation_next(t), GHI_CONVERSATION_REPLY);
	}
	assert_int_equal(t->c.relogins, 2);
	free(t);
}

/* The session field of an answer; 0 is what some firmware leaves there. */
static void an_answer_under_another_session_is_none(void **state)
{
	(void)state;
	for (int tcp = 0; tcp < 2; tcp++) {
		struct conversation_test *t = conversation_connected(tcp);

		assert_int_equal(ghi_conversation_request(&t->c, GH_CMD_GET_FREE_SIZES,
							  (gh_slice){ 0 }, t->now),
				 GH_OK);
		expect_request(t, GH_CMD_GET_FREE_SIZES);
		reply_as(t, GH_ACK_OK, SESSION + 1, t->request.reply, GH_LIT("\0\0\0\0"));
		if (!tcp) {
			/* It may be a stray one: the right one may follow. */
			conversation_is_quiet(t);
			reply_as(t, GH_ACK_OK, 0, t->request.reply, (gh_slice){ 0 });
			assert_int_equal(conversation_next(t), GHI_CONVERSATION_REPLY);
			assert_int_equal(ghi_conversation_request(&t->c, GH_CMD_GET_FREE_SIZES,
								  (gh_slice){ 0 }, t->now),
					 GH_OK);
			expect_request(t, GH_CMD_GET_FREE_SIZES);
			/* Or a later session that a repeated CONNECT made: it is made again, once. */
			for (int again = 0; again < 2; again++) {
				reply_as(t, GH_ACK_OK, SESSION + 1, t->request.reply,
					 (gh_slice){ 0 });
				conversation_is_quiet(t);
				conversation_tick_at(t, RETRY_MS);
				conversation_is_quiet(t);
				if (again)
					break;
				expect_request(t, GH_CMD_CONNECT);
				conversation_reply(t, GH_ACK_OK, (gh_slice){ 0 });
				conversation_is_quiet(t);
				expect_request(t, GH_CMD_GET_FREE_SIZES);
			}
			conversation_tick_at(t, REPLY_MS);
		}
		conversation_failed(t, GH_EMALFORMED);
		assert_non_null(strstr(t->details.fault.text, "another session"));
		/* A state stands there in the answer to STATE_RRQ. */
		assert_int_equal(ghi_conversation_request(&t->c, GH_CMD_STATE_RRQ,
							  (gh_slice){ 0 }, t->now),
				 GH_OK);
		expect_request(t, GH_CMD_STATE_RRQ);
		reply_as(t, GH_ACK_OK, 4, t->request.reply, (gh_slice){ 0 });
		assert_int_equal(conversation_next(t), GHI_CONVERSATION_REPLY);
		free(t);
	}
}

static void events_are_acknowledged_and_do_not_answer_questions(void **state)
{
	(void)state;
	for (int tcp = 0; tcp < 2; tcp++) {
		struct conversation_test *t = conversation_connected(tcp);

		reply_as(t, GH_CMD_REG_EVENT, GH_EVENT_FINGER, 0, (gh_slice){ 0 });
		assert_int_equal(conversation_next(t), GHI_CONVERSATION_EVENT);
		assert_int_equal(t->details.field, GH_EVENT_FINGER);
		expect_request(t, GH_ACK_OK);
		assert_int_equal(t->request.reply, 0);
		assert_int_equal(t->request.session, SESSION);
		conversation_is_quiet(t);
		assert_int_equal(ghi_conversation_request(&t->c, GH_CMD_REG_EVENT,
							  GH_LIT("\1\0\0\0"), t->now),
				 GH_OK);
		expect_request(t, GH_CMD_REG_EVENT);
		uint16_t id = t->request.reply;

		reply_as(t, GH_CMD_REG_EVENT, GH_EVENT_PUNCH, id, GH_LIT("x"));
		assert_int_equal(conversation_next(t), GHI_CONVERSATION_EVENT);
		assert_int_equal(t->details.data.n, 1);
		expect_request(t, GH_ACK_OK);
		reply_as(t, GH_ACK_OK, SESSION, id, (gh_slice){ 0 });
		assert_int_equal(conversation_next(t), GHI_CONVERSATION_REPLY);
		assert_false(conversation_take(t));
		free(t);
	}
}

static void half_a_request_on_the_line_closes_it_for_others(void **state)
{
	struct conversation_test *t = conversation_connected(true);
	(void)state;

	assert_int_equal(
		ghi_conversation_request(&t->c, GH_CMD_USER_WRQ, GH_LIT("data"), t->now),
		GH_OK);
	ghi_conversation_sent(&t->c, 5);
	ghi_conversation_drop(&t->c);
	assert_int_equal(
		ghi_conversation_request(&t->c, GH_CMD_GET_TIME, (gh_slice){ 0 }, t->now),
		GH_ECLOSED);
	free(t);
}

static void requests_have_a_ceiling(void **state)
{
	static uint8_t big[GHI_REQUEST_MAX + 1];
	struct conversation_test *t = conversation_connected(true);
	(void)state;

	assert_int_equal(ghi_conversation_request(&t->c, GH_CMD_DATA,
						  (gh_slice){ big, sizeof(big) }, t->now),
			 GH_ETOOBIG);
	assert_true(ghi_conversation_idle(&t->c));
	assert_int_equal(ghi_conversation_request(&t->c, GH_CMD_DATA,
						  (gh_slice){ big, sizeof(big) - 1 }, t->now),
			 GH_OK);
	expect_request(t, GH_CMD_DATA);
	free(t);
}

static void reply_ids_never_reach_65535(void **state)
{
	struct conversation_test *t = conversation_connected(true);
	uint16_t before = t->request.reply;
	(void)state;

	for (int i = 0; i < 70000; i++) {
		assert_int_equal(ghi_conversation_request(&t->c, GH_CMD_GET_TIME,
							  (gh_slice){ 0 }, t->now),
				 GH_OK);
		expect_request(t, GH_CMD_GET_TIME);
		assert_int_equal(t->request.reply, before == 65534 ? 0 : before + 1);
		before = t->request.reply;
		conversation_reply(t, GH_ACK_OK, (gh_slice){ 0 });
		assert_int_equal(conversation_next(t), GHI_CONVERSATION_REPLY);
	}
	free(t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_without_key_accepts_at_once),
		cmocka_unit_test(the_key_is_proved_twice_before_it_is_called_wrong),
		cmocka_unit_test(what_is_no_terminal_is_recognised),
		cmocka_unit_test(lost_datagrams_are_requested_again_unless_that_does_harm),
		cmocka_unit_test(late_duplicates_are_no_answers),
		cmocka_unit_test(firmware_with_wrong_reply_ids_is_taken_at_its_word),
		cmocka_unit_test(a_session_lost_on_the_device_is_restored_once),
		cmocka_unit_test(an_answer_under_another_session_is_none),
		cmocka_unit_test(events_are_acknowledged_and_do_not_answer_questions),
		cmocka_unit_test(half_a_request_on_the_line_closes_it_for_others),
		cmocka_unit_test(requests_have_a_ceiling),
		cmocka_unit_test(reply_ids_never_reach_65535),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
