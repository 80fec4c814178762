#ifndef GH_API_TOKENS_H
#define GH_API_TOKENS_H

#include "api/value.h"

/* A row is a struct token. */
extern const struct fields token_fields;

#endif
