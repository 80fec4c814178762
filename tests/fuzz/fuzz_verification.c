/* Requests for verification, and verdicts: what is read is borrowed, and reads as itself when it is written again. */
#include "fuzz.h"
#include "wire/attendance/verification.h"

static void verdict_reads_back(const struct ghi_verdict *v, gh_slice body)
{
	uint8_t text[8192];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct ghi_verdict again;

	check(fuzz_inside(v->pin, body) && fuzz_inside(v->name, body) &&
	      fuzz_inside(v->photo, body) && fuzz_inside(v->time_zone, body));
	ghi_verdict_write(&w, v);
	if (w.err)
		return;
	check(ghi_verdict_read(ghi_written(&w), &again) == GH_OK);
	check(again.passes == v->passes);
	check(!v->passes || gh_slice_eq(again.pin, v->pin));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice body = { data, size };
	struct ghi_verification v, again;
	struct ghi_verdict verdict;
	uint8_t text[8192];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	if (ghi_verification_read(body, &v) == GH_OK) {
		check(fuzz_inside(v.pin, body) && fuzz_inside(v.data, body));
		ghi_verification_write(&w, &v);
		if (w.err == GH_OK) {
			check(ghi_verification_read(ghi_written(&w), &again) == GH_OK);
			check(gh_slice_eq(again.pin, v.pin));
		}
	}
	if (ghi_verdict_read(body, &verdict) == GH_OK)
		verdict_reads_back(&verdict, body);
	check(ghi_presented_of(body) <= GHI_PRESENTED_UNKNOWN);
	return 0;
}
