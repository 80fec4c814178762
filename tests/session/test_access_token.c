/* Tokens of access units, attempts to agree on keys, and what the trace shows of secrets (Security PUSH
 * 3.1.2, 4.2 and 4.5). */
#include "session_fixture.h"

#include <openssl/evp.h>

#include "base/arena.h"
#include "core/problems.h"

#define POLL "/iclock/getrequest?SN=UNIT1"

static struct device *unit;
static char code[17], session[33];

static int token_open(void **state)
{
	struct arena a = { 0 };
	struct device_row row;

	session_open(state);
	fixture.settings.access_token = ACCESS_TOKEN_LOG;
	session_get("/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.2&DeviceType=acc");
	unit = devices_find(fixture.server.devices, GH_LIT("UNIT1"));
	assert_non_null(unit);
	server_approve(&fixture, unit);
	session_post("/iclock/registry?SN=UNIT1", "DeviceType=acc,LockCount=1,authKey=hush");
	assert_int_equal(reply.status, 200);
	device_row(unit, &a, &row);
	snprintf(code, sizeof(code), "%.*s", GH_FMT(row.access.registry_code));
	snprintf(session, sizeof(session), "%.*s", GH_FMT(row.access.session_id));
	ghi_arena_clear(&a);
	return 0;
}

static int token_close(void **state)
{
	device_unref(unit);
	unit = NULL;
	return session_close(state);
}

static const char *token_md5(const char *a, const char *b, const char *c)
{
	static char digits[33];
	char text[128];
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	snprintf(text, sizeof(text), "%s%s%s", a, b, c);
	assert_int_equal(EVP_Digest(text, strlen(text), sum, &n, EVP_md5(), NULL), 1);
	for (unsigned i = 0; i < n; i++)
		snprintf(digits + 2 * i, 3, "%02x", sum[i]);
	return digits;
}

static void token_setting(const char *word)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_access_token),
				     .access.access_token = gh_slice_of(word) };

	assert_int_equal(device_change(&fixture.server, unit, &change, NULL, NULL), GH_OK);
	server_settle(&fixture);
}

/* The cookie of the next requests. */
static void cookie_set(const char *form, const char *token)
{
	static char text[128];

	snprintf(text, sizeof(text), form, token);
	session_cookie = text;
}

static void each_form_of_the_token_is_accepted(void **state)
{
	static const char *const form[] = { "token=%s", "%s", "token= %s", "a=1; token=%s" };

	(void)state;
	token_setting("strict");
	for (size_t i = 0; i < sizeof(form) / sizeof(form[0]); i++) {
		cookie_set(form[i], token_md5(code, "UNIT1", session));
		session_get(POLL);
		assert_reply(200, "OK");
		cookie_set(form[i], token_md5(code, "UNIT1", ""));
		session_get(POLL);
		assert_reply(200, "OK");
	}
	cookie_set("token=%s, timestamp=1512", token_md5(code, "UNIT1", "1512"));
	session_get(POLL);
	assert_reply(200, "OK");
	assert_int_equal(fixture.metrics.token_mismatches, 0);
}

static void a_strict_unit_needs_its_token_but_to_begin(void **state)
{
	const char *const bad[] = { "token=0123", "token=00000000000000000000000000000000",
				    "other=1" };

	(void)state;
	token_setting("strict");
	session_get(POLL);
	assert_int_equal(reply.status, 401);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		session_cookie = bad[i];
		session_get(POLL);
		assert_int_equal(reply.status, 401);
		session_post("/iclock/cdata?SN=UNIT1&table=options", "A=1");
		assert_int_equal(reply.status, 401);
	}
	/* What the serial number alone gives is none. */
	cookie_set("token=%s", token_md5("", "UNIT1", ""));
	session_get(POLL);
	assert_int_equal(reply.status, 401);
	session_get("/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.2");
	assert_int_equal(reply.status, 200);
	session_post("/iclock/registry?SN=UNIT1", "DeviceType=acc");
	assert_int_equal(reply.status, 200);
}

#define HELLO "/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.2"
#define REGISTER "/iclock/registry?SN=UNIT1"

static size_t problems_elsewhere(void)
{
	struct problem_counts n;

	problems_count(&fixture.server, &n);
	return n.open[PROBLEM_REGISTRATION_ELSEWHERE];
}

static void a_strict_unit_without_a_key_gets_its_code_only_where_it_was(void **state)
{
	(void)state;
	token_setting("strict");
	session_get(HELLO);
	assert_memory_equal(reply.body, "registry=ok", 11);
	/* From elsewhere the serial number gives nothing, and makes that place no better. */
	session_address = "198.51.100.9";
	for (int i = 0; i < 2; i++) {
		session_get(HELLO);
		assert_reply(200, "OK");
		session_post(REGISTER, "DeviceType=acc,FirmVer=evil,authKey=hush");
		assert_reply(406, "406");
		assert_null(strstr(reply.headers, "Set-Cookie"));
		session_post("/iclock/push?SN=UNIT1", "");
		assert_int_equal(reply.status, 401);
		server_settle(&fixture);
	}
	struct arena a = { 0 };
	struct device_row row;

	device_row(unit, &a, &row);
	assert_false(gh_slice_eq(row.firmware, GH_LIT("evil")));
	ghi_arena_clear(&a);
	assert_int_equal(problems_elsewhere(), 1);
	/* Its token shows that it is the unit, which has moved. */
	cookie_set("token=%s", token_md5(code, "UNIT1", session));
	session_get(POLL);
	assert_reply(200, "OK");
	server_settle(&fixture);
	session_cookie = NULL;
	session_get(HELLO);
	assert_memory_equal(reply.body, "registry=ok", 11);
	session_post(REGISTER, "DeviceType=acc,FirmVer=1");
	assert_int_equal(reply.status, 200);
	assert_int_equal(problems_elsewhere(), 0);
	/* Where tokens are only counted it is as before. */
	token_setting("log");
	session_address = "203.0.113.5";
	session_post(REGISTER, "DeviceType=acc");
	assert_int_equal(reply.status, 200);
}

static void otherwise_a_mismatch_is_counted_and_logged_once(void **state)
{
	(void)state;
	session_get(POLL);
	assert_int_equal(fixture.metrics.token_mismatches, 0);
	session_cookie = "token=00000000000000000000000000000000";
	session_get(POLL);
	assert_reply(200, "OK");
	session_get(POLL);
	assert_int_equal(fixture.metrics.token_mismatches, 2);
	const char *first = strstr(session_log, "token of a unit does not fit");

	assert_non_null(first);
	assert_null(strstr(first + 1, "token of a unit does not fit"));
	token_setting("off");
	session_get(POLL);
	assert_int_equal(fixture.metrics.token_mismatches, 2);
}

static void codes_and_keys_are_in_no_trace_and_no_log(void **state)
{
	static const char *const request[][3] = {
		{ "GET", "/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.2", "" },
		{ "POST", "/iclock/registry?SN=UNIT1",
		  "DeviceType=acc,authKey=hush,ComPwd=hush" },
		{ "POST", "/iclock/push?SN=UNIT1", "" },
	};

	(void)state;
	cookie_set("token=%s", token_md5(code, "UNIT1", session));
	for (size_t i = 0; i < sizeof(request) / sizeof(request[0]); i++) {
		const struct traced *e;

		session_send(request[i][0], request[i][1], gh_slice_of(request[i][2]));
		assert_int_equal(reply.status, 200);
		assert_int_equal(trace_hold(fixture.server.trace, GH_LIT("UNIT1"), &e, 1), 1);
		char text[4096];

		snprintf(text, sizeof(text), "%.*s\n%.*s\n%.*s", GH_FMT(e->headers),
			 GH_FMT(e->body), GH_FMT(e->reply));
		assert_null(strstr(text, code));
		assert_null(strstr(text, session));
		assert_null(strstr(text, "hush"));
		assert_null(strstr(text, token_md5(code, "UNIT1", session)));
		trace_release(e);
	}
	assert_null(strstr(session_log, code));
	assert_null(strstr(session_log, "hush"));
}

static void key_exchange(void)
{
	session_post("/iclock/exchange?SN=UNIT1&type=publickey", "PublicKey=AAAA");
	assert_reply(404, "");
	server_settle(&fixture);
}

static const char *protocol_agreed(void)
{
	static char version[16];

	session_post("/iclock/push?SN=UNIT1", "");
	const char *line = strstr(reply.body, "PushProtVer=");

	assert_non_null(line);
	snprintf(version, sizeof(version), "%.5s", line + strlen("PushProtVer="));
	return version;
}

static void a_unit_that_insists_on_encryption_is_offered_plain_protocol(void **state)
{
	(void)state;
	session_get("/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.2");
	/* Two attempts are none, nor three over more than an hour, or with another request in between. */
	key_exchange();
	key_exchange();
	assert_string_equal(protocol_agreed(), "3.1.2");
	key_exchange();
	key_exchange();
	server_fixture_now += 3600001;
	key_exchange();
	assert_string_equal(protocol_agreed(), "3.1.2");
	key_exchange();
	session_get("/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.2");
	key_exchange();
	key_exchange();
	assert_string_equal(protocol_agreed(), "3.0.1");
	assert_non_null(strstr(session_log, "insists on encryption"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, token_open, token_close)
	static const struct CMUnitTest tests[] = {
		TEST(each_form_of_the_token_is_accepted),
		TEST(a_strict_unit_needs_its_token_but_to_begin),
		TEST(a_strict_unit_without_a_key_gets_its_code_only_where_it_was),
		TEST(otherwise_a_mismatch_is_counted_and_logged_once),
		TEST(codes_and_keys_are_in_no_trace_and_no_log),
		TEST(a_unit_that_insists_on_encryption_is_offered_plain_protocol),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
