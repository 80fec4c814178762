/* A command and its facts from the tables, for the API to print. */
#ifndef GH_API_COMMAND_VIEW_H
#define GH_API_COMMAND_VIEW_H

#include "core/server.h"
#include "render/command.h"

/* What its return code means follows from the dialect of its device. `scopes`: of the caller; of a file or output in
 * the answer administrators alone get the beginning. */
struct command_view command_view_of(struct server *server, const struct command *c,
				    uint32_t scopes);

struct call;
/* Whether the caller, who may be limited to areas, sees the device that it is of. */
bool command_device_seen(const struct call *c, const struct command *cmd);

#endif
