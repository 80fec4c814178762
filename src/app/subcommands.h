/* The subcommands. Each gets its own word as argv[0] and returns the exit status. */
#ifndef GH_APP_SUBCOMMANDS_H
#define GH_APP_SUBCOMMANDS_H

#include <stdbool.h>

#define SUBCOMMAND(word, run, help) int run(int argc, char **argv);
#include "app/subcommand.def"
#undef SUBCOMMAND

/* Make a token in the store of a data directory that no server has open, and print it
 * (serve/first_token.c). `scopes` are parted by commas. False: a server has it, or it is none. */
bool token_create_offline(const char *data, const char *name, const char *scopes, int *end);

/* Make an administrator in the store of a data directory that no server has open (serve/first_account.c).
 * `password_read` gives a password on the heap, or NULL after a message. False: a server has it, or it is none. */
bool account_create_offline(const char *data, const char *name,
			    char *(*password_read)(void *ctx), void *ctx, int *end);

#endif
