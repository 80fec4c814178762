/* The part of a structured request that is a record: the member "person", "template" … by model/order_field.def. */
#ifndef GH_API_COMMAND_RECORD_H
#define GH_API_COMMAND_RECORD_H

#include "api/body.h"
#include "base/writer.h"
#include "model/command_kind.h"

/* Append the fields of the record as arguments, checked and completed. GH_EINVALID: `fault` names the field and its
 * rule; GH_ESPACE. */
GH_MUST_CHECK enum gh_err command_record_read(struct ghi_writer *w, enum command_kind kind,
					      const struct body *b, struct fault *fault);

/* --- of command_body.c --- */

/* A number or moment, as arguments have it. */
struct command_scalar {
	uint8_t text[64];
	struct ghi_writer w;
};

/* The value of a field in the form arguments have; it may be in `to`. GH_EINVALID: the field is of another kind, or
 * breaks the rule; GH_ESPACE. */
GH_MUST_CHECK enum gh_err command_value_read(struct command_scalar *to,
					     const struct command_rule *rule,
					     const struct body *m, bool may_be_empty,
					     gh_slice *value, char why[COMMAND_WHY]);

#endif
