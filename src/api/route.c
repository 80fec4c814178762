#include "api/route.h"

#include "api/call.h"

const struct route routes[] = {
#define ROW(thread, orders, operation, method, path, handler, scope, summary, params, body, \
	    shape, answer)                                                                  \
	{ thread, orders,	    #operation,		 #method,                           \
	  path,	  handle_##handler, ROUTE_SCOPE_##scope, summary,                           \
	  params, REQUEST_##body,   SHAPE_##shape,	 answer },
#define ROUTE(...) ROW(ROUTE_HERE, false, __VA_ARGS__)
#define READ_ROUTE(...) ROW(ROUTE_READER, false, __VA_ARGS__)
#define ORDER_ROUTE(...) ROW(ROUTE_READER, true, __VA_ARGS__)
#define LIST_ROUTE(...) ROW(ROUTE_LISTS, false, __VA_ARGS__)
#include "api/route.def"
#undef LIST_ROUTE
#undef ORDER_ROUTE
#undef READ_ROUTE
#undef ROUTE
#undef ROW
};

const struct route_scope_row route_scopes[ROUTE_SCOPES] = {
#define ROUTE_SCOPE(NAME, word, any_of) [ROUTE_SCOPE_##NAME] = { word, any_of },
#include "api/route_scope.def"
#undef ROUTE_SCOPE
};

static const struct route_role_row {
	const char *operation;
	uint32_t roles;
} route_role_rows[] = {
#define ROUTE_ROLES(operation, roles) { #operation, roles },
#include "api/route_role.def"
#undef ROUTE_ROLES
};

uint32_t route_roles(const struct route *r)
{
	uint32_t own = ROLE_BIT(ROLE_ADMINISTRATOR);

	for (size_t i = 0; i < sizeof(route_role_rows) / sizeof(route_role_rows[0]); i++)
		if (strcmp(route_role_rows[i].operation, r->operation) == 0)
			return own | route_role_rows[i].roles;
	switch (r->scope) {
	case ROUTE_SCOPE_NONE:
	case ROUTE_SCOPE_ANY:
	case ROUTE_SCOPE_METRICS:
	case ROUTE_SCOPE_READ:
		return ROLE_ALL;
	case ROUTE_SCOPE_DOOR:
		return own | ROLE_BIT(ROLE_GUARD);
	case ROUTE_SCOPE_WRITE:
	case ROUTE_SCOPE_COMMAND:
		return own | ROLE_BIT(ROLE_OPERATOR);
	default:
		return own;
	}
}

const size_t routes_count = sizeof(routes) / sizeof(routes[0]);

const struct path_param path_params[PATH_PARAMS] = {
#define PATH_PARAM(name, kind, about) [PATH_##name] = { #name, PATH_KIND_##kind, about },
#include "api/path_param.def"
#undef PATH_PARAM
};

/* The placeholder a segment of a pattern is; PATH_PARAMS: it is spelt out. */
static enum path_param_id segment_placeholder(gh_slice segment)
{
	enum path_param_id id = 0;

	if (segment.n < 2 || segment.p[0] != '{')
		return PATH_PARAMS;
	segment = (gh_slice){ segment.p + 1, segment.n - 2 };
	while (id < PATH_PARAMS && !gh_slice_eq(segment, gh_slice_of(path_params[id].name)))
		id++;
	return id;
}

bool route_placeholder_next(const char *pattern, size_t *at, enum path_param_id *id)
{
	gh_slice rest = gh_slice_from(gh_slice_of(pattern), *at), segment;

	while (rest.n) {
		gh_slice_cut(rest, '/', &segment, &rest);
		*id = segment_placeholder(segment);
		*at = strlen(pattern) - rest.n;
		if (*id != PATH_PARAMS)
			return true;
	}
	return false;
}

/* *spelt has a bit for each segment, the first highest, set where the pattern spells it out. */
static bool pattern_match(gh_slice pattern, gh_slice path, struct path_values *values,
			  uint32_t *spelt)
{
	bool more_pattern, more_path;

	*values = (struct path_values){ 0 };
	*spelt = 0;
	for (uint32_t bit = (uint32_t)1 << 31;; bit >>= 1) {
		gh_slice want, got;

		more_pattern = gh_slice_cut(pattern, '/', &want, &pattern);
		more_path = gh_slice_cut(path, '/', &got, &path);
		enum path_param_id id = segment_placeholder(want);

		if (id != PATH_PARAMS && got.n)
			values->value[id] = got;
		else if (id == PATH_PARAMS && gh_slice_eq(want, got))
			*spelt |= bit;
		else
			return false;
		/* A path ends where it ends: "/api/devices/" is not "/api/devices". */
		if (!more_pattern || !more_path)
			return more_pattern == more_path;
	}
}

bool route_matches(const char *pattern, gh_slice path, struct path_values *values)
{
	uint32_t spelt;

	return pattern_match(gh_slice_of(pattern), path, values, &spelt);
}

static void allow_add(char allow[ALLOW_MAX], const char *method)
{
	size_t n = strlen(allow), m = strlen(method);

	if (strstr(allow, method) || n + m + 3 > ALLOW_MAX)
		return;
	if (n) {
		memcpy(allow + n, ", ", 2);
		n += 2;
	}
	memcpy(allow + n, method, m + 1);
}

const struct route *route_find(gh_slice method, gh_slice path, struct path_values *values,
			       char allow[ALLOW_MAX])
{
	const struct route *best = NULL;
	uint32_t best_spelt = 0, spelt;

	if (gh_slice_eq(method, GH_LIT("HEAD")))
		method = GH_LIT("GET");
	*values = (struct path_values){ 0 };
	allow[0] = 0;
	for (size_t i = 0; i < routes_count; i++) {
		const struct route *r = &routes[i];
		struct path_values found;

		if (!pattern_match(gh_slice_of(r->path), path, &found, &spelt))
			continue;
		allow_add(allow, r->method);
		if (strcmp(r->method, "GET") == 0)
			allow_add(allow, "HEAD");
		if (!gh_slice_eq(method, gh_slice_of(r->method)) ||
		    (best && spelt <= best_spelt))
			continue;
		best = r;
		best_spelt = spelt;
		*values = found;
	}
	return best;
}
