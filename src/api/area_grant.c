/* Accounts that are limited to areas. */
#include "api/call.h"

static const char *const area_grants[] = {
#define AREA_GRANT(operation) #operation,
#include "api/area_grant.def"
#undef AREA_GRANT
};

bool call_areas_check(struct call *c)
{
	if (c->areas == 0)
		return true;
	for (size_t i = 0; i < sizeof(area_grants) / sizeof(area_grants[0]); i++)
		if (strcmp(area_grants[i], c->route->operation) == 0)
			return true;
	call_fail(c, ERROR_area_refused,
		  "This account is limited to areas, and this is not of one of them alone.");
	return false;
}
