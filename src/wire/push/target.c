#include "wire/push/target.h"

#include "wire/push/secret_option.h"

static const struct {
	gh_slice path;
	enum ghi_endpoint endpoint;
} endpoint[] = {
#define GHI_ENDPOINT(NAME, path) \
	{ { (const uint8_t *)(path), sizeof(path) - 1 }, GHI_ENDPOINT_##NAME },
#include "wire/push/endpoint.def"
#undef GHI_ENDPOINT
};

/* "http://host:port/path" as proxies and old clients write it: what follows the host. */
static gh_slice without_origin(gh_slice raw)
{
	size_t at;

	if (gh_slice_istarts(raw, GH_LIT("http://")))
		at = sizeof("http://") - 1;
	else if (gh_slice_istarts(raw, GH_LIT("https://")))
		at = sizeof("https://") - 1;
	else
		return raw;
	while (at < raw.n && raw.p[at] != '/' && raw.p[at] != '?')
		at++;
	return gh_slice_from(raw, at);
}

static gh_slice without_slashes(gh_slice s)
{
	while (s.n && s.p[0] == '/')
		s = gh_slice_from(s, 1);
	return s;
}

/* What follows the first run of "iclock" parts, wherever it stands in the path (QUIRKS Q8:
 * custom prefixes, doubled names and slashes). false: there is no such part. */
static bool after_iclock(gh_slice path, gh_slice *rest)
{
	gh_slice part;
	bool more = true, found = false;

	while (more) {
		gh_slice at = without_slashes(path);

		more = gh_slice_cut(at, '/', &part, &path);
		if (gh_slice_ieq(part, GH_LIT("iclock"))) {
			*rest = path;
			found = true;
		} else if (found) {
			*rest = at;
			return true;
		}
	}
	return found;
}

static enum ghi_endpoint endpoint_of(gh_slice name)
{
	name = without_slashes(name);
	while (name.n && name.p[name.n - 1] == '/')
		name.n--;
	if (name.n > 5 && gh_slice_ieq(gh_slice_from(name, name.n - 5), GH_LIT(".aspx")))
		name.n -= 5;
	for (size_t i = 0; i < sizeof(endpoint) / sizeof(endpoint[0]); i++)
		if (gh_slice_ieq(name, endpoint[i].path))
			return endpoint[i].endpoint;
	return GHI_ENDPOINT_NONE;
}

static void cut_query(gh_slice query, struct ghi_target *out)
{
	gh_slice piece;
	bool more = query.n != 0;

	while (more && out->params < GHI_TARGET_PARAMS) {
		more = gh_slice_cut(query, '&', &piece, &query);
		if (piece.n == 0)
			continue;
		gh_slice_cut(piece, '=', &out->param[out->params].key,
			     &out->param[out->params].value);
		out->params++;
	}
}

enum gh_err ghi_target_parse(gh_slice raw, struct ghi_target *out)
{
	gh_slice rest = { 0 };

	if (raw.n == 0)
		return GH_EMALFORMED;
	for (size_t i = 0; i < raw.n; i++)
		if (raw.p[i] < 0x20 || raw.p[i] == 0x7F)
			return GH_EMALFORMED;
	out->params = 0;
	out->rest = (gh_slice){ 0 };
	gh_slice_cut(without_origin(raw), '?', &out->path, &out->query);
	/* A bare "/getrequest" is a device's too, but "/any/thing/ping" is not. */
	bool device = after_iclock(out->path, &rest);
	out->endpoint = endpoint_of(device ? rest : out->path);
	if (device && out->endpoint == GHI_ENDPOINT_NONE)
		out->rest = rest;
	cut_query(out->query, out);
	return GH_OK;
}

bool ghi_target_get(const struct ghi_target *t, const char *key, gh_slice *value)
{
	gh_slice k = gh_slice_of(key);

	for (size_t i = 0; i < t->params; i++) {
		if (gh_slice_ieq(t->param[i].key, k)) {
			*value = t->param[i].value;
			return true;
		}
	}
	return false;
}

gh_slice ghi_target_conceal(gh_slice raw, uint8_t *to)
{
	gh_slice path, query, piece, key, value;
	bool hidden = false;

	gh_slice_cut(raw, '?', &path, &query);
	while (query.n) {
		gh_slice_cut(query, '&', &piece, &query);
		if (!gh_slice_cut(piece, '=', &key, &value) || value.n == 0 ||
		    !ghi_option_is_secret(key))
			continue;
		if (!hidden)
			memcpy(to, raw.p, raw.n);
		hidden = true;
		memset(to + (value.p - raw.p), '*', value.n);
	}
	return hidden ? (gh_slice){ to, raw.n } : raw;
}
