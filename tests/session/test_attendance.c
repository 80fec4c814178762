/* The attendance dialect against a real store: what is answered, stored and traced, and on
 * which thread. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/server.h"
#include "carrier.h"

static struct server_fixture f;
static struct carrier_reply reply;
static struct device *clock1;

/* --- the server's log, with the thread of each line --- */

static struct log server_log;
static pthread_t line_thread[64];
static size_t lines;
static char log_text[8192];
static size_t log_size;

static ssize_t log_write(void *cookie, const char *p, size_t n)
{
	(void)cookie;
	if (lines < sizeof(line_thread) / sizeof(line_thread[0]))
		line_thread[lines++] = pthread_self();
	if (n < sizeof(log_text) - log_size) {
		memcpy(log_text + log_size, p, n);
		log_size += n;
	}
	return (ssize_t)n;
}

static int open_server(void **state)
{
	(void)state;
	server_fixture_open(&f);
	lines = log_size = 0;
	memset(log_text, 0, sizeof(log_text));
	server_log =
		(struct log){ .to = fopencookie(NULL, "w",
						(cookie_io_functions_t){ .write = log_write }),
			      .level = LOG_DEBUG };
	setvbuf(server_log.to, NULL, _IOLBF, 1024);
	f.server.log = &server_log;
	f.settings.delay_s = 10;
	f.settings.error_delay_s = 30;
	f.settings.trans_interval_min = 1;
	f.settings.trans_times = "00:00;14:05";
	f.settings.realtime = true;
	return 0;
}

static int close_server(void **state)
{
	(void)state;
	device_unref(clock1);
	clock1 = NULL;
	server_fixture_close(&f);
	fclose(server_log.to);
	return 0;
}

/* With the device CLOCK1 approved, of a push version that counts. */
static int open_approved(void **state)
{
	open_server(state);
	clock1 = admit(&f, "CLOCK1");
	approve(&f, clock1);
	return 0;
}

static void send_bytes(const char *method, const char *target, gh_slice body)
{
	carrier_request(&f.server, method, target, body, (struct carrier_peer){ 0 }, &reply);
}

static void get(const char *target)
{
	send_bytes("GET", target, (gh_slice){ 0 });
}

static void post(const char *target, const char *body)
{
	send_bytes("POST", target, gh_slice_of(body));
}

static void handshake(void)
{
	get("/iclock/cdata?SN=CLOCK1&options=all&pushver=2.4.1&language=69");
	assert_int_equal(reply.status, 200);
}

static void assert_reply(unsigned status, const char *body)
{
	assert_string_equal(reply.body, body);
	assert_int_equal(reply.status, status);
}

/* --- looking at the store and the trace --- */

static bool count_row(void *ctx, const struct punch *p)
{
	(void)p;
	++*(size_t *)ctx;
	return true;
}

static bool count_quarantine(void *ctx, const void *q, const struct store_key *key)
{
	(void)key;
	(void)q;
	++*(size_t *)ctx;
	return true;
}

static bool count_record(void *ctx, const struct record_row *r)
{
	(void)r;
	++*(size_t *)ctx;
	return true;
}

static struct store_reader *reader(void)
{
	struct store_reader *r;

	assert_int_equal(f.server.db.ops->reader_open(f.server.db.store, &r), GH_OK);
	return r;
}

static size_t punches(void)
{
	struct store_reader *r = reader();
	struct punch_query q = { .page = { .limit = 1000 },
				 .from = GHI_CIVIL_NONE,
				 .to = GHI_CIVIL_NONE };
	size_t n = 0;

	assert_int_equal(f.server.db.ops->punches_read(r, &q, count_row, &n), GH_OK);
	f.server.db.ops->reader_close(r);
	return n;
}

static size_t quarantined(void)
{
	struct store_reader *r = reader();
	struct store_rows rows = { .list = STORE_QUARANTINE, .limit = 2000 };
	size_t n = 0;

	assert_int_equal(f.server.db.ops->rows_read(r, &rows, count_quarantine, &n), GH_OK);
	f.server.db.ops->reader_close(r);
	return n;
}

static size_t records(enum model_kind_id kind)
{
	struct store_reader *r = reader();
	struct store_page page = { .limit = 5000 };
	size_t n = 0;

	assert_int_equal(f.server.db.ops->records_read(r, kind, &page, count_record, &n),
			 GH_OK);
	f.server.db.ops->reader_close(r);
	return n;
}

static bool first_traced(void *ctx, const struct traced *e)
{
	char *to = ctx;

	snprintf(to, 512, "%.*s %.*s %u %.*s", GH_FMT(e->method), GH_FMT(e->target), e->status,
		 GH_FMT(e->reply));
	return false;
}

static const char *traced(const char *sn)
{
	static char text[512];
	gh_slice serial = gh_slice_of(sn);

	text[0] = '\0';
	trace_read(f.server.trace, &serial, first_traced, text);
	return text;
}

static const char *stamp(const char *table)
{
	static char text[64];
	struct arena a = { 0 };
	gh_slice s = device_stamp(clock1, gh_slice_of(table), &a);

	snprintf(text, sizeof(text), "%.*s", GH_FMT(s));
	ghi_arena_clear(&a);
	return text;
}

/* --- admission --- */

static void the_first_request_lists_a_device_and_holds_it(void **state)
{
	(void)state;
	get("/iclock/cdata?SN=NEW1&options=all&pushver=2.4.1");
	assert_reply(503, "device waits for approval by the administrator");
	assert_string_equal(reply.headers, "Retry-After: 30\n");
	assert_true(reply.deferred);
	clock1 = devices_find(f.server.devices, GH_LIT("NEW1"));
	assert_non_null(clock1);
	assert_int_equal(device_state(clock1), DEVICE_HELD);
}

static void a_held_device_keeps_its_punches(void **state)
{
	(void)state;
	post("/iclock/cdata?SN=NEW1&table=ATTLOG&Stamp=9", "1\t2024-07-01 08:00:00\t0\t1\n");
	post("/iclock/cdata?SN=NEW1&table=ATTLOG&Stamp=9", "1\t2024-07-01 08:00:00\t0\t1\n");
	assert_int_equal(reply.status, 503);
	assert_false(reply.deferred);
	assert_int_equal(punches(), 0);
}

static void a_policy_that_refuses_lists_nobody(void **state)
{
	(void)state;
	f.settings.new_devices = NEW_DEVICES_REFUSE;
	get("/iclock/getrequest?SN=NEW1");
	assert_reply(403, "unknown devices are not admitted");
	assert_int_equal(devices_count(f.server.devices), 0);
}

static void a_policy_that_approves_serves_the_first_request(void **state)
{
	(void)state;
	f.settings.new_devices = NEW_DEVICES_APPROVE;
	post("/iclock/cdata?SN=NEW1&table=ATTLOG", "1\t2024-07-01 08:00:00\t0\t1\n");
	assert_reply(200, "OK");
	assert_int_equal(punches(), 1);
	assert_int_equal(reply.steps, 2);
}

static void device_set(struct device_row change)
{
	assert_int_equal(device_change(&f.server, clock1, &change, NULL, NULL), GH_OK);
	settle(&f);
}

static void a_blocked_device_is_refused(void **state)
{
	(void)state;
	device_set((struct device_row){ .present = UINT64_C(1) << DEVICE_state,
					.state = DEVICE_BLOCKED });
	get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(403, "device is blocked by the administrator");
	assert_int_equal(f.metrics.held_requests, 1);
}

static void a_wrong_key_is_remembered_until_the_right_one_comes(void **state)
{
	(void)state;
	device_set((struct device_row){ .present = UINT64_C(1) << DEVICE_comm_key,
					.comm_key = GH_LIT("secret") });
	get("/iclock/cdata?SN=CLOCK1&options=all&pushcommkey=wrong");
	assert_reply(401, "comm key is missing or wrong");
	get("/iclock/getrequest?SN=CLOCK1");
	assert_int_equal(reply.status, 401);
	get("/iclock/cdata?SN=CLOCK1&options=all&pushcommkey=secret");
	assert_int_equal(reply.status, 200);
	get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(200, "OK");
	assert_int_equal(f.metrics.key_refusals, 2);
}

static void the_trace_hides_the_key(void **state)
{
	(void)state;
	get("/iclock/cdata?SN=CLOCK1&options=all&pushcommkey=secret");
	assert_non_null(strstr(traced("CLOCK1"), "pushcommkey=******"));
	assert_null(strstr(traced("CLOCK1"), "secret"));
}

static void a_required_key_must_be_set(void **state)
{
	(void)state;
	f.settings.comm_key_required = true;
	get("/iclock/getrequest?SN=CLOCK1");
	assert_int_equal(reply.status, 401);
}

/* --- what is no request of a device --- */

static void requests_of_no_device_are_refused_and_counted(void **state)
{
	static const struct {
		const char *method, *target;
		unsigned status;
	} c[] = {
		{ "GET", "/iclock/cdata?options=all", 400 },
		{ "GET", "/iclock/cdata?SN=..%2Fetc&options=all", 400 },
		{ "GET", "/iclock/nothing?SN=CLOCK1", 404 },
		{ "GET", "/iclock/rtdata?SN=CLOCK1", 404 },
		{ "DELETE", "/iclock/cdata?SN=CLOCK1", 405 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		send_bytes(c[i].method, c[i].target, (gh_slice){ 0 });
		assert_int_equal(reply.status, c[i].status);
	}
	assert_int_equal(f.metrics.unmatched, sizeof(c) / sizeof(c[0]));
}

static void a_key_exchange_is_never_answered_with_200(void **state)
{
	(void)state;
	post("/iclock/exchange?SN=CLOCK1&type=publickey", "x");
	assert_int_equal(reply.status, 404);
}

/* --- dialects --- */

static void an_access_unit_is_refused_by_its_dialect(void **state)
{
	(void)state;
	get("/iclock/cdata?SN=CLOCK1&options=all&pushver=3.1.2&DeviceType=acc");
	assert_reply(406, "access control devices are not served yet");
	handshake();
	assert_int_equal(device_dialect(clock1), DEVICE_ATTENDANCE);
}

static void what_a_new_unit_announces_is_its_dialect(void **state)
{
	(void)state;
	get("/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.2&DeviceType=acc");
	assert_int_equal(reply.status, 503);
	clock1 = devices_find(f.server.devices, GH_LIT("UNIT1"));
	assert_int_equal(device_dialect(clock1), DEVICE_ACCESS);
	approve(&f, clock1);
	post("/iclock/cdata?SN=UNIT1&table=ATTLOG", "1\t2024-07-01 08:00:00\t0\t1\n");
	assert_int_equal(reply.status, 406);
	assert_int_equal(punches(), 0);
	get("/iclock/cdata?SN=UNIT1&options=all&pushver=2.4.1");
	assert_int_equal(reply.status, 200);
	assert_int_equal(device_dialect(clock1), DEVICE_ATTENDANCE);
}

/* --- handshake --- */

static void a_handshake_is_told_its_options_after_the_commit(void **state)
{
	(void)state;
	handshake();
	assert_true(reply.deferred);
	assert_non_null(strstr(reply.body, "GET OPTION FROM: CLOCK1\n"));
	assert_non_null(strstr(reply.body, "Delay=10\n"));
	assert_non_null(strstr(reply.body, "TimeZone=2\n"));
	assert_non_null(strstr(reply.body, "ATTLOGStamp=0\n"));
}

static void the_stamp_of_an_upload_comes_back_at_the_handshake(void **state)
{
	(void)state;
	post("/iclock/cdata?SN=CLOCK1&table=ATTLOG&Stamp=4711",
	     "1\t2024-07-01 08:00:00\t0\t1\n");
	handshake();
	assert_non_null(strstr(reply.body, "ATTLOGStamp=4711\n"));
}

static void stamp_0_of_a_queried_upload_moves_no_stamp(void **state)
{
	(void)state;
	post("/iclock/cdata?SN=CLOCK1&table=ATTLOG&Stamp=7", "1\t2024-07-01 08:00:00\t0\t1\n");
	post("/iclock/cdata?SN=CLOCK1&table=ATTLOG&Stamp=0", "1\t2024-07-02 08:00:00\t0\t1\n");
	assert_string_equal(stamp("ATTLOG"), "7");
}

/* --- uploads --- */

static void a_bad_line_is_quarantined_and_its_neighbours_are_stored(void **state)
{
	(void)state;
	handshake();
	post("/iclock/cdata?SN=CLOCK1&table=ATTLOG",
	     "1\t2024-07-01 08:00:00\t0\t1\nrubbish\n2\t2024-07-01 08:00:01\t0\t1\n");
	assert_reply(200, "OK:3");
	assert_int_equal(punches(), 2);
	assert_int_equal(quarantined(), 1);
	assert_non_null(strstr(traced("CLOCK1"), "200 OK:3"));
}

static void old_devices_are_answered_without_a_count(void **state)
{
	(void)state;
	get("/iclock/cdata?SN=CLOCK1&options=all&pushver=2.0.1");
	post("/iclock/cdata?SN=CLOCK1&table=ATTLOG", "1\t2024-07-01 08:00:00\t0\t1\n");
	assert_reply(200, "OK");
}

static void a_repeated_upload_is_acknowledged_and_changes_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		post("/iclock/cdata?SN=CLOCK1&table=ATTLOG", "1\t2024-07-01 08:00:00\t0\t1\n");
		assert_int_equal(reply.status, 200);
	}
	assert_int_equal(punches(), 1);
	assert_int_equal(f.metrics.punch_repeats, 1);
}

static void a_table_is_named_by_its_stamp_too(void **state)
{
	(void)state;
	post("/iclock/cdata?SN=CLOCK1&OpStamp=5", "USER PIN=1\tName=Ada\n");
	assert_int_equal(records(KIND_PERSON), 1);
	assert_string_equal(stamp("OPERLOG"), "5");
}

static void an_empty_upload_is_ok_and_stores_nothing(void **state)
{
	(void)state;
	post("/iclock/cdata?SN=CLOCK1&table=ATTLOG&Stamp=9", "");
	assert_reply(200, "OK");
	assert_string_equal(stamp("ATTLOG"), "");
}

static void an_upload_of_an_unknown_table_is_kept_and_counted(void **state)
{
	(void)state;
	handshake();
	post("/iclock/cdata?SN=CLOCK1&table=WEATHER", "a=1\nb=2\n");
	assert_reply(200, "OK:2");
}

static void remote_verification_is_no_verdict(void **state)
{
	(void)state;
	post("/iclock/cdata?SN=CLOCK1&AuthType=1", "PIN=1");
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

static uint64_t jobs(void)
{
	struct store_queue_stats stats;

	store_queue_stats(f.server.queue, &stats);
	return stats.jobs;
}

static void a_large_upload_goes_in_pieces_and_is_answered_once(void **state)
{
	char *body = lines_of("USER PIN=%d\tName=N\n", 4500);
	uint64_t before = jobs();
	(void)state;

	handshake();
	post("/iclock/cdata?SN=CLOCK1&table=OPERLOG&OpStamp=9", body);
	assert_reply(200, "OK:4500");
	assert_int_equal(records(KIND_PERSON), 4500);
	assert_true(jobs() - before >= 4);
	assert_string_equal(stamp("OPERLOG"), "9");
	assert_int_equal(f.metrics.uploads, 1);
	free(body);
}

static void the_punches_of_a_large_upload_are_appended_in_one_job(void **state)
{
	char *body = lines_of("%d\t2024-07-01 08:00:00\t0\t1\n", 20000);
	uint64_t before;
	(void)state;

	handshake();
	before = jobs();
	post("/iclock/cdata?SN=CLOCK1&table=ATTLOG&Stamp=9", body);
	assert_reply(200, "OK:20000");
	assert_int_equal(jobs() - before, 1);
	assert_true(reply.steps > 5);
	assert_int_equal(live_seq(f.server.live), 20000);
	free(body);
}

static void what_was_cut_off_is_repeated_without_harm(void **state)
{
	char *body = lines_of("USER PIN=%d\n", 4500);
	(void)state;

	memcpy(body, "RUBB PIN=0", 10); /* in place of the first line */
	handshake();
	carrier_request(&f.server, "POST", "/iclock/cdata?SN=CLOCK1&table=OPERLOG&OpStamp=9",
			gh_slice_of(body), (struct carrier_peer){ .leaves = true }, &reply);
	assert_int_equal(reply.count, 0);
	assert_string_equal(stamp("OPERLOG"), "");
	assert_int_equal(quarantined(), 0);
	for (int i = 0; i < 2; i++) {
		post("/iclock/cdata?SN=CLOCK1&table=OPERLOG&OpStamp=9", body);
		assert_int_equal(reply.status, 200);
		assert_string_equal(stamp("OPERLOG"), "9");
		assert_int_equal(quarantined(), i + 1);
	}
	free(body);
}

static void malformed_lines_of_a_large_upload_take_few_rows(void **state)
{
	char *body = lines_of("rubbish %d\n", 9000);
	(void)state;

	handshake();
	post("/iclock/cdata?SN=CLOCK1&table=ATTLOG", body);
	assert_reply(200, "OK:9000");
	assert_int_equal(quarantined(), 1001);
	free(body);
}

/* --- a person the device asks for --- */

static void a_person_the_device_asks_for_comes_with_the_fingerprints(void **state)
{
	(void)state;
	get("/iclock/cdata?SN=CLOCK1&PIN=1");
	assert_reply(200, "NONE");
	post("/iclock/cdata?SN=CLOCK1&table=OPERLOG",
	     "USER PIN=1\tName=Ada\nFP PIN=1\tFID=0\tSize=4\tValid=1\tTMP=AAAA\n");
	get("/iclock/cdata?SN=CLOCK1&PIN=1");
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
	get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(200, "OK");
	assert_false(reply.deferred);
	assert_string_equal(traced("CLOCK1"), "");
}

static void a_poll_is_given_its_command_and_the_answer_ends_it(void **state)
{
	int64_t id = queue(&f, clock1, "INFO");
	char text[64];
	(void)state;

	get("/iclock/getrequest?SN=CLOCK1");
	snprintf(text, sizeof(text), "C:%lld:INFO\n", (long long)id);
	assert_reply(200, text);
	snprintf(text, sizeof(text), "ID=%lld&Return=0&CMD=INFO\n", (long long)id);
	post("/iclock/devicecmd?SN=CLOCK1", text);
	assert_reply(200, "OK");
	assert_int_equal(state_of(&f, id), COMMAND_ACKNOWLEDGED);
}

static void a_result_in_the_query_is_an_answer_too(void **state)
{
	int64_t id = queue(&f, clock1, "INFO");
	char target[96];
	(void)state;

	get("/iclock/getrequest?SN=CLOCK1");
	snprintf(target, sizeof(target),
		 "/iclock/devicecmd?SN=CLOCK1&ID=%lld&Return=0&CMD=INFO", (long long)id);
	post(target, "");
	assert_int_equal(state_of(&f, id), COMMAND_ACKNOWLEDGED);
}

static void a_command_that_did_not_arrive_is_on_offer_again(void **state)
{
	int64_t id = queue(&f, clock1, "INFO");
	(void)state;

	carrier_request(&f.server, "GET", "/iclock/getrequest?SN=CLOCK1", (gh_slice){ 0 },
			(struct carrier_peer){ .leaves = true }, &reply);
	settle(&f);
	assert_int_equal(state_of(&f, id), COMMAND_QUEUED);
	get("/iclock/getrequest?SN=CLOCK1");
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

	assert_int_equal(store_put(f.server.queue, &j.job), GH_OK);
	settle(&f);
	assert_false(pthread_equal(j.thread, pthread_self()));
	f.settings.new_devices = NEW_DEVICES_APPROVE;
	static const char *const target[] = {
		"/iclock/cdata?SN=NEW1&options=all&pushver=2.4.1",
		"/iclock/cdata?SN=NEW2&table=ATTLOG",
		"/iclock/devicecmd?SN=NEW1&ID=1&Return=0&CMD=INFO",
	};
	for (size_t i = 0; i < 3; i++) {
		if (i == 1)
			post(target[i], "1\t2024-07-01 08:00:00\t0\t1\n");
		else
			get(target[i]);
		assert_int_equal(reply.status, 200);
		assert_true(reply.deferred);
		assert_true(pthread_equal(reply.thread, pthread_self()));
	}
	fflush(server_log.to);
	assert_non_null(strstr(log_text, "new device"));
	for (size_t i = 0; i < lines; i++)
		assert_true(pthread_equal(line_thread[i], pthread_self()));
}

int main(void)
{
#define NEW(name) cmocka_unit_test_setup_teardown(name, open_server, close_server)
#define APPROVED(name) cmocka_unit_test_setup_teardown(name, open_approved, close_server)
	static const struct CMUnitTest tests[] = {
		NEW(the_first_request_lists_a_device_and_holds_it),
		NEW(a_held_device_keeps_its_punches),
		NEW(a_policy_that_refuses_lists_nobody),
		NEW(a_policy_that_approves_serves_the_first_request),
		APPROVED(a_blocked_device_is_refused),
		APPROVED(a_wrong_key_is_remembered_until_the_right_one_comes),
		APPROVED(the_trace_hides_the_key),
		APPROVED(a_required_key_must_be_set),
		APPROVED(requests_of_no_device_are_refused_and_counted),
		APPROVED(a_key_exchange_is_never_answered_with_200),
		APPROVED(an_access_unit_is_refused_by_its_dialect),
		NEW(what_a_new_unit_announces_is_its_dialect),
		APPROVED(a_handshake_is_told_its_options_after_the_commit),
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
		APPROVED(a_person_the_device_asks_for_comes_with_the_fingerprints),
		APPROVED(a_heartbeat_waits_for_nothing_and_leaves_no_trace),
		APPROVED(a_poll_is_given_its_command_and_the_answer_ends_it),
		APPROVED(a_result_in_the_query_is_an_answer_too),
		APPROVED(a_command_that_did_not_arrive_is_on_offer_again),
		APPROVED(replies_and_log_lines_are_never_made_on_the_store_thread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
