/* A list of options: everything is borrowed from it, and what is written is a fixed point of
 * reading and writing. */
#include "fuzz.h"
#include "wire/attendance/handshake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice body = { data, size };
	struct ghi_handshake a, b;
	struct ghi_version v;
	int offset;

	(void)ghi_version_parse(body, &v);
	if (ghi_zone_option_parse(body, &offset) == GH_OK) {
		uint8_t text[16];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));
		int again;

		ghi_zone_option_write(&w, offset);
		check(!ghi_zone_option_parse(ghi_written(&w), &again) && again == offset);
	}
	if (ghi_handshake_parse(body, &a))
		return 0;
	check(a.stamps <= GHI_STAMP_TABLES);
	for (size_t i = 0; i < a.stamps; i++) {
		const uint8_t *p = a.stamp[i].table.p;

		/* The three old names stand for tables that are not in the text. */
		check(fuzz_inside(a.stamp[i].table, body) || p[0] == 'A' || p[0] == 'O');
		check(fuzz_inside(a.stamp[i].stamp, body));
	}
	check(fuzz_inside(a.sn, body) && fuzz_inside(a.trans_times, body) &&
	      fuzz_inside(a.push_options, body));
	check(fuzz_inside(a.server_version, body) && fuzz_inside(a.push_version, body));
	check(fuzz_inside(a.bio_data, body) && fuzz_inside(a.bio_photo, body));
	check(a.trans_flags >> GHI_TRANS_COUNT == 0);

	size_t cap = 2 * size + 1024;
	uint8_t *once = malloc(cap), *twice = malloc(cap);
	struct ghi_writer w = ghi_writer_on(once, cap), w2 = ghi_writer_on(twice, cap);

	check(once && twice);
	ghi_handshake_write(&w, &a);
	check(w.err == GH_OK || w.err == GH_EMALFORMED);
	if (w.err == GH_OK && (a.stamps || a.server_version.n)) {
		check(!ghi_handshake_parse(ghi_written(&w), &b));
		check(a.trans_flags == b.trans_flags && a.delay_s == b.delay_s);
		ghi_handshake_write(&w2, &b);
		check(gh_slice_eq(ghi_written(&w), ghi_written(&w2)));
	}
	free(once);
	free(twice);
	return 0;
}
