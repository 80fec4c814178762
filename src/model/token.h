/* The credential of a program that uses the API. The token itself is never stored, only its
 * SHA-256. */
#ifndef GH_MODEL_TOKEN_H
#define GH_MODEL_TOKEN_H

#include "base/slice.h"
#include "base/writer.h"

enum token_scope {
#define TOKEN_SCOPE(NAME, word, about) TOKEN_##NAME,
#include "model/token_scope.def"
#undef TOKEN_SCOPE
	TOKEN_SCOPES
};

/* Sets of scopes have a bit for each. */
#define TOKEN_SCOPE_BIT(scope) ((uint32_t)1 << (scope))

struct token {
	int64_t id;
	gh_slice name;
	uint8_t hash[32];
	uint32_t scopes;
	gh_slice
		doors; /* SN:NUMBER, parted by blanks, which it may act on and see; empty: any */
	int64_t created_ms;
	int64_t expires_ms; /* it is valid until then; 0: for ever */
	int64_t used_ms;    /* when it was used last, to the minute; 0: never */
};

/* The word of a scope, static; NULL: there is no such scope. */
const char *token_scope_word(size_t scope);
/* By its word. TOKEN_SCOPES: there is none. */
enum token_scope token_scope_of(gh_slice word);

/* Whether a set has the scope, or `admin`. */
bool token_scopes_hold(uint32_t scopes, enum token_scope scope);
/* The words of a set, parted by blanks, as they are stored; unknown ones are left out. */
uint32_t token_scopes_read(gh_slice words);
void token_scopes_write(struct ghi_writer *w, uint32_t scopes);

/* Whether a list has the door; an empty one has all. */
bool token_doors_have(gh_slice doors, gh_slice sn, int64_t number);

#define TOKEN_SCOPES_TEXT 96 /* room for all words */

#endif
