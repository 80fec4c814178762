#include "base/arena.h"

#include <stdlib.h>

/* With its header a block stays below the size up to which glibc caches freed blocks. */
#define BLOCK_MIN 960

struct arena_block {
	struct arena_block *before;
	size_t used, cap;
	max_align_t bytes[];
};

static bool arena_charge(struct arena *a, size_t n)
{
	bool small = a->charged < a->small && n <= a->small - a->charged;

	return small ? ghi_budget_charge_small(a->share, n) : ghi_budget_charge(a->share, n);
}

static struct arena_block *arena_block_add(struct arena *a, size_t cap)
{
	size_t size = sizeof(struct arena_block) + cap;
	struct arena_block *b;

	if (!arena_charge(a, size))
		return NULL;
	b = malloc(size);
	if (b == NULL) {
		ghi_budget_release(a->share, size);
		return NULL;
	}
	*b = (struct arena_block){ .before = a->last, .cap = cap };
	a->last = b;
	a->charged += size;
	return b;
}

static void *arena_refuse(struct arena *a)
{
	a->failed = true;
	return NULL;
}

void *ghi_arena_alloc(struct arena *a, size_t n)
{
	size_t unit = _Alignof(max_align_t);
	struct arena_block *b = a->last;

	if (n == 0)
		n = 1;
	if (n > SIZE_MAX - sizeof(*b) - unit)
		return arena_refuse(a);
	n = (n + unit - 1) / unit * unit;
	if (a->limit && (n > a->limit || a->used > a->limit - n))
		return arena_refuse(a);
	if (b == NULL || b->cap - b->used < n) {
		size_t cap = b && b->cap < 65536 ? b->cap * 2 : BLOCK_MIN;

		b = arena_block_add(a, cap < n ? n : cap);
		if (b == NULL)
			return arena_refuse(a);
	}
	void *p = (uint8_t *)b->bytes + b->used;
	b->used += n;
	a->used += n;
	memset(p, 0, n);
	return p;
}

gh_slice ghi_arena_copy(struct arena *a, gh_slice s)
{
	if (s.n == 0)
		return (gh_slice){ 0 };
	uint8_t *p = ghi_arena_alloc(a, s.n);
	if (p == NULL)
		return (gh_slice){ 0 };
	memcpy(p, s.p, s.n);
	return (gh_slice){ p, s.n };
}

char *ghi_arena_text(struct arena *a, gh_slice s)
{
	char *p = ghi_arena_alloc(a, s.n + 1);

	if (p && s.n)
		memcpy(p, s.p, s.n);
	return p;
}

void ghi_arena_clear(struct arena *a)
{
	while (a->last) {
		struct arena_block *b = a->last;

		a->last = b->before;
		free(b);
	}
	ghi_budget_release(a->share, a->charged);
	a->used = a->charged = 0;
	a->failed = false;
}
