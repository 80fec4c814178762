/* From a structured request to the arguments of a command. */
#ifndef GH_API_COMMAND_BODY_H
#define GH_API_COMMAND_BODY_H

#include "api/body.h"
#include "model/command_kind.h"

#define COMMAND_BODY_VALUE 8192 /* bytes of one value at the most */

/* Bytes that the arguments of a body have at the most. */
size_t command_body_room(const struct body *b);

/* Append the arguments of that kind that a body has, checked, in the order of the kind's row.
 * GH_EINVALID: `fault` names the field and what is wrong; GH_ESPACE: too long. */
GH_MUST_CHECK enum gh_err command_body_read(struct ghi_writer *w, enum command_kind kind,
					    const struct body *b, struct fault *fault);

#endif
