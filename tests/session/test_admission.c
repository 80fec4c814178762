/* Who is served: approval, keys, other protocols, and the choice of the dialect. */
#include "session_fixture.h"

/* --- admission --- */

static void the_first_request_lists_a_device_and_holds_it(void **state)
{
	(void)state;
	session_get("/iclock/cdata?SN=NEW1&options=all&pushver=2.4.1");
	assert_reply(503, "device waits for approval by the administrator");
	assert_string_equal(reply.headers, "Retry-After: 30\n");
	assert_true(reply.deferred);
	clock1 = devices_find(fixture.server.devices, GH_LIT("NEW1"));
	assert_non_null(clock1);
	assert_int_equal(device_state(clock1), DEVICE_HELD);
}

static void a_held_device_keeps_its_punches(void **state)
{
	(void)state;
	session_post("/iclock/cdata?SN=NEW1&table=ATTLOG&Stamp=9",
		     "1\t2024-07-01 08:00:00\t0\t1\n");
	session_post("/iclock/cdata?SN=NEW1&table=ATTLOG&Stamp=9",
		     "1\t2024-07-01 08:00:00\t0\t1\n");
	assert_int_equal(reply.status, 503);
	assert_false(reply.deferred);
	assert_int_equal(fixture_punches(), 0);
}

static void a_policy_that_refuses_lists_no_device(void **state)
{
	(void)state;
	fixture.settings.new_devices = NEW_DEVICES_REFUSE;
	session_get("/iclock/getrequest?SN=NEW1");
	assert_reply(403, "unknown devices are not admitted");
	assert_int_equal(devices_count(fixture.server.devices), 0);
}

static void a_policy_that_approves_serves_the_first_request(void **state)
{
	(void)state;
	fixture.settings.new_devices = NEW_DEVICES_APPROVE;
	session_post("/iclock/cdata?SN=NEW1&table=ATTLOG", "1\t2024-07-01 08:00:00\t0\t1\n");
	assert_reply(200, "OK");
	assert_int_equal(fixture_punches(), 1);
	assert_int_equal(reply.steps, 2);
}

static void device_set(struct device_row change)
{
	assert_int_equal(device_change(&fixture.server, clock1, &change, NULL, NULL), GH_OK);
	server_settle(&fixture);
}

static void a_blocked_device_is_refused(void **state)
{
	(void)state;
	device_set((struct device_row){ .present = DEVICE_FIELDS_OF(DEVICE_state),
					.state = DEVICE_BLOCKED });
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(403, "device is blocked by the administrator");
	assert_int_equal(fixture.metrics.held_requests, 1);
}

/* --- comm keys --- */

#define HELLO "/iclock/cdata?SN=CLOCK1&options=all&pushver=2.4.1&language=69"

static void key_set(const char *key)
{
	device_set((struct device_row){ .present = DEVICE_FIELDS_OF(DEVICE_comm_key),
					.comm_key = gh_slice_of(key) });
}

/* CLOCK1 has the key "secret", and showed it from 192.0.2.7. */
static void key_shown(void)
{
	key_set("secret");
	session_get(HELLO "&pushcommkey=secret");
	assert_int_equal(reply.status, 200);
}

static size_t problems_of(enum problem_kind kind)
{
	struct problem_counts n;

	problems_count(&fixture.server, &n);
	return n.open[kind];
}

/* Each request a device may make. */
static void assert_refused_everything(const char *body)
{
	static const char *const get[] = { HELLO,
					   "/iclock/cdata?SN=CLOCK1",
					   "/iclock/getrequest?SN=CLOCK1",
					   "/iclock/getrequest?SN=CLOCK1&INFO=1,2,3",
					   "/iclock/ping?SN=CLOCK1",
					   "/iclock/cdata?SN=CLOCK1&PIN=1",
					   "/iclock/cdata?SN=CLOCK1&table=ATTLOG&Stamp=1" };
	static const char *const post[] = { "/iclock/cdata?SN=CLOCK1&table=ATTLOG&Stamp=1",
					    "/iclock/cdata?SN=CLOCK1&table=OPERLOG",
					    "/iclock/fdata?SN=CLOCK1",
					    "/iclock/devicecmd?SN=CLOCK1",
					    "/iclock/cdata?SN=CLOCK1&options=all" };

	for (size_t i = 0; i < sizeof(get) / sizeof(get[0]); i++) {
		session_get(get[i]);
		assert_reply(401, body);
	}
	for (size_t i = 0; i < sizeof(post) / sizeof(post[0]); i++) {
		session_post(post[i], "1\t2024-07-01 08:00:00\t0\t1\n");
		assert_reply(401, body);
	}
	assert_int_equal(fixture_punches(), 0);
}

#define NOT_SHOWN "the comm key was not shown from this address"

static void nothing_is_taken_before_the_key_was_shown(void **state)
{
	(void)state;
	key_set("secret");
	assert_refused_everything(NOT_SHOWN);
	assert_int_equal(problems_of(PROBLEM_COMM_KEY_NOT_SHOWN), 1);
	key_shown();
	assert_int_equal(problems_of(PROBLEM_COMM_KEY_NOT_SHOWN), 0);
	session_post("/iclock/cdata?SN=CLOCK1&table=ATTLOG", "1\t2024-07-01 08:00:00\t0\t1\n");
	assert_int_equal(reply.status, 200);
	assert_int_equal(fixture_punches(), 1);
}

static void from_elsewhere_nothing_is_taken(void **state)
{
	(void)state;
	key_shown();
	session_address = "198.51.100.9";
	assert_refused_everything(NOT_SHOWN);
	assert_int_equal(problems_of(PROBLEM_COMM_KEY_NOT_SHOWN), 1);
	assert_int_equal(problems_of(PROBLEM_SERIAL_TWICE), 1);
	session_address = NULL;
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(200, "OK");
}

static void row_read(struct arena *a, struct device_row *row)
{
	device_row(clock1, a, row);
}

static void a_wrong_key_changes_nothing_for_the_device(void **state)
{
	struct arena a = { 0 };
	struct device_row before, after;

	(void)state;
	key_shown();
	row_read(&a, &before);
	server_fixture_now += 5000;
	session_address = "198.51.100.9";
	session_get("/iclock/cdata?SN=CLOCK1&options=all&pushver=9.9.9&language=83"
		    "&DeviceType=acc&pushcommkey=guess");
	assert_reply(401, "comm key is wrong");
	session_get("/iclock/getrequest?SN=CLOCK1&INFO=9,9,9");
	assert_int_equal(reply.status, 401);
	server_settle(&fixture);
	row_read(&a, &after);
	assert_true(gh_slice_eq(before.address, after.address));
	assert_true(gh_slice_eq(before.proven_address, after.proven_address));
	assert_true(gh_slice_eq(before.attendance.push_version, after.attendance.push_version));
	assert_true(gh_slice_eq(before.attendance.language, after.attendance.language));
	assert_true(gh_slice_eq(before.attendance.info, after.attendance.info));
	assert_int_equal(before.seen_ms, after.seen_ms);
	assert_int_equal(device_dialect(clock1), DEVICE_ATTENDANCE);
	assert_int_equal(problems_of(PROBLEM_COMM_KEY_WRONG), 1);
	session_address = NULL;
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(200, "OK");
	/* Not even a wrong key from its own address does. */
	session_get(HELLO "&pushcommkey=guess");
	assert_int_equal(reply.status, 401);
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(200, "OK");
	ghi_arena_clear(&a);
}

static void with_its_key_a_device_moves(void **state)
{
	(void)state;
	key_shown();
	session_address = "198.51.100.9";
	session_get(HELLO "&pushcommkey=secret");
	assert_int_equal(reply.status, 200);
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(200, "OK");
	session_address = NULL;
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(401, NOT_SHOWN);
}

static void another_key_has_to_be_shown_again(void **state)
{
	(void)state;
	key_shown();
	key_set("secret");
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(200, "OK");
	key_set("other");
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(401, NOT_SHOWN);
	session_get(HELLO "&pushcommkey=secret");
	assert_int_equal(reply.status, 401);
	key_set("");
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(200, "OK");
}

static void a_proof_may_hold_for_a_network_or_anywhere(void **state)
{
	static const struct {
		enum key_proof proof;
		const char *address;
		unsigned status;
	} c[] = {
		{ KEY_PROOF_ADDRESS, "192.0.2.8", 401 },
		{ KEY_PROOF_ADDRESS, "::ffff:192.0.2.7", 200 },
		{ KEY_PROOF_NETWORK, "192.0.2.8", 200 },
		{ KEY_PROOF_NETWORK, "192.0.3.7", 401 },
		{ KEY_PROOF_ANYWHERE, "2001:db8::1", 200 },
	};

	(void)state;
	key_shown();
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		fixture.settings.key_proof = c[i].proof;
		session_address = c[i].address;
		session_get("/iclock/getrequest?SN=CLOCK1");
		assert_int_equal(reply.status, c[i].status);
	}
	fixture.settings.key_proof = KEY_PROOF_ANYWHERE;
	key_set("other");
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_int_equal(reply.status, 401);
}

/* The fixture's limit: three at once, then one each ten seconds. */
static void an_address_that_guesses_is_slowed_and_no_other(void **state)
{
	(void)state;
	key_shown();
	session_address = "198.51.100.9";
	for (int i = 0; i < 3; i++) {
		session_get(HELLO "&pushcommkey=guess");
		assert_int_equal(reply.status, 401);
	}
	session_get(HELLO "&pushcommkey=secret");
	assert_reply(429, "too many wrong comm keys came from this address");
	assert_string_equal(reply.headers, "Retry-After: 60\n");
	assert_int_equal(fixture.metrics.keys_slowed, 1);
	/* The device itself, and another address with the key, is not. */
	session_address = "198.51.100.10";
	session_get(HELLO "&pushcommkey=secret");
	assert_int_equal(reply.status, 200);
	session_address = "198.51.100.9";
	server_fixture_now += 10000;
	session_get(HELLO "&pushcommkey=secret");
	assert_int_equal(reply.status, 200);
	assert_int_equal(problems_of(PROBLEM_COMM_KEY_WRONG), 0);
}

static void one_who_guesses_behind_the_devices_address_does_not_shut_it_out(void **state)
{
	(void)state;
	key_shown();
	for (int i = 0; i < 20; i++)
		session_get(HELLO "&pushcommkey=guess");
	session_get(HELLO "&pushcommkey=secret");
	assert_int_equal(reply.status, 200);
}

static void guesses_behind_the_devices_address_are_slowed_like_others(void **state)
{
	static char wrong[sizeof(reply.body)];
	(void)state;

	key_shown();
	for (int i = 0; i < 3; i++) {
		session_get(HELLO "&pushcommkey=guess");
		assert_int_equal(reply.status, 401);
	}
	/* No key is compared: a wrong one has the answer that the right one has. */
	session_get(HELLO "&pushcommkey=guess");
	assert_int_equal(reply.status, 200);
	memcpy(wrong, reply.body, sizeof(wrong));
	session_get(HELLO "&pushcommkey=secret");
	assert_int_equal(reply.status, 200);
	assert_string_equal(reply.body, wrong);
	assert_int_equal(fixture.metrics.keys_slowed, 2);
	/* It moves no proof: another address is no nearer to the key. */
	server_fixture_now += 10000;
	session_get(HELLO "&pushcommkey=guess");
	assert_int_equal(reply.status, 401);
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(200, "OK");
}

static void a_serial_number_from_two_addresses_is_a_problem(void **state)
{
	(void)state;
	session_handshake();
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_int_equal(problems_of(PROBLEM_SERIAL_TWICE), 0);
	session_address = "198.51.100.9";
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(200, "OK");
	assert_int_equal(problems_of(PROBLEM_SERIAL_TWICE), 1);
	/* One that moved long ago has a new address, not two. */
	server_fixture_now += DEVICE_PEER_MS;
	assert_int_equal(problems_of(PROBLEM_SERIAL_TWICE), 0);
	session_address = "198.51.100.10";
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_int_equal(problems_of(PROBLEM_SERIAL_TWICE), 0);
}

static void a_serial_number_that_waits_is_looked_at_too(void **state)
{
	(void)state;
	session_get("/iclock/cdata?SN=NEW1&options=all");
	session_get("/iclock/cdata?SN=NEW1&options=all");
	session_address = "198.51.100.9";
	session_get("/iclock/cdata?SN=NEW1&options=all");
	assert_int_equal(problems_of(PROBLEM_SERIAL_TWICE), 1);
}

static void the_trace_hides_the_key(void **state)
{
	(void)state;
	session_get("/iclock/cdata?SN=CLOCK1&options=all&pushcommkey=secret");
	assert_non_null(strstr(fixture_traced("CLOCK1"), "pushcommkey=******"));
	assert_null(strstr(fixture_traced("CLOCK1"), "secret"));
}

static void a_required_key_must_be_set(void **state)
{
	(void)state;
	fixture.settings.comm_key_required = true;
	session_get("/iclock/getrequest?SN=CLOCK1");
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
		session_send(c[i].method, c[i].target, (gh_slice){ 0 });
		assert_int_equal(reply.status, c[i].status);
	}
	assert_int_equal(fixture.metrics.unmatched, sizeof(c) / sizeof(c[0]));
}

static void a_key_exchange_is_never_answered_with_200(void **state)
{
	(void)state;
	session_post("/iclock/exchange?SN=CLOCK1&type=publickey", "x");
	assert_int_equal(reply.status, 404);
}

/* --- dialects --- */

static void the_dialect_follows_what_a_device_shows(void **state)
{
	static const struct {
		const char *method, *target;
		enum device_dialect after;
	} c[] = {
		/* The type decides, whatever the version; a known one keeps its dialect without it. */
		{ "GET", "/iclock/cdata?SN=CLOCK1&options=all&pushver=3.1.2&DeviceType=att",
		  DEVICE_ATTENDANCE },
		{ "GET", "/iclock/cdata?SN=CLOCK1&options=all&pushver=2.4.1&DeviceType=acc",
		  DEVICE_ACCESS },
		{ "GET", "/iclock/cdata?SN=CLOCK1&options=all&pushver=2.4.1", DEVICE_ACCESS },
		{ "GET", "/iclock/getrequest?SN=CLOCK1", DEVICE_ACCESS },
		/* So do requests that one of them has alone, not those that both may have. */
		{ "POST", "/iclock/cdata?SN=CLOCK1&table=ATTLOG", DEVICE_ATTENDANCE },
		{ "POST", "/iclock/cdata?SN=CLOCK1&table=tabledata&tablename=user",
		  DEVICE_ATTENDANCE },
		{ "GET", "/iclock/cdata?SN=CLOCK1&options=all&pushver=3.1.2",
		  DEVICE_ATTENDANCE },
		{ "POST", "/iclock/cdata?SN=CLOCK1&table=rtlog", DEVICE_ACCESS },
		{ "POST", "/iclock/cdata?SN=CLOCK1&table=OPERLOG", DEVICE_ATTENDANCE },
		{ "POST", "/iclock/registry?SN=CLOCK1", DEVICE_ACCESS },
		/* An attempt to agree on keys shows nothing. */
		{ "POST", "/iclock/cdata?SN=CLOCK1&table=ATTLOG", DEVICE_ATTENDANCE },
		{ "POST", "/iclock/exchange?SN=CLOCK1&type=publickey", DEVICE_ATTENDANCE },
		{ "POST", "/iclock/push?SN=CLOCK1", DEVICE_ACCESS },
		/* The handshake of a clock. */
		{ "GET", "/iclock/cdata?SN=CLOCK1&options=all&language=69&pushver=2.4.1",
		  DEVICE_ATTENDANCE },
	};
	(void)state;
	session_get("/iclock/cdata?SN=CLOCK1&options=all&language=69&pushver=2.4.1");
	server_settle(&fixture);
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		session_send(c[i].method, c[i].target, (gh_slice){ 0 });
		server_settle(&fixture);
		assert_int_equal(device_dialect(clock1), c[i].after);
	}
	assert_int_equal(fixture.metrics.dialect_changes, 8);
	assert_non_null(strstr(session_log, "another dialect"));
}

static void the_first_request_of_an_unknown_device_shows_its_dialect(void **state)
{
	static const struct {
		const char *method, *target;
		enum device_dialect dialect;
	} c[] = {
		{ "GET", "/iclock/cdata?SN=%s&options=all&pushver=3.0.1", DEVICE_ACCESS },
		{ "GET", "/iclock/cdata?SN=%s&options=all&pushver=3.1.2&language=69",
		  DEVICE_ATTENDANCE },
		{ "GET",
		  "/iclock/cdata?SN=%s&options=all&pushver=3.1.2&DeviceType=middle%%20east",
		  DEVICE_ATTENDANCE },
		{ "GET", "/iclock/cdata?SN=%s&options=all&pushver=2.4.1", DEVICE_ATTENDANCE },
		{ "GET", "/iclock/cdata?SN=%s&options=all", DEVICE_ATTENDANCE },
		{ "GET", "/iclock/rtdata?SN=%s&type=time", DEVICE_ACCESS },
		{ "POST", "/iclock/querydata?SN=%s&type=count", DEVICE_ACCESS },
		{ "GET", "/iclock/getrequest?SN=%s", DEVICE_DIALECTS },
	};
	(void)state;
	fixture.settings.devices_max = fixture.settings.held_max = 100;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		char sn[8], target[128];

		snprintf(sn, sizeof(sn), "N%zu", i);
		snprintf(target, sizeof(target), c[i].target, sn);
		session_send(c[i].method, target, (gh_slice){ 0 });
		struct device *d = devices_find(fixture.server.devices, gh_slice_of(sn));

		assert_non_null(d);
		assert_int_equal(device_dialect(d), c[i].dialect);
		device_unref(d);
	}
}

static void a_dialect_is_not_changed_by_who_lacks_the_key(void **state)
{
	(void)state;
	key_shown();
	session_address = "198.51.100.9";
	session_post("/iclock/registry?SN=CLOCK1", "DeviceType=acc,authKey=guess");
	session_post("/iclock/push?SN=CLOCK1", "");
	session_post("/iclock/cdata?SN=CLOCK1&table=rtlog", "time=2024-07-01 08:00:00");
	server_settle(&fixture);
	assert_int_equal(device_dialect(clock1), DEVICE_ATTENDANCE);
}

static void a_dialect_is_not_changed_from_elsewhere(void **state)
{
	(void)state;
	session_get("/iclock/cdata?SN=CLOCK1&options=all&language=69&pushver=2.4.1");
	server_settle(&fixture);
	session_address = "198.51.100.9";
	session_post("/iclock/registry?SN=CLOCK1", "DeviceType=acc,~SerialNumber=CLOCK1");
	session_post("/iclock/push?SN=CLOCK1", "");
	session_post("/iclock/cdata?SN=CLOCK1&table=rtlog", "time=2024-07-01 08:00:00");
	server_settle(&fixture);
	assert_int_equal(device_dialect(clock1), DEVICE_ATTENDANCE);
	/* One that moved makes its handshake there. */
	session_get("/iclock/cdata?SN=CLOCK1&options=all&pushver=3.1.2");
	server_settle(&fixture);
	session_post("/iclock/registry?SN=CLOCK1", "DeviceType=acc,~SerialNumber=CLOCK1");
	server_settle(&fixture);
	assert_int_equal(device_dialect(clock1), DEVICE_ACCESS);
}

int main(void)
{
#define NEW(name) cmocka_unit_test_setup_teardown(name, session_open, session_close)
#define APPROVED(name) \
	cmocka_unit_test_setup_teardown(name, session_open_approved, session_close)
	static const struct CMUnitTest tests[] = {
		NEW(the_first_request_lists_a_device_and_holds_it),
		NEW(a_held_device_keeps_its_punches),
		NEW(a_policy_that_refuses_lists_no_device),
		NEW(a_policy_that_approves_serves_the_first_request),
		APPROVED(a_blocked_device_is_refused),
		APPROVED(nothing_is_taken_before_the_key_was_shown),
		APPROVED(from_elsewhere_nothing_is_taken),
		APPROVED(a_wrong_key_changes_nothing_for_the_device),
		APPROVED(with_its_key_a_device_moves),
		APPROVED(another_key_has_to_be_shown_again),
		APPROVED(a_proof_may_hold_for_a_network_or_anywhere),
		APPROVED(an_address_that_guesses_is_slowed_and_no_other),
		APPROVED(one_who_guesses_behind_the_devices_address_does_not_shut_it_out),
		APPROVED(guesses_behind_the_devices_address_are_slowed_like_others),
		APPROVED(a_serial_number_from_two_addresses_is_a_problem),
		NEW(a_serial_number_that_waits_is_looked_at_too),
		APPROVED(the_trace_hides_the_key),
		APPROVED(a_required_key_must_be_set),
		APPROVED(requests_of_no_device_are_refused_and_counted),
		APPROVED(a_key_exchange_is_never_answered_with_200),
		APPROVED(the_dialect_follows_what_a_device_shows),
		NEW(the_first_request_of_an_unknown_device_shows_its_dialect),
		APPROVED(a_dialect_is_not_changed_by_who_lacks_the_key),
		APPROVED(a_dialect_is_not_changed_from_elsewhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
