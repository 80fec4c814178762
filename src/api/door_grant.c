#include "api/door_grant.h"

#include "base/number.h"
#include "model/token.h"

enum door_grant_rule { DOOR_GRANT_ALL, DOOR_GRANT_NAMED };

static const struct door_grant {
	const char *path;
	enum door_grant_rule rule;
	const char *instead;
} door_grants[] = {
#define DOOR_GRANT(path, rule, instead) { path, DOOR_GRANT_##rule, instead },
#include "api/door_grant.def"
#undef DOOR_GRANT
};

static const struct door_grant *door_grant_of(const char *path)
{
	for (size_t i = 0; i < sizeof(door_grants) / sizeof(door_grants[0]); i++) {
		size_t n = strlen(door_grants[i].path);

		if (strncmp(path, door_grants[i].path, n) == 0 &&
		    (path[n] == 0 || path[n] == '/'))
			return &door_grants[i];
	}
	return NULL;
}

/* "SN:NUMBER", or a device and the number of a door of it. */
static bool query_names_own_door(struct call *c)
{
	gh_slice door = call_param(c, PARAM_door)->s, serial = call_param(c, PARAM_device)->s;
	const uint8_t *colon = door.n ? memrchr(door.p, ':', door.n) : NULL;
	uint64_t number;

	if (colon) {
		serial = (gh_slice){ door.p, (size_t)(colon - door.p) };
		door = gh_slice_from(door, serial.n + 1);
	}
	return ghi_number_parse(door, INT32_MAX, &number) == GH_OK && serial.n &&
	       token_doors_have(c->doors, serial, (int64_t)number);
}

static bool route_only_reads(const struct route *r)
{
	return strcmp(r->method, "GET") == 0;
}

/* An order is judged where it is read, queued or cancelled, by the door it is about. */
static bool route_judges_itself(const struct route *r)
{
	gh_slice path = gh_slice_of(r->path);

	if (r->scope == ROUTE_SCOPE_DOOR)
		return true;
	if (!gh_slice_starts(path, GH_LIT("/api/commands")))
		return false;
	return !route_only_reads(r) || gh_slice_eq(path, GH_LIT("/api/commands/{id}"));
}

bool call_doors_check(struct call *c)
{
	const struct door_grant *g = door_grant_of(c->route->path);
	const char *instead =
		g ? g->instead : "of what is no order to one of them it reads alone";

	if (c->doors.n == 0 || route_judges_itself(c->route))
		return true;
	if (route_only_reads(c->route) &&
	    (g == NULL || (g->rule == DOOR_GRANT_NAMED && query_names_own_door(c))))
		return true;
	call_fail_doors(c, instead);
	return false;
}
