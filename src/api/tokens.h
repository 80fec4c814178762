#ifndef GH_API_TOKENS_H
#define GH_API_TOKENS_H

#include "render/field.h"

/* A row is a struct token. */
extern const struct fields token_fields;

#endif
