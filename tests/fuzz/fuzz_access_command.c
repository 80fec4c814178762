/* A reply to a poll in the access dialect: commands are borrowed from it, and what can be written
 * again reads as it was. */
#include "fuzz.h"
#include "wire/access/command.h"

static void access_command_fuzz(const struct ghi_access_command *c)
{
	size_t cap = c->text.n + c->unit.n + 2 * c->id.n + 128;
	uint8_t *text = malloc(cap);
	struct ghi_writer w = ghi_writer_on(text, cap);

	check(text);
	ghi_access_command_write(&w, c);
	check(w.err == GH_OK || w.err == GH_EMALFORMED);
	if (w.err == GH_OK) {
		struct ghi_access_command again;
		gh_slice in = ghi_written(&w);

		check(ghi_access_command_next(&in, &again) == GH_OK && in.n == 0);
		check(gh_slice_eq(c->id, again.id) && gh_slice_eq(c->text, again.text));
		check(gh_slice_eq(c->unit, again.unit));
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice body = { data, size }, in = body;
	struct ghi_access_command c;
	enum gh_err err;

	for (;;) {
		size_t before = in.n;

		err = ghi_access_command_next(&in, &c);
		if (err == GH_ENOTFOUND)
			break;
		check(in.n < before);
		if (err)
			continue;
		check(fuzz_inside(c.id, body) && c.id.n);
		check(c.text.n == 0 || fuzz_inside(c.text, body));
		access_command_fuzz(&c);
	}
	check(in.n == 0);
	return 0;
}
