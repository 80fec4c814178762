#include "tests.h"

#include "slices.h"
#include "wire/attendance/info.h"

static void a_summary_is_read_whatever_its_length(void **state)
{
	static const struct {
		const char *text, *firmware, *address, *fp, *face_version, *functions;
		int64_t users, fingerprints, punches, per_enrolment, faces;
		bool finger, face, photo, comparison, visible;
	} c[] = {
		{ "Ver 6.39 Apr 28 2008,2,0,0,192.168.1.201,10,7,15,11,011",
		  "Ver 6.39 Apr 28 2008", "192.168.1.201", "10", "7", "011", 2, 0, 0, 15, 11,
		  false, true, true, false, false },
		{ "Ver 6.39,2,1,3,192.168.1.201,9", "Ver 6.39", "192.168.1.201", "9", "", "", 2,
		  1, 3, -1, -1, true, false, false, false, false },
		{ "Ver 6.39,2,1,3,192.168.1.201,10,-1,0,0,101", "Ver 6.39", "192.168.1.201",
		  "10", "-1", "101", 2, 1, 3, 0, 0, true, false, true, false, false },
		{ "Ver 6.39,2,1,3,192.168.1.201,10,7,1,0,11111", "Ver 6.39", "192.168.1.201",
		  "10", "7", "11111", 2, 1, 3, 1, 0, true, true, true, true, true },
		{ "", "", "", "", "", "", -1, -1, -1, -1, -1, true, false, false, false,
		  false },
		{ "Ver 8.0,many,,5", "Ver 8.0", "", "", "", "", -1, -1, 5, -1, -1, true, false,
		  false, false, false },
		{ "V,1,2,3,a,b,c,4,5,0,later", "V", "a", "b", "c", "0", 1, 2, 3, 4, 5, false,
		  false, false, false, false },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice text = exact_copy(gh_slice_of(c[i].text));
		struct ghi_info f;

		ghi_info_parse(text, &f);
		assert_text(f.firmware, c[i].firmware);
		assert_text(f.address, c[i].address);
		assert_text(f.fp_version, c[i].fp);
		assert_text(f.face_version, c[i].face_version);
		assert_text(f.functions, c[i].functions);
		assert_int_equal(f.users, c[i].users);
		assert_int_equal(f.fingerprints, c[i].fingerprints);
		assert_int_equal(f.punches, c[i].punches);
		assert_int_equal(f.faces_per_enrolment, c[i].per_enrolment);
		assert_int_equal(f.faces, c[i].faces);
		assert_int_equal(f.fingerprint, c[i].finger);
		assert_int_equal(f.face, c[i].face);
		assert_int_equal(f.user_photo, c[i].photo);
		assert_int_equal(f.comparison_photo, c[i].comparison);
		assert_int_equal(f.visible_face, c[i].visible);
		exact_free(text);
	}
}

static void a_summary_is_written_as_devices_do(void **state)
{
	static const char *const text[] = {
		"Ver 6.39 Apr 28 2008,2,0,0,192.168.1.201,10,7,15,11,011",
		"Ver 6.39,2,1,3,192.168.1.201,9",
		"Ver 6.39,2,1,3,192.168.1.201,10,7,1,0,11111",
	};
	struct ghi_info f;
	char out[128];
	(void)state;

	for (size_t i = 0; i < COUNT(text); i++) {
		struct ghi_writer w = ghi_writer_on(out, sizeof(out));

		ghi_info_parse(gh_slice_of(text[i]), &f);
		ghi_info_write(&w, &f);
		assert_text(ghi_written(&w), text[i]);
	}
	struct ghi_writer w = ghi_writer_on(out, sizeof(out));

	f.functions = (gh_slice){ 0 };
	f.face = false;
	ghi_info_write(&w, &f);
	assert_text(ghi_written(&w), "Ver 6.39,2,1,3,192.168.1.201,10,7,1,0,10111");
	f.firmware = GH_LIT("Ver 1,2");
	ghi_info_write(&w, &f);
	assert_int_equal(w.err, GH_EMALFORMED);
}

static void settings_come_out_one_by_one(void **state)
{
	static const struct {
		const char *body;
		const char *pair[4][2];
	} c[] = {
		{ "FingerFunOn=1,FaceFunOn=1\n",
		  { { "FingerFunOn", "1" }, { "FaceFunOn", "1" } } },
		{ "~OEMVendor=ZKTECO CO., LTD,~MaxUserCount=30,BioDataFun=",
		  { { "~OEMVendor", "ZKTECO CO., LTD" },
		    { "~MaxUserCount", "30" },
		    { "BioDataFun", "" } } },
		{ "~OEMVendor=ZKTECO CO.,,~X=1,",
		  { { "~OEMVendor", "ZKTECO CO." }, { "~X", "1" } } },
		{ "\nTransactionCount=0\r\nFPCount=0\r\nFWVersion=Ver 6.39 Apr 28 2008\n",
		  { { "TransactionCount", "0" },
		    { "FPCount", "0" },
		    { "FWVersion", "Ver 6.39 Apr 28 2008" } } },
		{ "a=b=c,d", { { "a", "b=c,d" } } },
		{ "lost,a=1\nlost\n b =2", { { "a", "1" }, { "b", "2" } } },
		{ "", { { NULL } } },
		{ "nothing", { { NULL } } },
		{ ",,\n", { { NULL } } },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice body = exact_copy(gh_slice_of(c[i].body)), in = body, key, value;

		for (size_t k = 0; k < 4 && c[i].pair[k][0]; k++) {
			assert_int_equal(ghi_setting_next(&in, &key, &value), GH_OK);
			assert_text(key, c[i].pair[k][0]);
			assert_text(value, c[i].pair[k][1]);
		}
		assert_int_equal(ghi_setting_next(&in, &key, &value), GH_ENOTFOUND);
		exact_free(body);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_summary_is_read_whatever_its_length),
		cmocka_unit_test(a_summary_is_written_as_devices_do),
		cmocka_unit_test(settings_come_out_one_by_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
