/* The verbs and options of `gatehouse terminal`, and what --help prints of them. */
#ifndef GH_APP_TERMINAL_HELP_H
#define GH_APP_TERMINAL_HELP_H

#include <argp.h>

#include "app/terminal/terminal.h"

enum {
	TERMINAL_KEY_HELP = 'h',
	TERMINAL_KEY_OPTION = 1000,
	TERMINAL_KEY_COMM_KEY = 2000,
	TERMINAL_KEY_COMM_KEY_FILE,
	TERMINAL_KEY_TIMEOUT,
	TERMINAL_KEY_FORMAT,
	TERMINAL_KEY_ENCODING,
	TERMINAL_OPTIONS_MAX = TERMINAL_OPTIONS + 8,
};

extern const struct terminal_verb terminal_verbs[]; /* ended by a row without words */

/* As it is written behind the two dashes. */
const char *terminal_option_name(int option);
bool terminal_verb_takes(const struct terminal_verb *v, int option);

/* The options of one verb, or (NULL) of all; to[TERMINAL_OPTIONS_MAX]. */
void terminal_options_list(const struct terminal_verb *v, struct argp_option *to);

/* The help of a verb; NULL: of all of them. */
void terminal_help_print(const struct terminal_verb *v);

#endif
