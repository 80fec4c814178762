/* A token as people and programs read it, without the token itself. */
#ifndef GH_RENDER_TOKEN_H
#define GH_RENDER_TOKEN_H

#include "model/token.h"
#include "render/field.h"

/* A row is a struct token. */
extern const struct fields token_fields;

#endif
