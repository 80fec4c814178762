#include "wire/attendance/form.h"

#include "base/percent.h"

/* The records end the form: what they hold is not looked at for further pairs. */
enum gh_err ghi_form_parse(gh_slice body, struct ghi_form *out)
{
	struct ghi_form f = { .encoded = false };
	gh_slice rest = body, pair, key, value;

	while (rest.n) {
		if (gh_slice_istarts(rest, GH_LIT("data="))) {
			f.data = gh_slice_from(rest, 5);
			f.encoded = memchr(f.data.p, '%', f.data.n) != NULL &&
				    memchr(f.data.p, '\t', f.data.n) == NULL;
			*out = f;
			return f.data.n ? GH_OK : GH_EMALFORMED;
		}
		if (!gh_slice_cut(rest, '&', &pair, &rest) ||
		    !gh_slice_cut(pair, '=', &key, &value))
			return GH_EMALFORMED;
		for (size_t i = 0; i < pair.n; i++)
			if (pair.p[i] <= ' ')
				return GH_EMALFORMED;
		if (gh_slice_ieq(key, GH_LIT("table")))
			f.table = value;
		else if (gh_slice_ieq(key, GH_LIT("Stamp")))
			f.stamp = value;
	}
	return GH_EMALFORMED;
}

gh_slice ghi_form_decode(const struct ghi_form *f, uint8_t *to)
{
	size_t n = 0;

	for (size_t i = 0; i < f->data.n; i++)
		to[n++] = f->data.p[i] == '+' ? ' ' : f->data.p[i];
	return ghi_percent_decode((gh_slice){ to, n }, to);
}
