/* Who may use the API. A token is shown once, when it is made; the store has its hash. */
#ifndef GH_CORE_TOKENS_H
#define GH_CORE_TOKENS_H

#include "core/server.h"
#include "model/token.h"

#define TOKEN_TEXT 48 /* bytes of a token with its NUL: "gh_" and 43 of base64url */

struct tokens; /* the valid ones, in memory */

GH_MUST_CHECK enum gh_err tokens_open(struct server *server, struct tokens **out);
void tokens_close(struct tokens *ts);
size_t tokens_count(struct tokens *ts);

/* GH_OK and its scope, or GH_EAUTH. Takes the same time whether it exists or not. */
GH_MUST_CHECK enum gh_err tokens_check(struct tokens *ts, gh_slice text,
				       enum token_scope *scope);

typedef void token_made_fn(void *ctx, enum gh_err err, int64_t id, const char *text);
GH_MUST_CHECK enum gh_err token_make(struct server *server, struct tokens *ts, gh_slice name,
				     enum token_scope scope, token_made_fn *done, void *ctx);
GH_MUST_CHECK enum gh_err token_revoke(struct server *server, struct tokens *ts, int64_t id,
				       core_done_fn *done, void *ctx);

#endif
