/* What is typed after the simulator's options: faults, personas, a server. */
#include "tests.h"

#include <arpa/inet.h>

#include "sim/attendance/fault.h"
#include "sim/attendance/persona.h"
#include "sim/server.h"

static void faults_are_named_with_or_without_a_chance(void **state)
{
	struct att_faults f = { 0 };
	gh_slice bad;
	(void)state;

	assert_int_equal(att_faults_parse(GH_LIT("drop-reply:7,slow"), &f, &bad), GH_OK);
	assert_int_equal(f.permille[SIM_FAULT_DROP_REPLY], 70);
	assert_true(f.permille[SIM_FAULT_SLOW] > 0);
	assert_int_equal(f.permille[SIM_FAULT_REBOOT], 0);
	assert_int_equal(att_faults_parse(GH_LIT("all"), &f, &bad), GH_OK);
	for (size_t i = 0; i < ATT_FAULTS_OF_ALL; i++)
		assert_true(f.permille[i] > 0);
	for (size_t i = ATT_FAULTS_OF_ALL; i < ATT_FAULTS; i++)
		assert_int_equal(f.permille[i], 0);
}

static void a_fault_that_does_not_exist_is_shown(void **state)
{
	static const char *const lists[] = { "slow,flood", "flood", "slow:101",
					     "slow:x",	   "slow:", "slow,,split" };
	static const char *const pieces[] = { "flood",	"flood", "slow:101",
					      "slow:x", "slow:", "" };
	(void)state;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct att_faults f = { 0 };
		gh_slice bad;

		assert_int_equal(att_faults_parse(gh_slice_of(lists[i]), &f, &bad),
				 GH_EINVALID);
		assert_true(gh_slice_eq(bad, gh_slice_of(pieces[i])));
	}
}

static void personas_are_dealt_out_in_turn(void **state)
{
	struct persona_mix mix;
	gh_slice bad;
	size_t all = 0;
	(void)state;

	while (persona_at(all))
		all++;
	assert_int_equal(persona_mix_parse(GH_LIT("2.4.1,old,2.4.1"), &mix, &bad), GH_OK);
	assert_int_equal(mix.n, 3);
	assert_string_equal(mix.persona[1]->name, "old");
	assert_int_equal(persona_mix_parse(GH_LIT("mixed"), &mix, &bad), GH_OK);
	assert_int_equal(mix.n, all);
	assert_int_equal(persona_mix_parse(GH_LIT("old,9.9"), &mix, &bad), GH_EINVALID);
	assert_true(gh_slice_eq(bad, GH_LIT("9.9")));
	assert_int_equal(persona_mix_parse(GH_LIT(""), &mix, &bad), GH_EINVALID);
}

static void every_persona_is_whole(void **state)
{
	const struct persona *p;
	(void)state;

	for (size_t i = 0; (p = persona_at(i)); i++) {
		assert_non_null(strstr(p->path, "%s"));
		assert_non_null(strstr(p->head, "%h"));
		assert_non_null(strstr(p->head, "%l"));
		assert_true(p->columns[0] == 'P' && p->columns[1] == 'T');
		assert_true(p->verifies > 0 && p->verifies <= sizeof(p->verify));
		assert_true(p->batch > 0);
		assert_true(!(p->can & (CAN_FACE | CAN_BIO_DATA)) || p->face_parts > 0);
		assert_ptr_equal(persona_named(gh_slice_of(p->name)), p);
	}
}

/* PUSH SDK 2013, 3.2.5-2. */
static void remote_attendance_and_background_verification_exclude_each_other(void **state)
{
	const struct persona *p;
	(void)state;

	for (size_t i = 0; (p = persona_at(i)); i++)
		assert_int_not_equal(p->can & (CAN_REMOTE | CAN_VERIFY),
				     CAN_REMOTE | CAN_VERIFY);
}

static void a_server_is_an_address_of_http_or_https(void **state)
{
	static const struct {
		const char *url, *host, *prefix;
		unsigned port;
	} good[] = {
		{ "http://127.0.0.1:8080", "127.0.0.1:8080", "", 8080 },
		{ "HTTP://127.0.0.1", "127.0.0.1", "", 80 },
		{ "http://127.0.0.1:80/", "127.0.0.1", "", 80 },
		{ "http://127.0.0.1:9/slug/secret/", "127.0.0.1:9", "/slug/secret", 9 },
		{ "http://[::1]:8080", "[::1]:8080", "", 8080 },
		{ "https://127.0.0.1", "127.0.0.1", "", 443 },
		{ "HTTPS://127.0.0.1:443/x", "127.0.0.1", "/x", 443 },
		{ "https://127.0.0.1:80", "127.0.0.1:80", "", 80 },
		{ "http://127.0.0.1:443", "127.0.0.1:443", "", 443 },
		{ "https://[::1]:8443", "[::1]:8443", "", 8443 },
	};
	static const char *const bad[] = {
		"ftp://127.0.0.1",
		"127.0.0.1:8080",
		"http://",
		"https://",
		"http://:80",
		"http://127.0.0.1:0",
		"http://127.0.0.1:65536",
		"http://127.0.0.1:x",
		"http://[::1",
		"http://[::1]80",
	};
	struct sim_server server;
	const char *reason;
	(void)state;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(sim_server_open(good[i].url, NULL, &server, &reason), GH_OK);
		assert_string_equal(server.host, good[i].host);
		assert_string_equal(server.prefix, good[i].prefix);
		assert_int_equal(server.https, good[i].url[4] == 's' || good[i].url[4] == 'S');
		/* The port is at the same place in addresses of either family. */
		assert_int_equal(ntohs(((const struct sockaddr_in *)&server.address)->sin_port),
				 good[i].port);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(sim_server_open(bad[i], NULL, &server, &reason), GH_EINVALID);
		assert_non_null(reason);
	}
}

static void behind_a_proxy_the_server_is_named_in_the_request(void **state)
{
	static const struct {
		const char *url, *host, *prefix, *tunnel;
	} good[] = {
		{ "http://clock.invalid:8080", "clock.invalid:8080",
		  "http://clock.invalid:8080", "" },
		{ "http://clock.invalid/slug/", "clock.invalid", "http://clock.invalid/slug",
		  "" },
		{ "http://[2001:db8::1]:8080", "[2001:db8::1]:8080",
		  "http://[2001:db8::1]:8080", "" },
		{ "https://clock.invalid", "clock.invalid", "", "clock.invalid:443" },
		{ "https://[2001:db8::1]:8443/x", "[2001:db8::1]:8443", "/x",
		  "[2001:db8::1]:8443" },
	};
	static const char *const bad[] = { "https://127.0.0.1:3128", "127.0.0.1:3128",
					   "http://", "http://127.0.0.1:3128/x" };
	struct sim_server server;
	const char *reason;
	(void)state;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		/* The name is never looked up here: there is none. */
		assert_int_equal(
			sim_server_open(good[i].url, "http://127.0.0.1:3128", &server, &reason),
			GH_OK);
		assert_string_equal(server.host, good[i].host);
		assert_string_equal(server.prefix, good[i].prefix);
		assert_string_equal(server.tunnel, good[i].tunnel);
		assert_int_equal(ntohs(((const struct sockaddr_in *)&server.address)->sin_port),
				 3128);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(sim_server_open("http://127.0.0.1", bad[i], &server, &reason),
				 GH_EINVALID);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_are_named_with_or_without_a_chance),
		cmocka_unit_test(a_fault_that_does_not_exist_is_shown),
		cmocka_unit_test(personas_are_dealt_out_in_turn),
		cmocka_unit_test(every_persona_is_whole),
		cmocka_unit_test(
			remote_attendance_and_background_verification_exclude_each_other),
		cmocka_unit_test(a_server_is_an_address_of_http_or_https),
		cmocka_unit_test(behind_a_proxy_the_server_is_named_in_the_request),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
