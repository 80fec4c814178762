/* The heap of the process. What a burst of large uploads took goes back to the system soon after it. */
#ifndef GH_APP_SERVE_HEAP_H
#define GH_APP_SERVE_HEAP_H

#include <stddef.h>

/* Resident bytes when the heap was last given back. */
struct heap {
	size_t resident;
};

/* At the start, before any thread is made. */
void heap_prepare(struct heap *h);
/* Every few seconds: gives back what is free, if much came since the last time. */
void heap_tick(struct heap *h);

#endif
