/* Tokens made where no API makes them: the first one of a server, and one for an administrator who
 * has none, on the machine itself. */
#ifndef GH_APP_SERVE_FIRST_TOKEN_H
#define GH_APP_SERVE_FIRST_TOKEN_H

#include "app/serve/data_dir.h"
#include "core/tokens.h"

/* Make the first token, with scope admin, and write it to admin.token; where the service manager hands over
 * the credential gatehouse.admin-token, that is its text. The file comes first: where it
 * cannot be written, the store has no token either, and the next start makes one. false: `why` has a
 * sentence. */
bool first_token_make(struct server *server, struct tokens *tokens, const struct data_dir *data,
		      char *why, size_t why_size);

#endif
