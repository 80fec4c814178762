/* Rows of DeviceAuthorize: what is read is borrowed, and a row written from it reads back. */
#include "fuzz.h"
#include "wire/access/sub.h"
#include "wire/push/lines.h"

static void sub_reads_back(const struct ghi_sub *s, size_t size)
{
	size_t room = size + 128;
	uint8_t *text = malloc(room);
	struct ghi_writer w = ghi_writer_on(text, room);
	struct ghi_sub again;

	check(text);
	ghi_sub_write(&w, s);
	if (w.err == GH_OK) {
		check(ghi_sub_parse(ghi_written(&w), &again) == GH_OK);
		check(gh_slice_eq(s->sn, again.sn) && s->online == again.online &&
		      s->step == again.step && gh_slice_eq(s->brief, again.brief) &&
		      gh_slice_eq(s->registration, again.registration));
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice line;
	struct ghi_lines l = ghi_lines_of((gh_slice){ data, size });

	while (ghi_lines_next(&l, &line)) {
		struct ghi_sub s;

		if (ghi_sub_parse(line, &s))
			continue;
		check(fuzz_inside(s.sn, line) && fuzz_inside(s.brief, line) &&
		      fuzz_inside(s.registration, line));
		check(s.step >= 0 && s.step < GHI_SUB_STEPS);
		sub_reads_back(&s, size);
	}
	return 0;
}
