/* The simulated terminal without sockets: bytes in, bytes out, at a given time. */
#include "tests.h"

#include <string.h>

#include "conversation.h"
#include "slices.h"

#define PREPARE_PUNCHES "\1\15\0\0\0\0\0\0\0\0\0"
enum { PREPARE_N = 11 };

/* --- the claims --- */

static void requests_outside_the_session_are_refused(void **state)
{
	struct conversation t;
	struct answer a;
	(void)state;

	for (int tcp = 0; tcp < 2; tcp++) {
		conversation_open(&t, "tft", tcp);
		assert_int_equal(conversation_code(&t, GH_CMD_GET_TIME, NULL, 0),
				 GH_ACK_UNAUTH);
		conversation_connect(&t);
		assert_int_equal(conversation_code(&t, GH_CMD_ENABLEDEVICE, NULL, 0),
				 GH_ACK_OK);
		assert_int_equal(conversation_code(&t, 4711, NULL, 0), GH_ACK_UNKNOWN);
		t.session++;
		assert_int_equal(conversation_code(&t, GH_CMD_ENABLEDEVICE, NULL, 0),
				 GH_ACK_UNAUTH);
		t.session--;
		conversation_exchange(&t, GH_CMD_EXIT, NULL, 0, &a);
		assert_int_equal(a.frame[0].command, GH_ACK_OK);
		assert_true(term_link_over(t.link));
		answer_free(&a);
		conversation_close(&t);
	}
}

static void the_key_is_required_and_checked(void **state)
{
	/* Key 1234, session 1000, tick 50 (terminal digest 4.1). */
	static const uint8_t proof[] = { 0x41, 0x36, 0x32, 0x7A };
	struct conversation t;
	(void)state;

	conversation_open(&t, "tft", true);
	t.plan.comm_key = 1234;
	t.device.sessions = 999;
	assert_int_equal(conversation_code(&t, GH_CMD_CONNECT, NULL, 0), GH_ACK_UNAUTH);
	t.session = 1000;
	assert_int_equal(conversation_code(&t, GH_CMD_GET_TIME, NULL, 0), GH_ACK_UNAUTH);
	assert_int_equal(conversation_code(&t, GH_CMD_AUTH, "\x41\x36\x32\x7B", 4),
			 GH_ACK_UNAUTH);
	assert_int_equal(conversation_code(&t, GH_CMD_AUTH, proof, sizeof(proof)), GH_ACK_OK);
	assert_int_equal(conversation_code(&t, GH_CMD_ENABLEDEVICE, NULL, 0), GH_ACK_OK);
	conversation_close(&t);
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
	static const char *const personas[] = { "tft", "f19", "bw", "visible" };
	struct answer a[2], b;
	struct conversation t[2];
	(void)state;

	for (size_t i = 0; i < COUNT(personas) * 2; i++) {
		for (int k = 0; k < 2; k++) {
			conversation_open(&t[k], personas[i / 2], i % 2);
			for (size_t f = 0; f < TERM_FAULTS; f++)
				if (f != TERM_FAULT_DROP && f != TERM_FAULT_UNSUPPORTED)
					t[k].plan.faults.permille[f] = 200;
			t[k].session = t[k].device.sessions + 1;
			conversation_exchange(&t[k], GH_CMD_CONNECT, NULL, 0, &b);
			answer_free(&b);
			conversation_exchange(&t[k], GH_CMD_PREPARE_BUFFER, PREPARE_PUNCHES,
					      PREPARE_N, &b);
			answer_free(&b);
			conversation_exchange(&t[k], GH_CMD_READ_BUFFER, "\0\0\0\0\0\100\0\0",
					      8, &a[k]);
		}
		assert_true(a[0].bytes->len > 0x4000);
		assert_int_equal(a[0].bytes->len, a[1].bytes->len);
		assert_memory_equal(a[0].bytes->data, a[1].bytes->data, a[0].bytes->len);
		assert_int_equal(a[0].pieces, a[1].pieces);
		for (int k = 0; k < 2; k++) {
			answer_free(&a[k]);
			conversation_close(&t[k]);
		}
	}
}

static void bytes_may_come_one_by_one_or_all_at_once(void **state)
{
	uint8_t b[4096];
	size_t n;
	struct answer whole, single;
	struct conversation t;
	(void)state;

	for (int one = 0; one < 2; one++) {
		struct answer *a = one ? &single : &whole;

		conversation_open(&t, "tft", true);
		conversation_connect(&t);
		n = 0;
		for (int i = 0; i < 10; i++) {
			t.reply++;
			n += conversation_request(
				&t, i % 2 ? GH_CMD_GET_VERSION : GH_CMD_GET_FREE_SIZES,
				(gh_slice){ 0 }, b + n, sizeof(b) - n);
		}
		for (size_t at = 0; at < n; at += one ? 1 : n)
			conversation_send(&t, (gh_slice){ b + at, one ? 1 : n });
		conversation_receive(&t, a);
		assert_int_equal(a->n, 10);
		for (size_t i = 0; i < 10; i++)
			assert_int_equal(a->frame[i].reply, i + 1);
		conversation_close(&t);
	}
	assert_int_equal(whole.bytes->len, single.bytes->len);
	assert_memory_equal(whole.bytes->data, single.bytes->data, whole.bytes->len);
	answer_free(&whole);
	answer_free(&single);
}

static void what_is_no_frame_ends_the_link_and_what_is_spoilt_is_ignored(void **state)
{
	static const char *const bad[] = { "GET / HTTP/1.1\r\n",
					   "\x50\x50\x82\x7D\xFF\xFF\xFF\x7F",
					   "\x50\x50\x82\x7D\1\0\0\0\0", "\xAA\1\0\0" };
	uint8_t b[64];
	struct answer a;
	struct conversation t;
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		size_t room, n = i == 0 ? strlen(bad[i]) : i == 3 ? 4 : 8;

		conversation_open(&t, "tft", true);
		memcpy(term_link_space(t.link, &room), bad[i], n);
		assert_false(term_link_received(t.link, n));
		conversation_close(&t);
	}
	for (int tcp = 0; tcp < 2; tcp++) {
		size_t n;

		conversation_open(&t, "tft", tcp);
		conversation_connect(&t);
		n = conversation_request(&t, GH_CMD_GET_TIME, (gh_slice){ 0 }, b, sizeof(b));
		b[n - 1] ^= 1;
		conversation_send(&t, (gh_slice){ b, n });
		conversation_receive(&t, &a);
		assert_int_equal(a.n, 0);
		assert_int_equal(t.statistics.bad_checksums, 1);
		answer_free(&a);
		assert_int_equal(conversation_code(&t, GH_CMD_ENABLEDEVICE, NULL, 0),
				 GH_ACK_OK);
		conversation_close(&t);
	}
}

static void a_datagram_that_comes_again_is_answered_again_and_not_executed(void **state)
{
	uint8_t b[64];
	struct conversation t;
	(void)state;

	conversation_open(&t, "tft", false);
	conversation_connect(&t);
	t.reply++;
	for (int i = 0; i < 3; i++) {
		struct answer a;

		conversation_send(&t, (gh_slice){ b, conversation_request(
							     &t, GH_CMD_DELETE_USER,
							     GH_LIT("\5\0"), b, sizeof(b)) });
		conversation_receive(&t, &a);
		assert_int_equal(a.n, 1);
		assert_int_equal(a.frame[0].command, GH_ACK_OK);
		answer_free(&a);
	}
	assert_int_equal(t.statistics.repeats, 2);
	assert_int_equal(conversation_code(&t, GH_CMD_DELETE_USER, "\5\0", 2), GH_ACK_ERROR);
	conversation_close(&t);
}

static void streams_count_their_packets_and_end_with_their_size(void **state)
{
	struct answer a;
	struct conversation t;
	(void)state;

	conversation_open(&t, "f19", false);
	conversation_connect(&t);
	conversation_exchange(&t, GH_CMD_PREPARE_BUFFER, PREPARE_PUNCHES, PREPARE_N, &a);
	assert_int_equal(a.frame[0].command, GH_ACK_OK);
	assert_int_equal(a.frame[0].data.n, 13);
	answer_free(&a);
	/* 5000 bytes from 700 on. */
	conversation_exchange(&t, GH_CMD_READ_BUFFER, "\274\2\0\0\210\23\0\0", 8, &a);
	assert_int_equal(a.n, 1 + 5 + 1);
	assert_int_equal(a.frame[0].command, GH_CMD_PREPARE_DATA);
	assert_memory_equal(a.frame[0].data.p, "\210\23\0\0", 4);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(a.frame[1 + i].command, GH_CMD_DATA);
		assert_int_equal(a.frame[1 + i].session, i);
		assert_int_equal(a.frame[1 + i].reply, t.reply);
		assert_int_equal(a.frame[1 + i].data.n, i < 4 ? 1024 : 5000 - 4 * 1024);
	}
	assert_int_equal(a.frame[6].command, GH_ACK_OK);
	assert_int_equal(a.frame[6].session, 5000);
	answer_free(&a);
	/* Behind the end there is nothing, across it what is there. */
	assert_int_equal(
		conversation_code(&t, GH_CMD_READ_BUFFER, "\377\377\377\177\1\0\0\0", 8),
		GH_ACK_ERROR);
	conversation_exchange(&t, GH_CMD_READ_BUFFER, "\300\324\1\0\377\377\377\377", 8, &a);
	assert_int_equal(a.frame[a.n - 1].session, 4 + 3000 * 40 - 0x1D4C0);
	answer_free(&a);
	assert_int_equal(conversation_code(&t, GH_CMD_FREE_DATA, NULL, 0), GH_ACK_OK);
	assert_int_equal(conversation_code(&t, GH_CMD_READ_BUFFER, "\0\0\0\0\1\0\0\0", 8),
			 GH_ACK_ERROR);
	conversation_close(&t);
}

static void a_table_in_pieces_is_the_table(void **state)
{
	static const size_t sizes[] = { 1, 3, 41, 999, 65472 };
	struct term_dataset d;
	struct conversation t;
	uint8_t *whole, *pieces;
	(void)state;

	conversation_open(&t, "visible", true);
	assert_int_equal(term_dataset_open(&d, &t.device, GH_CMD_ATTLOG_RRQ, 0), GH_OK);
	whole = g_malloc(d.bytes);
	pieces = g_malloc(d.bytes);
	term_dataset_read(&d, &t.device, 0, whole, d.bytes);
	assert_int_equal(whole[0] | whole[1] << 8 | whole[2] << 16, 3000 * 49);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		for (size_t at = 0; at < d.bytes; at += sizes[i])
			term_dataset_read(&d, &t.device, at, pieces + at,
					  sizes[i] < d.bytes - at ? sizes[i] : d.bytes - at);
		assert_memory_equal(whole, pieces, d.bytes);
	}
	/* It stays what it was when it was prepared. */
	term_log_clear(&t.device.log);
	term_dataset_read(&d, &t.device, 0, pieces, d.bytes);
	assert_memory_equal(whole, pieces, d.bytes);
	assert_int_equal(term_log_count(&t.device.log), 0);
	g_free(whole);
	g_free(pieces);
	term_dataset_close(&d);
	conversation_close(&t);
}

static void a_client_that_never_reads_has_to_wait(void **state)
{
	uint8_t b[64];
	struct conversation t;
	size_t room = 1, requests = 0;
	(void)state;

	conversation_open(&t, "tft", true);
	conversation_connect(&t);
	assert_int_equal(
		conversation_code(&t, GH_CMD_PREPARE_BUFFER, PREPARE_PUNCHES, PREPARE_N),
		GH_ACK_OK);
	for (; requests < 100000; requests++) {
		size_t n;
		uint8_t *to = term_link_space(t.link, &room);

		t.reply++;
		n = conversation_request(&t, GH_CMD_READ_BUFFER, GH_LIT("\0\0\0\0\0\0\1\0"), b,
					 sizeof(b));
		if (room < n)
			break;
		memcpy(to, b, n);
		assert_true(term_link_received(t.link, n));
	}
	assert_true(requests < 1000);
	assert_true(t.link->out.n <= TERM_OUT_TCP);
	conversation_close(&t);
}

static void no_more_callers_than_the_firmware_has_places_for(void **state)
{
	struct term_link *more[TERM_LINKS];
	struct conversation t;
	size_t n = 0;
	(void)state;

	conversation_open(&t, "tft", true);
	for (unsigned i = 0; i < t.plan.persona->sessions; i++) {
		conversation_connect(&t);
		t.link = term_link_new(&t.device, true);
		t.session = 0;
	}
	assert_int_equal(conversation_code(&t, GH_CMD_CONNECT, NULL, 0), GH_ACK_ERROR);
	assert_true(term_link_over(t.link));
	while ((more[n] = term_link_new(&t.device, true)))
		n++;
	assert_int_equal(n, TERM_LINKS - t.plan.persona->sessions - 1);
	conversation_close(&t);
}

static void an_upload_is_taken_whole_or_not_at_all(void **state)
{
	static const char template[] = "0123456789";
	struct answer a;
	struct conversation t;
	(void)state;

	conversation_open(&t, "tft", true);
	conversation_connect(&t);
	assert_int_equal(conversation_code(&t, GH_CMD_PREPARE_DATA, "\0\0\0\177", 4),
			 GH_ACK_ERROR);
	assert_int_equal(conversation_code(&t, GH_CMD_DATA, "x", 1), GH_ACK_ERROR_DATA);
	assert_int_equal(conversation_code(&t, GH_CMD_PREPARE_DATA, "\12\0\0\0", 4), GH_ACK_OK);
	assert_int_equal(conversation_code(&t, GH_CMD_DATA, template, 6), GH_ACK_OK);
	assert_int_equal(conversation_code(&t, GH_CMD_TMP_WRITE, "\2\0\3\1\12\0", 6),
			 GH_ACK_ERROR);
	assert_int_equal(conversation_code(&t, GH_CMD_DATA, template, 5), GH_ACK_ERROR_DATA);
	assert_int_equal(conversation_code(&t, GH_CMD_DATA, template + 6, 4), GH_ACK_OK);
	conversation_exchange(&t, GH_CMD_CHECKSUM_BUFFER, NULL, 0, &a);
	assert_memory_equal(a.frame[0].data.p, "\15\2\0\0", 4);
	answer_free(&a);
	assert_int_equal(conversation_code(&t, GH_CMD_TMP_WRITE, "\2\0\3\1\12\0", 6),
			 GH_ACK_OK);
	assert_int_equal(conversation_code(&t, GH_CMD_TMP_WRITE, "\143\0\3\1\12\0", 6),
			 GH_ACK_ERROR);
	conversation_exchange(&t, GH_CMD_GET_USERTEMP, "\2\0\3", 3, &a);
	assert_slice(((gh_slice){ a.frame[1].data.p, 10 }), gh_slice_of(template));
	assert_int_equal(a.frame[1].data.n, 17);
	answer_free(&a);
	conversation_close(&t);
}

static void faults_do_what_their_names_mean(void **state)
{
	static const struct {
		enum term_fault fault;
		bool tcp;
	} c[] = { { TERM_FAULT_FRAGMENT, true },  { TERM_FAULT_DELAY, false },
		  { TERM_FAULT_DROP, true },	  { TERM_FAULT_DROP, false },
		  { TERM_FAULT_CHECKSUM, true },  { TERM_FAULT_CHECKSUM, false },
		  { TERM_FAULT_DUPLICATE, true }, { TERM_FAULT_DUPLICATE, false },
		  { TERM_FAULT_COALESCE, true },  { TERM_FAULT_UNSUPPORTED, true } };
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct answer a;
		struct conversation t;
		int64_t before;

		conversation_open(&t, "f19", c[i].tcp);
		conversation_connect(&t);
		assert_int_equal(conversation_code(&t, GH_CMD_PREPARE_BUFFER, PREPARE_PUNCHES,
						   PREPARE_N),
				 GH_ACK_OK);
		t.plan.faults.permille[c[i].fault] = 1000;
		before = t.device.now_ms;
		conversation_exchange(&t, GH_CMD_READ_BUFFER, "\0\0\0\0\0\20\0\0", 8, &a);
		switch (c[i].fault) {
		case TERM_FAULT_FRAGMENT:
			assert_true(a.pieces > 2 * a.n);
			break;
		case TERM_FAULT_DELAY:
			assert_true(t.device.now_ms - before >= (int64_t)(50 * a.n));
			break;
		case TERM_FAULT_COALESCE:
			assert_true(t.device.now_ms > before);
			break;
		case TERM_FAULT_DROP:
			assert_int_equal(a.n, 0);
			assert_int_equal(term_link_over(t.link), c[i].tcp);
			break;
		case TERM_FAULT_CHECKSUM:
			for (size_t k = 0; k < a.n; k++)
				assert_false(a.frame[k].intact);
			break;
		case TERM_FAULT_DUPLICATE:
			assert_int_equal(a.frame[0].command, GH_CMD_PREPARE_DATA);
			assert_int_equal(a.frame[1].command, GH_CMD_PREPARE_DATA);
			break;
		default:
			assert_int_equal(a.frame[0].command, GH_ACK_UNKNOWN);
			break;
		}
		assert_true(t.statistics.faults[c[i].fault] > 0);
		answer_free(&a);
		conversation_close(&t);
	}
}

/* Any command with any bytes: an answer or none, but never more, and never a crash. */
static void nonsense_does_no_harm(void **state)
{
	static const char *const personas[] = { "tft", "f19", "bw", "old", "visible" };
	struct sim_prng g = { 4370 };
	(void)state;

	for (size_t i = 0; i < COUNT(personas) * 2; i++) {
		struct conversation t;

		conversation_open(&t, personas[i / 2], i % 2);
		for (int n = 0; n < 4000; n++) {
			static const uint16_t bases[] = {
				0, 1, 60, 200, 500, 1000, 1500, 10000
			};
			uint16_t command = (uint16_t)(bases[sim_below(&g, COUNT(bases))] +
						      sim_below(&g, 160));
			uint8_t data[80], b[128];
			struct answer a;
			size_t size = sim_below(&g, sizeof(data));

			if (term_link_over(t.link)) {
				term_link_free(t.link);
				t.link = term_link_new(&t.device, i % 2);
				t.session = 0;
			}
			if (t.session == 0) {
				conversation_connect(&t);
				continue;
			}
			for (size_t k = 0; k < size; k++)
				data[k] = (uint8_t)(sim_next(&g) &
						    (sim_chance(&g, 500) ? 3 : 255));
			t.reply++;
			conversation_send(&t, (gh_slice){ b, conversation_request(
								     &t, command,
								     (gh_slice){ data, size },
								     b, sizeof(b)) });
			t.device.now_ms += (int64_t)sim_below(&g, 200);
			term_device_tick(&t.device);
			conversation_receive(&t, &a);
			if (t.link->stage == TERM_DISCONNECTED)
				t.session = 0;
			else
				t.session = t.link->session;
			answer_free(&a);
		}
		conversation_close(&t);
	}
}

static void a_day_of_punches_follows_the_clock(void **state)
{
	struct gh_punch p;
	struct conversation t;
	struct term_day day = { 0 };
	uint32_t before;
	(void)state;

	conversation_open(&t, "tft", true);
	t.plan.interval_us = 60 * 1000000;
	t.device.next_punch_us = t.plan.interval_us;
	before = t.device.log.end;
	t.device.now_ms = 86400 * 1000;
	assert_int_equal(term_device_tick(&t.device), t.device.now_ms + 60 * 1000);
	assert_int_equal(t.device.log.end - before, 24 * 60);
	for (uint32_t i = 0; i < 24 * 60; i++) {
		uint32_t want = term_time_code(&day, t.plan.start_s + (i + 1) * 60);

		term_log_get(&t.device.log, before + i, &day, &p);
		assert_int_equal(p.time_code, want);
		assert_non_null(term_users_pin(&t.device.users, p.pin));
	}
	conversation_close(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_outside_the_session_are_refused),
		cmocka_unit_test(the_key_is_required_and_checked),
		cmocka_unit_test(the_same_seed_gives_the_same_bytes),
		cmocka_unit_test(bytes_may_come_one_by_one_or_all_at_once),
		cmocka_unit_test(what_is_no_frame_ends_the_link_and_what_is_spoilt_is_ignored),
		cmocka_unit_test(
			a_datagram_that_comes_again_is_answered_again_and_not_executed),
		cmocka_unit_test(streams_count_their_packets_and_end_with_their_size),
		cmocka_unit_test(a_table_in_pieces_is_the_table),
		cmocka_unit_test(a_client_that_never_reads_has_to_wait),
		cmocka_unit_test(no_more_callers_than_the_firmware_has_places_for),
		cmocka_unit_test(an_upload_is_taken_whole_or_not_at_all),
		cmocka_unit_test(faults_do_what_their_names_mean),
		cmocka_unit_test(nonsense_does_no_harm),
		cmocka_unit_test(a_day_of_punches_follows_the_clock),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
