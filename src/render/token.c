#include "render/token.h"

/* The names of scopes when each included the previous ones. */
static const char *token_widest_word(size_t i)
{
	static const char *const word[] = { "admin", "write", "read" };

	return i < sizeof(word) / sizeof(word[0]) ? word[i] : NULL;
}

static struct value token_widest_scope(const struct field *f, const void *row)
{
	const struct token *t = row;
	uint32_t write = TOKEN_SCOPE_BIT(TOKEN_READ) | TOKEN_SCOPE_BIT(TOKEN_WRITE);

	(void)f;
	if (t->scopes & TOKEN_SCOPE_BIT(TOKEN_ADMIN))
		return value_text(GH_LIT("admin"));
	if ((t->scopes & write) == write)
		return value_text(GH_LIT("write"));
	return t->scopes & TOKEN_SCOPE_BIT(TOKEN_READ) ? value_text(GH_LIT("read"))
						       : value_null();
}

#define ROW struct token
static const struct field token_field[] = {
#include "render/token.def"
};
#undef ROW

const struct fields token_fields = { "Token", token_field,
				     sizeof(token_field) / sizeof(token_field[0]), NULL };
