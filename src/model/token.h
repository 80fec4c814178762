/* What lets a program use the API. The token itself is never stored, only its SHA-256. */
#ifndef GH_MODEL_TOKEN_H
#define GH_MODEL_TOKEN_H

#include "base/slice.h"

enum token_scope {
	TOKEN_READ,  /* everything that changes nothing */
	TOKEN_WRITE, /* and commands, people, device settings */
	TOKEN_ADMIN, /* and admission, deletion, tokens */
	TOKEN_SCOPES
};

struct token {
	int64_t id;
	gh_slice name;
	uint8_t hash[32];
	enum token_scope scope;
	int64_t created_ms;
};

#endif
