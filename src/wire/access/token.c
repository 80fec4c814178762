#include "wire/access/token.h"

#include "base/hex.h"

static bool is_token(gh_slice s)
{
	if (s.n != GHI_TOKEN_DIGITS)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (ghi_hex_value(s.p[i]) < 0)
			return false;
	return true;
}

/* The next cookie; they are parted by ';' or ','. */
static bool cookie_next(gh_slice *in, gh_slice *piece)
{
	size_t n = 0;

	if (in->n == 0)
		return false;
	while (n < in->n && in->p[n] != ';' && in->p[n] != ',')
		n++;
	*piece = gh_slice_trim((gh_slice){ in->p, n });
	*in = gh_slice_from(*in, n < in->n ? n + 1 : n);
	return true;
}

enum gh_err ghi_access_token_parse(gh_slice cookie, struct ghi_access_token *out)
{
	gh_slice piece, name, value, token = { 0 };
	bool named = false;

	*out = (struct ghi_access_token){ .value = { 0 } };
	while (cookie_next(&cookie, &piece)) {
		bool pair = gh_slice_cut(piece, '=', &name, &value);

		name = gh_slice_trim(name);
		if (pair && gh_slice_ieq(name, GH_LIT("token")) && !named) {
			token = gh_slice_trim(value);
			named = true;
		} else if (pair && gh_slice_ieq(name, GH_LIT("timestamp"))) {
			out->timestamp = gh_slice_trim(value);
		} else if (!pair && !named && token.n == 0 && is_token(piece)) {
			token = piece;
		}
	}
	if (!named && token.n == 0)
		return GH_ENOTFOUND;
	if (!is_token(token))
		return GH_EMALFORMED;
	out->value = token;
	return GH_OK;
}

void ghi_access_token_write(struct ghi_writer *w, const struct ghi_access_token *t)
{
	ghi_put(w, GH_LIT("token="));
	ghi_put(w, t->value);
	if (t->timestamp.n == 0)
		return;
	ghi_put(w, GH_LIT(",timestamp="));
	ghi_put(w, t->timestamp);
}

enum gh_err ghi_access_token_text(struct ghi_writer *w, size_t n, gh_slice sn,
				  gh_slice registry_code, gh_slice session_id,
				  gh_slice timestamp)
{
	const gh_slice last[] = { session_id, { 0 }, timestamp };

	if (n >= sizeof(last) / sizeof(last[0]) || (n == 2 && timestamp.n == 0))
		return GH_ENOTFOUND;
	ghi_put(w, registry_code);
	ghi_put(w, sn);
	ghi_put(w, last[n]);
	return w->err;
}
