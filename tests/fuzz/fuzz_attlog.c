/* An upload of attendance lines: what is read is borrowed from the line and writes back to the
 * same punch, and CR LF changes nothing. */
#include "fuzz.h"
#include "wire/attendance/attlog.h"

static bool punch_same(const struct punch *a, const struct punch *b)
{
	return gh_slice_eq(a->pin, b->pin) && a->time == b->time && a->status == b->status &&
	       a->verify == b->verify && gh_slice_eq(a->work_code, b->work_code) &&
	       gh_slice_eq(a->extra, b->extra) && a->flags == b->flags && a->utc == b->utc;
}

static void one_line(gh_slice line)
{
	struct ghi_attlog_fault fault = { 0 };
	struct punch a, b;

	if (ghi_attlog_parse(line, &a, &fault)) {
		check(fault.reason && fault.column >= 1 && fault.column <= 6);
		return;
	}
	check(a.pin.n && fuzz_inside(a.pin, line));
	check(fuzz_inside(a.work_code, line) && fuzz_inside(a.extra, line));
	check(a.time >= 0 && a.status >= PUNCH_ABSENT && a.verify >= PUNCH_ABSENT);
	check(ghi_civil_valid(a.time) == !(a.flags & PUNCH_IMPOSSIBLE));
	check((a.utc == PUNCH_NO_UTC) == !(a.flags & PUNCH_EPOCH));

	uint8_t text[1024];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	ghi_attlog_write(&w, &a);
	check(w.err == GH_OK || w.err == GH_EMALFORMED);
	if (w.err == GH_OK) {
		check(!ghi_attlog_parse(ghi_written(&w), &b, &fault));
		check(punch_same(&a, &b));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice body = { data, size }, line, line2;
	gh_slice crlf = with_crlf(body);
	struct ghi_lines l = ghi_lines_of(body), l2 = ghi_lines_of(crlf);

	while (ghi_lines_next(&l, &line)) {
		check(line.n && line.p == body.p + l.start && fuzz_inside(line, body));
		one_line(line);
		check(ghi_lines_next(&l2, &line2));
		check(gh_slice_eq(line, line2) && l.number == l2.number);
	}
	check(!ghi_lines_next(&l2, &line2));
	fuzz_release(crlf);
	return 0;
}
