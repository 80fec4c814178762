#include "tests.h"

#include <string.h>

#include "wire/access/handshake.h"

/* Security PUSH 3.1.2, 4.5: exactly the bytes of its example, and back. */
static const char configuration[] =
	"ServerVersion=3.0.1\nServerName=ADMS\nPushVersion=3.0.1\nErrorDelay=60\nRequestDelay="
	"2\n"
	"TransTimes=00:00;14:00\nTransInterval=1\nTransTables=User Transaction\nRealtime=1\n"
	"SessionID=30BFB04B2C8AECC72C01C03BFD549D15\nTimeoutSec=10";

static void the_example_reads_and_is_written(void **state)
{
	struct ghi_server_options o;
	char text[512];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text) - 1);

	(void)state;
	assert_int_equal(strlen(configuration), 218);
	assert_int_equal(ghi_server_options_parse(gh_slice_of(configuration), false, &o),
			 GH_OK);
	assert_int_equal(o.error_delay_s, 60);
	assert_int_equal(o.push_options, -1);
	assert_true(gh_slice_eq(o.trans_tables, GH_LIT("User Transaction")));
	ghi_server_options_write(&w, &o);
	text[w.n] = '\0';
	assert_string_equal(text, configuration);
}

static void a_registered_unit_has_the_mark_and_the_code(void **state)
{
	static const struct {
		const char *body;
		enum gh_err err;
	} c[] = {
		{ "OK", GH_ENOTFOUND },
		{ "OK\r\n", GH_ENOTFOUND },
		{ "registry=ok", GH_ENOTFOUND },
		{ "RegistryCode=a", GH_ENOTFOUND },
		{ "registry=ok\nRegistryCode=\nErrorDelay=1", GH_ENOTFOUND },
		{ "registry=ok\r\nRegistryCode= a \r\nErrorDelay = 1\r\nOther=2\r\n", GH_OK },
		{ "error", GH_EMALFORMED },
		{ "", GH_EMALFORMED },
	};
	struct ghi_server_options o;

	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++)
		assert_int_equal(ghi_server_options_parse(gh_slice_of(c[i].body), true, &o),
				 c[i].err);
	assert_int_equal(ghi_server_options_parse(gh_slice_of(c[5].body), true, &o), GH_OK);
	assert_true(gh_slice_eq(o.registry_code, GH_LIT("a")));
	assert_int_equal(o.error_delay_s, 1);
}

static void a_value_adds_no_line(void **state)
{
	struct ghi_server_options o;
	char text[512];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	(void)state;
	ghi_server_options_clear(&o);
	o.server_name = GH_LIT("a\nErrorDelay=1");
	ghi_server_options_write(&w, &o);
	assert_int_equal(w.err, GH_EMALFORMED);
}

static void the_reply_to_a_registration_is_a_code_or_a_refusal(void **state)
{
	gh_slice code;
	char text[64];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	(void)state;
	ghi_registry_code_write(&w, GH_LIT("Uy47fxftP3"));
	assert_true(gh_slice_eq(ghi_written(&w), GH_LIT("RegistryCode=Uy47fxftP3")));
	assert_int_equal(ghi_registry_code_parse(ghi_written(&w), &code), GH_OK);
	assert_true(gh_slice_eq(code, GH_LIT("Uy47fxftP3")));
	assert_int_equal(ghi_registry_code_parse(GH_LIT("406"), &code), GH_EDENIED);
	assert_int_equal(ghi_registry_code_parse(GH_LIT("RegistryCode="), &code), GH_EDENIED);
	assert_int_equal(ghi_registry_code_parse(GH_LIT("OK"), &code), GH_EMALFORMED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_reads_and_is_written),
		cmocka_unit_test(a_registered_unit_has_the_mark_and_the_code),
		cmocka_unit_test(a_value_adds_no_line),
		cmocka_unit_test(the_reply_to_a_registration_is_a_code_or_a_refusal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
