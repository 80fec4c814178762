/* The roles of accounts (role.def). */
#ifndef GH_MODEL_ROLE_H
#define GH_MODEL_ROLE_H

#include "model/token.h"

enum role {
#define ROLE(NAME, word, scopes, about) ROLE_##NAME,
#include "model/role.def"
#undef ROLE
	ROLES
};

/* Sets of roles have a bit for each. */
#define ROLE_BIT(role) ((uint32_t)1 << (role))
#define ROLE_ALL (ROLE_BIT(ROLES) - 1)

/* The word of a role, and what it is, static; NULL: there is no such role. */
const char *role_word(size_t role);
const char *role_about(size_t role);
/* The scopes of a role; none: there is no such role. */
uint32_t role_scopes(size_t role);

#endif
