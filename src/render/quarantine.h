/* What could not become a record, as people and programs read it: malformed records, and whole
 * uploads of tables this version does not read. */
#ifndef GH_RENDER_QUARANTINE_H
#define GH_RENDER_QUARANTINE_H

#include "model/upload.h"
#include "render/field.h"

struct quarantine_view {
	struct quarantine q; /* texts are borrowed; raw may be cut */
};

struct upload_view {
	struct raw_upload u;
	gh_slice shown; /* of the body */
};

/* A row is a struct quarantine_view, a struct upload_view. */
extern const struct fields quarantine_fields, upload_fields;

#endif
