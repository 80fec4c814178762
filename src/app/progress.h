/* A line of progress on standard error, where that is a terminal; nothing elsewhere. */
#ifndef GH_APP_PROGRESS_H
#define GH_APP_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* All zero: nothing was shown. */
struct progress {
	int64_t next; /* microseconds; when to show it again */
	bool shown;
};

/* Whether to show the line now; cheap enough for every record. If so, the caller prints it
 * behind PROGRESS_LINE and without an end. */
bool progress_is_due(struct progress *p);
#define PROGRESS_LINE "\r\033[K"
/* Take the line away; before every message, and at the end. */
void progress_end(struct progress *p);

#endif
