/* An enrolment for the API to print, made of its order. */
#ifndef GH_API_ENROLMENT_VIEW_H
#define GH_API_ENROLMENT_VIEW_H

#include "core/devices.h"
#include "render/enrolment.h"

/* The namespace of the people of a device, which is that of its area; copied to `to`, which has room for
 * ENROLMENT_NAMESPACE bytes. */
#define ENROLMENT_NAMESPACE 256
gh_slice enrolment_namespace(const struct store_ops *ops, struct store_reader *reader,
			     struct device *d, uint8_t to[ENROLMENT_NAMESPACE]);

/* What an enrolment is made of, with its texts in `a`. */
void enrolment_order_copy(struct arena *a, const struct command *from, struct command *to);

/* Borrows from the order. GH_ENOTFOUND: it enrols no person. */
GH_MUST_CHECK enum gh_err enrolment_view_make(struct server *server,
					      struct store_reader *reader,
					      const struct command *c,
					      struct enrolment_view *out);

#endif
