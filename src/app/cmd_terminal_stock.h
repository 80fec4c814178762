/* What a device has at some moment, to compare it with something else. */
#ifndef GH_APP_CMD_TERMINAL_STOCK_H
#define GH_APP_CMD_TERMINAL_STOCK_H

#include <glib.h>

#include "app/cmd_terminal.h"

struct stock {
	GHashTable *users;   /* PIN -> struct gh_user */
	GHashTable *fingers; /* stock_key() -> stock_digest() */
};

/* Read it all. After a failure it is to be cleared as well. */
enum gh_err stock_take(struct terminal *c, struct stock *out);
void stock_clear(struct stock *s);

/* "FINGER PIN", the finger being one digit; and the SHA-256 of its template. g_free() both. */
char *stock_key(const struct gh_template *t);
char *stock_digest(const struct gh_template *t);

#endif
