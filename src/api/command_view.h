/* A command and its facts from the tables, for the API to print. */
#ifndef GH_API_COMMAND_VIEW_H
#define GH_API_COMMAND_VIEW_H

#include "render/command.h"

struct command_view command_view_of(const struct command *c);

#endif
