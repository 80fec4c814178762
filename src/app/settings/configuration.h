/* The configuration file: groups of keys and values, as GLib's key files have them. */
#ifndef GH_APP_SETTINGS_CONFIGURATION_H
#define GH_APP_SETTINGS_CONFIGURATION_H

#include "app/settings/setting.h"

struct configuration;

/* Read the file, whose path is borrowed; path NULL: an empty one. NULL: why was printed. */
struct configuration *configuration_open(const char *path);
/* false: it has a group or a key that is no setting's; each was printed. */
bool configuration_check(const struct configuration *c);
void configuration_close(struct configuration *c);

/* The value of a setting, without the quotes that TOML puts around text; NULL: none. g_free() it. */
char *configuration_value(const struct configuration *c, enum setting id);

#endif
