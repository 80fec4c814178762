/* What could not become a record: malformed ones and whole uploads. */
#ifndef GH_API_QUARANTINE_H
#define GH_API_QUARANTINE_H

#include "api/value.h"

extern const struct fields quarantine_fields, upload_fields;

#endif
