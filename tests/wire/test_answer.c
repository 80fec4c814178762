#include "tests.h"

#include "slices.h"
#include "wire/push/answer.h"

struct want {
	const char *id;
	int64_t code;
	bool has_return;
	const char *sn, *cmd, *file, *content, *rest;
};

static void assert_answer(gh_slice *in, const struct want *w)
{
	struct ghi_answer a;

	assert_int_equal(ghi_answer_next(in, &a), GH_OK);
	assert_text(a.id, w->id);
	assert_int_equal(a.has_return, w->has_return);
	assert_int_equal(a.return_code, w->code);
	assert_text(a.sn, w->sn ? w->sn : "");
	assert_text(a.cmd, w->cmd ? w->cmd : "");
	assert_text(a.file_name, w->file ? w->file : "");
	assert_text(a.content, w->content ? w->content : "");
	if (w->rest)
		assert_text(a.rest, w->rest);
}

static void every_single_form_is_read(void **state)
{
	static const struct {
		const char *body;
		struct want want;
	} c[] = {
		{ "ID=iiii&Return=0",
		  { .id = "iiii", .code = 0, .has_return = true, .rest = "ID=iiii&Return=0" } },
		{ "ID=iiii&SN=xxxx&Return=0\n",
		  { .id = "iiii",
		    .code = 0,
		    .has_return = true,
		    .sn = "xxxx",
		    .rest = "ID=iiii&SN=xxxx&Return=0" } },
		{ "ID=1&Return=-1002&CMD=SET OPTION\r\n",
		  { .id = "1",
		    .code = -1002,
		    .has_return = true,
		    .cmd = "SET OPTION",
		    .rest = "ID=1&Return=-1002&CMD=SET OPTION" } },
		/* in a query, where the serial number comes first */
		{ "SN=TEST0001&ID=5&Return=0&CMD=DATA",
		  { .id = "5",
		    .code = 0,
		    .has_return = true,
		    .sn = "TEST0001",
		    .cmd = "DATA" } },
		{ "id=5&return=3&cmd=data",
		  { .id = "5", .code = 3, .has_return = true, .cmd = "data" } },
		{ "ID=7&CMD=LOG", { .id = "7", .code = 0, .has_return = false, .cmd = "LOG" } },
		{ "ID=7&Return=ok&CMD=LOG",
		  { .id = "7", .code = 0, .has_return = false, .cmd = "LOG" } },
		{ "ID=7", { .id = "7", .code = 0, .has_return = false } },
		{ "ID=2&Return=0&CMD=VERIFY SUM&StartTime=2011-06-22 09:00:30& "
		  "EndTime=2011-06-22 "
		  "18:00:30&AttlogSum=12\n",
		  { .id = "2",
		    .code = 0,
		    .has_return = true,
		    .cmd = "VERIFY SUM",
		    .rest = "ID=2&Return=0&CMD=VERIFY SUM&StartTime=2011-06-22 09:00:30& "
			    "EndTime=2011-06-22 18:00:30&AttlogSum=12" } },
		/* settings, an empty line between, a setting named ID */
		{ "ID=155&Return=0&CMD=INFO\n\nTransactionCount=3\nID=4\nFWVersion=Ver 6.39\n",
		  { .id = "155",
		    .code = 0,
		    .has_return = true,
		    .cmd = "INFO",
		    .content = "\nTransactionCount=3\nID=4\nFWVersion=Ver 6.39" } },
		/* blocks */
		{ "ID=165\nSN=T1\nReturn=0\nCMD=Shell\nFILENAME=shellout.txt\nContent="
		  "mtd\nusb\n",
		  { .id = "165",
		    .code = 0,
		    .has_return = true,
		    .sn = "T1",
		    .cmd = "Shell",
		    .file = "shellout.txt",
		    .content = "mtd\nusb\n" } },
		{ "ID=1234\nSN=99999\nFILENAME=a b\nCMD=GetFile\nReturn=999\nContent=ssss",
		  { .id = "1234",
		    .code = 999,
		    .has_return = true,
		    .sn = "99999",
		    .cmd = "GetFile",
		    .file = "a b",
		    .content = "ssss" } },
		{ "SN=9\r\nID=3\r\nReturn=0\r\nCMD=PutFile\r\n",
		  { .id = "3",
		    .code = 0,
		    .has_return = true,
		    .sn = "9",
		    .cmd = "PutFile",
		    .rest = "SN=9\r\nID=3\r\nReturn=0\r\nCMD=PutFile" } },
		{ "ID=157\nReturn=3132\nCMD=PutFile",
		  { .id = "157", .code = 3132, .has_return = true, .cmd = "PutFile" } },
		{ "ID=8\nReturn=0\nCMD=INFO\nUserCount=2\nSN=3",
		  { .id = "8",
		    .code = 0,
		    .has_return = true,
		    .cmd = "INFO",
		    .content = "UserCount=2\nSN=3" } },
		{ "ID=6\nnote\nReturn=0\nColour=red\n",
		  { .id = "6",
		    .has_return = true,
		    .rest = "ID=6\nnote\nReturn=0\nColour=red" } },
		{ "ID=9\nReturn=0\nCMD=GetFile\nFILENAME=e\nContent=",
		  { .id = "9", .code = 0, .has_return = true, .cmd = "GetFile", .file = "e" } },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice body = exact_copy(gh_slice_of(c[i].body)), in = body;
		struct ghi_answer a;

		assert_answer(&in, &c[i].want);
		assert_int_equal(ghi_answer_next(&in, &a), GH_ENOTFOUND);
		exact_free(body);
	}
}

static void a_batch_gives_one_answer_after_another(void **state)
{
	gh_slice in = GH_LIT(
		"ID=info8487&Return=0&CMD=DATA\n"
		"ID=9&Return=0&CMD=INFO\nUserCount=1\n"
		"ID=156\nSN=T\nFILENAME=/o.cfg\nCMD=GetFile\nReturn=12\nContent=a=1&b=2\nc=3\n"
		"ID=157\nReturn=3132\nCMD=PutFile\n"
		"ID=158\nReturn=14\nCMD=PutFile\r\n"
		"ID=fp7464&Return=-12&CMD=DATA\n");
	static const struct want want[] = {
		{ .id = "info8487", .code = 0, .has_return = true, .cmd = "DATA" },
		{ .id = "9",
		  .code = 0,
		  .has_return = true,
		  .cmd = "INFO",
		  .content = "UserCount=1" },
		{ .id = "156",
		  .code = 12,
		  .has_return = true,
		  .sn = "T",
		  .cmd = "GetFile",
		  .file = "/o.cfg",
		  .content = "a=1&b=2\nc=3\n" },
		{ .id = "157", .code = 3132, .has_return = true, .cmd = "PutFile" },
		{ .id = "158", .code = 14, .has_return = true, .cmd = "PutFile" },
		{ .id = "fp7464", .code = -12, .has_return = true, .cmd = "DATA" },
	};
	struct ghi_answer a;
	(void)state;

	for (size_t i = 0; i < COUNT(want); i++)
		assert_answer(&in, &want[i]);
	assert_int_equal(ghi_answer_next(&in, &a), GH_ENOTFOUND);
}

static void settings_end_where_an_answer_begins_and_not_before(void **state)
{
	gh_slice in = GH_LIT("ID=9&Return=0&CMD=INFO\nID=4\nX=a&Return=1\nID=7&note=1\n"
			     "ID=10&SN=T&return=-1\n");
	struct ghi_answer a;
	(void)state;

	assert_answer(&in, &(struct want){ .id = "9",
					   .has_return = true,
					   .cmd = "INFO",
					   .content = "ID=4\nX=a&Return=1\nID=7&note=1" });
	assert_answer(&in,
		      &(struct want){ .id = "10", .code = -1, .has_return = true, .sn = "T" });
	assert_int_equal(ghi_answer_next(&in, &a), GH_ENOTFOUND);
}

static void a_file_may_stand_in_the_single_form_too(void **state)
{
	gh_slice in = GH_LIT("ID=1&Return=5&CMD=GetFile&Content=ab&c\nID=2&Return=0\n");
	(void)state;

	assert_answer(&in, &(struct want){ .id = "1",
					   .code = 5,
					   .has_return = true,
					   .cmd = "GetFile",
					   .content = "ab&c\n" });
	assert_answer(&in, &(struct want){ .id = "2", .has_return = true });
}

static void a_file_may_hold_any_bytes(void **state)
{
	gh_slice in =
		GH_LIT("ID=1\nReturn=21\nCMD=GetFile\nContent=ID=2&Return=0\n\0\r\n\377=&x\n"
		       "ID=3&Return=0");
	struct ghi_answer a;
	(void)state;

	assert_int_equal(ghi_answer_next(&in, &a), GH_OK);
	assert_slice(a.content, GH_LIT("ID=2&Return=0\n\0\r\n\377=&x"));
	assert_int_equal(ghi_answer_next(&in, &a), GH_OK);
	assert_text(a.id, "3");
}

static void a_size_that_does_not_fit_leaves_the_file_whole(void **state)
{
	gh_slice in = GH_LIT("ID=1\nReturn=2\nCMD=GetFile\nContent=abcdef");
	struct ghi_answer a;
	(void)state;

	assert_int_equal(ghi_answer_next(&in, &a), GH_OK);
	assert_text(a.content, "abcdef");
	in = GH_LIT("ID=1\nReturn=0\nCMD=Shell\nContent=ID=2&Return=0\n");
	assert_int_equal(ghi_answer_next(&in, &a), GH_OK);
	assert_text(a.content, "ID=2&Return=0\n");
}

static void a_piece_without_an_id_does_not_lose_the_next(void **state)
{
	static const char *const bad[] = { "OK",	   "Return=0&CMD=DATA",
					   "ID=&Return=0", "Return=0\nCMD=X",
					   "x=1",	   "\0" };
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		char text[64];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));
		struct ghi_answer a;

		ghi_put(&w, i == COUNT(bad) - 1 ? GH_LIT("\0") : gh_slice_of(bad[i]));
		ghi_put(&w, GH_LIT("\nID=9&Return=0\n"));
		gh_slice in = ghi_written(&w);
		assert_int_equal(ghi_answer_next(&in, &a), GH_EMALFORMED);
		assert_int_equal(ghi_answer_next(&in, &a), GH_OK);
		assert_text(a.id, "9");
	}
}

static void what_is_written_reads_back(void **state)
{
	char text[64];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	ghi_answer_write(&w, GH_LIT("12"), -1002, GH_LIT("SET OPTION"));
	ghi_answer_write(&w, GH_LIT("13"), 0, (gh_slice){ 0 });
	assert_text(ghi_written(&w), "ID=12&Return=-1002&CMD=SET OPTION\nID=13&Return=0\n");
	gh_slice in = ghi_written(&w);
	assert_answer(&in, &(struct want){ .id = "12",
					   .code = -1002,
					   .has_return = true,
					   .cmd = "SET OPTION" });
	assert_answer(&in, &(struct want){ .id = "13", .code = 0, .has_return = true });
	ghi_answer_write(&w, GH_LIT("1&Return=0"), 0, (gh_slice){ 0 });
	assert_int_equal(w.err, GH_EMALFORMED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_single_form_is_read),
		cmocka_unit_test(a_batch_gives_one_answer_after_another),
		cmocka_unit_test(settings_end_where_an_answer_begins_and_not_before),
		cmocka_unit_test(a_file_may_stand_in_the_single_form_too),
		cmocka_unit_test(a_file_may_hold_any_bytes),
		cmocka_unit_test(a_size_that_does_not_fit_leaves_the_file_whole),
		cmocka_unit_test(a_piece_without_an_id_does_not_lose_the_next),
		cmocka_unit_test(what_is_written_reads_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
