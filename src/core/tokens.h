/* The tokens of the API. A token is shown once, when it is created; the store has its hash.
 *
 * Threads: any. A read-write lock guards the list: checks of a token read, and changes write it on
 * the store thread after their commit. */
#ifndef GH_CORE_TOKENS_H
#define GH_CORE_TOKENS_H

#include "base/arena.h"
#include "core/server.h"
#include "model/token.h"

#define TOKEN_NAME 400 /* bytes of its name at the most */
#define TOKEN_TEXT 48  /* bytes of a token with its NUL: "gh_" and 43 of base64url */

struct tokens; /* the valid ones, in memory */

GH_MUST_CHECK enum gh_err tokens_open(struct server *server, struct tokens **out);
void tokens_close(struct tokens *ts);
size_t tokens_count(struct tokens *ts);

/* The scopes and the name of a valid token. */
struct token_grant {
	int64_t id;
	uint32_t scopes;
	gh_slice name;	/* in the arena of the call */
	gh_slice doors; /* the same: of struct token */
};
/* GH_EAUTH: no such token, or it is over. The time taken does not depend on whether it exists. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err tokens_check(struct tokens *ts, gh_slice text, struct arena *a,
				       struct token_grant *out);

/* Whether that one is still valid. */
bool tokens_valid(struct tokens *ts, int64_t id);

/* A new token, which is in no store yet. False: no random numbers are available. */
bool token_text_make(char text[TOKEN_TEXT]);

typedef void token_made_fn(void *ctx, enum gh_err err, int64_t id, const char *text);
/* `text`: of token_text_make(); NULL: a new one, which is passed to done(). `audit`: a row, which lives
 * until then; its subject is the token. */
GH_MUST_CHECK enum gh_err token_make(struct server *server, struct tokens *ts, gh_slice name,
				     uint32_t scopes, gh_slice doors, int64_t expires_ms,
				     const char *text, const struct audit_row *audit,
				     token_made_fn *done, void *ctx);
GH_MUST_CHECK enum gh_err token_revoke(struct server *server, struct tokens *ts, int64_t id,
				       const struct audit_row *audit, core_done_fn *done,
				       void *ctx);

#endif
