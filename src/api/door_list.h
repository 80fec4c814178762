/* The doors of access units as a list, and each of them; a row is a struct door_view. They are in memory
 * (core/access/doors.h). */
#ifndef GH_API_DOOR_LIST_H
#define GH_API_DOOR_LIST_H

#include "api/memory_list.h"
#include "core/access/doors.h"
#include "render/door.h"

struct area_limit;
struct call;

/* doors.c: the door that a path names, by {sn} and {n} or by {door}; false: answered. */
bool door_path_read(struct call *c, gh_slice *sn, int64_t *number);

extern const struct memory_source door_source;

/* Of the path's device, where it names one; see struct list_resource. */
bool doors_check(struct call *c, struct list_question *q);

/* The doors of a device, with texts in `a`; how many. */
size_t door_views(struct server *server, struct device *d, struct arena *a,
		  struct door_view out[DOORS_MAX]);

/* An event of the live stream for each door there is, as it is now: "event: door"; of devices whose number is
 * greater than *after, in their order, until so many bytes are there. True: there are more, behind *after. */
#define SNAPSHOT_BYTES ((size_t)512 << 10)
bool doors_snapshot_write(struct server *server, int64_t device, const struct area_limit *limit,
			  int64_t *after, struct json *out);

#endif
