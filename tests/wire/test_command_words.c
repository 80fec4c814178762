/* Commands in the words of the attendance dialect. */
#include "tests.h"

#include "command_sample.h"

#include <stdio.h>
#include <stdlib.h>

#include "slices.h"
#include "wire/access/words.h"
#include "wire/attendance/command.h"
#include "wire/attendance/operlog.h"

struct read {
	enum command_kind kind;
	uint8_t *room;
	gh_slice arguments;
};

static struct read words_read(gh_slice text)
{
	struct read r = { .room = malloc(GHI_COMMAND_READ_ROOM(text.n)) };
	struct ghi_writer w = ghi_writer_on(r.room, GHI_COMMAND_READ_ROOM(text.n));

	assert_non_null(r.room);
	assert_int_equal(ghi_command_words_read(text, &r.kind, &w), GH_OK);
	r.arguments = ghi_written(&w);
	return r;
}

static bool has_argument(const struct read *r, enum command_argument_id id)
{
	gh_slice value;

	return command_argument(r->arguments, id, &value);
}

/* What is written for what was read, which must be the same. */
static void words_come_back(gh_slice text)
{
	struct read r = words_read(text);
	size_t room = ghi_command_words_room(r.arguments);
	uint8_t *again = malloc(room);
	struct ghi_writer w = ghi_writer_on(again, room);

	ghi_command_words_write(&w, r.kind, r.arguments);
	assert_int_equal(w.err, GH_OK);
	if (!gh_slice_eq(ghi_written(&w), text))
		fail_msg("%.*s came back as %.*s", GH_FMT(text), GH_FMT(ghi_written(&w)));
	free(again);
	free(r.room);
}

/* A record in which every field that the dialect writes is set. */
static void record_sample(enum command_kind kind, struct ghi_writer *w)
{
	const struct model_kind *k = &model_kinds[command_kind_row(kind)->record];
	const struct ghi_operlog_tag *tag = NULL;
	static const struct {
		enum command_kind kind;
		const char *tag;
	} tags[] = {
		{ COMMAND_KIND_UPDATE_PERSON, "USER" },
		{ COMMAND_KIND_UPDATE_ID_CARD, "IDCARD" },
		{ COMMAND_KIND_UPDATE_FINGERPRINT, "FP" },
		{ COMMAND_KIND_UPDATE_FACE, "FACE" },
		{ COMMAND_KIND_UPDATE_FINGER_VEIN, "FVEIN" },
		{ COMMAND_KIND_UPDATE_BIODATA, "BIODATA" },
		{ COMMAND_KIND_UPDATE_PHOTO, "USERPIC" },
		{ COMMAND_KIND_UPDATE_COMPARISON_PHOTO, "BIOPHOTO" },
		{ COMMAND_KIND_UPDATE_WORK_CODE, "WORKCODE" },
	};

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (tags[i].kind == kind)
			tag = ghi_operlog_tag(gh_slice_of(tags[i].tag));
	assert_non_null(tag);
	for (size_t f = 0; f < k->fields; f++)
		for (size_t i = 0; i < tag->command->keys; i++)
			if (tag->command->key[i].field == f && !tag->command->key[i].alias)
				command_argument_put(w, k->field[f].column,
						     k->field[f].type == MODEL_INT
							     ? GH_LIT("1")
							     : GH_LIT("QUJD"));
}

/* What a request has besides, and no words do: a door and its time, of a package what becomes its options. */
static bool argument_is_unwritten(enum command_kind k, enum command_argument_id id)
{
	return id == ARGUMENT_door || id == ARGUMENT_seconds || id == ARGUMENT_force ||
	       id == ARGUMENT_action || id == ARGUMENT_records ||
	       (k == COMMAND_KIND_PUT_FILE && id == ARGUMENT_table);
}

static void every_kind_is_written_and_read_back(void **state)
{
	size_t kinds = 0;
	(void)state;

	for (enum command_kind k = 0; k < COMMAND_KINDS; k++) {
		const struct command_kind_row *row = command_kind_row(k);
		const char *at = row->arguments;
		uint8_t given[1024], text[1024];
		struct ghi_writer g = ghi_writer_on(given, sizeof(given)),
				  w = ghi_writer_on(text, sizeof(text));
		struct command_parameter p;

		/* Attendance devices have no words for what only access units do. */
		if (!ghi_command_words_exist(k)) {
			assert_true(ghi_access_words_exist(k));
			continue;
		}
		/* Its words are those of a deletion; when it may be given is the server's. */
		if (k == COMMAND_KIND_END_STAY)
			continue;
		kinds++;

		if (row->record != KIND_COUNT)
			record_sample(k, &g);
		while (command_parameter_next(&at, &p))
			if (!argument_is_unwritten(k, p.id))
				command_argument_put(
					&g, command_arguments[p.id].name,
					command_sample(&command_arguments[p.id].rule));
		ghi_command_words_write(&w, k, ghi_written(&g));
		assert_int_equal(w.err, GH_OK);
		assert_int_not_equal(w.n, 0);
		struct read r = words_read(ghi_written(&w));

		assert_int_equal(r.kind, k);
		if (!gh_slice_eq(r.arguments, ghi_written(&g)))
			fail_msg("%s: %.*s was read as %.*s", row->name,
				 GH_FMT(ghi_written(&g)), GH_FMT(r.arguments));
		free(r.room);
	}
	assert_int_equal(kinds, 64);
}

static void words_get_their_meaning(void **state)
{
	static const struct {
		const char *text, *kind, *arguments;
	} c[] = {
		{ "CHECK", "check", "" },
		{ "LOG", "log", "" },
		{ "AC_UNLOCK", "open_door", "" },
		{ "SET OPTION Volume=3", "set_option", "name=Volume\nvalue=3\n" },
		{ "SET OPTION A=b=c", "set_option", "name=A\nvalue=b=c\n" },
		{ "SHELL ls -l", "shell", "script=ls -l\n" },
		{ "GetFile /etc/passwd", "get_file", "path=/etc/passwd\n" },
		{ "PutFile a.tgz\t/mnt/\tAction=SyncData\tTableName=USERINFO", "put_file",
		  "url=a.tgz\npath=/mnt/\noptions=Action=SyncData\tTableName=USERINFO\n" },
		{ "DATA DELETE USERINFO PIN=007", "delete_person", "pin=007\n" },
		{ "DATA QUERY USERINFO", "query_person", "" },
		{ "DATA QUERY ATTLOG StartTime=2008-02-25 00:00:00\tEndTime=2008-02-25 "
		  "23:59:59",
		  "query_punches", "from=2008-02-25 00:00:00\nto=2008-02-25 23:59:59\n" },
		{ "DATA UPDATE USERINFO PIN=1\tName=Ann\tPri=14\tPasswd=\tGrp=1",
		  "update_person", "pin=1\nname=Ann\nprivilege=14\npassword=\ngroup_id=1\n" },
		{ "DATA UPDATE FINGERTMP PIN=1\tFID=6\tSize=4\tValid=1\tTMP=QUJD",
		  "update_fingerprint", "pin=1\nno=6\nvalid=1\nsize=4\ndata=QUJD\n" },
		{ "DATA UPDATE AccGroup ID=1\tVerify=0", "update_access_group",
		  "number=1\nverify_mode=0\n" },
		{ "DATA UPDATE Other ID=1\tVerify=0", "update_table",
		  "table=Other\npairs=ID=1\tVerify=0\n" },
		{ "DATA UPDATE BIOPHOTO PIN=1\tType=9\tFormat=1\tUrl=a.jpg\tPostBackTmpFlag=0",
		  "update_comparison_photo",
		  "pin=1\ntype=9\nformat=1\nurl=a.jpg\ntemplate_back=0\n" },
		{ "ACCOUNT Start=2010-05-01\tEnd=2010-05-01\tCount=8000", "compare_punches",
		  "first_day=2010-05-01\nlast_day=2010-05-01\ncount=8000\n" },
		/* More than the arguments contain: the words are stored. */
		{ "check", "check", "written=check\n" },
		{ " Shell ls", "shell", "script=ls\nwritten= Shell ls\n" },
		{ "RESTART", "restart", "written=RESTART\n" },
		{ "DATA USER PIN=1", "update_person", "pin=1\nwritten=DATA USER PIN=1\n" },
		{ "DATA UPDATE USERINFO Name=A\tPIN=1", "update_person",
		  "pin=1\nname=A\nwritten=DATA UPDATE USERINFO Name=A\tPIN=1\n" },
		{ "DATA UPDATE USERINFO PIN=1\tCategory=2", "update_person",
		  "pin=1\nwritten=DATA UPDATE USERINFO PIN=1\tCategory=2\n" },
		{ "DATA QUERY FINGERTMP PIN=1\tFID=5", "query_fingerprints",
		  "pin=1\nfinger=5\nwritten=DATA QUERY FINGERTMP PIN=1\tFID=5\n" },
		{ "LOG xx", "log", "written=LOG xx\n" },
		/* Invalid values: the device gets them nevertheless. */
		{ "DATA DELETE FINGERTMP PIN=1\tFID=x", "delete_fingerprint",
		  "pin=1\nwritten=DATA DELETE FINGERTMP PIN=1\tFID=x\n"
		  "fault=FID: must be a whole number from 0 to 9\n" },
		/* Words of no known kind. */
		{ "LOGS", "raw", "written=LOGS\n" },
		{ "CLEAR", "raw", "written=CLEAR\n" },
		{ "AC_UNLOCKED", "raw", "written=AC_UNLOCKED\n" },
		{ "DATA", "raw", "written=DATA\n" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct read r = words_read(gh_slice_of(c[i].text));

		assert_string_equal(command_kind_row(r.kind)->name, c[i].kind);
		if (!gh_slice_eq(r.arguments, gh_slice_of(c[i].arguments)))
			fail_msg("%s: %.*s", c[i].text, GH_FMT(r.arguments));
		free(r.room);
		words_come_back(gh_slice_of(c[i].text));
	}
}

static void a_line_end_is_no_part_of_a_command(void **state)
{
	const gh_slice bad[] = { GH_LIT(""),	 GH_LIT(" \t"),	 GH_LIT("LOG\n"),
				 GH_LIT("A\rB"), GH_LIT("A\0B"), GH_LIT("\nLOG") };
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint8_t room[8192];
		struct ghi_writer w = ghi_writer_on(room, sizeof(room));
		enum command_kind kind = COMMAND_KIND_CHECK;

		assert_int_equal(ghi_command_words_read(bad[i], &kind, &w), GH_EINVALID);
		assert_int_equal(kind, COMMAND_KIND_CHECK);
	}
}

/* xorshift64*: the same for every run of a seed. */
static uint64_t random_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

static void any_words_come_back_as_they_were(void **state)
{
	static const char *const piece[] = {
		"DATA",
		"UPDATE",
		"USERINFO",
		"FINGERTMP",
		" ",
		"\t",
		"=",
		"PIN=",
		"pin=1",
		"Name=",
		"\xc3\xbc",
		"Pri=14",
		"TMP=",
		"QUJD=",
		"DELETE",
		"QUERY",
		"SET OPTION",
		"LOG",
		"StartTime=2024-01-01 00:00:00",
		"FID=6",
		"x",
		"null",
		"BIODATA",
		"USERPIC",
		"Content=",
		"SHELL ",
		"PutFile ",
		"ENROLL_FP ",
	};
	uint64_t seed = UINT64_C(20261129);
	(void)state;

	for (int round = 0; round < 20000; round++) {
		char text[256];
		size_t n = 0, pieces = 1 + random_next(&seed) % 9;

		for (size_t i = 0; i < pieces; i++) {
			const char *p =
				piece[random_next(&seed) % (sizeof(piece) / sizeof(piece[0]))];

			if (n + strlen(p) + 1 < sizeof(text)) {
				memcpy(text + n, p, strlen(p));
				n += strlen(p);
			}
		}
		gh_slice s = { (const uint8_t *)text, n };

		if (gh_slice_trim(s).n)
			words_come_back(s);
	}
}

/* Whatever a value holds, it stays that value: it becomes no second argument. */
static void any_arguments_come_back_as_they_were(void **state)
{
	static const char alphabet[] = "abcXYZ019 =:;,.\\\"'&%\xc3\xa9[]{}";
	uint64_t seed = UINT64_C(77001);
	(void)state;

	for (int round = 0; round < 20000; round++) {
		enum command_kind k = random_next(&seed) % COMMAND_KIND_RAW;
		const char *at = command_kind_row(k)->arguments;
		uint8_t given[1024], text[1024];
		struct ghi_writer g = ghi_writer_on(given, sizeof(given)),
				  w = ghi_writer_on(text, sizeof(text));
		struct command_parameter p;

		while (command_parameter_next(&at, &p)) {
			const struct command_rule *rule = &command_arguments[p.id].rule;
			char value[16];
			size_t n = 1 + random_next(&seed) % (sizeof(value) - 1);

			if (argument_is_unwritten(k, p.id) || p.id == ARGUMENT_table ||
			    p.id == ARGUMENT_name)
				continue;
			for (size_t i = 0; i < n; i++)
				value[i] =
					alphabet[random_next(&seed) % (sizeof(alphabet) - 1)];
			/* Blanks at the ends are not part of a value between tabs. */
			if ((int64_t)n > rule->most)
				n = (size_t)rule->most;
			gh_slice v = gh_slice_trim((gh_slice){ (uint8_t *)value, n });

			if (v.n == 0)
				v = GH_LIT("v");
			if (rule->type != ARGUMENT_TEXT && rule->type != ARGUMENT_LINE)
				v = command_sample(&command_arguments[p.id].rule);
			command_argument_put(&g, command_arguments[p.id].name, v);
		}
		if (!ghi_command_words_exist(k))
			continue;
		ghi_command_words_write(&w, k, ghi_written(&g));
		assert_int_equal(w.err, GH_OK);
		struct read r = words_read(ghi_written(&w));

		if (command_kind_row(k)->record == KIND_COUNT && k != COMMAND_KIND_SET_OPTION &&
		    k != COMMAND_KIND_END_STAY && k != COMMAND_KIND_UPDATE_TABLE &&
		    k != COMMAND_KIND_DELETE_TABLE && k != COMMAND_KIND_QUERY_TABLE &&
		    (r.kind != k || !gh_slice_eq(r.arguments, ghi_written(&g))))
			fail_msg("%.*s was read as %.*s", GH_FMT(ghi_written(&w)),
				 GH_FMT(r.arguments));
		free(r.room);
		words_come_back(ghi_written(&w));
	}
}

static void secrets_are_hidden_by_the_tables_mark(void **state)
{
	static const struct {
		const char *text, *shown;
	} row[] = {
		{ "CHECK", "CHECK" },
		{ "", "" },
		{ "DATA UPDATE USERINFO PIN=1\tName=Passwd\tPri=0",
		  "DATA UPDATE USERINFO PIN=1\tName=Passwd\tPri=0" },
		{ "DATA UPDATE USERINFO PIN=1\tPasswd=1234\tCard=5",
		  "DATA UPDATE USERINFO PIN=1\tPasswd=***\tCard=5" },
		{ "DATA UPDATE USERINFO Passwd=1234\tPIN=1",
		  "DATA UPDATE USERINFO Passwd=***\tPIN=1" },
		{ "DATA UPDATE FINGERTMP PIN=1\tTMP=AAAA==",
		  "DATA UPDATE FINGERTMP PIN=1\tTMP=***" },
		{ "DATA UPDATE BIODATA Pin=1\ttmp=A=B\tpasswd=",
		  "DATA UPDATE BIODATA Pin=1\ttmp=***\tpasswd=***" },
		{ "DATA UPDATE IDCARD IDNum=2\tPhoto=AA\tFPTemplate1=AA\tFPTemplate2=AA",
		  "DATA UPDATE IDCARD IDNum=2\tPhoto=***\tFPTemplate1=***\tFPTemplate2=***" },
		{ "DATA UPDATE ADPIC Index=1\tContent=AAAA",
		  "DATA UPDATE ADPIC Index=1\tContent=***" },
		{ "SET OPTION ComKey=99", "SET OPTION ComKey=***" },
		{ "SET OPTION PushCommKey=99", "SET OPTION PushCommKey=***" },
		{ "SET OPTION ComPwd=99", "SET OPTION ComPwd=***" },
		{ "NEW WORDS Password=1", "NEW WORDS Password=***" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		uint8_t text[512];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		ghi_command_words_show(&w, gh_slice_of(row[i].text));
		if (!gh_slice_eq(ghi_written(&w), gh_slice_of(row[i].shown)))
			fail_msg("%s: %.*s", row[i].text, GH_FMT(ghi_written(&w)));
	}
}

static void a_value_that_cannot_be_leaves_the_rest(void **state)
{
	struct read r = words_read(GH_LIT("ENROLL_FP PIN=1\tFID=-2\tRETRY=3"));
	int64_t n;
	(void)state;

	assert_int_equal(r.kind, COMMAND_KIND_ENROLL_FINGERPRINT);
	assert_true(has_argument(&r, ARGUMENT_pin));
	assert_false(command_argument_number(r.arguments, ARGUMENT_finger, &n));
	assert_true(command_argument_number(r.arguments, ARGUMENT_retry, &n));
	assert_int_equal(n, 3);
	assert_true(has_argument(&r, ARGUMENT_fault));
	free(r.room);
}

static void words_are_plain_where_each_pair_is_known_and_there_once(void **state)
{
	(void)state;
	static const struct {
		const char *text, *odd;
	} rows[] = {
		{ "DATA UPDATE USERINFO PIN=7\tName=A=b c\tPri=0", "" },
		{ "data user pin=7\tPRI=0 ", "" },
		{ "DATA DELETE FINGERTMP PIN=7\tFID=1", "" },
		{ "DATA QUERY FINGERTMP PIN=7\tFID=1\tFingerID=1", "FingerID=1" },
		{ "DATA UPDATE USERINFO PIN=7\tPri=0\tpri=14", "pri=14" },
		{ "DATA UPDATE USERINFO PIN=7\tPrivilege=14", "Privilege=14" },
		{ "DATA UPDATE USERINFO PIN=7 Pri=14", "PIN=7 Pri=14" },
		{ "DATA UPDATE USERINFO PIN=7\t\tPri=0", "" },
		{ "MAKE COFFEE PIN=7\tPIN=7", "" },
		{ "SET OPTION A=1\tA=2", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		gh_slice odd, wanted = gh_slice_of(rows[i].odd);
		bool empty_pair = strstr(rows[i].text, "\t\t");
		bool plain = ghi_command_words_plain(gh_slice_of(rows[i].text), &odd);

		if (plain != (wanted.n == 0 && !empty_pair) || !gh_slice_eq(odd, wanted))
			fail_msg("%s", rows[i].text);
	}
}

static void copied_words_are_read_as_they_are_meant(void **state)
{
	static const struct {
		const char *text, *tidy;
	} of[] = {
		{ "CHECK", "CHECK" },
		{ "C:5:REBOOT", "REBOOT" },
		{ " c:17:DATA QUERY USERINFO", "DATA QUERY USERINFO" },
		{ "DATA UPDATE USERINFO PIN=6\\tName=Bob Stone\\tCard=15",
		  "DATA UPDATE USERINFO PIN=6\tName=Bob Stone\tCard=15" },
		{ "C::CHECK", "C::CHECK" },
		{ "C:x:CHECK", "C:x:CHECK" },
		{ "C:5", "C:5" },
		{ "SHELL a\\b\\", "SHELL a\\b\\" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		uint8_t to[100];

		assert_text(ghi_command_words_tidy(gh_slice_of(of[i].text), to), of[i].tidy);
	}
}

static void blanks_are_not_taken_for_tabs(void **state)
{
	static const struct {
		const char *text;
		bool fault;
	} of[] = {
		{ "DATA UPDATE USERINFO PIN=6 Name=Bob", true },
		{ "DATA UPDATE USERINFO PIN=6 Name=Bob Card=15488111 Grp=1", true },
		{ "DATA UPDATE USERINFO PIN=6\tName=Bob Stone", false },
		{ "DATA UPDATE USERINFO PIN=6", false },
		{ "DATA QUERY ATTLOG StartTime=2026-11-01 00:00:00 EndTime=2026-11-02 00:00:00",
		  true },
		{ "DATA QUERY ATTLOG StartTime=2026-11-01 00:00:00\tEndTime=2026-11-02 "
		  "00:00:00",
		  false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		struct read r = words_read(gh_slice_of(of[i].text));

		if (has_argument(&r, ARGUMENT_fault) != of[i].fault)
			fail_msg("%s", of[i].text);
		free(r.room);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_written_and_read_back),
		cmocka_unit_test(words_get_their_meaning),
		cmocka_unit_test(a_line_end_is_no_part_of_a_command),
		cmocka_unit_test(any_words_come_back_as_they_were),
		cmocka_unit_test(any_arguments_come_back_as_they_were),
		cmocka_unit_test(secrets_are_hidden_by_the_tables_mark),
		cmocka_unit_test(a_value_that_cannot_be_leaves_the_rest),
		cmocka_unit_test(words_are_plain_where_each_pair_is_known_and_there_once),
		cmocka_unit_test(copied_words_are_read_as_they_are_meant),
		cmocka_unit_test(blanks_are_not_taken_for_tabs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
