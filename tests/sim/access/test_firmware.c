/* What a simulated unit looks at before it installs firmware (Security PUSH 3.1.2, 9.4.1, 11.1). */
#include "tests.h"

#include <glib.h>
#include <stdio.h>

#include "sim/access/unit_request.h"
#include "unit_test.h"

static struct unit_test *unit_ready(void)
{
	struct unit_test *t = unit_test_of("spec");

	unit_test_open(t);
	unit_test_begin(t);
	return t;
}

/* Its result, behind "Return=". */
static int64_t firmware_give(struct unit_test *t, const char *file)
{
	char *sum = g_compute_checksum_for_string(G_CHECKSUM_MD5, file, -1);
	char line[256];
	const char *text;
	int64_t code;

	snprintf(line, sizeof(line), "C:7:UPGRADE type=1,checksum=%s,size=%zu,url=T/emfw.cfg",
		 sum, strlen(file));
	g_free(sum);
	while (!strstr(unit_test_expect(t, "/iclock/"), "/getrequest"))
		unit_test_respond_as_server(t);
	unit_test_respond(t, line);
	unit_test_expect(t, "url=T/emfw.cfg ");
	unit_test_respond(t, file);
	text = strstr(unit_test_expect(t, "/devicecmd"), "Return=");
	assert_non_null(text);
	code = g_ascii_strtoll(text + strlen("Return="), NULL, 10);
	unit_test_respond(t, "OK");
	return code;
}

static void name_flag_platform_and_version_are_checked(void **state)
{
	static const struct {
		const char *file;
		int64_t code;
	} cases[] = {
		{ "[firmware]\nflag=emfw\nname=emfw.cfg\nplatform=F20/M\nversion=8.0.1.4\n",
		  0 },
		{ "[firmware]\nflag=emfw\nname=emfw.cfg\nplatform=F20/M\nversion=8.0.1.3\n",
		  0 },
		{ "[firmware]\nflag=emfw\nname=emfw.cfg\nplatform=F20/M\nversion=10.0\n", 0 },
		{ "[firmware]\nflag=emfw\nname=emfw.cfg\nplatform=ZAM180\nversion=9.0\n", -22 },
		{ "[firmware]\nflag=emfw\nname=emfw.cfg\nversion=9.0\n", -22 },
		{ "[firmware]\nflag=emfw\nname=emfw.cfg\nplatform=F20/M\nversion=8.0.1.2\n",
		  -23 },
		{ "[firmware]\nflag=emfw\nname=emfw.cfg\nplatform=F20/M\nversion=8.0\n", -23 },
		{ "[firmware]\nflag=emfw\nname=emfw.cfg\nplatform=F20/M\n", -23 },
		{ "[firmware]\nflag=x\nname=emfw.cfg\nplatform=F20/M\nversion=9.0\n", -24 },
		{ "[firmware]\n", -24 },
		{ "[firmware]\nflag=emfw\nname=main.tgz\nplatform=F20/M\nversion=9.0\n", -25 },
		{ "any other bytes", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct unit_test *t = unit_ready();
		int64_t code = firmware_give(t, cases[i].file);

		if (code != cases[i].code)
			fail_msg("case %zu: %lld", i, (long long)code);
		unit_test_close(t);
	}
}

static void a_unit_without_a_platform_installs_none_that_names_one(void **state)
{
	struct unit_test *t = unit_ready();

	(void)state;
	assert_int_equal(panel_option_set(&t->unit.panel, GH_LIT("~Platform"), GH_LIT("")),
			 GH_OK);
	assert_int_equal(firmware_give(t, "[firmware]\nflag=emfw\nname=emfw.cfg\n"
					  "platform=F20/M\nversion=9.0\n"),
			 -21);
	unit_test_close(t);
}

static void what_was_installed_is_what_it_registers(void **state)
{
	struct unit_test *t = unit_ready();

	(void)state;
	assert_int_equal(firmware_give(t, "[firmware]\nflag=emfw\nname=emfw.cfg\n"
					  "platform=F20/M\nversion=Ver 9.1.0\n"),
			 0);
	unit_test_expect(t, "options=all");
	unit_test_respond(t, "OK");
	unit_test_expect(t, "/registry?");
	assert_non_null(strstr(unit_test_body(t), ",FirmVer=Ver 9.1.0,"));
	unit_test_close(t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(name_flag_platform_and_version_are_checked),
		cmocka_unit_test(a_unit_without_a_platform_installs_none_that_names_one),
		cmocka_unit_test(what_was_installed_is_what_it_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
