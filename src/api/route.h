/* Which handler a request goes to. */
#ifndef GH_API_ROUTE_H
#define GH_API_ROUTE_H

#include "api/request_schemas.h"
#include "model/role.h"

struct call;

/* The token that a route requires. */
enum route_scope {
#define ROUTE_SCOPE(NAME, word, any_of) ROUTE_SCOPE_##NAME,
#include "api/route_scope.def"
#undef ROUTE_SCOPE
	ROUTE_SCOPES
};

struct route_scope_row {
	const char *word; /* x-scope in the OpenAPI document */
	uint32_t any_of;  /* scopes of which one is enough, besides admin; 0: no token */
};

extern const struct route_scope_row route_scopes[ROUTE_SCOPES];

enum route_shape {
	SHAPE_LIST,
	SHAPE_ONE,
	SHAPE_NEW,
	SHAPE_ACCEPTED,
	SHAPE_DONE,
	SHAPE_BARE,
	SHAPE_OTHER
};

/* Where the handler runs. */
enum route_thread {
	ROUTE_HERE,   /* on the listener's thread: it does not read the store */
	ROUTE_READER, /* on a reader thread */
	ROUTE_LISTS,  /* on a reader thread for what may be long */
};

/* Query parameters that every list takes. */
#define LIST_PARAMS "limit after before cursor q sort total facets format excel bom separator"

/* Which roles may use a route, as bits: route_role.def. */
struct route;
uint32_t route_roles(const struct route *r);

struct route {
	enum route_thread thread;
	bool orders;	       /* it queues orders, which an Idempotency-Key names */
	const char *operation; /* its name in the OpenAPI document */
	const char *method;
	const char *path;
	void (*handler)(struct call *c);
	enum route_scope scope;
	const char *summary;
	const char *params; /* names of query parameters, separated by blanks */
	enum request_id body;
	enum route_shape shape;
	const char *answer; /* schema, or content type for SHAPE_OTHER */
};

extern const struct route routes[];
extern const size_t routes_count;

/* --- placeholders in paths --- */

enum path_param_kind { PATH_KIND_TEXT, PATH_KIND_NUMBER };

enum path_param_id {
#define PATH_PARAM(name, kind, about) PATH_##name,
#include "api/path_param.def"
#undef PATH_PARAM
	PATH_PARAMS
};

struct path_param {
	const char *name;
	enum path_param_kind kind;
	const char *about;
};

extern const struct path_param path_params[PATH_PARAMS];

/* What stands for each placeholder; {NULL,0} for those the path has not. */
struct path_values {
	gh_slice value[PATH_PARAMS];
};

/* The next placeholder of a pattern from *at on (0 at first); false when there is none left. */
bool route_placeholder_next(const char *pattern, size_t *at, enum path_param_id *id);

/* --- finding --- */

/* Whether a path (without query) has the form of a pattern; *values is what stands for its
 * placeholders, as it was written. */
bool route_matches(const char *pattern, gh_slice path, struct path_values *values);

#define ALLOW_MAX 64

/* The route of a method and a path (without query, still encoded). NULL when there is none;
 * then `allow` holds the methods that path takes, empty when it is unknown. HEAD counts as
 * GET. Where several patterns fit, the one that spells out more of its beginning wins. */
const struct route *route_find(gh_slice method, gh_slice path, struct path_values *values,
			       char allow[ALLOW_MAX]);

#endif
