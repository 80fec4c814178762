/* What the files of "gatehouse command" share. */
#ifndef GH_APP_API_CLIENT_COMMAND_H
#define GH_APP_API_CLIENT_COMMAND_H

#include "app/api_client/selection.h"

/* command_many.c: the command of a body, without its device, to all devices of the selection: of the
 * pattern that is the first argument, or (NULL) of the options. */
int command_send_many(struct cmd *c, const char *pattern, json_t *body);

/* command_file.c: an order of --type for each record of --file, NDJSON or CSV, to the device or the selection; all of a
 * device, or none. */
int command_send_file(struct cmd *c);

#endif
