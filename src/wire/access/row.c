#include "wire/access/row.h"

static bool row_is_end(uint8_t c)
{
	return c == '\t' || c == '\r' || c == '\n' || c == ' ' || c == '\0';
}

/* Separates the prefix from the first key, if there is one. */
static void row_prefix_cut(struct ghi_row *r, gh_slice glued)
{
	size_t equals = 0, key = 0;

	while (equals < r->in.n && r->in.p[equals] != '=' && r->in.p[equals] != '\t')
		equals++;
	if (equals == r->in.n || r->in.p[equals] != '=') {
		/* A table without pairs, or with a tab behind its name. */
		r->prefix = gh_slice_trim((gh_slice){ r->in.p, equals });
		r->in = gh_slice_from(r->in, equals);
		return;
	}
	size_t end = equals;

	while (end > 0 && r->in.p[end - 1] == ' ')
		end--;
	for (size_t i = 0; i < end; i++)
		if (r->in.p[i] == ' ')
			key = i + 1;
	if (key == 0 && glued.n && end > glued.n && gh_slice_istarts(r->in, glued))
		key = glued.n;
	r->prefix = gh_slice_trim((gh_slice){ r->in.p, key });
	r->in = gh_slice_from(r->in, key);
}

struct ghi_row ghi_row_of(gh_slice line, gh_slice glued)
{
	struct ghi_row r = { .in = line };

	while (r.in.n && row_is_end(r.in.p[r.in.n - 1]))
		r.in.n--;
	while (r.in.n && row_is_end(r.in.p[0]))
		r.in = gh_slice_from(r.in, 1);
	row_prefix_cut(&r, glued);
	return r;
}

/* Look at the part from `at` to the next tab. false: it is no pair. */
static bool row_part_see(struct ghi_row *r)
{
	const uint8_t *equals;
	gh_slice rest;

	gh_slice_cut(gh_slice_from(r->in, r->at), '\t', &r->part, &rest);
	equals = r->part.n ? memchr(r->part.p, '=', r->part.n) : NULL;
	r->equals = equals ? (size_t)(equals - r->part.p) + 1 : 0;
	return equals != NULL;
}

bool ghi_row_next(struct ghi_row *r, gh_slice *key, gh_slice *value)
{
	/* Mostly it was seen behind the pair before it. */
	while (r->equals == 0) {
		if (r->at >= r->in.n)
			return false;
		if (!row_part_see(r))
			r->at += r->part.n + 1;
	}
	*key = gh_slice_trim((gh_slice){ r->part.p, r->equals - 1 });
	*value = gh_slice_from(r->part, r->equals);
	r->at += r->part.n + 1;
	r->equals = 0;
	while (r->at < r->in.n && !row_part_see(r)) {
		/* An empty part between two tabs is none. */
		if (r->part.n)
			value->n = (size_t)(r->part.p + r->part.n - value->p);
		r->at += r->part.n + 1;
	}
	return true;
}

bool ghi_row_get(const struct ghi_row *r, const char *key, gh_slice *value)
{
	struct ghi_row copy = { .in = r->in };
	gh_slice name, found;

	while (ghi_row_next(&copy, &name, &found)) {
		if (!gh_slice_ieq(name, gh_slice_of(key)))
			continue;
		*value = found;
		return true;
	}
	return false;
}

bool ghi_row_value_fits(gh_slice value)
{
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] <= '\r' && (value.p[i] == '\t' || value.p[i] == '\n' ||
					   value.p[i] == '\r' || value.p[i] == '\0'))
			return false;
	return true;
}

void ghi_row_put(struct ghi_writer *w, bool *first, gh_slice key, gh_slice value)
{
	if (!ghi_row_value_fits(value) && w->err == GH_OK)
		w->err = GH_EMALFORMED;
	if (!*first)
		ghi_put_u8(w, '\t');
	*first = false;
	ghi_put(w, key);
	ghi_put_u8(w, '=');
	ghi_put(w, value);
}
