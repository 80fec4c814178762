/* An exchange with a device as people read it. */
#ifndef GH_RENDER_TRACED_H
#define GH_RENDER_TRACED_H

#include "model/traced.h"
#include "render/field.h"

/* A row is a struct traced. */
extern const struct fields traced_fields;

#endif
