#include "tests.h"

#include "slices.h"
#include "wire/attendance/attlog.h"

struct shape {
	const char *line;
	const char *pin;
	int64_t time;
	int32_t status, verify;
	const char *work_code, *extra;
	uint32_t flags;
};

static const struct shape shapes[] = {
	/* PUSH SDK 2013, 3.2.3-1 */
	{ "982\t2008-02-25 12:08:21\t1\t0", "982", 20080225120821, 1, 0, "", "", 0 },
	/* Attendance PUSH 2020-03, 11.2 */
	{ "1452\t2015-07-30 15:16:28\t0\t1\t0\t0\t0", "1452", 20150730151628, 0, 1, "0", "",
	  0 },
	/* Attendance PUSH 2020-03, 11.7 */
	{ "1452\t2015-07-30 15:16:28\t0\t1\t0\t0\t0\t210218199105072345\t0", "1452",
	  20150730151628, 0, 1, "0", "0\t0\t210218199105072345\t0", 0 },
	/* QUIRKS Q25: seven, eight and ten columns with tabs at the end, and what one firmware
	 * keeps behind them */
	{ "1\t2024-07-28 01:25:24\t0\t1\t\t0\t0\t\r", "1", 20240728012524, 0, 1, "", "", 0 },
	{ "12\t2024-07-28 01:25:24\t1\t1\t\t0\t0\t\t", "12", 20240728012524, 1, 1, "", "", 0 },
	{ "1\t2024-07-28 01:25:24\t255\t15\t0\t0\t0\t0\t0\t0\t", "1", 20240728012524, 255, 15,
	  "0", "", 0 },
	{ "2\t2022-07-12 16:00:20\t1\t15\t\t0\t0\t\t\t43", "2", 20220712160020, 1, 15, "",
	  "0\t0\t\t\t43", 0 },
	/* QUIRKS Q27: PINs are texts */
	{ "GARA061007MD5\t2024-07-28 01:25:24\t0\t1", "GARA061007MD5", 20240728012524, 0, 1, "",
	  "", 0 },
	{ "016\t2024-07-28 01:25:24\t0\t1\tnull", "016", 20240728012524, 0, 1, "", "", 0 },
	{ "123456789012345678901234\t2024-07-28 01:25:24\tnull\t1", "123456789012345678901234",
	  20240728012524, -1, 1, "", "", 0 },
	/* What is not there is absent */
	{ "1\t2024-07-28 01:25:24", "1", 20240728012524, -1, -1, "", "", 0 },
	{ "1\t2024-07-28 01:25:24\t\t\tA7", "1", 20240728012524, -1, -1, "A7", "", 0 },
	{ "1\t2024-07-28T01:25:24\t-1\t 4 ", "1", 20240728012524, -1, 4, "", "", 0 },
	/* Digits that name no moment are kept and flagged */
	{ "1\t2000-00-00 00:00:00\t0\t1", "1", 20000000000000, 0, 1, "", "", PUNCH_IMPOSSIBLE },
	{ "1\t2023-02-29 25:61:61\t0\t1", "1", 20230229256161, 0, 1, "", "", PUNCH_IMPOSSIBLE },
	/* Seconds since 1970 */
	{ "1\t1722129924\t0\t1\t\t0\t0", "1", 20240728012524, 0, 1, "", "", PUNCH_EPOCH },
};

static void every_known_shape_of_line_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(shapes); i++) {
		const struct shape *c = &shapes[i];
		gh_slice line = exact_copy(gh_slice_of(c->line));
		struct ghi_attlog_fault fault = { 0 };
		struct punch p;

		if (ghi_attlog_parse(line, &p, &fault))
			fail_msg("%s: %s", c->line, fault.reason);
		assert_text(p.pin, c->pin);
		assert_int_equal(p.time, c->time);
		assert_int_equal(p.status, c->status);
		assert_int_equal(p.verify, c->verify);
		assert_text(p.work_code, c->work_code);
		assert_text(p.extra, c->extra);
		assert_int_equal(p.flags, c->flags);
		assert_int_equal(p.utc, c->flags & PUNCH_EPOCH ? 1722129924 : PUNCH_NO_UTC);
		exact_free(line);
	}
}

static void what_is_written_reads_back_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(shapes); i++) {
		struct ghi_attlog_fault fault;
		struct punch a, b;
		char text[256], again[256];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));
		struct ghi_writer w2 = ghi_writer_on(again, sizeof(again));

		assert_int_equal(ghi_attlog_parse(gh_slice_of(shapes[i].line), &a, &fault),
				 GH_OK);
		ghi_attlog_write(&w, &a);
		assert_int_equal(w.err, GH_OK);
		assert_int_equal(ghi_attlog_parse(ghi_written(&w), &b, &fault), GH_OK);
		ghi_attlog_write(&w2, &b);
		assert_slice(ghi_written(&w2), ghi_written(&w));
		assert_int_equal(a.utc, b.utc);
	}
}

static void what_is_no_punch_is_refused_with_reason_and_column(void **state)
{
	const struct {
		gh_slice line;
		enum gh_err err;
		unsigned column;
	} c[] = {
		{ GH_LIT("\t2024-07-28 01:25:24\t0\t1"), GH_EMALFORMED, 1 },
		{ GH_LIT("  \t2024-07-28 01:25:24\t0\t1"), GH_EMALFORMED, 1 },
		{ GH_LIT(""), GH_EMALFORMED, 1 },
		{ GH_LIT("1\0002\t2024-07-28 01:25:24\t0\t1"), GH_EMALFORMED, 1 },
		{ GH_LIT("1234567890123456789012345\t2024-07-28 01:25:24"), GH_ETOOBIG, 1 },
		{ GH_LIT("1"), GH_EMALFORMED, 2 },
		{ GH_LIT("1\t"), GH_EMALFORMED, 2 },
		{ GH_LIT("1\tyesterday\t0\t1"), GH_EMALFORMED, 2 },
		{ GH_LIT("1\t2024-07-28\t0\t1"), GH_EMALFORMED, 2 },
		{ GH_LIT("1\t12345678\t0\t1"), GH_EMALFORMED, 2 },
		{ GH_LIT("1\t2024-07-28 01:25:2\0\t0\t1"), GH_EMALFORMED, 2 },
		{ GH_LIT("1\t2024-07-28 01:25:24\tin\t1"), GH_EMALFORMED, 3 },
		{ GH_LIT("1\t2024-07-28 01:25:24\t-2\t1"), GH_ETOOBIG, 3 },
		{ GH_LIT("1\t2024-07-28 01:25:24\t0\t0x1"), GH_EMALFORMED, 4 },
		{ GH_LIT("1\t2024-07-28 01:25:24\t0\t99999999999"), GH_ETOOBIG, 4 },
		{ GH_LIT("1\t2024-07-28 01:25:24\t0\t1\ta\0b"), GH_EMALFORMED, 5 },
		{ GH_LIT("1\t2024-07-28 01:25:24\t0\t1\t0\t0\t0\0"), GH_EMALFORMED, 6 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct ghi_attlog_fault fault = { 0 };
		struct punch p = { .seq = 77 };
		gh_slice line = exact_copy(c[i].line);

		if (ghi_attlog_parse(line, &p, &fault) != c[i].err)
			fail_msg("line %zu is taken", i);
		assert_int_equal(fault.column, c[i].column);
		assert_non_null(fault.reason);
		assert_int_equal(p.seq, 77);
		exact_free(line);
	}
}

static void texts_over_their_limits_are_too_big(void **state)
{
	static const struct {
		size_t fill;
		unsigned column;
		bool extra;
	} c[] = { { 64, 0, false }, { 65, 5, false }, { 512, 0, true }, { 513, 6, true } };
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		char text[1024];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));
		struct ghi_attlog_fault fault = { 0 };
		struct punch p;

		ghi_put(&w, GH_LIT("1\t2024-07-28 01:25:24\t0\t1\t"));
		if (c[i].extra)
			ghi_put_u8(&w, '\t');
		for (size_t k = 0; k < c[i].fill; k++)
			ghi_put_u8(&w, 'x');
		assert_int_equal(ghi_attlog_parse(ghi_written(&w), &p, &fault),
				 c[i].column ? GH_ETOOBIG : GH_OK);
		assert_int_equal(fault.column, c[i].column);
	}
}

static void a_field_cannot_smuggle_another_column_or_line(void **state)
{
	const gh_slice bad[] = { GH_LIT("1\t2"), GH_LIT("1\n2"), GH_LIT("1\r2"),
				 GH_LIT("1\0002") };
	(void)state;

	for (size_t i = 0; i < 2 * COUNT(bad); i++) {
		struct punch p = { .pin = GH_LIT("1"), .time = 20240728012524 };
		char text[128];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		*(i % 2 ? &p.pin : &p.work_code) = bad[i / 2];
		ghi_attlog_write(&w, &p);
		assert_int_equal(w.err, GH_EMALFORMED);
	}
}

static void lines_are_numbered_whatever_ends_them(void **state)
{
	static const struct {
		const char *body;
		size_t lines;
		int64_t last;
	} c[] = {
		{ "", 0, 0 },
		{ "\n\r\n  \n", 0, 3 },
		{ "a", 1, 1 },
		{ "a\n", 1, 1 },
		{ "a\r\nb\r\n", 2, 2 },
		{ "a\n\nb", 2, 3 },
		{ "\r\n\r\na\r\n", 1, 3 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct ghi_lines l = ghi_lines_of(gh_slice_of(c[i].body));
		gh_slice line;
		size_t n = 0;

		while (ghi_lines_next(&l, &line)) {
			assert_ptr_equal(line.p, c[i].body + l.start);
			assert_int_equal(line.n, 1);
			n++;
		}
		assert_int_equal(n, c[i].lines);
		assert_int_equal(l.number, c[i].last);
		assert_false(ghi_lines_next(&l, &line));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_known_shape_of_line_is_read),
		cmocka_unit_test(what_is_written_reads_back_the_same),
		cmocka_unit_test(what_is_no_punch_is_refused_with_reason_and_column),
		cmocka_unit_test(texts_over_their_limits_are_too_big),
		cmocka_unit_test(a_field_cannot_smuggle_another_column_or_line),
		cmocka_unit_test(lines_are_numbered_whatever_ends_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
