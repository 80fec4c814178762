#include "tests.h"

#include <stdio.h>

#include "slices.h"
#include "wire/push/target.h"

static void devices_write_the_path_in_many_ways(void **state)
{
	static const struct {
		const char *raw;
		enum ghi_endpoint endpoint;
		const char *rest;
	} c[] = {
		{ "/iclock/cdata?SN=1", GHI_ENDPOINT_CDATA, "" },
		{ "/iclock/getrequest", GHI_ENDPOINT_GETREQUEST, "" },
		{ "http://host:8081/iclock/getrequest?SN=1", GHI_ENDPOINT_GETREQUEST, "" },
		{ "HTTPS://host/iclock/ping", GHI_ENDPOINT_PING, "" },
		{ "/iclock/cdata.aspx?SN=1", GHI_ENDPOINT_CDATA, "" },
		{ "/iclock/CDATA.ASPX", GHI_ENDPOINT_CDATA, "" },
		{ "/iclock/devicemd.aspx", GHI_ENDPOINT_DEVICEMD, "" },
		{ "/iclock/edata", GHI_ENDPOINT_EDATA, "" },
		{ "/iclock/iclock/cdata", GHI_ENDPOINT_CDATA, "" },
		{ "//iclock//fdata", GHI_ENDPOINT_FDATA, "" },
		{ "/getrequest.aspx?SN=1", GHI_ENDPOINT_GETREQUEST, "" },
		{ "/slug/secret/iclock/devicecmd", GHI_ENDPOINT_DEVICECMD, "" },
		{ "/iclock/service/control", GHI_ENDPOINT_SERVICE, "" },
		{ "/iclock/cdata/", GHI_ENDPOINT_CDATA, "" },
		{ "/ICLOCK/cdata", GHI_ENDPOINT_CDATA, "" },
		{ "/iclock/file?SN=1&url=http://h/a", GHI_ENDPOINT_FILE, "" },
		{ "/iclock/file/fw/X938/main.tgz", GHI_ENDPOINT_NONE, "file/fw/X938/main.tgz" },
		{ "/iclock/file/push", GHI_ENDPOINT_NONE, "file/push" },
		{ "/iclock/iclock/file/a/iclock/b", GHI_ENDPOINT_NONE, "file/a/iclock/b" },
		{ "/iclock/", GHI_ENDPOINT_NONE, "" },
		{ "/iclock", GHI_ENDPOINT_NONE, "" },
		{ "/", GHI_ENDPOINT_NONE, "" },
		{ "http://host", GHI_ENDPOINT_NONE, "" },
		{ "http://host?SN=1", GHI_ENDPOINT_NONE, "" },
		{ "/api/devices/1/push", GHI_ENDPOINT_NONE, "" },
		{ "/iclock/.aspx", GHI_ENDPOINT_NONE, ".aspx" },
		{ "/iclock/cdatax", GHI_ENDPOINT_NONE, "cdatax" },
		{ "*", GHI_ENDPOINT_NONE, "" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice raw = exact_copy(gh_slice_of(c[i].raw));
		struct ghi_target t;

		assert_int_equal(ghi_target_parse(raw, &t), GH_OK);
		if (t.endpoint != c[i].endpoint)
			fail_msg("%s: endpoint %d", c[i].raw, t.endpoint);
		assert_text(t.rest, c[i].rest);
		exact_free(raw);
	}
}

static void a_query_with_raw_blanks_is_read_whole(void **state)
{
	struct ghi_target t;
	gh_slice v;
	(void)state;

	assert_int_equal(
		ghi_target_parse(
			GH_LIT("http://host/iclock/getrequest?SN=xxxx&INFO=Ver 6.39 Apr "
			       "28 2008,2,0,0,192.168.1.201,10,7,15,11,011"),
			&t),
		GH_OK);
	assert_true(ghi_target_get(&t, "sn", &v));
	assert_text(v, "xxxx");
	assert_true(ghi_target_get(&t, "INFO", &v));
	assert_text(v, "Ver 6.39 Apr 28 2008,2,0,0,192.168.1.201,10,7,15,11,011");
	assert_false(ghi_target_get(&t, "Stamp", &v));
	assert_text(t.path, "/iclock/getrequest");
}

static void parameters_without_values_and_empty_pieces_do_no_harm(void **state)
{
	struct ghi_target t;
	gh_slice v;
	(void)state;

	assert_int_equal(ghi_target_parse(GH_LIT("/iclock/cdata?&SN=&&flag&=x&a=b=c&"), &t),
			 GH_OK);
	assert_int_equal(t.params, 4);
	assert_true(ghi_target_get(&t, "SN", &v));
	assert_int_equal(v.n, 0);
	assert_true(ghi_target_get(&t, "flag", &v));
	assert_int_equal(v.n, 0);
	assert_true(ghi_target_get(&t, "", &v));
	assert_text(v, "x");
	assert_true(ghi_target_get(&t, "a", &v));
	assert_text(v, "b=c");
}

static void parameters_over_the_limit_stay_in_the_query(void **state)
{
	char raw[1024] = "/iclock/cdata?";
	struct ghi_target t;
	gh_slice v;
	(void)state;

	for (int i = 0; i < GHI_TARGET_PARAMS + 1; i++)
		snprintf(raw + strlen(raw), sizeof(raw) - strlen(raw), "k%d=%d&", i, i);
	assert_int_equal(ghi_target_parse(gh_slice_of(raw), &t), GH_OK);
	assert_int_equal(t.params, GHI_TARGET_PARAMS);
	assert_true(ghi_target_get(&t, "k31", &v));
	assert_false(ghi_target_get(&t, "k32", &v));
	assert_non_null(strstr((const char *)t.query.p, "k32=32"));
}

static void control_characters_and_nothing_are_refused(void **state)
{
	const gh_slice c[] = { { 0 },
			       GH_LIT("/iclock/cdata\n"),
			       GH_LIT("/a\0b"),
			       GH_LIT("/a?\x7f"),
			       GH_LIT("/a?b=\tc") };
	struct ghi_target t;
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++)
		assert_int_equal(ghi_target_parse(c[i], &t), GH_EMALFORMED);
	assert_int_equal(ghi_target_parse(GH_LIT("/iclock/cdata?n=\xE5\xBC\xA0"), &t), GH_OK);
}

static void secret_values_are_never_shown(void **state)
{
	static const struct {
		const char *raw, *shown;
	} c[] = {
		{ "/iclock/cdata?SN=1&pushcommkey=abc&x=y",
		  "/iclock/cdata?SN=1&pushcommkey=***&x=y" },
		{ "/iclock/cdata?PushCommKey=a%20b", "/iclock/cdata?PushCommKey=*****" },
		{ "/c?pushcommkey=a&pushcommkey=bc", "/c?pushcommkey=*&pushcommkey=**" },
		{ "/c?Password=1&SN=2", "/c?Password=*&SN=2" },
		{ "/c?CommKey=12", "/c?CommKey=**" },
		{ "/c?pushcommkey=", "/c?pushcommkey=" },
		{ "/c?pushcommkey", "/c?pushcommkey" },
		{ "/pushcommkey=a", "/pushcommkey=a" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		uint8_t to[64];
		gh_slice shown = ghi_target_conceal(gh_slice_of(c[i].raw), to);

		assert_int_equal(shown.n, strlen(c[i].shown));
		assert_memory_equal(shown.p, c[i].shown, shown.n);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(secret_values_are_never_shown),
		cmocka_unit_test(devices_write_the_path_in_many_ways),
		cmocka_unit_test(a_query_with_raw_blanks_is_read_whole),
		cmocka_unit_test(parameters_without_values_and_empty_pieces_do_no_harm),
		cmocka_unit_test(parameters_over_the_limit_stay_in_the_query),
		cmocka_unit_test(control_characters_and_nothing_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
