#include "model/role.h"

static const struct role_row {
	const char *word, *about;
	uint32_t scopes;
} role_rows[ROLES] = {
#define ROLE(NAME, word, scopes, about) [ROLE_##NAME] = { #word, about, scopes },
#include "model/role.def"
#undef ROLE
};

const char *role_word(size_t role)
{
	return role < ROLES ? role_rows[role].word : NULL;
}

const char *role_about(size_t role)
{
	return role < ROLES ? role_rows[role].about : NULL;
}

uint32_t role_scopes(size_t role)
{
	return role < ROLES ? role_rows[role].scopes : 0;
}
