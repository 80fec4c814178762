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
	device_set((struct device_row){ .present = UINT64_C(1) << DEVICE_state,
					.state = DEVICE_BLOCKED });
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(403, "device is blocked by the administrator");
	assert_int_equal(fixture.metrics.held_requests, 1);
}

static void after_a_wrong_key_all_is_refused_until_the_right_one(void **state)
{
	(void)state;
	device_set((struct device_row){ .present = UINT64_C(1) << DEVICE_comm_key,
					.comm_key = GH_LIT("secret") });
	session_get("/iclock/cdata?SN=CLOCK1&options=all&pushcommkey=wrong");
	assert_reply(401, "comm key is missing or wrong");
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_int_equal(reply.status, 401);
	session_get("/iclock/cdata?SN=CLOCK1&options=all&pushcommkey=secret");
	assert_int_equal(reply.status, 200);
	session_get("/iclock/getrequest?SN=CLOCK1");
	assert_reply(200, "OK");
	assert_int_equal(fixture.metrics.key_refusals, 2);
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

static void an_access_unit_is_refused_by_its_dialect(void **state)
{
	(void)state;
	session_get("/iclock/cdata?SN=CLOCK1&options=all&pushver=3.1.2&DeviceType=acc");
	assert_reply(406, "access control devices are not served yet");
	session_handshake();
	assert_int_equal(device_dialect(clock1), DEVICE_ATTENDANCE);
}

static void what_a_new_unit_announces_is_its_dialect(void **state)
{
	(void)state;
	session_get("/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.2&DeviceType=acc");
	assert_int_equal(reply.status, 503);
	clock1 = devices_find(fixture.server.devices, GH_LIT("UNIT1"));
	assert_int_equal(device_dialect(clock1), DEVICE_ACCESS);
	server_approve(&fixture, clock1);
	session_post("/iclock/cdata?SN=UNIT1&table=ATTLOG", "1\t2024-07-01 08:00:00\t0\t1\n");
	assert_int_equal(reply.status, 406);
	assert_int_equal(fixture_punches(), 0);
	session_get("/iclock/cdata?SN=UNIT1&options=all&pushver=2.4.1");
	assert_int_equal(reply.status, 200);
	assert_int_equal(device_dialect(clock1), DEVICE_ATTENDANCE);
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
		APPROVED(after_a_wrong_key_all_is_refused_until_the_right_one),
		APPROVED(the_trace_hides_the_key),
		APPROVED(a_required_key_must_be_set),
		APPROVED(requests_of_no_device_are_refused_and_counted),
		APPROVED(a_key_exchange_is_never_answered_with_200),
		APPROVED(an_access_unit_is_refused_by_its_dialect),
		NEW(what_a_new_unit_announces_is_its_dialect),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
