#include "tests.h"

#include "api/host.h"

static void addresses_and_localhost_and_given_names_are_allowed(void **state)
{
	static const struct {
		const char *host, *names;
		bool allowed;
	} row[] = {
		{ "127.0.0.1", "", true },
		{ "127.0.0.1:8081", "", true },
		{ "192.168.1.5:8081", "", true },
		{ "[::1]:8081", "", true },
		{ "[::1]", "", true },
		{ "localhost", "", true },
		{ "LocalHost:8081", "", true },
		{ "", "", false },
		{ ":8081", "", false },
		{ "evil.example", "", false },
		{ "evil.example:8081", "", false },
		{ "localhost.evil.example", "", false },
		{ "127.0.0.1.evil.example", "", false },
		{ "[evil.example]", "", false },
		{ "[::1", "", false },
		{ "127.0.0.1 evil", "", false },
		{ "gate.example", "gate.example", true },
		{ "GATE.example:443", "other, gate.example", true },
		{ "gate.example.evil", "gate.example", false },
		{ "gate", ",,", false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (host_allowed(gh_slice_of(row[i].host), gh_slice_of(row[i].names)) !=
		    row[i].allowed)
			fail_msg("%s (%s)", row[i].host, row[i].names);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_and_localhost_and_given_names_are_allowed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
