#include "tests.h"

#include "model/record.h"
#include "slices.h"
#include "wire/attendance/operlog.h"

/* The only record of a body. */
static struct ghi_operlog_line operlog_only(const char *body, const char *table)
{
	struct ghi_operlog o = ghi_operlog_of(gh_slice_of(body), gh_slice_of(table));
	struct ghi_operlog_line line, more;
	enum gh_err err = ghi_operlog_next(&o, &line);

	if (err)
		fail_msg("%s: %s", body, line.reason);
	assert_int_equal(ghi_operlog_next(&o, &more), GH_ENOTFOUND);
	return line;
}

static void a_person_is_read_with_the_fields_of_the_device(void **state)
{
	struct ghi_operlog_line l = operlog_only(
		"USER PIN=982\tName=Richard\tPasswd=9822\tCard=[09E4812202]\tGrp=1\tTZ=\n",
		"OPERLOG");
	const struct person *p = (const void *)&l.record;
	(void)state;

	assert_int_equal(l.tag->kind, KIND_PERSON);
	assert_text(p->pin, "982");
	assert_text(p->name, "Richard");
	assert_text(p->card, "[09E4812202]");
	assert_text(p->group_id, "1");
	assert_true(model_has(p, PERSON_time_zone));
	assert_false(model_has(p, PERSON_privilege));
	assert_false(model_has(p, PERSON_verify_mode));
	l = operlog_only(
		"user pin=GARA061007MD5\tName=null\tPri=14\tPasswd=null\tVerify=-1\tViceCard=7",
		"OPERLOG");
	assert_text(p->pin, "GARA061007MD5");
	assert_int_equal(p->name.n, 0);
	assert_int_equal(p->privilege, 14);
	assert_int_equal(p->verify_mode, -1);
	assert_text(p->vice_card, "7");
}

static void each_kind_of_template_keeps_its_place(void **state)
{
	static const struct {
		const char *line, *source;
		int64_t type, no, part, valid, size;
		const char *data;
	} c[] = {
		{ "FP PIN=2\tFID=6\tSize=4\tValid=3\tTMP=AAAA", "fp", 1, 6, 0, 3, 4, "AAAA" },
		{ "FP PIN=2\tFID=1\tValid=1\tTMP=ocoR", "fp", 1, 1, 0, 1, 0, "ocoR" },
		{ "FACE PIN=2\tFID=11\tSIZE=9\tVALID=1\tTMP=AAA=", "face", 2, 0, 11, 1, 9,
		  "AAA=" },
		{ "FACE PIN=2\tFID=0\tSIZE=8\tVAILD=1\tTMP=AAAA", "face", 2, 0, 0, 1, 8,
		  "AAAA" },
		{ "FVEIN Pin=2\tFID=3\tIndex=2\tSize=4\tValid=1\tTmp=AA==", "fvein", 7, 3, 2, 1,
		  4, "AA==" },
		{ "BIODATA Pin=2\tNo=1\tIndex=14\tValid=1\tDuress=0\tType=9\tMajorVer=40\t"
		  "MinorVer=1\tFormat=0\tTmp=AAAA",
		  "biodata", 9, 1, 14, 1, 0, "AAAA" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct ghi_operlog_line l = operlog_only(c[i].line, "OPERLOG");
		const struct template *t = (const void *)&l.record;

		assert_int_equal(l.tag->kind, KIND_TEMPLATE);
		assert_text(t->pin, "2");
		assert_text(t->source, c[i].source);
		assert_true(model_has(t, TEMPLATE_source));
		assert_true(model_has(t, TEMPLATE_type));
		assert_int_equal(t->type, c[i].type);
		assert_int_equal(t->no, c[i].no);
		assert_int_equal(t->part, c[i].part);
		assert_int_equal(t->valid, c[i].valid);
		assert_int_equal(t->size, c[i].size);
		assert_text(t->data, c[i].data);
	}
}

static void the_other_kinds_are_read(void **state)
{
	struct ghi_operlog_line l;
	(void)state;

	l = operlog_only("OPLOG 4\t14\t2015-07-30 10:22:34\t0\t0\t0\t0\n", "OPERLOG");
	const struct oplog *o = (const void *)&l.record;
	assert_int_equal(l.tag->kind, KIND_OPLOG);
	assert_int_equal(o->op, 4);
	assert_text(o->admin, "14");
	assert_int_equal(o->time, 20150730102234);
	assert_text(o->value4, "0");
	assert_int_equal(o->present, (1u << OPLOG_FIELDS) - 1);

	l = operlog_only("USERPIC PIN=123\tFileName=123.jpg\tSize=10\tContent=AAAAAAAAAA\n",
			 "OPERLOG");
	const struct photo *f = (const void *)&l.record;
	assert_int_equal(l.tag->kind, KIND_PHOTO);
	assert_text(f->kind, "user");
	assert_text(f->file_name, "123.jpg");
	assert_text(f->content, "AAAAAAAAAA");
	assert_false(model_has(f, PHOTO_type));

	l = operlog_only(
		"BIOPHOTO PIN=123\tFileName=123.jpg\tType=2\tSize=95040\tContent=AAAA\n", "x");
	assert_text(f->kind, "comparison");
	assert_int_equal(f->type, 2);
	assert_int_equal(f->size, 95040);

	l = operlog_only(
		"IDCARD PIN=0\tSNNum=1\tIDNum=21021819901130436X\tDNNum=\tName=\xE5\xBC\xA0\t"
		"Gender=1\tNation=1\tPhoto=AA==\n",
		"IDCARD");
	const struct id_card *i = (const void *)&l.record;
	assert_int_equal(l.tag->kind, KIND_ID_CARD);
	assert_text(i->id_number, "21021819901130436X");
	assert_text(i->name, "\xE5\xBC\xA0");
	assert_int_equal(i->gender, 1);

	l = operlog_only(
		"ERRORLOG ErrCode=D01E0001\tErrMsg=\tDataOrigin=cmd\tCmdId=123\tAdditional=\n",
		"ERRORLOG");
	const struct error_log *e = (const void *)&l.record;
	assert_int_equal(l.tag->kind, KIND_ERROR_LOG);
	assert_text(e->code, "D01E0001");
	assert_text(e->command_id, "123");

	l = operlog_only("WORKCODE PIN=1\tCODE=10\tNAME=Welding\n", "OPERLOG");
	const struct work_code *w = (const void *)&l.record;
	assert_int_equal(l.tag->kind, KIND_WORK_CODE);
	assert_text(w->slot, "1");
	assert_text(w->code, "10");
	assert_text(w->name, "Welding");
}

static void operations_may_be_short_or_long(void **state)
{
	static const struct {
		const char *line, *value1, *value4;
		uint64_t present;
	} c[] = {
		{ "OPLOG 30\t\t2013-02-18 10:00:00", "", "", 7 },
		{ "OPLOG 3\t0\t2013-02-18 10:00:00\t55\t", "55", "", 15 },
		{ "OPLOG 3\t0\t2013-02-30 10:00:00\tAlarm\t54\t0\tx\t0\t0", "Alarm", "x", 127 },
		{ "OPLOG 3\t0\t2013-02-18 10:00:00\t1\t2\t3\tx\t0\ty\t", "1", "x\t0\ty", 127 },
		{ "OPLOG 3\tnull\t2013-02-18 10:00:00\tnull", "", "", 15 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct ghi_operlog_line l = operlog_only(c[i].line, "OPERLOG");
		const struct oplog *o = (const void *)&l.record;

		assert_text(o->value1, c[i].value1);
		assert_text(o->value4, c[i].value4);
		assert_int_equal(o->present, c[i].present);
	}
}

struct expected {
	enum gh_err err;
	const char *tag;
	int64_t number;
	const char *text;
};

static void assert_records(const char *body, const char *table, const struct expected *want,
			   size_t n)
{
	gh_slice copy = exact_copy(gh_slice_of(body));
	struct ghi_operlog o = ghi_operlog_of(copy, gh_slice_of(table));
	struct ghi_operlog_line l;

	for (size_t i = 0; i < n; i++) {
		enum gh_err err = ghi_operlog_next(&o, &l);

		if (err != want[i].err)
			fail_msg("record %zu of \"%s\": %s", i, body, gh_strerror(err));
		if (want[i].tag) {
			assert_non_null(l.tag);
			assert_string_equal(l.tag->tag, want[i].tag);
		} else {
			assert_null(l.tag);
		}
		assert_int_equal(l.number, want[i].number);
		assert_text(l.text, want[i].text);
		assert_ptr_equal(l.text.p, copy.p + l.offset);
		if (err)
			assert_non_null(l.reason);
	}
	assert_int_equal(ghi_operlog_next(&o, &l), GH_ENOTFOUND);
	exact_free(copy);
}

static void kinds_may_be_mixed_and_templates_broken_over_lines(void **state)
{
	static const struct expected want[] = {
		{ GH_OK, "USER", 1, "USER PIN=1\tName=A" },
		{ GH_OK, "FP", 2, "FP PIN=1\tFID=0\tValid=1\tTMP=AAAA\r\nBB\tBB\nCC==" },
		{ GH_OK, "OPLOG", 6, "OPLOG 0\t0\t2020-03-20 10:00:00" },
		{ GH_OK, "FACE", 7, "FACE PIN=1\tFID=0\r\nTMP=AAAA" },
		{ GH_OK, "FP", 9, "FP PIN=2\tTMP=AAAA" },
	};
	(void)state;

	assert_records(
		"USER PIN=1\tName=A\r\nFP PIN=1\tFID=0\tValid=1\tTMP=AAAA\r\nBB\tBB\nCC==\n\n"
		"OPLOG 0\t0\t2020-03-20 10:00:00\nFACE PIN=1\tFID=0\r\nTMP=AAAA\n"
		"FP PIN=2\tTMP=AAAA",
		"OPERLOG", want, COUNT(want));
}

static void a_stray_line_does_not_spoil_the_record_before_it(void **state)
{
	static const struct expected want[] = {
		{ GH_EMALFORMED, NULL, 1, "PIN=9\tName=lost" },
		{ GH_OK, "USER", 2, "USER PIN=1\tName=A" },
		{ GH_EMALFORMED, NULL, 3, "GARBAGE" },
		{ GH_EMALFORMED, NULL, 4, "PIN=2\tName=B" },
		{ GH_OK, "FP", 5, "FP PIN=1\tTMP=AAAA" },
		{ GH_EMALFORMED, NULL, 6, "<html>" },
		{ GH_OK, "OPLOG", 7, "OPLOG 0\t0\t2020-03-20 10:00:00" },
		{ GH_EMALFORMED, NULL, 8, "AAAA" },
	};
	(void)state;

	assert_records("PIN=9\tName=lost\nUSER PIN=1\tName=A\nGARBAGE\nPIN=2\tName=B\n"
		       "FP PIN=1\tTMP=AAAA\n<html>\nOPLOG 0\t0\t2020-03-20 10:00:00\nAAAA\n",
		       "OPERLOG", want, COUNT(want));
}

static void an_unknown_kind_is_reported_whole(void **state)
{
	static const struct expected want[] = {
		{ GH_EUNSUPPORTED, NULL, 1, "SMS UID=1\tMSG=a b" },
		{ GH_EUNSUPPORTED, NULL, 2, "FPIMAGE PIN=1\tTMP=AAAA\nBBBB" },
		{ GH_OK, "USER", 4, "USER PIN=1" },
		{ GH_EUNSUPPORTED, NULL, 5, "T2_X 1\t2" },
		{ GH_EMALFORMED, NULL, 6, "Sms UID=1" },
		{ GH_EMALFORMED, NULL, 7, "X UID=1" },
	};
	(void)state;

	assert_records("SMS UID=1\tMSG=a b\nFPIMAGE PIN=1\tTMP=AAAA\nBBBB\nUSER PIN=1\n"
		       "T2_X 1\t2\nSms UID=1\nX UID=1\n",
		       "OPERLOG", want, COUNT(want));
}

static void the_table_gives_the_kind_to_lines_without_a_tag(void **state)
{
	static const struct expected people[] = {
		{ GH_OK, "USER", 1, "PIN=1\tName=A" },
		{ GH_OK, "USER", 2, "Name=B\tPIN=2" },
		{ GH_OK, "USER", 3, "USER PIN=3" },
	};
	static const struct expected templates[] = {
		{ GH_OK, "BIODATA", 1, "Pin=1\tTmp=AAAA\nBBBB" },
		{ GH_OK, "BIODATA", 3, "Pin=2\tTmp=AAAA" },
	};
	(void)state;

	assert_records("PIN=1\tName=A\nName=B\tPIN=2\nUSER PIN=3\n", "userinfo", people,
		       COUNT(people));
	assert_records("Pin=1\tTmp=AAAA\nBBBB\nPin=2\tTmp=AAAA\n", " BIODATA", templates,
		       COUNT(templates));
}

static void a_bad_record_is_refused_with_its_reason(void **state)
{
	static const struct {
		const char *line;
		enum gh_err err;
		const char *key;
	} c[] = {
		{ "USER Name=A", GH_EMALFORMED, "" },
		{ "USER PIN=\tName=A", GH_EMALFORMED, "" },
		{ "USER PIN=null", GH_EMALFORMED, "" },
		{ "USER ", GH_EMALFORMED, "" },
		{ "USER PIN=1\tPri=boss", GH_EMALFORMED, "Pri" },
		{ "USER PIN=1234567890123456789012345", GH_ETOOBIG, "PIN" },
		{ "FP FID=1\tTMP=AAAA", GH_EMALFORMED, "" },
		{ "FP PIN=1\tFID=x\tTMP=AAAA", GH_EMALFORMED, "FID" },
		{ "IDCARD PIN=1", GH_EMALFORMED, "" },
		{ "ERRORLOG ErrMsg=a", GH_EMALFORMED, "" },
		{ "WORKCODE PIN=1\tNAME=a", GH_EMALFORMED, "" },
		{ "OPLOG x\t0\t2020-03-20 10:00:00", GH_EMALFORMED, "x" },
		{ "OPLOG 1\t0\tnoon\t0", GH_EMALFORMED, "noon" },
		{ "OPLOG 1", GH_EMALFORMED, "" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct ghi_operlog o =
			ghi_operlog_of(gh_slice_of(c[i].line), GH_LIT("OPERLOG"));
		struct ghi_operlog_line l;

		if (ghi_operlog_next(&o, &l) != c[i].err)
			fail_msg("%s is taken", c[i].line);
		assert_non_null(l.reason);
		assert_text(l.key, c[i].key);
		assert_text(l.text, c[i].line);
	}
}

static void a_value_of_an_operation_has_its_limits(void **state)
{
	struct ghi_operlog_line l;
	char text[256];
	(void)state;

	for (unsigned column = 0; column < 2; column++) {
		for (size_t n = 64; n <= 65; n++) {
			struct ghi_writer w = ghi_writer_on(text, sizeof(text));

			ghi_put(&w, column ? GH_LIT("OPLOG 6\t1\t2020-03-20 10:00:00\t")
					   : GH_LIT("OPLOG 6\t"));
			for (size_t i = 0; i < n; i++)
				ghi_put_u8(&w, '7');
			if (column == 0)
				ghi_put(&w, GH_LIT("\t2020-03-20 10:00:00"));
			struct ghi_operlog o =
				ghi_operlog_of(ghi_written(&w), GH_LIT("OPERLOG"));
			assert_int_equal(ghi_operlog_next(&o, &l), n > 64 ? GH_ETOOBIG : GH_OK);
		}
	}
	struct ghi_operlog o =
		ghi_operlog_of(GH_LIT("OPLOG 6\t1\0\t2020-03-20 10:00:00"), GH_LIT("OPERLOG"));
	assert_int_equal(ghi_operlog_next(&o, &l), GH_EMALFORMED);
	assert_non_null(l.reason);
}

static void no_field_of_an_operation_smuggles_another(void **state)
{
	const gh_slice bad[] = { GH_LIT("a\tb"), GH_LIT("a\nUSER PIN=1\tPri=14"),
				 GH_LIT("a\rb"), GH_LIT("a\0b") };
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct oplog o = { .op = 6, .time = 20200320100000, .value1 = bad[i] };
		char text[128];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		ghi_operlog_write(&w, ghi_operlog_tag(GH_LIT("OPLOG")), &o);
		assert_int_equal(w.err, GH_EMALFORMED);
	}
}

static void a_template_may_have_four_megabytes_and_no_more(void **state)
{
	static const char head[] = "FP PIN=1\tTMP=";
	size_t limit = 4 << 20, n = sizeof(head) - 1 + limit + 1;
	char *body = malloc(n + sizeof("\nUSER PIN=2"));
	struct ghi_operlog_line l;
	(void)state;

	assert_non_null(body);
	memset(body, 'A', n);
	memcpy(body, head, sizeof(head) - 1);
	struct ghi_operlog o =
		ghi_operlog_of((gh_slice){ (uint8_t *)body, n - 1 }, GH_LIT("OPERLOG"));
	assert_int_equal(ghi_operlog_next(&o, &l), GH_OK);
	assert_int_equal(((const struct template *)(const void *)&l.record)->data.n, limit);
	memcpy(body + n, "\nUSER PIN=2", sizeof("\nUSER PIN=2"));
	o = ghi_operlog_of((gh_slice){ (uint8_t *)body, n + 11 }, GH_LIT("OPERLOG"));
	assert_int_equal(ghi_operlog_next(&o, &l), GH_ETOOBIG);
	assert_int_equal(ghi_operlog_next(&o, &l), GH_OK);
	assert_string_equal(l.tag->tag, "USER");
	free(body);
}

static void every_kind_writes_what_it_reads(void **state)
{
	static const struct {
		const char *line, *pairs;
	} c[] = {
		{ "OPLOG 4\t14\t2015-07-30 10:22:34\t0\t0\t0\t0\n", NULL },
		{ "USER PIN=36234\tName=36234\tPri=0\tPasswd=\tCard=133440\tGrp=1\t"
		  "TZ=0001000000000000\tVerify=-1\tViceCard=\n",
		  "PIN=36234\tName=36234\tPri=0\tPasswd=\tCard=133440\tGrp=1\t"
		  "TZ=0001000000000000\tVerify=-1\tViceCard=" },
		{ "FP PIN=2\tFID=0\tSize=4\tValid=1\tTMP=AAA=\n",
		  "PIN=2\tFID=0\tSize=4\tValid=1\tTMP=AAA=" },
		{ "FACE PIN=306\tFID=2\tSIZE=4\tVALID=1\tTMP=AAAA\n",
		  "PIN=306\tFID=2\tValid=1\tSize=4\tTMP=AAAA" },
		{ "FVEIN Pin=306\tFID=2\tIndex=0\tSize=4\tValid=1\tTmp=AAAA\n",
		  "Pin=306\tFID=2\tIndex=0\tValid=1\tSize=4\tTmp=AAAA" },
		{ "BIODATA Pin=306\tNo=0\tIndex=2\tValid=1\tDuress=0\tType=8\tMajorVer=1\t"
		  "MinorVer=0\tFormat=0\tTmp=AAAA\n",
		  "Pin=306\tNo=0\tIndex=2\tValid=1\tDuress=0\tType=8\tMajorVer=1\t"
		  "MinorVer=0\tFormat=0\tTmp=AAAA" },
		{ "USERPIC PIN=123\tFileName=123.jpg\tSize=4\tContent=AAAA\n",
		  "PIN=123\tSize=4\tContent=AAAA" },
		{ "BIOPHOTO PIN=123\tFileName=123.jpg\tType=2\tSize=4\tContent=AAAA\n",
		  "PIN=123\tType=2\tSize=4\tContent=AAAA" },
		{ "IDCARD PIN=2\tSNNum=x\tIDNum=y\tDNNum=\tName=Zhang San\tGender=1\tNation=1\t"
		  "Birthday=19911218\tValidInfo=2017091520270915\tAddress=a\tAdditionalInfo=\t"
		  "Issuer=c\tPhoto=AA==\tFPTemplate1=\tFPTemplate2=\tReserve=\tNotice=\n",
		  "PIN=2\tSNNum=x\tIDNum=y\tDNNum=\tName=Zhang San\tGender=1\tNation=1\t"
		  "Birthday=19911218\tValidInfo=2017091520270915\tAddress=a\tAdditionalInfo=\t"
		  "Issuer=c\tPhoto=AA==\tFPTemplate1=\tFPTemplate2=\tReserve=\tNotice=" },
		{ "ERRORLOG "
		  "ErrCode=D01E0001\tErrMsg=\tDataOrigin=cmd\tCmdId=123\tAdditional=\n",
		  "ErrCode=D01E0001\tErrMsg=\tDataOrigin=cmd\tCmdId=123\tAdditional=" },
		{ "WORKCODE PIN=1\tCODE=10\tNAME=Welding\n", "PIN=1\tCODE=10\tNAME=Welding" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct ghi_operlog_line l = operlog_only(c[i].line, "OPERLOG");
		char text[512];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		ghi_operlog_write(&w, l.tag, &l.record);
		assert_int_equal(w.err, GH_OK);
		assert_text(ghi_written(&w), c[i].line);
		w.n = 0;
		ghi_operlog_write_pairs(&w, l.tag, &l.record);
		if (c[i].pairs)
			assert_text(ghi_written(&w), c[i].pairs);
		else
			assert_int_equal(w.err, GH_EUNSUPPORTED);
	}
}

static void tags_have_their_command_names_too(void **state)
{
	static const char *const name[][2] = {
		{ "USERINFO", "USER" },
		{ "fingertmp", "FP" },
		{ "fp", "FP" },
		{ "OPLOG", "OPLOG" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(name); i++)
		assert_string_equal(ghi_operlog_tag(gh_slice_of(name[i][0]))->tag, name[i][1]);
	assert_null(ghi_operlog_tag(GH_LIT("")));
	assert_null(ghi_operlog_tag(GH_LIT("USERS")));
}

static void a_card_number_is_read_in_both_forms(void **state)
{
	static const struct {
		const char *text;
		enum gh_err err;
		uint64_t number;
	} c[] = {
		{ "[15CD5B07]", GH_OK, 123456789 },
		{ "[15cd5b07]", GH_OK, 123456789 },
		{ "123456789", GH_OK, 123456789 },
		{ "[09E4812202]", GH_OK, 0x022281E409 },
		{ "[0000000000]", GH_OK, 0 },
		{ "[FFFFFFFFFFFFFFFF]", GH_OK, UINT64_MAX },
		{ " 7 ", GH_OK, 7 },
		{ "", GH_EMALFORMED, 0 },
		{ "[]", GH_EMALFORMED, 0 },
		{ "[1]", GH_EMALFORMED, 0 },
		{ "[15CD5B0]", GH_EMALFORMED, 0 },
		{ "[15CD5BXY]", GH_EMALFORMED, 0 },
		{ "[000000000000000000]", GH_EMALFORMED, 0 },
		{ "15CD5B07", GH_EMALFORMED, 0 },
		{ "99999999999999999999", GH_EMALFORMED, 0 },
		{ "[", GH_EMALFORMED, 0 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		uint64_t v = 0;

		if (ghi_card_number(gh_slice_of(c[i].text), &v) != c[i].err)
			fail_msg("%s", c[i].text);
		assert_int_equal(v, c[i].number);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_person_is_read_with_the_fields_of_the_device),
		cmocka_unit_test(each_kind_of_template_keeps_its_place),
		cmocka_unit_test(the_other_kinds_are_read),
		cmocka_unit_test(operations_may_be_short_or_long),
		cmocka_unit_test(kinds_may_be_mixed_and_templates_broken_over_lines),
		cmocka_unit_test(a_stray_line_does_not_spoil_the_record_before_it),
		cmocka_unit_test(an_unknown_kind_is_reported_whole),
		cmocka_unit_test(the_table_gives_the_kind_to_lines_without_a_tag),
		cmocka_unit_test(a_bad_record_is_refused_with_its_reason),
		cmocka_unit_test(a_value_of_an_operation_has_its_limits),
		cmocka_unit_test(no_field_of_an_operation_smuggles_another),
		cmocka_unit_test(a_template_may_have_four_megabytes_and_no_more),
		cmocka_unit_test(every_kind_writes_what_it_reads),
		cmocka_unit_test(tags_have_their_command_names_too),
		cmocka_unit_test(a_card_number_is_read_in_both_forms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
