#include "tests.h"

#include "slices.h"
#include "wire/attendance/attphoto.h"

#define JPEG "\xFF\xD8\xFF\xE0\0\020JFIF\0\n\t\xFF\xD9"

struct want {
	const char *name, *cmd, *pin, *id_number;
	int64_t time, size, result;
	bool base64;
};

static void every_form_of_photo_is_read(void **state)
{
	const struct {
		gh_slice body;
		struct want want;
		gh_slice content;
	} c[] = {
		/* Attendance PUSH 2020-03, 11.3 */
		{ GH_LIT("PIN=20150731103012-123.jpg\nSN=0316144680030\nsize=9512\n"
			 "CMD=uploadphoto\0" JPEG),
		  { "20150731103012-123.jpg", "uploadphoto", "123", "", 20150731103012, 9512,
		    -1, false },
		  GH_LIT(JPEG) },
		/* PUSH SDK 2013, 3.2.3-3: no extension; no person recognised */
		{ GH_LIT("PIN=20080225120821-982\nSN=x\nsize=64\nCMD=realupload\0" JPEG),
		  { "20080225120821-982", "realupload", "982", "", 20080225120821, 64, -1,
		    false },
		  GH_LIT(JPEG) },
		{ GH_LIT("PIN=20080225120930\r\nSN=x\r\nsize=64\r\nCMD=uploadphoto\r\n\0" JPEG),
		  { "20080225120930", "uploadphoto", "", "", 20080225120930, 64, -1, false },
		  GH_LIT(JPEG) },
		/* Attendance PUSH 2020-03, 11.8 */
		{ GH_LIT("PIN=20160615093758-0-1457-21021819901130436X.jpg\nSN=1\nSize=9512\n"
			 "CMD=uploadphoto\0" JPEG),
		  { "20160615093758-0-1457-21021819901130436X.jpg", "uploadphoto", "1457",
		    "21021819901130436X", 20160615093758, 9512, 0, false },
		  GH_LIT(JPEG) },
		/* a PIN with dashes is not an identity card */
		{ GH_LIT("PIN=20160615093758-A-7-x.jpg\0" JPEG),
		  { "20160615093758-A-7-x.jpg", "", "A-7-x", "", 20160615093758, -1, -1,
		    false },
		  GH_LIT(JPEG) },
		{ GH_LIT("PIN=front-door.JPG\nsize=many\0" JPEG),
		  { "front-door.JPG", "", "", "", GHI_CIVIL_NONE, -1, -1, false },
		  GH_LIT(JPEG) },
		/* base64, after the NUL or on a line of its own */
		{ GH_LIT("PIN=20200320100000-1001.jpg\nSN=T\nsize=32\nCMD=uploadphoto\0/9j/"
			 "4BF1=="),
		  { "20200320100000-1001.jpg", "uploadphoto", "1001", "", 20200320100000, 32,
		    -1, true },
		  GH_LIT("/9j/4BF1==") },
		{ GH_LIT("PIN=20200320100000-1001.jpg\tSN=T\tsize=32\tCMD=uploadphoto\n"
			 "Content=/9j/4BF1\r\nAAA="),
		  { "20200320100000-1001.jpg", "uploadphoto", "1001", "", 20200320100000, 32,
		    -1, true },
		  GH_LIT("/9j/4BF1\r\nAAA=") },
		{ GH_LIT("PIN=20200320100000-1.jpg\nCMD=uploadphoto\0content=" JPEG),
		  { "20200320100000-1.jpg", "uploadphoto", "1", "", 20200320100000, -1, -1,
		    false },
		  GH_LIT(JPEG) },
		{ GH_LIT("PIN=20200320100000-1.jpg\nCMD=uploadphoto\ncontent=" JPEG),
		  { "20200320100000-1.jpg", "uploadphoto", "1", "", 20200320100000, -1, -1,
		    false },
		  GH_LIT(JPEG) },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice body = exact_copy(c[i].body);
		struct ghi_attphoto p;
		const char *reason = "";

		if (ghi_attphoto_parse(body, &p, &reason))
			fail_msg("photo %zu: %s", i, reason);
		assert_text(p.name, c[i].want.name);
		assert_text(p.cmd, c[i].want.cmd);
		assert_text(p.pin, c[i].want.pin);
		assert_text(p.id_number, c[i].want.id_number);
		assert_int_equal(p.time, c[i].want.time);
		assert_int_equal(p.size, c[i].want.size);
		assert_int_equal(p.result, c[i].want.result);
		assert_int_equal(p.base64, c[i].want.base64);
		assert_slice(p.content, c[i].content);
		exact_free(body);
	}
}

static void without_name_or_picture_it_is_no_photo(void **state)
{
	const gh_slice bad[] = {
		GH_LIT(""),
		GH_LIT("\0"),
		GH_LIT("SN=1\nCMD=uploadphoto\0" JPEG),
		GH_LIT("PIN=\nCMD=uploadphoto\0" JPEG),
		GH_LIT("PIN=20200320100000-1.jpg\nCMD=uploadphoto"),
		GH_LIT("PIN=20200320100000-1.jpg\nCMD=uploadphoto\0"),
		GH_LIT("PIN=20200320100000-1.jpg\ncontent="),
	};
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct ghi_attphoto p;
		const char *reason = NULL;
		gh_slice body = exact_copy(bad[i]);

		assert_int_equal(ghi_attphoto_parse(body, &p, &reason), GH_EMALFORMED);
		assert_non_null(reason);
		exact_free(body);
	}
}

static void a_picture_over_the_limit_is_too_big(void **state)
{
	static const char head[] = "PIN=20200320100000-1.jpg\nCMD=uploadphoto";
	size_t n = sizeof(head) + (8 << 20) + 1;
	char *body = calloc(1, n);
	struct ghi_attphoto p;
	const char *reason = NULL;
	(void)state;

	assert_non_null(body);
	memcpy(body, head, sizeof(head));
	assert_int_equal(ghi_attphoto_parse((gh_slice){ (uint8_t *)body, n }, &p, &reason),
			 GH_ETOOBIG);
	assert_int_equal(ghi_attphoto_parse((gh_slice){ (uint8_t *)body, n - 1 }, &p, &reason),
			 GH_OK);
	free(body);
}

static void what_is_written_reads_back(void **state)
{
	const struct ghi_attphoto photo = {
		.name = GH_LIT("20150731103012-123.jpg"),
		.sn = GH_LIT("T1"),
		.cmd = GH_LIT("uploadphoto"),
		.size = sizeof(JPEG) - 1,
		.content = GH_LIT(JPEG),
	};
	char text[256];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct ghi_attphoto p;
	const char *reason;
	(void)state;

	ghi_attphoto_write(&w, &photo);
	assert_slice(ghi_written(&w), GH_LIT("PIN=20150731103012-123.jpg\nSN=T1\nsize=15\n"
					     "CMD=uploadphoto\0" JPEG));
	assert_int_equal(ghi_attphoto_parse(ghi_written(&w), &p, &reason), GH_OK);
	assert_slice(p.content, photo.content);
	assert_text(p.sn, "T1");
	assert_text(p.pin, "123");
}

static void a_name_cannot_smuggle_a_line(void **state)
{
	const struct ghi_attphoto photo = { .name = GH_LIT("a\nCMD=x"),
					    .content = GH_LIT("x") };
	char text[64];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	ghi_attphoto_write(&w, &photo);
	assert_int_equal(w.err, GH_EMALFORMED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_photo_is_read),
		cmocka_unit_test(without_name_or_picture_it_is_no_photo),
		cmocka_unit_test(a_picture_over_the_limit_is_too_big),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(a_name_cannot_smuggle_a_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
