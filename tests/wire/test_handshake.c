#include "tests.h"

#include "slices.h"
#include "wire/attendance/handshake.h"

#define BIT(flag) (UINT32_C(1) << GHI_TRANS_##flag)

static const char options_2020[] =
	"GET OPTION FROM: 0316144680030\nATTLOGStamp=None\nOPERLOGStamp=9999\n"
	"ATTPHOTOStamp=None\nErrorDelay=30\nDelay=10\nTransTimes=00:00;14:05\nTransInterval=1\n"
	"TransFlag=TransData AttLog\tOpLog\tAttPhoto\tEnrollUser\tChgUser\tEnrollFP\tChgFP\t"
	"UserPic\nTimeZone=8\nRealtime=1\nEncrypt=None\n";

static const char options_2013[] =
	"GET OPTION FROM: 123456\r\nStamp=82983982\r\nOpStamp=9238883\r\nPhotoStamp=9238833\r\n"
	"ErrorDelay=60\r\nDelay=30\r\nTransTimes=00:00;14:05\r\nTransInterval=1\r\n"
	"TransFlag=1111000000\r\nRealtime=1\r\nEncrypt=0\r\nServerVer=3.4.1 2010-06-07\r\n"
	"TableNameStamp=XXXXXX";

static gh_slice stamp_of(const struct ghi_handshake *h, const char *table)
{
	for (size_t i = 0; i < h->stamps; i++)
		if (gh_slice_eq(h->stamp[i].table, gh_slice_of(table)))
			return h->stamp[i].stamp;
	return GH_LIT("(absent)");
}

static void the_options_of_2020_are_read(void **state)
{
	struct ghi_handshake h;
	(void)state;

	assert_int_equal(ghi_handshake_parse(gh_slice_of(options_2020), &h), GH_OK);
	assert_text(h.sn, "0316144680030");
	assert_int_equal(h.stamps, 3);
	assert_text(stamp_of(&h, "ATTLOG"), "None");
	assert_text(stamp_of(&h, "OPERLOG"), "9999");
	assert_false(h.old_stamps);
	assert_int_equal(h.error_delay_s, 30);
	assert_int_equal(h.delay_s, 10);
	assert_text(h.trans_times, "00:00;14:05");
	assert_int_equal(h.trans_interval_min, 1);
	assert_false(h.digits);
	assert_int_equal(h.trans_flags, BIT(ATTLOG) | BIT(OPLOG) | BIT(ATTPHOTO) |
						BIT(ENROLL_USER) | BIT(CHANGE_USER) |
						BIT(ENROLL_FP) | BIT(CHANGE_FP) |
						BIT(USER_PIC));
	assert_true(h.has_zone);
	assert_int_equal(h.zone_offset_s, 8 * 3600);
	assert_true(h.realtime);
}

static void the_options_of_2013_are_read(void **state)
{
	struct ghi_handshake h;
	(void)state;

	assert_int_equal(ghi_handshake_parse(gh_slice_of(options_2013), &h), GH_OK);
	assert_true(h.old_stamps);
	assert_text(stamp_of(&h, "ATTLOG"), "82983982");
	assert_text(stamp_of(&h, "OPERLOG"), "9238883");
	assert_text(stamp_of(&h, "ATTPHOTO"), "9238833");
	assert_text(stamp_of(&h, "TableName"), "XXXXXX");
	assert_true(h.digits);
	assert_int_equal(h.trans_flags,
			 BIT(ATTLOG) | BIT(OPLOG) | BIT(ATTPHOTO) | BIT(ENROLL_FP));
	assert_false(h.has_zone);
	assert_text(h.server_version, "3.4.1 2010-06-07");
}

static void of_two_spellings_of_a_stamp_the_table_name_wins(void **state)
{
	struct ghi_handshake h;
	(void)state;

	assert_int_equal(ghi_handshake_parse(GH_LIT("ATTLOGStamp=5\nStamp=4\nOpStamp=3\n"), &h),
			 GH_OK);
	assert_int_equal(h.stamps, 2);
	assert_text(stamp_of(&h, "ATTLOG"), "5");
	assert_text(stamp_of(&h, "OPERLOG"), "3");
}

static void a_repeated_stamp_replaces_and_tables_without_room_are_passed_over(void **state)
{
	struct ghi_handshake h;
	char text[512];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	for (unsigned i = 0; i <= GHI_STAMP_TABLES; i++) {
		ghi_put(&w, GH_LIT("T"));
		ghi_put_decimal(&w, i);
		ghi_put(&w, GH_LIT("Stamp=1\n"));
	}
	ghi_put(&w, GH_LIT("t0stamp=2\n"));
	assert_int_equal(ghi_handshake_parse(ghi_written(&w), &h), GH_OK);
	assert_int_equal(h.stamps, GHI_STAMP_TABLES);
	assert_text(stamp_of(&h, "T0"), "2");
	assert_text(stamp_of(&h, "T11"), "1");
	assert_text(stamp_of(&h, "T12"), "(absent)");
}

static void what_is_no_list_of_options_is_refused(void **state)
{
	static const char *const bad[] = { "", "OK", "UNKNOWN DEVICE\n", "<html></html>",
					   "RETRY=1\nDelay=10\n" };
	struct ghi_handshake h;
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(ghi_handshake_parse(gh_slice_of(bad[i]), &h), GH_EMALFORMED);
	assert_int_equal(ghi_handshake_parse(GH_LIT("ServerVer=2.2.14"), &h), GH_OK);
}

static const struct ghi_handshake sample = {
	.sn = { (const uint8_t *)"T1", 2 },
	.stamp = { { { (const uint8_t *)"ATTLOG", 6 }, { (const uint8_t *)"17", 2 } },
		   { { (const uint8_t *)"OPERLOG", 7 }, { (const uint8_t *)"0", 1 } },
		   { { (const uint8_t *)"BIODATA", 7 }, { (const uint8_t *)"x y", 3 } } },
	.stamps = 3,
	.delay_s = 10,
	.error_delay_s = 30,
	.trans_interval_min = 1,
	.trans_times = { (const uint8_t *)"00:00;14:05", 11 },
	.photo_base64 = true,
	.bio_photo = { (const uint8_t *)"0:0:1", 5 },
	.trans_flags = BIT(ATTLOG) | BIT(OPLOG) | BIT(BIO_PHOTO),
	.has_zone = true,
	.zone_offset_s = 330 * 60,
	.realtime = true,
	.server_version = { (const uint8_t *)"2.4.1", 5 },
	.push_version = { (const uint8_t *)"2.4.1", 5 },
	.push_options = { (const uint8_t *)"FingerFunOn,FaceFunOn", 21 },
	.bio_data = { (const uint8_t *)"0:1:0", 5 },
};

static void the_reply_is_written_line_by_line(void **state)
{
	char text[1024];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct ghi_handshake h = sample;
	(void)state;

	ghi_handshake_write(&w, &h);
	assert_text(ghi_written(&w),
		    "GET OPTION FROM: T1\nATTLOGStamp=17\nOPERLOGStamp=0\nBIODATAStamp=x y\n"
		    "ErrorDelay=30\nDelay=10\nTransTimes=00:00;14:05\nTransInterval=1\n"
		    "TransFlag=TransData AttLog\tOpLog\tBioPhoto\nTimeZone=330\nRealtime=1\n"
		    "Encrypt=0\nServerVer=2.4.1\nPushProtVer=2.4.1\nPushOptionsFlag=1\n"
		    "PushOptions=FingerFunOn,FaceFunOn\nATTPHOTOBase64=1\n"
		    "MultiBioDataSupport=0:1:0\nMultiBioPhotoSupport=0:0:1\n");
	w.n = 0;
	h.old_stamps = h.digits = true;
	ghi_handshake_write(&w, &h);
	text[w.n] = '\0';
	assert_non_null(
		strstr(text, "\nStamp=17\nATTLOGStamp=17\nOpStamp=0\nOPERLOGStamp=0\n"));
	assert_non_null(strstr(text, "\nTransFlag=110000000001\n"));
}

static void what_is_written_reads_back(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct ghi_handshake a = sample, b;
		char text[1024], again[1024];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));
		struct ghi_writer w2 = ghi_writer_on(again, sizeof(again));

		a.old_stamps = i & 1;
		a.digits = i & 2;
		ghi_handshake_write(&w, &a);
		assert_int_equal(w.err, GH_OK);
		assert_int_equal(ghi_handshake_parse(ghi_written(&w), &b), GH_OK);
		ghi_handshake_write(&w2, &b);
		assert_slice(ghi_written(&w2), ghi_written(&w));
		assert_int_equal(b.trans_flags, a.trans_flags);
	}
}

static void a_value_cannot_smuggle_a_line(void **state)
{
	struct ghi_handshake h = sample;
	char text[1024];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	h.stamp[0].stamp = GH_LIT("1\nICLOCKSVRURL=http://evil/");
	ghi_handshake_write(&w, &h);
	assert_int_equal(w.err, GH_EMALFORMED);
}

static void transfer_flags_are_never_all_zeros_by_accident(void **state)
{
	struct ghi_handshake h = sample, back;
	char text[1024];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	h.trans_flags = 0;
	h.digits = true;
	ghi_handshake_write(&w, &h);
	assert_int_equal(ghi_handshake_parse(ghi_written(&w), &back), GH_OK);
	assert_int_equal(back.trans_flags, 0);
	assert_int_equal(ghi_handshake_parse(GH_LIT("Stamp=0\nTransFlag=0000000000\n"), &back),
			 GH_OK);
	assert_int_equal(back.trans_flags, BIT(ATTPHOTO));
	assert_int_equal(ghi_handshake_parse(GH_LIT("Stamp=0\nTransFlag=TransData attlog oplog,"
						    "Unheard\n"),
					     &back),
			 GH_OK);
	assert_int_equal(back.trans_flags, BIT(ATTLOG) | BIT(OPLOG));
}

static void a_zone_is_in_hours_when_small_and_in_minutes_otherwise(void **state)
{
	static const struct {
		const char *text;
		int offset_s;
		const char *written;
	} c[] = {
		{ "0", 0, "0" },
		{ "8", 8 * 3600, "8" },
		{ "-5", -5 * 3600, "-5" },
		{ "+3", 3 * 3600, "3" },
		{ "330", 330 * 60, "330" },
		{ "-210", -210 * 60, "-210" },
		{ "60", 3600, "1" },
		{ "12", 12 * 3600, "720" },
		{ "13", 13 * 3600, "780" },
		{ "345", 345 * 60, "345" },
		{ "-12", -12 * 3600, "-720" },
		{ "30", 30 * 60, "30" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		char text[16];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));
		int offset, again;

		assert_int_equal(ghi_zone_option_parse(gh_slice_of(c[i].text), &offset), GH_OK);
		assert_int_equal(offset, c[i].offset_s);
		ghi_zone_option_write(&w, offset);
		assert_text(ghi_written(&w), c[i].written);
		assert_int_equal(ghi_zone_option_parse(ghi_written(&w), &again), GH_OK);
		assert_int_equal(again, offset);
	}
	int untouched = 7;
	assert_int_equal(ghi_zone_option_parse(GH_LIT("Europe/Istanbul"), &untouched),
			 GH_EMALFORMED);
	assert_int_equal(ghi_zone_option_parse(GH_LIT("1441"), &untouched), GH_EMALFORMED);
	assert_int_equal(ghi_zone_option_parse(GH_LIT(""), &untouched), GH_EMALFORMED);
	assert_int_equal(untouched, 7);
}

static void versions_compare_part_by_part(void **state)
{
	static const struct {
		const char *a, *b;
		int order;
	} c[] = {
		{ "2.2.14", "2.2.14", 0 },    { "2.2.14", "2.4.0", -1 },
		{ "2.10", "2.9.9", 1 },	      { "2.4", "2.4.0", 0 },
		{ "3", "2.4.1", 1 },	      { "2.4.1 2010", "2.4.1", 0 },
		{ "2.4.1.7", "2.4.1.8", -1 }, { "2.4.1.7.9", "2.4.1.7", 0 },
	};
	static const char *const bad[] = { "", "v2", ".1", "2.", "2..1", "2.x", "99999.1" };
	struct ghi_version a, b;
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		assert_true(ghi_version_parse(gh_slice_of(c[i].a), &a));
		assert_true(ghi_version_parse(gh_slice_of(c[i].b), &b));
		assert_int_equal(ghi_version_compare(&a, &b), c[i].order);
		assert_int_equal(ghi_version_compare(&b, &a), -c[i].order);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_false(ghi_version_parse(gh_slice_of(bad[i]), &a));
		assert_int_equal(a.part[0] | a.part[1] | a.part[2] | a.part[3], 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_options_of_2020_are_read),
		cmocka_unit_test(the_options_of_2013_are_read),
		cmocka_unit_test(of_two_spellings_of_a_stamp_the_table_name_wins),
		cmocka_unit_test(
			a_repeated_stamp_replaces_and_tables_without_room_are_passed_over),
		cmocka_unit_test(what_is_no_list_of_options_is_refused),
		cmocka_unit_test(the_reply_is_written_line_by_line),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(a_value_cannot_smuggle_a_line),
		cmocka_unit_test(transfer_flags_are_never_all_zeros_by_accident),
		cmocka_unit_test(a_zone_is_in_hours_when_small_and_in_minutes_otherwise),
		cmocka_unit_test(versions_compare_part_by_part),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
