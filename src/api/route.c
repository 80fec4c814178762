#include "api/route.h"

#include "api/call.h"

const struct route routes[] = {
#define ROUTE(method, path, handler, scope, summary, params, body, shape, answer) \
	{ #method, path, handle_##handler, SCOPE_##scope, summary,                \
	  params,  body, SHAPE_##shape,	   answer },
#include "api/route.def"
#undef ROUTE
};

const size_t routes_count = sizeof(routes) / sizeof(routes[0]);

static bool pattern_matches(gh_slice pattern, gh_slice path, gh_slice *name)
{
	*name = (gh_slice){ 0 };
	while (pattern.n || path.n) {
		gh_slice want, got;

		gh_slice_cut(pattern, '/', &want, &pattern);
		gh_slice_cut(path, '/', &got, &path);
		if (want.n && want.p[0] == '{') {
			if (got.n == 0)
				return false;
			*name = got;
		} else if (!gh_slice_eq(want, got)) {
			return false;
		}
	}
	return true;
}

/* A path ends where it ends: "/api/devices/" is not "/api/devices". */
static bool path_same_depth(gh_slice a, gh_slice b)
{
	size_t depth = 0;

	for (size_t i = 0; i < a.n; i++)
		depth += a.p[i] == '/';
	for (size_t i = 0; i < b.n; i++)
		depth -= b.p[i] == '/';
	return depth == 0;
}

static void methods_add(char allow[64], const char *method)
{
	size_t n = strlen(allow), m = strlen(method);

	if (strstr(allow, method) || n + m + 3 > 64)
		return;
	if (n) {
		memcpy(allow + n, ", ", 2);
		n += 2;
	}
	memcpy(allow + n, method, m + 1);
}

const struct route *route_find(gh_slice method, gh_slice path, gh_slice *name, char allow[64])
{
	const struct route *best = NULL;
	gh_slice best_name = { 0 };

	if (gh_slice_eq(method, GH_LIT("HEAD")))
		method = GH_LIT("GET");
	allow[0] = 0;
	for (size_t i = 0; i < routes_count; i++) {
		gh_slice pattern = gh_slice_of(routes[i].path), found;

		if (!path_same_depth(pattern, path) || !pattern_matches(pattern, path, &found))
			continue;
		methods_add(allow, routes[i].method);
		/* A path spelt out wins over one with a placeholder. */
		if (gh_slice_eq(method, gh_slice_of(routes[i].method)) &&
		    (best == NULL || found.n == 0)) {
			best = &routes[i];
			best_name = found;
		}
	}
	if (best)
		*name = best_name;
	return best;
}

gh_slice route_placeholder(const struct route *route)
{
	const char *from = strchr(route->path, '{');
	const char *to = from ? strchr(from, '}') : NULL;

	return to ? (gh_slice){ (const uint8_t *)from, (size_t)(to - from) + 1 }
		  : (gh_slice){ 0 };
}
