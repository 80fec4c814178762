#include "tests.h"

#include "base/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

static struct ip_address address_parsed(const char *text)
{
	struct ip_address a;

	assert_true(ghi_ip_address_parse(gh_slice_of(text), &a));
	return a;
}

static void an_address_is_the_same_in_each_of_its_forms(void **state)
{
	static const struct {
		const char *a, *b;
		bool same, network, party;
	} row[] = {
		{ "192.0.2.7", "192.0.2.7", true, true, true },
		{ "192.0.2.7", "::ffff:192.0.2.7", true, true, true },
		{ "192.0.2.7", "192.0.2.9", false, true, false },
		{ "192.0.2.7", "192.0.3.7", false, false, false },
		{ "2001:db8::1", "2001:db8:0:0::1", true, true, true },
		{ "2001:db8::1", "2001:DB8::2", false, true, true },
		{ "2001:db8::1", "2001:db8:0:1::1", false, false, false },
		{ "192.0.2.7", "::192.0.2.7", false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct ip_address a = address_parsed(row[i].a), b = address_parsed(row[i].b);
		struct ip_address na = ghi_ip_address_network(&a),
				  nb = ghi_ip_address_network(&b);
		struct ip_address pa = ghi_ip_address_party(&a), pb = ghi_ip_address_party(&b);

		assert_int_equal(ghi_ip_address_equal(&a, &b), row[i].same);
		assert_int_equal(ghi_ip_address_equal(&na, &nb), row[i].network);
		assert_int_equal(ghi_ip_address_equal(&pa, &pb), row[i].party);
	}
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const text[] = {
		"",
		"192.0.2",
		"192.0.2.256",
		"192.0.2.7 ",
		"localhost",
		"2001:db8::1%1",
		"::g",
		"1:2:3:4:5:6:7:8:9",
		"1234567890123456789012345678901234567890123456789"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		struct ip_address a, none = { .byte = { 0 } };

		assert_false(ghi_ip_address_parse(gh_slice_of(text[i]), &a));
		assert_true(ghi_ip_address_equal(&a, &none));
	}
}

static void the_address_of_a_socket_is_the_one_its_text_has(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = 80 };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = 80 };
	struct sockaddr_un other = { .sun_family = AF_UNIX, .sun_path = "/nowhere" };
	struct ip_address a, b, none = { .byte = { 0 } };

	(void)state;
	inet_pton(AF_INET, "192.0.2.7", &in.sin_addr);
	a = ghi_ip_address_of((const struct sockaddr *)&in);
	b = address_parsed("192.0.2.7");
	assert_true(ghi_ip_address_equal(&a, &b));
	inet_pton(AF_INET6, "::ffff:192.0.2.7", &in6.sin6_addr);
	a = ghi_ip_address_of((const struct sockaddr *)&in6);
	assert_true(ghi_ip_address_equal(&a, &b));
	inet_pton(AF_INET6, "2001:db8::1", &in6.sin6_addr);
	a = ghi_ip_address_of((const struct sockaddr *)&in6);
	b = address_parsed("2001:db8::1");
	assert_true(ghi_ip_address_equal(&a, &b));
	a = ghi_ip_address_of((const struct sockaddr *)&other);
	assert_true(ghi_ip_address_equal(&a, &none));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_the_same_in_each_of_its_forms),
		cmocka_unit_test(the_address_of_a_socket_is_the_one_its_text_has),
		cmocka_unit_test(what_is_no_address_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
