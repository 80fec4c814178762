/* Parameters: what is read is borrowed, and reads back when it is written. */
#include "fuzz.h"
#include "wire/access/parameters.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice line = { data, size }, name, value;
	struct ghi_parameters p = ghi_parameters_of(line);
	struct ghi_unit u = ghi_unit_of(line);
	uint8_t *text = malloc(2 * size + 8);
	struct ghi_writer w = ghi_writer_on(text, 2 * size + 8);
	bool first = true, clean = true;
	size_t n = 0;

	check(text);
	check(fuzz_inside(u.functions, line) && fuzz_inside(u.events, line) &&
	      fuzz_inside(u.template_types, line));
	for (int64_t event = 0; event < 7000; event += 97)
		(void)ghi_unit_reports(&u, event);
	ghi_list_agree(&w, u.template_types, u.photo_types);
	/* A part that is empty gets a digit. */
	check(w.err == GH_OK && w.n <= 2 * size + 1);
	w.n = 0;
	for (; ghi_parameters_next(&p, &name, &value); n++) {
		check(name.n && fuzz_inside(name, line) && fuzz_inside(value, line));
		ghi_parameters_put(&w, &first, name, value);
		clean &= w.err == GH_OK;
	}
	check(w.err == GH_OK || w.err == GH_EMALFORMED);
	if (clean) {
		struct ghi_parameters again = ghi_parameters_of(ghi_written(&w));
		gh_slice name2, value2;

		p = ghi_parameters_of(line);
		for (size_t i = 0; i < n; i++) {
			check(ghi_parameters_next(&p, &name, &value));
			check(ghi_parameters_next(&again, &name2, &value2));
			check(gh_slice_eq(name, name2) && gh_slice_eq(value, value2));
		}
		check(!ghi_parameters_next(&again, &name2, &value2));
	}
	free(text);
	return 0;
}
