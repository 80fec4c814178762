#include "wire/push/command.h"

void ghi_command_write(struct ghi_writer *w, uint64_t id, gh_slice text)
{
	if (w->err == GH_OK && (text.n == 0 || memchr(text.p, '\n', text.n) ||
				memchr(text.p, '\r', text.n) || memchr(text.p, '\0', text.n)))
		w->err = GH_EMALFORMED;
	ghi_put(w, GH_LIT("C:"));
	ghi_put_decimal(w, id);
	ghi_put_u8(w, ':');
	ghi_put(w, text);
	ghi_put_u8(w, '\n');
}

enum gh_err ghi_command_next(gh_slice *in, struct ghi_command *out)
{
	struct ghi_command c;
	gh_slice line;

	do {
		if (in->n == 0)
			return GH_ENOTFOUND;
		gh_slice_cut(*in, '\n', &line, in);
		while (line.n && line.p[line.n - 1] == '\r')
			line.n--;
	} while (gh_slice_trim(line).n == 0 || gh_slice_eq(line, GH_LIT("OK")));
	if (!gh_slice_starts(line, GH_LIT("C:")) ||
	    !gh_slice_cut(gh_slice_from(line, 2), ':', &c.id, &c.text) || c.id.n == 0 ||
	    c.text.n == 0 || memchr(line.p, '\0', line.n))
		return GH_EMALFORMED;
	*out = c;
	return GH_OK;
}
