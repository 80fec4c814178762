#include "tests.h"

#include "model/record.h"
#include "wire/access/tabledata.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static union model_record tabledata_read(const char *table, const char *line,
					 struct ghi_writer *extra)
{
	union model_record r;
	struct ghi_tabledata_fault fault;

	if (ghi_tabledata_parse(ghi_tabledata_kind(gh_slice_of(table)), gh_slice_of(line), &r,
				extra, &fault))
		fail_msg("%s: %s", line, fault.reason);
	return r;
}

static void text_is(gh_slice got, const char *want)
{
	assert_int_equal(got.n, strlen(want));
	assert_memory_equal(got.p, want, got.n);
}

static void a_person_keeps_what_an_upload_sends_empty(void **state)
{
	char room[64];
	struct ghi_writer extra = ghi_writer_on(room, sizeof(room));
	union model_record r = tabledata_read("user",
					      "user "
					      "uid=5\tcardno=\tpin=4\tpassword=\tgroup="
					      "1\tstarttime=0\tendtime=0\tname=\tprivilege=0\t"
					      "disable=0\tverify=0",
					      &extra);
	struct person p;
	(void)state;

	memcpy(&p, &r, sizeof(p));
	text_is(p.pin, "4");
	text_is(p.group_id, "1");
	assert_int_equal(p.privilege, 0);
	assert_false(model_has(&p, PERSON_name) || model_has(&p, PERSON_card) ||
		     model_has(&p, PERSON_password));
	assert_true(model_has(&p, PERSON_group_id) && model_has(&p, PERSON_valid_from));
	text_is(ghi_written(&extra), "uid=5\tdisable=0");
	r = tabledata_read("user", "USER PIN=4\tCardNo=[15CD5B07]\tName=Ann\r\n", NULL);
	memcpy(&p, &r, sizeof(p));
	text_is(p.card, "[15CD5B07]");
	text_is(p.name, "Ann");
}

/* Read as a number, the word is mode 10. */
static void a_word_of_a_verify_mode_is_no_number(void **state)
{
	char room[64];
	struct ghi_writer extra = ghi_writer_on(room, sizeof(room));
	union model_record r =
		tabledata_read("user", "user pin=4\tverify=0000000000000010", &extra);
	struct person p;
	(void)state;

	memcpy(&p, &r, sizeof(p));
	assert_false(model_has(&p, PERSON_verify_mode));
	text_is(ghi_written(&extra), "verify=0000000000000010");
	r = tabledata_read("user", "user pin=4\tverify=11", NULL);
	memcpy(&p, &r, sizeof(p));
	assert_int_equal(p.verify_mode, 11);
}

static void a_duress_finger_has_its_number_and_the_flag(void **state)
{
	static const struct {
		const char *line;
		int64_t no, duress;
	} c[] = {
		{ "templatev10 "
		  "size=4\tuid=4\tpin=4\tfingerid=7\tvalid=1\ttemplate=AAAA\tresverd=\tendtag=",
		  7, 0 },
		{ "templatev10 pin=4\tfingerid=22\tvalid=1\ttemplate=AAAA", 6, 1 },
		{ "pin=4\tfingerid=6\tvalid=3\ttemplate=AAAA", 6, 1 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		union model_record r = tabledata_read("templatev10", c[i].line, NULL);
		struct template t;

		memcpy(&t, &r, sizeof(t));
		assert_int_equal(t.no, c[i].no);
		assert_int_equal(t.duress, c[i].duress);
		assert_int_equal(t.valid, 1);
		assert_int_equal(t.type, 1);
		text_is(t.source, "fp");
		text_is(t.data, "AAAA");
	}
}

static void the_other_kinds_are_read(void **state)
{
	union model_record r;
	struct template t;
	struct photo p;
	struct id_card card;
	struct error_log e;
	(void)state;

	r = tabledata_read(
		"biodata",
		"biodata "
		"pin=1\tno=0\tindex=0\tvalid=1\tduress=0\ttype=8\tmajorver=5\tminorver=0\t"
		"format=0\ttmp=apUB",
		NULL);
	memcpy(&t, &r, sizeof(t));
	assert_int_equal(t.type, 8);
	text_is(t.source, "biodata");
	r = tabledata_read("biophoto",
			   "biophoto pin=123\tfilename=123.jpg\ttype=9\tsize=4\tcontent=AAAA",
			   NULL);
	memcpy(&p, &r, sizeof(p));
	text_is(p.kind, "comparison");
	assert_int_equal(p.type, 9);
	r = tabledata_read("attphoto",
			   "pin=20181003143617-22.jpg\tsn=1809140006\tsize=2\tphoto=/9j/",
			   NULL);
	memcpy(&p, &r, sizeof(p));
	text_is(p.kind, "attendance");
	text_is(p.pin, "22");
	text_is(p.file_name, "20181003143617-22.jpg");
	text_is(p.content, "/9j/");
	r = tabledata_read("userpic", "userpic pin=1\tfilename=1.jpg\tsize=4\tcontent=/9j/",
			   NULL);
	memcpy(&p, &r, sizeof(p));
	text_is(p.kind, "user");
	r = tabledata_read(
		"identitycard",
		"identitycard pin=1\tSN_Num=26\tIDNum=2101\tName=Zhangsan\tGender=1\tNation=1\t"
		"ValidInfo=2013091220230912\tAddress_Info=x\tFPTemplate1=QwGI",
		NULL);
	memcpy(&card, &r, sizeof(card));
	text_is(card.id_number, "2101");
	text_is(card.valid_info, "2013091220230912");
	text_is(card.additional_info, "x");
	text_is(card.fp_template1, "QwGI");
	r = tabledata_read(
		"errorlog",
		"errorlog errcode=D01E0001\terrmsg=\tdataorigin=cmd\tcmdid=123\tadditional=",
		NULL);
	memcpy(&e, &r, sizeof(e));
	text_is(e.code, "D01E0001");
	text_is(e.command_id, "123");
	assert_null(ghi_tabledata_kind(GH_LIT("transaction")));
}

static void each_kind_reads_back_as_written(void **state)
{
	static const struct {
		const char *table, *line;
	} c[] = {
		{ "user", "user "
			  "cardno=[15CD5B07]\tpin=4\tpassword=1\tgroup=1\tstarttime=0\tendtime="
			  "0\tname=Ann "
			  "E\tprivilege=14\tverify=0" },
		{ "templatev10",
		  "templatev10 size=4\tpin=4\tfingerid=22\tvalid=1\ttemplate=AAAA" },
		{ "biodata", "biodata "
			     "pin=1\tno=0\tindex=0\tvalid=1\tduress=0\ttype=8\tmajorver="
			     "5\tminorver=0\tformat=0\ttmp=apUB" },
		{ "biophoto",
		  "biophoto pin=123\tfilename=123.jpg\ttype=9\tsize=4\tcontent=AAAA" },
		{ "userpic", "userpic pin=1\tfilename=1.jpg\tsize=4\tcontent=/9j/" },
		{ "ATTPHOTO", "pin=20181003143617-22.jpg\tsize=2\tphoto=/9j/" },
		{ "identitycard",
		  "identitycard "
		  "pin=1\tSN_Num=26\tID_Num=2101\tDN_Num=\tName=Zhangsan\tGender=1\tNation=1\t"
		  "Birthday=19911218\tValid_Info=2013091220230912\tAddress=a\tAdditional_Info="
		  "b\tIssuer=c\tPhoto=V0xm\t"
		  "FP_Template1=QwGI\tFP_Template2=QwGI\tReserve=\tNotice=" },
		{ "errorlog",
		  "errorlog "
		  "errcode=D01E0001\terrmsg=\tdataorigin=cmd\tcmdid=123\tadditional=" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		const struct ghi_tabledata_kind *k =
			ghi_tabledata_kind(gh_slice_of(c[i].table));
		union model_record r = tabledata_read(c[i].table, c[i].line, NULL);
		char text[1024];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		ghi_tabledata_write(&w, k, &r);
		assert_int_equal(w.err, GH_OK);
		text_is(ghi_written(&w), c[i].line);
	}
}

static void a_pin_is_kept_without_the_blanks_around_it(void **state)
{
	union model_record r = tabledata_read("user", "user pin= 17  \tname=Ann", NULL);
	struct person p;
	(void)state;

	memcpy(&p, &r, sizeof(p));
	text_is(p.pin, "17");
}

static void a_record_that_is_none_has_a_reason(void **state)
{
	static const struct {
		const char *table, *line, *reason;
		enum gh_err err;
	} c[] = {
		{ "user", "user uid=5", "no PIN", GH_EMALFORMED },
		{ "user", "user pin=\tname=Ann", "no PIN", GH_EMALFORMED },
		{ "user", "user pin= \tname=Ann", "no PIN", GH_EMALFORMED },
		{ "user", "user pin=null  \tname=Ann", "no PIN", GH_EMALFORMED },
		{ "userpic", "userpic pin=\tcontent=/9j/", "no PIN", GH_EMALFORMED },
		{ "user", "user pin=1234567890123456789012345",
		  "the value is too long or too large", GH_ETOOBIG },
		{ "user", "user pin=1\tprivilege=x", "the value is not readable",
		  GH_EMALFORMED },
		{ "templatev10", "templatev10 pin=1\tfingerid=40", "there is no such finger",
		  GH_EMALFORMED },
		{ "templatev10", "templatev10 pin=1\ttemplate=AAAA", "no fingerid",
		  GH_EMALFORMED },
		{ "templatev10", "templatev10 template=AAAA", "no PIN", GH_EMALFORMED },
		{ "biodata", "biodata pin=1\tno=1\ttmp=AAAA", "no type", GH_EMALFORMED },
		{ "ATTPHOTO", "sn=1", "no name of a file", GH_EMALFORMED },
		{ "errorlog", "errorlog errmsg=x", "no errcode", GH_EMALFORMED },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		union model_record r;
		struct ghi_tabledata_fault fault = { 0 };

		assert_int_equal(
			ghi_tabledata_parse(ghi_tabledata_kind(gh_slice_of(c[i].table)),
					    gh_slice_of(c[i].line), &r, NULL, &fault),
			c[i].err);
		assert_string_equal(fault.reason, c[i].reason);
	}
}

static void base64_at_the_end_of_a_line_may_go_on(void **state)
{
	static const struct {
		const char *table, *line;
		bool ends;
	} c[] = {
		{ "biodata", "biodata pin=1\ttmp=QUJD", true },
		{ "biodata", "biodata tmp=QUJD\tpin=1", false },
		{ "biodata", "biodata", false },
		{ "userpic", "pin=1\tCONTENT=\r", true },
		{ "user", "user pin=1", false },
		{ "user", "", false },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++)
		assert_int_equal(ghi_tabledata_ends_in_base64(
					 ghi_tabledata_kind(gh_slice_of(c[i].table)),
					 gh_slice_of(c[i].line)),
				 c[i].ends);
}

static void the_name_of_a_photo_has_the_pin(void **state)
{
	static const struct {
		const char *name, *pin;
	} c[] = {
		{ "20181003143617-22.jpg", "22" },
		{ "20181003143617.jpg", "" },
		{ "20181003143617-a.b.jpg", "a.b" },
		{ "20181003143617-22", "22" },
		{ "", "" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++)
		text_is(ghi_photo_file_pin(gh_slice_of(c[i].name)), c[i].pin);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_person_keeps_what_an_upload_sends_empty),
		cmocka_unit_test(a_word_of_a_verify_mode_is_no_number),
		cmocka_unit_test(a_duress_finger_has_its_number_and_the_flag),
		cmocka_unit_test(the_other_kinds_are_read),
		cmocka_unit_test(each_kind_reads_back_as_written),
		cmocka_unit_test(a_pin_is_kept_without_the_blanks_around_it),
		cmocka_unit_test(a_record_that_is_none_has_a_reason),
		cmocka_unit_test(base64_at_the_end_of_a_line_may_go_on),
		cmocka_unit_test(the_name_of_a_photo_has_the_pin),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
