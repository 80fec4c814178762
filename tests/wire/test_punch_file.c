#include "tests.h"

#include "slices.h"
#include "wire/punch_file/punch_file.h"

#define CSV_HEAD                                                                           \
	"seq,pin,timestamp,status,verifyType,statusName,verifyName,workCode,deviceSerial," \
	"flags,extra"

static struct ghi_punch_file file_of(const char *first, bool want_head)
{
	struct ghi_punch_file f = { .generation = VERIFY_NEW };
	struct ghi_punch_file_fault fault = { 0 };
	uint8_t room[GHI_PUNCH_FILE_ROOM(400)];
	bool head;

	if (ghi_punch_file_begin(&f, gh_slice_of(first), room, &head, &fault))
		fail_msg("%s: %s %s", first, fault.column, fault.reason);
	assert_int_equal(head, want_head);
	return f;
}

static void the_first_line_shows_what_a_file_is(void **state)
{
	static const struct {
		const char *first;
		int form; /* -1: none */
		bool head;
		const char *column;
	} c[] = {
		{ "        1\t2012-03-14 09:30:10\t1\t0\t1\t0\r\n", GHI_PUNCH_FILE_USB, false,
		  "" },
		{ "SN=CJDE231260005\r\n", GHI_PUNCH_FILE_USB, false, "" },
		{ CSV_HEAD "\n", GHI_PUNCH_FILE_CSV, true, "" },
		{ "seq;timestamp;pin;statusName;verifyName;workCode\r\n", GHI_PUNCH_FILE_CSV,
		  true, "" },
		{ "\"pin\"\t\"timestamp\"\tstatus\tverifyType\tworkCode", GHI_PUNCH_FILE_CSV,
		  true, "" },
		{ " {\"pin\":\"1\"}", GHI_PUNCH_FILE_NDJSON, false, "" },
		{ "pin,timestamp,verifyType,workCode", -1, true, "status" },
		{ "pin,timestamp,status,workCode", -1, true, "verifyType" },
		{ "pin,timestamp,status,verifyType", -1, true, "workCode" },
		{ "PK\3\4", -1, false, "" },
		{ "name,time", -1, false, "" },
		{ "", -1, false, "" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice first = exact_copy(gh_slice_of(c[i].first));
		uint8_t *room = malloc(GHI_PUNCH_FILE_ROOM(first.n));
		struct ghi_punch_file f = { 0 };
		struct ghi_punch_file_fault fault = { 0 };
		bool head;
		enum gh_err err = ghi_punch_file_begin(&f, first, room, &head, &fault);

		assert_int_equal(err == GH_OK, c[i].form >= 0);
		assert_int_equal(head, c[i].head);
		if (err == GH_OK)
			assert_int_equal(f.form, c[i].form);
		else
			assert_string_equal(fault.column, c[i].column);
		free(room);
		exact_free(first);
	}
}

struct shape {
	const char *first; /* NULL: the record itself */
	const char *record;
	const char *pin;
	int64_t time;
	int32_t status, verify;
	const char *work_code, *extra, *serial;
	uint32_t flags;
};

static const struct shape shapes[] = {
	/* The UDisk example of the zkemkeeper SDK */
	{ NULL, "        1\t2012-03-14 09:30:10\t1\t0\t1\t0\r\n", "1", 20120314093010, 0, 1,
	  "0", "", "", 0 },
	/* github.com/adrobinoga/pyzatt, issue 18 */
	{ NULL, "      200\t2020-08-26 23:08:49\t7\t0\t1\t53\r", "200", 20200826230849, 0, 1,
	  "53", "", "", 0 },
	{ NULL, "007\t2020-08-26 23:08:49\t1\t255\t15", "007", 20200826230849, 255, 15, "", "",
	  "", 0 },
	{ NULL, "   A1  \t 2020-08-26 23:08:49\t 1 \t1\t4\t0\t9\t8", "A1", 20200826230849, 1, 4,
	  "0", "9\t8", "", 0 },
	{ NULL, "1\t2020-02-30 23:08:49\t1\t0\t1\t0", "1", 20200230230849, 0, 1, "0", "", "",
	  PUNCH_IMPOSSIBLE },
	/* Exports of this program */
	{ CSV_HEAD, "7,007,2026-11-03 08:00:00,0,1,check in,fingerprint,53,CJDE1,,", "007",
	  20261103080000, 0, 1, "53", "", "CJDE1", 0 },
	{ CSV_HEAD, "7,'=1+1,2026-11-03 08:00:00,,,,,,CJDE1,epoch,a\tb", "=1+1", 20261103080000,
	  -1, -1, "", "a\tb", "CJDE1", PUNCH_EPOCH },
	{ "seq;timestamp;pin;personName;statusName;verifyName;workCode",
	  "1;2026-11-03 08:00:00;\"=\"\"007\"\"\";\"Anne \"\"A\"\"\nB\";check "
	  "out;face;\"=\"\"0\"\"\"",
	  "007", 20261103080000, 1, 15, "0", "", "", 0 },
	{ "seq;timestamp;pin;personName;statusName;verifyName;workCode",
	  "1;2026-11-03 08:00:00;12;;77;;", "12", 20261103080000, 77, -1, "", "", "", 0 },
	{ NULL,
	  "{\"seq\":1,\"pin\":\"0\\u00317\",\"timestamp\":\"2026-11-03 08:00:00\",\"status\":0,"
	  "\"verifyType\":null,\"workCode\":\"\",\"deviceSerial\":\"X1\",\"flags\":[\"epoch\"],"
	  "\"extra\":null}",
	  "017", 20261103080000, 0, -1, "", "", "X1", PUNCH_EPOCH },
};

static void every_form_is_read_as_what_was_pushed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(shapes); i++) {
		const struct shape *c = &shapes[i];
		struct ghi_punch_file f = file_of(c->first ? c->first : c->record, c->first);
		gh_slice record = exact_copy(gh_slice_of(c->record));
		uint8_t *room = malloc(GHI_PUNCH_FILE_ROOM(record.n));
		struct ghi_punch_file_fault fault = { 0 };
		struct ghi_punch_file_row row;

		if (ghi_punch_file_read(&f, record, room, &row, &fault))
			fail_msg("%s: %s %s", c->record, fault.column, fault.reason);
		assert_int_equal(row.what, GHI_PUNCH_FILE_PUNCH);
		assert_text(row.p.pin, c->pin);
		assert_int_equal(row.p.time, c->time);
		assert_int_equal(row.p.status, c->status);
		assert_int_equal(row.p.verify, c->verify);
		assert_text(row.p.work_code, c->work_code);
		assert_text(row.p.extra, c->extra);
		assert_text(row.serial, c->serial);
		assert_int_equal(row.p.flags, c->flags);
		if (c->flags & PUNCH_EPOCH)
			assert_int_equal(row.p.utc, ghi_civil_to_seconds(c->time));
		free(room);
		exact_free(record);
	}
}

static void what_is_no_punch_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *first, *record, *column;
	} c[] = {
		{ NULL, "1\t2012-03-14 09:30:10\t1\t0", "" },
		{ NULL, "1\t2012-03-14 09:30:10\t0x1\t0\t1\t0", "" },
		{ NULL, "  \t2012-03-14 09:30:10\t1\t0\t1\t0", "pin" },
		{ NULL, "1\t14.03.2012 09:30\t1\t0\t1\t0", "timestamp" },
		{ NULL, "1\t2012-03-14 09:30:10\t1\tx\t1\t0", "status" },
		{ NULL, "1\t2012-03-14 09:30:10\t1\t0\tx\t0", "verifyType" },
		{ NULL, "1234567890123456789012345\t2012-03-14 09:30:10\t1\t0\t1\t0", "pin" },
		{ CSV_HEAD, "1,2", "timestamp" },
		{ CSV_HEAD, "1,\"2\t3\",2026-11-03 08:00:00,0,1,,,,,,", "pin" },
		{ CSV_HEAD, "1,2,2026-02-30 08:00:00,0,1,,,,,epoch,", "timestamp" },
		{ "timestamp,pin,statusName,verifyName,workCode",
		  "2026-11-03 08:00:00,2,lunch,,", "statusName" },
		{ "{", "{\"pin\":\"1\"}", "timestamp" },
		{ "{", "{\"pin\":\"1\"", "" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct ghi_punch_file f = { .form = GHI_PUNCH_FILE_USB };
		gh_slice record = exact_copy(gh_slice_of(c[i].record));
		uint8_t *room = malloc(GHI_PUNCH_FILE_ROOM(record.n));
		struct ghi_punch_file_fault fault = { 0 };
		struct ghi_punch_file_row row;

		if (c[i].first)
			f = file_of(c[i].first, c[i].first[0] != '{');
		if (ghi_punch_file_read(&f, record, room, &row, &fault) == GH_OK)
			fail_msg("%s", c[i].record);
		assert_non_null(fault.reason);
		assert_string_equal(fault.column, c[i].column);
		free(room);
		exact_free(record);
	}
}

static void the_lines_around_an_extended_export_are_no_punches(void **state)
{
	static const struct {
		const char *line;
		enum ghi_punch_file_what what;
		const char *serial;
	} c[] = {
		{ "SN=CJDE231260005\r\n", GHI_PUNCH_FILE_DEVICE, "CJDE231260005" },
		{ "SN: 0132\r\n", GHI_PUNCH_FILE_DEVICE, "0132" },
		{ "CheckSum=12345\r\n", GHI_PUNCH_FILE_SUM, "" },
	};
	struct ghi_punch_file f = { .form = GHI_PUNCH_FILE_USB };
	struct ghi_punch_file_fault fault = { 0 };
	struct ghi_punch_file_row row;
	uint8_t room[GHI_PUNCH_FILE_ROOM(100)];
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		f.last = c[i].what == GHI_PUNCH_FILE_SUM;
		assert_int_equal(
			ghi_punch_file_read(&f, gh_slice_of(c[i].line), room, &row, &fault),
			GH_OK);
		assert_int_equal(row.what, c[i].what);
		assert_text(row.serial, c[i].serial);
	}
}

/* A damaged line may look like a frame. */
static void a_frame_in_another_place_is_a_wrong_line(void **state)
{
	static const struct {
		const char *line;
		bool punched, last;
	} c[] = {
		{ "CheckSum=12345\r\n", true, false },
		{ "c\r\n", false, false },
		{ "SN=CJDE231260005\r\n", true, false },
		{ "sn\r\n", true, true },
	};
	struct ghi_punch_file_fault fault = { 0 };
	struct ghi_punch_file_row row;
	uint8_t room[GHI_PUNCH_FILE_ROOM(100)];
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct ghi_punch_file f = { .form = GHI_PUNCH_FILE_USB,
					    .punched = c[i].punched,
					    .last = c[i].last };

		assert_int_equal(
			ghi_punch_file_read(&f, gh_slice_of(c[i].line), room, &row, &fault),
			GH_EMALFORMED);
	}
}

static void a_word_of_two_numbers_is_none(void **state)
{
	struct ghi_punch_file f = file_of("timestamp,pin,statusName,verifyName,workCode", true);
	gh_slice record = GH_LIT("2026-11-03 08:00:00,2,check in,password,");
	struct ghi_punch_file_fault fault = { 0 };
	struct ghi_punch_file_row row;
	uint8_t room[GHI_PUNCH_FILE_ROOM(100)];
	(void)state;

	assert_int_equal(ghi_punch_file_read(&f, record, room, &row, &fault), GH_OK);
	assert_int_equal(row.p.verify, 3);
	/* 0 of its own table, and 3, which later firmware of that line used. */
	f.generation = VERIFY_OLD;
	assert_int_equal(ghi_punch_file_read(&f, record, room, &row, &fault), GH_EMALFORMED);
	assert_string_equal(fault.column, "verifyName");
}

static void what_a_clock_writes_is_read_back(void **state)
{
	struct punch p = { .pin = GH_LIT("42"),
			   .time = 20261103080000,
			   .status = 1,
			   .verify = 15,
			   .work_code = GH_LIT("53") };
	struct ghi_punch_file f = { .form = GHI_PUNCH_FILE_USB };
	struct ghi_punch_file_fault fault = { 0 };
	struct ghi_punch_file_row row;
	uint8_t text[100], room[GHI_PUNCH_FILE_ROOM(100)];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	ghi_punch_file_usb_write(&w, &p, 7);
	assert_text(ghi_written(&w), "       42\t2026-11-03 08:00:00\t7\t1\t15\t53\r\n");
	assert_int_equal(ghi_punch_file_read(&f, ghi_written(&w), room, &row, &fault), GH_OK);
	assert_text(row.p.pin, "42");
	assert_text(row.p.work_code, "53");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_line_shows_what_a_file_is),
		cmocka_unit_test(every_form_is_read_as_what_was_pushed),
		cmocka_unit_test(what_is_no_punch_is_refused_with_the_reason),
		cmocka_unit_test(the_lines_around_an_extended_export_are_no_punches),
		cmocka_unit_test(a_frame_in_another_place_is_a_wrong_line),
		cmocka_unit_test(a_word_of_two_numbers_is_none),
		cmocka_unit_test(what_a_clock_writes_is_read_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
