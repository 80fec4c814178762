/* The settings of the program: a row of setting.def each, with its check. Flags and their help,
 * variables, the keys of the configuration file and the messages about a mistake follow from the
 * row; tools/check-manual holds the manual pages and packaging/gatehouse.conf to it. */
#ifndef GH_APP_SETTINGS_SETTING_H
#define GH_APP_SETTINGS_SETTING_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

enum setting_group {
#define SETTING_GROUP(id, group) SETTING_GROUP_##id,
#include "app/settings/setting.def"
#undef SETTING_GROUP
	SETTING_GROUPS
};

enum setting_type {
#define SETTING_TYPE(id, check, expected) SETTING_TYPE_##id,
#include "app/settings/setting.def"
#undef SETTING_TYPE
	SETTING_TYPES
};

enum setting {
#define SETTING(id, group, name, arg, type, least, most, value, help) SETTING_##id,
#include "app/settings/setting.def"
#undef SETTING
	SETTING_COUNT
};

struct setting_row {
	enum setting_group group;
	const char *name, *arg;
	enum setting_type type;
	uint64_t least, most;
	const char *value, *help;
};

struct address {
	char host[64];
	uint16_t port;
};

/* A value that was checked. TEXT, ZONE and TIMES have none besides their text. */
union setting_value {
	uint64_t number; /* NUMBER; WORD and FLAG: which of the words, from 0 */
	struct address address;
};

const struct setting_row *setting_row(enum setting id);
/* The group's name in the configuration file; NULL: it has none there. */
const char *setting_group_name(enum setting_group group);

/* false: the text is no value of this setting. *out is written on success only. */
bool setting_check(enum setting id, const char *text, union setting_value *out);
/* "a number from 1 to 86400": what the setting's values are, for a message. */
void setting_expected(enum setting id, char *to, size_t size);

#define SETTING_VARIABLE_SIZE 64 /* of a variable's name, with its NUL */

/* The value in the environment; NULL: none. `name` has SETTING_VARIABLE_SIZE bytes, and is where it
 * was looked for last. */
const char *setting_from_environment(enum setting id, char *name);

/* The value in a credential of the service manager; *value is NULL where there is none. g_free() it. false:
 * it cannot be read; a message was printed. */
bool setting_from_credential(enum setting id, char **value);

/* Append the options of a group, whose keys are `first_key` + enum setting; `section` is argp's
 * group. Returns how many: at most SETTING_COUNT. Their help is to be freed by
 * setting_options_free(). */
size_t setting_options(enum setting_group group, int first_key, int section,
		       struct argp_option *to);
void setting_options_free(struct argp_option *options, size_t n);

#endif
