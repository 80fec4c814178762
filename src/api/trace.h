#ifndef GH_API_TRACE_H
#define GH_API_TRACE_H

#include "render/field.h"

/* A row is a struct traced. */
extern const struct fields exchange_fields;

#endif
