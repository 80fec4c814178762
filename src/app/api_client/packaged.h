/* The server of the package's service, for commands that were given no --data and find none where they are
 * run: the place of its token, and the address in its settings. */
#ifndef GH_APP_API_CLIENT_PACKAGED_H
#define GH_APP_API_CLIENT_PACKAGED_H

#include <stdbool.h>

/* Whether the data directory of the service is on this machine. */
bool packaged_server_exists(void);
/* Its token; NULL: it cannot be read, and a message names the command that can. g_free() it. */
char *packaged_token_read(void);
/* "http://127.0.0.1:8081", as its settings have it; NULL: they have none. g_free() it. */
char *packaged_url(void);

#endif
