/* Which handler a request goes to. */
#ifndef GH_API_ROUTE_H
#define GH_API_ROUTE_H

#include "base/slice.h"

struct call;

enum route_scope {
	SCOPE_NONE,
	SCOPE_METRICS, /* none, or read when the settings say so */
	SCOPE_READ,
	SCOPE_WRITE,
	SCOPE_ADMIN,
};

enum route_shape { SHAPE_LIST, SHAPE_ONE, SHAPE_NEW, SHAPE_DONE, SHAPE_OTHER };

struct route {
	const char *method;
	const char *path;
	void (*handler)(struct call *c);
	enum route_scope scope;
	const char *summary;
	const char *params; /* names of query parameters, separated by blanks */
	const char *body;   /* schema of the request body, NULL: none is read */
	enum route_shape shape;
	const char *answer; /* schema, or content type for SHAPE_OTHER */
};

extern const struct route routes[];
extern const size_t routes_count;

/* The route of a method and a path (without query, still encoded). NULL when there is none;
 * then *allow holds the methods that path takes, empty when it is unknown. HEAD counts as
 * GET. *name is what stands for the placeholder, still encoded. */
const struct route *route_find(gh_slice method, gh_slice path, gh_slice *name, char allow[64]);

/* The placeholder in a pattern with its braces, or {NULL,0}. */
gh_slice route_placeholder(const struct route *route);

#endif
