/* A device summary, and the same bytes as a list of settings: everything is borrowed, the
 * summary is a fixed point of writing and reading, and every call for a setting moves on. */
#include "fuzz.h"
#include "wire/attendance/info.h"

static void summary_fuzz(gh_slice s)
{
	struct ghi_info a, b;

	ghi_info_parse(s, &a);
	check(fuzz_inside(a.firmware, s) && fuzz_inside(a.address, s) &&
	      fuzz_inside(a.fp_version, s));
	check(fuzz_inside(a.face_version, s) && fuzz_inside(a.functions, s));
	check(a.users >= -1 && a.faces >= -1);

	size_t cap = s.n + 64;
	uint8_t *text = malloc(cap);
	struct ghi_writer w = ghi_writer_on(text, cap);

	check(text);
	ghi_info_write(&w, &a);
	check(w.err == GH_OK || w.err == GH_EMALFORMED);
	if (w.err == GH_OK) {
		ghi_info_parse(ghi_written(&w), &b);
		check(gh_slice_eq(a.firmware, b.firmware) && gh_slice_eq(a.address, b.address));
		check(a.users == b.users && a.fingerprints == b.fingerprints);
		check(a.punches == b.punches && a.faces == b.faces);
		check(a.faces_per_enrolment == b.faces_per_enrolment);
		check(a.fingerprint == b.fingerprint && a.face == b.face);
		check(a.visible_face == b.visible_face && a.user_photo == b.user_photo);
		/* Digits that were not there are written out once the faces are. */
		check(a.functions.n == 0 || gh_slice_eq(a.functions, b.functions));
	}
	free(text);
}

static void settings_fuzz(gh_slice body)
{
	gh_slice in = body, key, value, before = in;

	while (ghi_setting_next(&in, &key, &value) == GH_OK) {
		check(in.n < before.n && fuzz_inside(in, body));
		check(fuzz_inside(key, before) && fuzz_inside(value, before));
		for (size_t i = 0; i < value.n; i++)
			check(value.p[i] != '\n' && value.p[i] != '\r');
		before = in;
	}
	check(in.n == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	summary_fuzz((gh_slice){ data, size });
	settings_fuzz((gh_slice){ data, size });
	return 0;
}
