/* argv[1]: tests/xlsx.py, which reads what was written. */
#include "tests.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "render/field.h"
#include "render/sheet.h"

struct row {
	int64_t number, day, time;
	gh_slice text;
};

#define ROW struct row
static const struct field field[] = { FIELD_AT(number, INT, always, "", number) FIELD_AT(
	text, TEXT, always, "", text) FIELD_AT(day, DAY, always, "", day)
					      FIELD_AT(time, CIVIL, always, "", time) };
#undef ROW

static const struct fields fields = { "Row", field, sizeof(field) / sizeof(field[0]), NULL };
static const char *reader;

static struct row row_of(int64_t number, const char *text)
{
	return (struct row){ number, 20261103, 20261103080107, gh_slice_of(text) };
}

/* What the reader prints of the workbook, without blanks; to be freed. */
static char *sheet_as_read(const struct sheet *s)
{
	char path[] = "/tmp/gatehouse-sheet-XXXXXX", command[512], *text = calloc(1, 1 << 16);
	int file = mkstemp(path);
	uint8_t part[1000];
	uint64_t at = 0;
	int64_t n;

	assert_true(file >= 0);
	while ((n = sheet_read(s, at, part, sizeof(part))) > 0) {
		assert_int_equal(write(file, part, (size_t)n), n);
		at += (uint64_t)n;
	}
	assert_int_equal(n, 0);
	snprintf(command, sizeof(command), "/usr/bin/python3 %s %s", reader, path);
	FILE *from = popen(command, "re");
	assert_non_null(from);
	assert_true(fread(text, 1, (1 << 16) - 1, from) > 0);
	assert_int_equal(pclose(from), 0);
	unlink(path);
	close(file);
	return text;
}

static void rows_beyond_a_page_go_to_the_next(void **state)
{
	struct sheet *s;
	char *text;
	(void)state;

	assert_int_equal(sheet_new("/tmp", "rows", &fields, &s), GH_OK);
	sheet_rows_limit(s, 2);
	for (int64_t i = 1; i <= 5; i++) {
		struct row row = row_of(i, "");

		assert_int_equal(sheet_row(s, &row), GH_OK);
	}
	assert_int_equal(sheet_end(s), GH_OK);
	text = sheet_as_read(s);
	/* Each page has its head, then its rows. */
	assert_non_null(
		strstr(text, "{\"rows\": [[\"number\", \"text\", \"day\", \"time\"], [1,"));
	assert_non_null(
		strstr(text, "\"rows 2\": [[\"number\", \"text\", \"day\", \"time\"], [3,"));
	assert_non_null(
		strstr(text, "\"rows 3\": [[\"number\", \"text\", \"day\", \"time\"], [5,"));
	assert_null(strstr(text, "rows 4"));
	free(text);
	sheet_free(s);
}

static void text_stays_text_and_times_are_dates(void **state)
{
	static const struct {
		const char *text, *read;
	} c[] = {
		{ "007", "[1, \"007\", {\"date\": \"2026-11-03 00:00:00\", \"format\": "
			 "\"yyyy-mm-dd\"}, {\"date\": \"2026-11-03 08:01:07\"" },
		{ "=1+1", "[1, \"=1+1\"," },
		{ "-a\tb", "[1, \"-a\\tb\"," },
		{ "<&\">", "[1, \"<&\\\">\"," },
		{ " \xC3\xBC ", "[1, \" \\u00fc \"," },
		{ "a\x01\x1F", "[1, \"a\\ufffd\\ufffd\"," },
		{ "a\xFF\xC3", "[1, \"a\\ufffd\\ufffd\"," },
		{ "\xEF\xBF\xBF", "[1, \"\\ufffd\"," },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct row row = row_of(1, c[i].text);
		struct sheet *s;

		assert_int_equal(sheet_new("/tmp", "rows", &fields, &s), GH_OK);
		assert_int_equal(sheet_row(s, &row), GH_OK);
		assert_int_equal(sheet_end(s), GH_OK);
		char *text = sheet_as_read(s);
		if (strstr(text, c[i].read) == NULL)
			fail_msg("%s: %s", c[i].read, text);
		free(text);
		sheet_free(s);
	}
}

static void what_is_no_moment_is_text(void **state)
{
	struct row row = { INT64_MAX, 18991231, 20260230250000, GH_LIT("") };
	struct sheet *s;
	char *text;
	(void)state;

	assert_int_equal(sheet_new("/tmp", "rows", &fields, &s), GH_OK);
	assert_int_equal(sheet_row(s, &row), GH_OK);
	assert_int_equal(sheet_end(s), GH_OK);
	text = sheet_as_read(s);
	assert_non_null(strstr(text, "[\"9223372036854775807\", null, \"1899-12-31\", "
				     "\"2026-02-30 25:00:00\"]"));
	free(text);
	sheet_free(s);
}

static size_t open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void one_that_is_discarded_leaves_nothing(void **state)
{
	char folder[] = "/tmp/gatehouse-sheet-XXXXXX";
	size_t before = open_files();
	struct sheet *s;
	(void)state;

	assert_non_null(mkdtemp(folder));
	assert_int_equal(sheet_new(folder, "rows", &fields, &s), GH_OK);
	for (int64_t i = 1; i <= 3000; i++) {
		struct row row = row_of(i, "text");

		assert_int_equal(sheet_row(s, &row), GH_OK);
	}
	assert_int_equal(rmdir(folder), 0);
	sheet_free(s);
	assert_int_equal(open_files(), before);
	assert_int_equal(sheet_new(folder, "rows", &fields, &s), GH_EIO);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_beyond_a_page_go_to_the_next),
		cmocka_unit_test(text_stays_text_and_times_are_dates),
		cmocka_unit_test(what_is_no_moment_is_text),
		cmocka_unit_test(one_that_is_discarded_leaves_nothing),
	};

	reader = argc > 1 ? argv[1] : "tests/xlsx.py";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
