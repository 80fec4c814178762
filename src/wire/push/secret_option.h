/* Which settings and parameters have a password or key as their value: one table for commands,
 * requests and what the API shows. Fields of records are marked in their own tables
 * (MODEL_SECRET). */
#ifndef GH_WIRE_PUSH_SECRET_OPTION_H
#define GH_WIRE_PUSH_SECRET_OPTION_H

#include "base/slice.h"

/* Whether a part of the name, without case, is in the table. */
bool ghi_option_is_secret(gh_slice name);

#endif
