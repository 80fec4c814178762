/* Which commands take a device over: they point it at another server, make an administrator at
 * its menu, change how one identifies, or let it fetch a photo that faces are compared with from
 * elsewhere than this server. They need scope admin, whatever their kind needs. */
#ifndef GH_MODEL_COMMAND_TAKEOVER_H
#define GH_MODEL_COMMAND_TAKEOVER_H

#include "model/command_kind.h"

/* The scope that a command needs; without arguments that of its kind. */
enum token_scope command_scope(enum command_kind kind, gh_slice arguments);

/* Whether it changes what identifies a person to the device, or whether that person is an
 * administrator of it: it needs scope admin unless the person is known to be an ordinary one. `pin` is
 * the person's, borrowed from the arguments; empty: it names none. `field` is the argument that makes
 * it so. */
bool command_changes_identity(enum command_kind kind, gh_slice arguments, gh_slice *pin,
			      gh_slice *field);

#define COMMAND_PIN_MAX 32
/* A PIN in the form in which two that a device may take for one are equal: devices that keep PINs as
 * numbers drop leading zeros. In `room`; longer ones are cut. */
gh_slice command_pin_normal(gh_slice pin, char room[COMMAND_PIN_MAX]);

#endif
