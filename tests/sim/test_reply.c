#include "tests.h"

#include "sim/reply.h"

#include <stdio.h>

static const struct {
	const char *text;
	int status;
	const char *body;
	bool by_end; /* complete only when the connection ends */
	bool close;
} good[] = {
	{ "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK", 200, "OK", false, false },
	{ "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nOK", 200, "OK", false, true },
	{ "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 200, "", false,
	  true },
	{ "HTTP/1.1 200 OK\n\nuntil the end", 200, "until the end", true, true },
	{ "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nOK:7", 200, "OK:7", false, false },
	{ "HTTP/1.1 503 Busy\r\nContent-Length: 3\r\n\r\nno\n", 503, "no\n", false, false },
	{ "HTTP/1.1 204 No Content\r\n\r\n", 204, "", false, false },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nC:1\r\n6;x=y\r\n:CHECK\r\n"
	  "1\r\n\n\r\n0\r\n\r\n",
	  200, "C:1:CHECK\n", false, false },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n0\r\nTrailer: "
	  "x\r\n\r\n",
	  200, "OK", false, false },
};

static void reply_check(const struct sim_reply *r, size_t i)
{
	gh_slice body = sim_reply_body(r);

	assert_true(r->complete);
	assert_int_equal(r->status, good[i].status);
	assert_int_equal(r->close, good[i].close);
	assert_int_equal(body.n, strlen(good[i].body));
	assert_memory_equal(body.p, good[i].body, body.n);
}

static void replies_are_read_however_they_are_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		size_t n = strlen(good[i].text);

		for (size_t step = 1; step <= n; step += step < 4 ? 1 : n - 4) {
			struct sim_reply r = sim_reply_with_limit(4096);

			for (size_t at = 0; at < n; at += step) {
				gh_slice piece = { (const uint8_t *)good[i].text + at,
						   n - at < step ? n - at : step };

				assert_int_equal(sim_reply_feed(&r, piece), GH_OK);
			}
			if (good[i].by_end) {
				assert_false(r.complete);
				assert_int_equal(sim_reply_end(&r), GH_OK);
			}
			reply_check(&r, i);
			sim_reply_clear(&r);
		}
	}
}

static void what_is_not_http_is_refused(void **state)
{
	static const char *const bad[] = {
		"SSH-2.0-x\r\n\r\n",
		"HTTP/2 200\r\n\r\n",
		"HTTP/1.1 abc\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
	};
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sim_reply r = sim_reply_with_limit(4096);

		assert_int_not_equal(sim_reply_feed(&r, gh_slice_of(bad[i])), GH_OK);
		sim_reply_clear(&r);
	}
}

static void an_end_in_the_middle_is_no_reply(void **state)
{
	struct sim_reply r = sim_reply_with_limit(4096);
	(void)state;

	assert_int_equal(
		sim_reply_feed(&r, GH_LIT("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nOK")),
		GH_OK);
	assert_int_equal(sim_reply_end(&r), GH_ETRUNCATED);
	sim_reply_clear(&r);
}

static void a_reply_over_the_limit_is_refused_before_it_is_kept(void **state)
{
	struct sim_reply r = sim_reply_with_limit(64);
	char big[128];
	(void)state;

	memset(big, 'x', sizeof(big));
	assert_int_equal(sim_reply_feed(&r, (gh_slice){ (const uint8_t *)big, sizeof(big) }),
			 GH_ETOOBIG);
	sim_reply_clear(&r);
}

static void old_firmware_matches_headers_by_their_exact_case(void **state)
{
	struct sim_reply r = sim_reply_with_limit(4096);
	gh_slice value;
	(void)state;

	r.exact_case = true;
	assert_int_equal(sim_reply_feed(&r, GH_LIT("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n"
						   "content-type: text/plain\r\n\r\nOK")),
			 GH_OK);
	assert_false(r.complete); /* it waits for the end instead */
	assert_false(sim_reply_header(&r, "Content-Type", &value));
	assert_int_equal(sim_reply_end(&r), GH_OK);
	sim_reply_clear(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_are_read_however_they_are_cut),
		cmocka_unit_test(what_is_not_http_is_refused),
		cmocka_unit_test(an_end_in_the_middle_is_no_reply),
		cmocka_unit_test(a_reply_over_the_limit_is_refused_before_it_is_kept),
		cmocka_unit_test(old_firmware_matches_headers_by_their_exact_case),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
