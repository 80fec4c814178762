/* What changes who the people of a unit are without a change of people, rules or levels. */
#ifndef GH_CORE_ACCESS_SITE_CHANGE_H
#define GH_CORE_ACCESS_SITE_CHANGE_H

#include "core/access/planner.h"
#include "core/access/site_memory.h"

/* A device is in another area, or an area has another namespace, and that is committed: no person is identified by what
 * was read before, and plans are looked at again. */
static inline void site_namespaces_changed(struct server *server)
{
	planner_site_changed(server->planner);
	site_memory_stale(server->site);
}

#endif
