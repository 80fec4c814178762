#include "wire/terminal/option.h"

#include "wire/terminal/text.h"

bool ghi_terminal_option_split(gh_slice request, gh_slice *name, gh_slice *value)
{
	return gh_slice_cut(ghi_terminal_text_cut(request), '=', name, value);
}

enum gh_err ghi_terminal_option_parse(gh_slice reply, gh_slice name, gh_slice *value)
{
	gh_slice got, rest;

	if (ghi_terminal_text_cut(reply).n == 0)
		return GH_ENOTFOUND;
	if (!ghi_terminal_option_split(reply, &got, &rest))
		return GH_EMALFORMED;
	/* Some firmware drops the tilde of the requested name, and pads with blanks. */
	got = gh_slice_trim(got);
	if (got.n && got.p[0] == '~')
		got = gh_slice_from(got, 1);
	if (name.n && name.p[0] == '~')
		name = gh_slice_from(name, 1);
	if (got.n && !gh_slice_ieq(got, name))
		return GH_EMALFORMED;
	if (rest.n == 0)
		return GH_ENOTFOUND;
	*value = rest;
	return GH_OK;
}

void ghi_terminal_option_write(struct ghi_writer *w, gh_slice name, gh_slice value)
{
	if (w->err == GH_OK &&
	    (name.n == 0 || memchr(name.p, '=', name.n) || memchr(name.p, 0, name.n) ||
	     (value.n && memchr(value.p, 0, value.n))))
		w->err = GH_EINVALID;
	ghi_put(w, name);
	ghi_put_u8(w, '=');
	ghi_put(w, value);
	ghi_put_u8(w, 0);
}
