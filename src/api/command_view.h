/* A command and its facts from the tables, for the API to print. */
#ifndef GH_API_COMMAND_VIEW_H
#define GH_API_COMMAND_VIEW_H

#include "core/server.h"
#include "render/command.h"

/* What its return code means follows from the dialect of its device. */
struct command_view command_view_of(struct server *server, const struct command *c);

#endif
