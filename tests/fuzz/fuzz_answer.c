/* A body of answers: each call consumes something, nothing is left between answers but line
 * ends, each is alone what it is among others, and what is written reads back. */
#include "fuzz.h"
#include "wire/push/answer.h"

static void reads_back(const struct ghi_answer *a)
{
	uint8_t text[512];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct ghi_answer b;

	ghi_answer_write(&w, a->id, a->return_code, a->cmd);
	if (w.err)
		return;
	gh_slice in = ghi_written(&w);
	check(ghi_answer_next(&in, &b) == GH_OK);
	check(gh_slice_eq(a->id, b.id) && gh_slice_eq(a->cmd, b.cmd));
	check(b.has_return && a->return_code == b.return_code);
	check(ghi_answer_next(&in, &b) == GH_ENOTFOUND);
}

/* An answer is what it is wherever it stands. */
static void stands_alone(const struct ghi_answer *a)
{
	gh_slice in = a->rest;
	struct ghi_answer b;

	check(ghi_answer_next(&in, &b) == GH_OK);
	check(gh_slice_eq(a->id, b.id) && gh_slice_eq(a->cmd, b.cmd));
	check(gh_slice_eq(a->sn, b.sn) && gh_slice_eq(a->file_name, b.file_name));
	check(a->has_return == b.has_return && a->return_code == b.return_code);
	check(gh_slice_eq(a->content, b.content) && gh_slice_eq(a->rest, b.rest));
}

static bool has_file(gh_slice s)
{
	for (; s.n; s = gh_slice_from(s, 1))
		if (gh_slice_istarts(s, GH_LIT("content")))
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice body = { data, size }, in = body, crlf = with_crlf(body), in2 = crlf;
	struct ghi_answer a, b;
	enum gh_err err;
	/* A file's length counts its CRs: such bodies may differ. */
	bool file = has_file(body);

	for (;;) {
		gh_slice before = in;

		err = ghi_answer_next(&in, &a);
		check(fuzz_inside(in, body) || in.n == 0);
		if (err == GH_ENOTFOUND)
			break;
		check(in.n < before.n);
		if (err == GH_OK) {
			check(a.id.n && fuzz_inside(a.id, a.rest) &&
			      fuzz_inside(a.cmd, a.rest));
			check(fuzz_inside(a.sn, a.rest) && fuzz_inside(a.file_name, a.rest));
			check(fuzz_inside(a.content, a.rest) && fuzz_inside(a.rest, before));
			check(a.rest.p + a.rest.n <= body.p + body.n - in.n);
			check(gh_slice_trim((gh_slice){ a.rest.p + a.rest.n,
							(size_t)(body.p + body.n - in.n -
								 a.rest.p - a.rest.n) })
				      .n == 0);
			gh_slice value;

			if (ghi_answer_value(a.rest, GH_LIT("AttlogSum"), &value))
				check(fuzz_inside(value, a.rest));
			reads_back(&a);
			stands_alone(&a);
		} else {
			check(err == GH_EMALFORMED);
		}
		if (file)
			continue;
		check(ghi_answer_next(&in2, &b) == err);
		if (err == GH_OK)
			check(gh_slice_eq(a.id, b.id) && gh_slice_eq(a.cmd, b.cmd) &&
			      a.has_return == b.has_return && same_but_cr(a.rest, b.rest));
	}
	fuzz_release(crlf);
	return 0;
}
