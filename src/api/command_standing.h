/* Whether the person a command is about may be an administrator of the device. */
#ifndef GH_API_COMMAND_STANDING_H
#define GH_API_COMMAND_STANDING_H

#include "base/slice.h"

struct reading;

/* Refuse a command that changes what identifies a person, or the person's privilege, where the token
 * lacks scope admin and the person is an administrator of the device or not known to be none. `words`: the
 * command as text; empty: it is structured. What was read of a device is kept for the further rows of the
 * request. On a reader thread; the row's device is referenced. */
void order_check_standing(struct reading *r, gh_slice words);

/* Have the device queried first where a person is updated in part whose record is not stored, and the
 * device has people that are not. Terminals complete the record themselves. As above. */
void order_check_stored(struct reading *r);

#endif
