/* Which devices a command is about: serial numbers, patterns of them, and options. */
#ifndef GH_APP_API_CLIENT_SELECTION_H
#define GH_APP_API_CLIENT_SELECTION_H

#include "app/api_client/noun.h"

#define SELECT_OPTIONS "all state contact tag"

struct selection {
	json_t *rows; /* each with `sn`; those that the server listed as it shows them */
	bool chosen;  /* by a pattern or an option, and not one by one */
};

/* Of the first `words` arguments and the options. What selects nothing at all is an error. CMD_OK, or
 * a message was printed. */
int selection_read(struct cmd *c, int words, struct selection *out);
/* The same of words that are not arguments. */
int selection_find(struct cmd *c, char *const *word, int words, struct selection *out);
void selection_clear(struct selection *s);
/* Whether arguments are a pattern, or one of the options was given. */
bool selection_given(const struct cmd *c, const char *word);

/* Whether what is done to the devices may be done. Those that were chosen are listed first. `what` is
 * a sentence. */
bool selection_confirm(struct cmd *c, const struct selection *s, const char *what);

/* What may be done with a reply; `body` may be NULL. */
struct selection_act {
	const char *method, *path; /* "%s" stands for the serial number */
	json_t *body;		   /* NULL: none */
	/* The body for one device, new; NULL: `body`. */
	json_t *(*body_of)(struct cmd *c, json_t *row);
	const char *done; /* what happened to it; NULL: print() has it */
	void (*print)(struct cmd *c, const char *sn, json_t *reply);
};

/* Do it to each, with a line or a message for each, or with --json an object a line; the worst exit
 * status. Without server or permission the rest is not tried. */
int selection_each(struct cmd *c, const struct selection *s, const struct selection_act *act);

#endif
