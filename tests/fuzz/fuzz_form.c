/* An upload as a form: what is read lies in the body, and decoding makes nothing longer. */
#include "fuzz.h"
#include "wire/attendance/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice body = { data, size };
	struct ghi_form f;
	uint8_t *to;

	if (ghi_form_parse(body, &f))
		return 0;
	check(f.data.n && fuzz_inside(f.data, body));
	check(fuzz_inside(f.table, body) && fuzz_inside(f.stamp, body));
	to = malloc(f.data.n);
	check(to != NULL);
	gh_slice out = ghi_form_decode(&f, to);

	check(out.n <= f.data.n && out.p == to);
	free(to);
	return 0;
}
