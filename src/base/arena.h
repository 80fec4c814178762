/* Memory that is freed all at once: everything of one request, or of one job. */
#ifndef GH_BASE_ARENA_H
#define GH_BASE_ARENA_H

#include "base/budget.h"
#include "base/err.h"
#include "base/slice.h"

struct arena_block;

struct arena {
	struct arena_block *last;
	size_t used;  /* bytes handed out */
	size_t limit; /* ceiling of `used`; 0 means none */

	/* What its blocks are charged to; NULL: nothing. Borrowed, outlives the arena. */
	const struct budget_share *share;
	size_t small;	/* bytes charged by ghi_budget_charge_small(), before others */
	size_t charged; /* bytes of its blocks */
	bool failed;	/* an allocation failed since the arena was last cleared */
};

/* An empty arena holds no memory. */
static inline struct arena ghi_arena_with_limit(size_t limit)
{
	return (struct arena){ .limit = limit };
}

/* An empty arena, its blocks charged like those of `other`. */
static inline struct arena ghi_arena_beside(const struct arena *other)
{
	return (struct arena){ .share = other->share };
}

/* Zeroed and aligned for any type. NULL when memory, the budget or the limit is exhausted. A
 * caller may check `failed` once at the end instead of every result. */
void *ghi_arena_alloc(struct arena *a, size_t n);
/* n bytes copied; {NULL,0} on failure of a non-empty copy. */
gh_slice ghi_arena_copy(struct arena *a, gh_slice s);
/* NUL-terminated copy, NULL on failure. */
char *ghi_arena_text(struct arena *a, gh_slice s);
/* Everything is freed; the arena is ready for use again. */
void ghi_arena_clear(struct arena *a);

#endif
