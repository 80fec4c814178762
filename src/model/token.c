#include "model/token.h"

#include "base/number.h"

static const char *const word[TOKEN_SCOPES] = {
#define TOKEN_SCOPE(NAME, word, about) [TOKEN_##NAME] = #word,
#include "model/token_scope.def"
#undef TOKEN_SCOPE
};

const char *token_scope_word(size_t scope)
{
	return scope < TOKEN_SCOPES ? word[scope] : NULL;
}

enum token_scope token_scope_of(gh_slice text)
{
	enum token_scope s = 0;

	while (s < TOKEN_SCOPES && !gh_slice_eq(text, gh_slice_of(word[s])))
		s++;
	return s;
}

bool token_scopes_hold(uint32_t scopes, enum token_scope scope)
{
	return scopes & (TOKEN_SCOPE_BIT(scope) | TOKEN_SCOPE_BIT(TOKEN_ADMIN));
}

uint32_t token_scopes_read(gh_slice words)
{
	uint32_t scopes = 0;
	gh_slice one;

	while (words.n) {
		gh_slice_cut(words, ' ', &one, &words);
		enum token_scope s = token_scope_of(one);

		if (s < TOKEN_SCOPES)
			scopes |= TOKEN_SCOPE_BIT(s);
	}
	return scopes;
}

void token_scopes_write(struct ghi_writer *w, uint32_t scopes)
{
	const char *between = "";

	for (size_t s = 0; s < TOKEN_SCOPES; s++) {
		if (!(scopes & TOKEN_SCOPE_BIT(s)))
			continue;
		ghi_put(w, gh_slice_of(between));
		ghi_put(w, gh_slice_of(word[s]));
		between = " ";
	}
}

bool token_doors_have(gh_slice doors, gh_slice sn, int64_t number)
{
	gh_slice one, of, n;
	uint64_t door;

	if (doors.n == 0)
		return true;
	while (doors.n) {
		gh_slice_cut(doors, ' ', &one, &doors);
		const uint8_t *colon = one.n ? memrchr(one.p, ':', one.n) : NULL;

		if (colon == NULL)
			continue;
		of = (gh_slice){ one.p, (size_t)(colon - one.p) };
		n = gh_slice_from(one, of.n + 1);
		if (gh_slice_eq(of, sn) && ghi_number_parse(n, INT32_MAX, &door) == GH_OK &&
		    (int64_t)door == number)
			return true;
	}
	return false;
}
