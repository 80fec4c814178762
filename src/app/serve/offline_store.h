/* The store of a data directory that no server has open, for commands that change it there. */
#ifndef GH_APP_SERVE_OFFLINE_STORE_H
#define GH_APP_SERVE_OFFLINE_STORE_H

#include "app/serve/data_dir.h"
#include "app/settings/settings.h"
#include "core/tokens.h"

#define OFFLINE_WHY 512

/* What of a server it takes to change a store. */
struct offline {
	struct settings settings;
	struct data_dir data;
	struct server server;
	struct tokens *tokens;
	char why[OFFLINE_WHY];
};

/* False: there is no store, or a server has it open. */
bool offline_begin(struct offline *o, const char *data);
/* Read the settings, for the store's URL; the exit status, 0 where they are in order. */
int offline_settings(struct offline *o);
/* False: o->why has the reason. */
bool offline_open(struct offline *o);
void offline_close(struct offline *o);

#endif
