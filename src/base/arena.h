/* Memory that dies in one stroke: everything of one request, or of one job. */
#ifndef GH_BASE_ARENA_H
#define GH_BASE_ARENA_H

#include "base/err.h"
#include "base/slice.h"

struct arena_block;

struct arena {
	struct arena_block *last;
	size_t used;  /* bytes handed out */
	size_t limit; /* ceiling of `used`; 0 means none */
};

/* An empty arena holds no memory. */
static inline struct arena ghi_arena_with_limit(size_t limit)
{
	return (struct arena){ .limit = limit };
}

/* Zeroed and aligned for any type. NULL when memory or the limit is exhausted. */
void *ghi_arena_alloc(struct arena *a, size_t n);
/* n bytes copied; {NULL,0} on failure of a non-empty copy. */
gh_slice ghi_arena_copy(struct arena *a, gh_slice s);
/* NUL-terminated copy, NULL on failure. */
char *ghi_arena_text(struct arena *a, gh_slice s);
/* Everything is freed; the arena is ready for use again. */
void ghi_arena_clear(struct arena *a);

#endif
