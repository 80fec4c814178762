/* The settings of `gatehouse serve` from flags, environment and file, and what follows from
 * them. */
#ifndef GH_APP_SETTINGS_SETTINGS_H
#define GH_APP_SETTINGS_SETTINGS_H

#include "app/settings/setting.h"
#include "base/log.h"
#include "core/server.h"

/* Where a value comes from. */
enum setting_origin {
	ORIGIN_DEFAULT,
	ORIGIN_FILE,
	ORIGIN_CREDENTIAL,
	ORIGIN_VARIABLE,
	ORIGIN_FLAG
};

/* Read and checked. Text is owned by it. */
struct settings {
	char *config;		    /* path of the file; NULL: none */
	char *flag[SETTING_COUNT];  /* as given on the command line; NULL: not */
	char *value[SETTING_COUNT]; /* what holds; NULL: not of serve */
	enum setting_origin origin[SETTING_COUNT];
	bool check; /* --check: nothing is served */

	struct address listen, admin;
	bool one_listener; /* the two are the same */
	struct server_settings server;
	uint32_t connections, address_share, idle_timeout_s, threads, terminals;
	uint32_t tls_oldest; /* the word of the setting */
	size_t body_limit, memory_limit;
	enum log_level log_level;
	bool unsafe_store, force;
	bool log_json;
};

/* The command line of `gatehouse serve`. Returns 0, or the exit status the program should end
 * with (help, a mistake); a message was printed then. */
int settings_parse(struct settings *s, int argc, char **argv);
/* Read file and environment again with the same command line. false: the reason was printed. */
bool settings_reload(const struct settings *s, struct settings *fresh);
void settings_clear(struct settings *s);

/* The value of a setting of serve; never NULL. */
static inline const char *setting_text(const struct settings *s, enum setting id)
{
	return s->value[id];
}

#endif
