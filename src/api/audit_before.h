/* What a row of the audit has of what stood before a change: the same names as what the request sent, so that the two
 * stand beside each other. */
#ifndef GH_API_AUDIT_BEFORE_H
#define GH_API_AUDIT_BEFORE_H

#include "api/body.h"
#include "base/json.h"
#include "core/devices.h"
#include "render/field.h"

/* Numbers of a list that are kept; of a longer one the first. */
#define AUDIT_NUMBERS 1000

/* Whether a change by this body is about the field: it names it, or, where it is a secret, the field has whether
 * there is one ("passwordSet", "hasCommKey"). NULL: it is about all. */
bool before_concerns(const struct body *b, const char *field);
/* The fields of a row that the change is about, for an object that may hold more. */
void before_fields(struct json *j, const struct fields *f, const void *row,
		   const struct body *b);

/* What was written, borrowed from j: empty where the object has no members, {"tooLong":true} where it went over the
 * ceiling of j. */
gh_slice before_result(const struct json *j);

/* A device as it is now: its state, and the settings that the body names; in `a`. */
gh_slice device_before(struct device *d, struct server *server, const struct body *b,
		       struct arena *a);

#endif
