/* What a device has at some moment, to compare it with something else. */
#ifndef GH_APP_TERMINAL_CONTENTS_H
#define GH_APP_TERMINAL_CONTENTS_H

#include <glib.h>

#include "app/terminal/terminal.h"

struct contents {
	GHashTable *users;   /* PIN -> struct gh_user */
	GHashTable *fingers; /* contents_key() -> contents_digest() */
};

/* Read it all. After a failure it is to be cleared as well. */
enum gh_err contents_read(struct terminal *c, struct contents *out);
void contents_clear(struct contents *s);

/* "FINGER PIN", the finger being one digit; and the SHA-256 of its template. g_free() both. */
char *contents_key(const struct gh_template *t);
char *contents_digest(const struct gh_template *t);

#endif
