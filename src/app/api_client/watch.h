/* Following a stream of the server on a terminal. */
#ifndef GH_APP_API_CLIENT_WATCH_H
#define GH_APP_API_CLIENT_WATCH_H

#include "app/api_client/noun.h"

struct watch_column {
	const char *field;
	int width; /* 0: the last one */
};

/* Print the events of a path as they come, each on a line, or as JSON; until it is interrupted. Whatever
 * breaks the stream, the next one begins where it stopped: nothing is missed. */
int cmd_watch(struct cmd *c, const char *path, const struct watch_column *column,
	      size_t columns);

#endif
