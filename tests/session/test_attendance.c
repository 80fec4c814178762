/* The attendance dialect against a real store: what is answered, stored and traced, and on
 * which thread. */
#include "session_fixture.h"

/* --- handshake --- */

static void a_handshake_gets_its_options_after_the_commit(void **state)
{
	(void)state;
	session_handshake();
	assert_true(reply.deferred);
	assert_non_null(strstr(reply.body, "GET OPTION FROM: CLOCK1\n"));
	assert_non_null(strstr(reply.body, "Delay=10\n"));
	assert_non_null(strstr(reply.body, "TimeZone=2\n"));
	assert_non_null(strstr(reply.body, "ATTLOGStamp=0\n"));
}

static void the_stamp_of_an_upload_comes_back_at_the_handshake(void **state)
{
	(void)state;
	session_post("/iclock/cdata?SN=CLOCK1&table=ATTLOG&Stamp=4711",
		     "1\t2024-07-01 08:00:00\t0\t1\n");
	session_handshake();
	assert_non_null(strstr(reply.body, "ATTLOGStamp=4711\n"));
}

static void stamp_0_of_a_queried_upload_moves_no_stamp(void **state)
{
	(void)state;
	session_post("/iclock/cdata?SN=CLOCK1&table=ATTLOG&Stamp=7",
		     "1\t2024-07-01 08:00:00\t0\t1\n");
	session_post("/iclock/cdata?SN=CLOCK1&table=ATTLOG&Stamp=0",
		     "1\t2024-07-02 08:00:00\t0\t1\n");
	assert_string_equal(fixture_stamp("ATTLOG"), "7");
}

/* --- uploads --- */

static void a_bad_line_is_quarantined_and_its_neighbours_are_stored(void **state)
{
	(void)state;
	session_handshake();
	session_post("/iclock/cdata?SN=CLOCK1&table=ATTLOG",
		     "1\t2024-07-01 08:00:00\t0\t1\nrubbish\n2\t2024-07-01 08:00:01\t0\t1\n");
	assert_reply(200, "OK:3");
	assert_int_equal(fixture_punches(), 2);
	assert_int_equal(fixture_quarantined(), 1);
	assert_non_null(strstr(fixture_traced("CLOCK1"), "200 OK:3"));
}

static void old_devices_are_answered_without_a_count(void **state)
{
	(void)state;
	session_get("/iclock/cdata?SN=CLOCK1&options=all&pushver=2.0.1");
	session_post("/iclock/cdata?SN=CLOCK1&table=ATTLOG", "1\t2024-07-01 08:00:00\t0\t1\n");
	assert_reply(200, "OK");
}

static void a_repeated_upload_is_acknowledged_and_changes_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		session_post("/iclock/cdata?SN=CLOCK1&table=ATTLOG",
			     "1\t2024-07-01 08:00:00\t0\t1\n");
		assert_int_equal(reply.status, 200);
	}
	assert_int_equal(fixture_punches(), 1);
	assert_int_equal(fixture.metrics.punch_repeats, 1);
}

static void a_table_is_named_by_its_stamp_too(void **state)
{
	(void)state;
	session_post("/iclock/cdata?SN=CLOCK1&OpStamp=5", "USER PIN=1\tName=Ada\n");
	assert_int_equal(fixture_records(KIND_PERSON), 1);
	assert_string_equal(fixture_stamp("OPERLOG"), "5");
}

static void an_empty_upload_is_ok_and_stores_nothing(void **state)
{
	(void)state;
	session_post("/iclock/cdata?SN=CLOCK1&table=ATTLOG&Stamp=9", "");
	assert_reply(200, "OK");
	assert_string_equal(fixture_stamp("ATTLOG"), "");
}

static void an_upload_of_an_unknown_table_is_kept_and_counted(void **state)
{
	(void)state;
	session_handshake();
	session_post("/iclock/cdata?SN=CLOCK1&table=WEATHER", "a=1\nb=2\n");
	assert_reply(200, "OK:2");
}

static void remote_verification_is_no_verdict(void **state)
{
	(void)state;
	session_post("/iclock/cdata?SN=CLOCK1&AuthType=1", "PIN=1");
	assert_reply(200, "AUTH=Failed\n");
}

/* --- large uploads, in pieces --- */

/* `n` lines made of a form with one number in it; the caller frees. */
static char *lines_of(const char *form, size_t n)
{
	size_t size = n * 64 + 1, at = 0;
	char *text = malloc(size);

	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, size - at, form, (int)i);
	return text;
}

static uint64_t fixture_jobs(void)
{
	struct store_queue_stats stats;

	store_queue_stats(fixture.server.queue, &stats);
	return stats.jobs;
}

static void a_large_upload_goes_in_pieces_and_is_answered_once(void **state)
{
	char *body = lines_of("USER PIN=%d\tName=N\n", 4500);
	uint64_t before = fixture_jobs();
	(void)state;

	session_handshake();
	session_post("/iclock/cdata?SN=CLOCK1&table=OPERLOG&OpStamp=9", body);
	assert_reply(200, "OK:4500");
	assert_int_equal(fixture_records(KIND_PERSON), 4500);
	assert_true(fixture_jobs() - before >= 4);
	assert_string_equal(fixture_stamp("OPERLOG"), "9");
	assert_int_equal(fixture.metrics.uploads, 1);
	free(body);
}

static void the_punches_of_a_large_upload_are_appended_in_one_job(void **state)
{
	char *body = lines_of("%d\t2024-07-01 08:00:00\t0\t1\n", 20000);
	uint64_t before;
	(void)state;

	session_handshake();
	before = fixture_jobs();
	session_post("/iclock/cdata?SN=CLOCK1&table=ATTLOG&Stamp=9", body);
	assert_reply(200, "OK:20000");
	assert_int_equal(fixture_jobs() - before, 1);
	assert_true(reply.steps > 5);
	assert_int_equal(live_seq(fixture.server.live, STREAM_PUNCH), 20000);
	free(body);
}

static void what_was_cut_off_is_repeated_without_harm(void **state)
{
	char *body = lines_of("USER PIN=%d\n", 4500);
	(void)state;

	memcpy(body, "RUBB PIN=0", 10); /* in place of the first line */
	session_handshake();
	carrier_request(&fixture.server, "POST",
			"/iclock/cdata?SN=CLOCK1&table=OPERLOG&OpStamp=9", gh_slice_of(body),
			(struct carrier_peer){ .leaves = true }, &reply);
	assert_int_equal(reply.count, 0);
	assert_string_equal(fixture_stamp("OPERLOG"), "");
	assert_int_equal(fixture_quarantined(), 0);
	for (int i = 0; i < 2; i++) {
		session_post("/iclock/cdata?SN=CLOCK1&table=OPERLOG&OpStamp=9", body);
		assert_int_equal(reply.status, 200);
		assert_string_equal(fixture_stamp("OPERLOG"), "9");
		assert_int_equal(fixture_quarantined(), i + 1);
	}
	free(body);
}

static void malformed_lines_of_a_large_upload_take_few_rows(void **state)
{
	char *body = lines_of("rubbish %d\n", 9000);
	(void)state;

	session_handshake();
	session_post("/iclock/cdata?SN=CLOCK1&table=ATTLOG", body);
	assert_reply(200, "OK:9000");
	assert_int_equal(fixture_quarantined(), 1001);
	free(body);
}

/* --- a person the device requests --- */

static void a_requested_person_comes_with_the_fingerprints(void **state)
{
	(void)state;
	fixture.settings.remote_attendance = true;
	session_handshake();
	session_get("/iclock/cdata?SN=CLOCK1&PIN=1");
	assert_reply(200, "NONE");
	session_post("/iclock/cdata?SN=CLOCK1&table=OPERLOG",
		     "USER PIN=1\tName=Ada\nFP PIN=1\tFID=0\tSize=4\tValid=1\tTMP=AAAA\n");
	session_get("/iclock/cdata?SN=CLOCK1&PIN=1");
	/* Read on another thread, answered on this one. */
	assert_true(reply.deferred);
	assert_true(pthread_equal(reply.thread, pthread_self()));
	assert_non_null(strstr(reply.body, "DATA UPDATE USERINFO PIN=1\tName=Ada"));
	assert_non_null(strstr(reply.body, "DATA UPDATE FINGERTMP PIN=1"));
}

/* --- polls and answers --- */

static void a_heartbeat_waits_for_nothing_and_leaves_no_trace(void **state)
{
	(void)state;
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(200, "OK");
	assert_false(reply.deferred);
	assert_string_equal(fixture_traced("CLOCK1"), "");
}

static void a_poll_is_given_its_command_and_the_answer_ends_it(void **state)
{
	int64_t id = server_queue(&fixture, clock1, "INFO");
	char text[64];
	(void)state;

	session_get("/iclock/getrequest?SN=CLOCK1");
	snprintf(text, sizeof(text), "C:%lld:INFO\n", (long long)id);
	assert_reply(200, text);
	snprintf(text, sizeof(text), "ID=%lld&Return=0&CMD=INFO\n", (long long)id);
	session_post("/iclock/devicecmd?SN=CLOCK1", text);
	assert_reply(200, "OK");
	assert_int_equal(state_of(&fixture, id), COMMAND_ACKNOWLEDGED);
}

static void a_result_in_the_query_is_an_answer_too(void **state)
{
	int64_t id = server_queue(&fixture, clock1, "INFO");
	char target[96];
	(void)state;

	session_get("/iclock/getrequest?SN=CLOCK1");
	snprintf(target, sizeof(target),
		 "/iclock/devicecmd?SN=CLOCK1&ID=%lld&Return=0&CMD=INFO", (long long)id);
	session_post(target, "");
	assert_int_equal(state_of(&fixture, id), COMMAND_ACKNOWLEDGED);
}

static void a_command_that_did_not_arrive_is_on_offer_again(void **state)
{
	int64_t id = server_queue(&fixture, clock1, "INFO");
	(void)state;

	carrier_request(&fixture.server, "GET", "/iclock/getrequest?SN=CLOCK1", (gh_slice){ 0 },
			(struct carrier_peer){ .leaves = true }, &reply);
	server_settle(&fixture);
	assert_int_equal(state_of(&fixture, id), COMMAND_QUEUED);
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_non_null(strstr(reply.body, ":INFO\n"));
}

/* --- threads --- */

struct thread_job {
	struct store_job job;
	pthread_t thread;
};

static enum gh_err thread_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	(void)ops, (void)s;
	((struct thread_job *)job)->thread = pthread_self();
	return GH_OK;
}

static void thread_done(struct store_job *job, enum gh_err err)
{
	(void)job, (void)err;
}

static void replies_and_log_lines_are_never_made_on_the_store_thread(void **state)
{
	struct thread_job j = { .job = { .run = thread_run, .done = thread_done } };
	(void)state;

	assert_int_equal(store_put(fixture.server.queue, &j.job), GH_OK);
	server_settle(&fixture);
	assert_false(pthread_equal(j.thread, pthread_self()));
	fixture.settings.new_devices = NEW_DEVICES_APPROVE;
	static const char *const target[] = {
		"/iclock/cdata?SN=NEW1&options=all&pushver=2.4.1",
		"/iclock/cdata?SN=NEW2&table=ATTLOG",
		"/iclock/devicecmd?SN=NEW1&ID=1&Return=0&CMD=INFO",
	};
	for (size_t i = 0; i < 3; i++) {
		if (i == 1)
			session_post(target[i], "1\t2024-07-01 08:00:00\t0\t1\n");
		else
			session_get(target[i]);
		assert_int_equal(reply.status, 200);
		assert_true(reply.deferred);
		assert_true(pthread_equal(reply.thread, pthread_self()));
	}
	fflush(server_log.to);
	assert_non_null(strstr(session_log, "new device"));
	for (size_t i = 0; i < session_log_lines; i++)
		assert_true(pthread_equal(session_log_thread[i], pthread_self()));
}

int main(void)
{
#define APPROVED(name) \
	cmocka_unit_test_setup_teardown(name, session_open_approved, session_close)
	static const struct CMUnitTest tests[] = {
		APPROVED(a_handshake_gets_its_options_after_the_commit),
		APPROVED(the_stamp_of_an_upload_comes_back_at_the_handshake),
		APPROVED(stamp_0_of_a_queried_upload_moves_no_stamp),
		APPROVED(a_bad_line_is_quarantined_and_its_neighbours_are_stored),
		APPROVED(old_devices_are_answered_without_a_count),
		APPROVED(a_repeated_upload_is_acknowledged_and_changes_nothing),
		APPROVED(a_table_is_named_by_its_stamp_too),
		APPROVED(an_empty_upload_is_ok_and_stores_nothing),
		APPROVED(an_upload_of_an_unknown_table_is_kept_and_counted),
		APPROVED(remote_verification_is_no_verdict),
		APPROVED(a_large_upload_goes_in_pieces_and_is_answered_once),
		APPROVED(the_punches_of_a_large_upload_are_appended_in_one_job),
		APPROVED(what_was_cut_off_is_repeated_without_harm),
		APPROVED(malformed_lines_of_a_large_upload_take_few_rows),
		APPROVED(a_requested_person_comes_with_the_fingerprints),
		APPROVED(a_heartbeat_waits_for_nothing_and_leaves_no_trace),
		APPROVED(a_poll_is_given_its_command_and_the_answer_ends_it),
		APPROVED(a_result_in_the_query_is_an_answer_too),
		APPROVED(a_command_that_did_not_arrive_is_on_offer_again),
		APPROVED(replies_and_log_lines_are_never_made_on_the_store_thread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
