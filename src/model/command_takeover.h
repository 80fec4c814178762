/* Which commands take a device over: they point it at another server, or make an
 * administrator at its menu. They need scope admin, whatever their kind needs. */
#ifndef GH_MODEL_COMMAND_TAKEOVER_H
#define GH_MODEL_COMMAND_TAKEOVER_H

#include "model/command_kind.h"

/* The scope that a command needs; without arguments that of its kind. */
enum token_scope command_scope(enum command_kind kind, gh_slice arguments);

#endif
