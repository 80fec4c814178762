/* A row of the audit as people and programs read it. */
#ifndef GH_RENDER_AUDIT_H
#define GH_RENDER_AUDIT_H

#include "model/audit.h"
#include "render/field.h"

/* A row is a struct audit_row. */
extern const struct fields audit_fields;

#endif
