/* People's templates, photos and cards at a simulated device: enrolled there, written to it, sent back. */
#include "tests.h"

#include "sim/access/command.h"
#include "unit_test.h"

#include <stdio.h>

static struct unit_test *open_ready(const char *persona)
{
	struct unit_test *t = unit_test_of(persona);

	unit_test_open(t);
	unit_test_begin(t);
	return t;
}

static void enrolment_uploads_and_stores_what_was_shown(void **state)
{
	struct unit_test *t = open_ready("spec");

	(void)state;
	assert_string_equal(unit_test_command(t,
					      "C:395:ENROLL_BIO TYPE=9\tNO=0\tPIN=1\tRETRY=3\t"
					      "OVERWRITE=1\tMODE=1"),
			    "ID=395&Return=0&CMD=ENROLL_BIO");
	assert_int_equal(unit_test_seen(t, "POST /iclock/cdata?SN=T000001&type=BioData "), 1);
	assert_int_equal(panel_rows(&t->unit.panel.tables, PANEL_BIODATA), 1);
	assert_string_equal(
		unit_test_command(t, "C:396:ENROLL_BIO TYPE=9\tNO=0\tPIN=1\tOVERWRITE=0"),
		"ID=396&Return=-612&CMD=ENROLL_BIO");
	unit_test_command(t, "C:397:ENROLL_INFO TYPE=0\tPIN=5\tRETRY=1\tMODE=0");
	assert_int_equal(unit_test_seen(t, "&type=EnrollInfoData "), 1);
	unit_test_close(t);
}

static void a_template_made_of_a_photo_comes_back(void **state)
{
	struct unit_test *t = open_ready("spec");

	(void)state;
	unit_test_command(t, "C:1:DATA UPDATE biophoto PIN=1\tType=9\tSize=4\tContent=QUFB\t"
			     "PostBackTmpFlag=1");
	assert_int_equal(unit_test_seen(t, "table=tabledata&tablename=biodata&count=1 "), 1);
	/* By its own algorithm, 5.8. */
	assert_int_equal(
		unit_test_seen(t, "biodata pin=1\tno=0\tindex=0\tvalid=1\tduress=0\ttype=9\t"
				  "majorver=5\tminorver=8\t"),
		1);
	/* Otherwise it stays where it is. */
	unit_test_command(t, "C:2:DATA UPDATE biophoto PIN=2\tType=9\tSize=4\tContent=QUFB");
	assert_int_equal(unit_test_seen(t, "tablename=biodata"), 0);
	unit_test_close(t);
}

/* Of a person with a template of the device's version none is made of a photo; one of another version does not
 * count. */
static void a_template_of_its_version_is_taken_before_a_photo(void **state)
{
	static const struct {
		const char *version, *back;
	} cases[] = {
		{ "5", "\tmajorver=5\tminorver=0\tformat=0\ttmp=T1dO" },
		{ "4", "\tmajorver=5\tminorver=8\tformat=0\ttmp=QUFBQUFBQUE=" },
	};
	char line[160];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct unit_test *t = open_ready("spec");

		snprintf(line, sizeof(line),
			 "C:1:DATA UPDATE biodata "
			 "Pin=1\tNo=0\tIndex=0\tType=9\tMajorVer=%s\tTmp=T1dO",
			 cases[i].version);
		assert_string_equal(unit_test_command(t, line),
				    "ID=1&Return=0&CMD=DATA UPDATE");
		unit_test_command(
			t, "C:2:DATA UPDATE biophoto PIN=1\tType=9\tSize=4\tContent=QUFB\t"
			   "PostBackTmpFlag=1");
		if (unit_test_seen(t, cases[i].back) != 1)
			fail_msg("not sent back: %s", cases[i].back);
		unit_test_close(t);
	}
}

static void a_picture_without_a_face_is_reported_from_3_1_2_on(void **state)
{
	struct unit_test *t = open_ready("spec");

	(void)state;
	unit_test_command(t, "C:123:DATA UPDATE biophoto PIN=1\tType=9\tSize=4\tContent=QUFB");
	assert_int_equal(unit_test_seen(t, "&table=tabledata&tablename=errorlog&count=1 "), 1);
	assert_int_equal(unit_test_seen(t,
					"errorlog errcode=D01E0001\terrmsg=\tdataorigin=cmd\t"
					"cmdid=123\tadditional="),
			 1);
	strcpy(t->unit.protocol, "3.1.1");
	unit_test_command(t, "C:124:DATA UPDATE biophoto PIN=1\tType=9\tSize=4\tContent=QUFB");
	assert_int_equal(unit_test_seen(t, "tablename=errorlog"), 0);
	unit_test_close(t);
}

static void a_duress_finger_is_uploaded_16_higher(void **state)
{
	struct unit_test *t = open_ready("spec");

	(void)state;
	unit_test_command(
		t, "C:1:DATA UPDATE templatev10 Pin=1\tFingerID=6\tValid=3\tTemplate=QUFB");
	unit_test_command(t, "C:2:DATA QUERY tablename=templatev10,fielddesc=*,filter=Pin=1");
	assert_int_equal(unit_test_seen(t, "\tpin=1\tfingerid=22\tvalid=1\ttemplate=QUFB"), 1);
	unit_test_close(t);
}

#define JPEG "\xff\xd8\xff" /* /9j/ in base64 */

/* The command; what it makes the unit fetch is answered with that status and body. Its result. */
static const char *photo_give(struct unit_test *t, const char *line, const char *path,
			      int status, const char *photo)
{
	while (!strstr(unit_test_expect(t, "/iclock/"), "/getrequest"))
		unit_test_respond_as_server(t);
	unit_test_respond(t, line);
	unit_test_expect(t, path);
	unit_test_respond_status(t, status, photo);
	return unit_test_expect(t, "");
}

static void photos_are_fetched_by_their_address(void **state)
{
	struct unit_test *t = open_ready("spec");
	struct panel_tables *tables = &t->unit.panel.tables;
	const char *text;

	(void)state;
	text = photo_give(
		t, "C:1:DATA UPDATE userpic pin=7\tformat=1\turl=/iclock/file/AB/ann.jpg",
		"GET /iclock/file/AB/ann.jpg HTTP", 200, JPEG);
	assert_non_null(strstr(text, "ID=1&Return=0&CMD=DATA"));
	unit_test_respond(t, "OK");
	assert_int_equal(panel_rows_matching(tables, PANEL_USERPIC,
					     GH_LIT("pin=7\tcontent=/9j/\tsize=4")),
			 1);
	/* Rows behind it wait for it, and are fetched in their turn; a whole address is called as a path of the
	 * server. */
	text = photo_give(
		t,
		"C:2:DATA UPDATE biophoto PIN=7\tType=9\tFormat=1\tUrl=http://h/a.jpg\n"
		"PIN=8\tType=9\tFormat=0\tContent=/9j/\n"
		"PIN=9\tType=9\tFormat=1\tUrl=b.jpg",
		"GET /a.jpg HTTP", 200, JPEG);
	assert_int_equal(panel_rows(tables, PANEL_BIOPHOTO), 2);
	assert_non_null(strstr(text, "GET /b.jpg HTTP"));
	unit_test_respond(t, JPEG);
	assert_non_null(strstr(unit_test_expect(t, ""), "ID=2&Return=0&CMD=DATA"));
	unit_test_respond(t, "OK");
	assert_int_equal(panel_rows(tables, PANEL_BIOPHOTO), 3);
	unit_test_close(t);
}

static void a_photo_that_is_not_there_is_not_stored(void **state)
{
	struct unit_test *t = open_ready("spec");
	const char *text;

	(void)state;
	text = photo_give(t, "C:1:DATA UPDATE userpic pin=7\tformat=1\turl=/none.jpg",
			  "GET /none.jpg HTTP", 404, "");
	assert_non_null(strstr(text, "ID=1&Return=-721&CMD=DATA"));
	unit_test_respond(t, "OK");
	text = photo_give(t, "C:2:DATA UPDATE userpic pin=7\tformat=1\turl=/empty.jpg",
			  "GET /empty.jpg HTTP", 200, "");
	assert_non_null(strstr(text, "ID=2&Return=-721&CMD=DATA"));
	unit_test_respond(t, "OK");
	assert_int_equal(panel_rows(&t->unit.panel.tables, PANEL_USERPIC), 0);
	unit_test_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enrolment_uploads_and_stores_what_was_shown),
		cmocka_unit_test(a_template_made_of_a_photo_comes_back),
		cmocka_unit_test(photos_are_fetched_by_their_address),
		cmocka_unit_test(a_photo_that_is_not_there_is_not_stored),
		cmocka_unit_test(a_template_of_its_version_is_taken_before_a_photo),
		cmocka_unit_test(a_picture_without_a_face_is_reported_from_3_1_2_on),
		cmocka_unit_test(a_duress_finger_is_uploaded_16_higher),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
