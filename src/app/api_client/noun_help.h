/* The options of nouns and verbs as argp takes them, and what --help prints of them. */
#ifndef GH_APP_API_CLIENT_NOUN_HELP_H
#define GH_APP_API_CLIENT_NOUN_HELP_H

#include <argp.h>

#include "app/api_client/noun.h"

enum {
	NOUN_KEY_HELP = 'h',
	NOUN_KEY_OPTION = 1000,
	NOUN_KEY_SETTING = 2000,
	NOUN_KEY_JSON = 3000,
};

/* What argp is given. settings points into row, where setting_options() made rows. */
struct noun_options {
	struct argp_option row[CMD_OPTIONS + SETTING_COUNT + 3], *settings;
	size_t settings_n;
};

/* Whose options: of every verb of the noun, or of `verb`, or (NULL) only those all verbs take. */
enum noun_options_of { NOUN_OPTIONS_ALL, NOUN_OPTIONS_VERB };
void noun_options_make(struct noun_options *o, const struct noun *noun, const struct verb *verb,
		       enum noun_options_of of);
void noun_options_clear(struct noun_options *o);

/* As it is written behind the two dashes. */
const char *noun_option_name(enum cmd_option option);
bool verb_takes(const struct verb *v, enum cmd_option option);

/* Print what the KEY=VALUE arguments of a verb may be. */
void noun_fields_print(const struct verb *v);

/* The same of a verb that is an order: what its arguments may be. */
void order_keys_print(const struct verb *v);

/* Print the help of a verb; NULL: of the noun. */
void noun_help_print(const struct noun *noun, const struct verb *verb);

#endif
