#include "app/serve/heap.h"

#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

#define LARGE (256 << 10) /* from so many bytes on a block is a mapping of its own */
#define GROWTH (8u << 20) /* since the last time */

/* 0: unknown */
static size_t resident_bytes(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%*u %lu", &pages) != 1)
		pages = 0;
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* Without this glibc raises both limits with each large block that is freed, up to 32 and 64 MiB, and keeps as
 * much in each arena. */
void heap_prepare(struct heap *h)
{
	mallopt(M_MMAP_THRESHOLD, LARGE);
	mallopt(M_TRIM_THRESHOLD, 2 * LARGE);
	h->resident = resident_bytes();
}

/* What is free in the midst of an arena goes back by request only. */
void heap_tick(struct heap *h)
{
	size_t now = resident_bytes();

	if (now > h->resident + GROWTH) {
		malloc_trim(0);
		now = resident_bytes();
	} else if (now > h->resident) {
		return;
	}
	h->resident = now;
}
