/* A photo: everything is borrowed from the body, and what is written reads back the same. */
#include "fuzz.h"
#include "wire/attendance/attphoto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice body = { data, size };
	struct ghi_attphoto a, b;
	const char *reason = NULL;

	if (ghi_attphoto_parse(body, &a, &reason)) {
		check(reason);
		return 0;
	}
	check(fuzz_inside(a.name, body) && fuzz_inside(a.sn, body) && fuzz_inside(a.cmd, body));
	check(fuzz_inside(a.pin, a.name) && fuzz_inside(a.id_number, a.name));
	check(a.content.n && a.content.p + a.content.n == body.p + body.n);
	check(a.size >= -1 && a.result >= -1 && a.result <= 4);
	check(a.time == GHI_CIVIL_NONE || (a.time >= 0 && a.time <= 99999999999999));
	/* A picture that begins so would be taken for the label itself. */
	if (gh_slice_istarts(a.content, GH_LIT("content=")))
		return 0;

	size_t cap = size + 128;
	uint8_t *text = malloc(cap);
	struct ghi_writer w = ghi_writer_on(text, cap);

	check(text);
	ghi_attphoto_write(&w, &a);
	check(w.err == GH_OK || w.err == GH_EMALFORMED);
	if (w.err == GH_OK) {
		check(!ghi_attphoto_parse(ghi_written(&w), &b, &reason));
		check(gh_slice_eq(a.name, b.name) && gh_slice_eq(a.sn, b.sn));
		check(gh_slice_eq(a.cmd, b.cmd) && a.size == b.size && a.time == b.time);
		check(gh_slice_eq(a.pin, b.pin) && a.result == b.result);
		check(gh_slice_eq(a.content, b.content) && a.base64 == b.base64);
	}
	free(text);
	return 0;
}
