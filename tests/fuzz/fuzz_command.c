/* A reply to a poll: commands are borrowed from it, and those with a number for an id are
 * written to the very line they came from. CR LF changes nothing. */
#include "base/number.h"
#include "fuzz.h"
#include "wire/push/command.h"

static void command_fuzz(const struct ghi_command *c)
{
	uint64_t id;
	int64_t code = c->text.n > 8 ? -(int64_t)c->text.p[8] : (int64_t)c->text.n;
	enum command_kind kind = c->text.n % (COMMAND_KINDS + 1);

	check(ghi_return_success(kind, 0));
	(void)ghi_return_meaning(kind, code);
	(void)ghi_return_success(kind, code);
	if (ghi_number_parse(c->id, UINT64_MAX, &id) || (c->id.p[0] == '0' && c->id.n > 1))
		return;

	size_t cap = c->text.n + 64;
	uint8_t *text = malloc(cap);
	struct ghi_writer w = ghi_writer_on(text, cap);

	check(text);
	ghi_command_write(&w, id, c->text);
	check(w.err == GH_OK || memchr(c->text.p, '\r', c->text.n));
	if (w.err == GH_OK) {
		struct ghi_command again;
		gh_slice in = ghi_written(&w);

		check(ghi_command_next(&in, &again) == GH_OK && in.n == 0);
		check(gh_slice_eq(c->id, again.id) && gh_slice_eq(c->text, again.text));
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice body = { data, size }, in = body, crlf = with_crlf(body), in2 = crlf;
	struct ghi_command c, c2;
	enum gh_err err;

	for (;;) {
		size_t before = in.n;

		err = ghi_command_next(&in, &c);
		check(ghi_command_next(&in2, &c2) == err);
		if (err == GH_ENOTFOUND)
			break;
		check(in.n < before);
		if (err)
			continue;
		check(c.id.n && fuzz_inside(c.id, body) && c.text.n &&
		      fuzz_inside(c.text, body));
		check(gh_slice_eq(c.id, c2.id) && gh_slice_eq(c.text, c2.text));
		command_fuzz(&c);
	}
	check(in.n == 0);
	fuzz_release(crlf);
	return 0;
}
