/* The process's limit of open files, which connections count against. The soft limit is raised to the
 * hard one at the start. Where it is too small for all the connections that the settings allow, there are
 * fewer: the last descriptors are kept for the store, and a part for people, so that they can still see
 * what is wrong when devices, or others, hold the rest. */
#ifndef GH_APP_SERVE_OPEN_FILES_H
#define GH_APP_SERVE_OPEN_FILES_H

#include "app/serve/serve.h"

void open_files_raise(struct serve *s);
/* About once a second: sets the ceilings of the listeners, and raises or ends the problem. */
void open_files_watch(struct serve *s);

#endif
