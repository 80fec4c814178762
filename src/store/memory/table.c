#include "store/memory/table.h"

#include <stdatomic.h>
#include <stdlib.h>

#define CHUNK_ROWS 256

struct row {
	_Atomic size_t refs;
	max_align_t object[];
};

struct table_chunk {
	_Atomic size_t refs;
	struct row *row[CHUNK_ROWS];
};

struct row *row_new(const void *object, size_t size, const uint16_t *slice_offsets, size_t n)
{
	size_t total = size;
	gh_slice s;

	for (size_t i = 0; i < n; i++) {
		memcpy(&s, (const uint8_t *)object + slice_offsets[i], sizeof(s));
		total += s.n;
	}
	struct row *r = malloc(sizeof(*r) + total);
	if (r == NULL)
		return NULL;
	atomic_init(&r->refs, 1);
	memcpy(r->object, object, size);

	uint8_t *at = (uint8_t *)r->object + size;

	for (size_t i = 0; i < n; i++) {
		uint8_t *field = (uint8_t *)r->object + slice_offsets[i];

		memcpy(&s, field, sizeof(s));
		if (s.n)
			memcpy(at, s.p, s.n);
		s.p = at;
		at += s.n;
		memcpy(field, &s, sizeof(s));
	}
	return r;
}

struct row *row_ref(struct row *r)
{
	atomic_fetch_add(&r->refs, 1);
	return r;
}

void row_unref(struct row *r)
{
	if (r && atomic_fetch_sub(&r->refs, 1) == 1)
		free(r);
}

const void *row_get(const struct row *r)
{
	return r->object;
}

static void chunk_unref(struct table_chunk *c)
{
	if (c == NULL || atomic_fetch_sub(&c->refs, 1) != 1)
		return;
	for (size_t i = 0; i < CHUNK_ROWS; i++)
		row_unref(c->row[i]);
	free(c);
}

enum gh_err table_copy(const struct table *t, struct table *out)
{
	struct table copy = *t;

	copy.chunk = malloc((t->chunks + 1) * sizeof(struct table_chunk *));
	if (copy.chunk == NULL)
		return GH_ENOMEM;
	for (size_t i = 0; i < t->chunks; i++) {
		copy.chunk[i] = t->chunk[i];
		atomic_fetch_add(&copy.chunk[i]->refs, 1);
	}
	*out = copy;
	return GH_OK;
}

void table_clear(struct table *t)
{
	for (size_t i = 0; i < t->chunks; i++)
		chunk_unref(t->chunk[i]);
	free(t->chunk);
	*t = (struct table){ 0 };
}

static bool holds(const struct table *t, int64_t n)
{
	return n > 0 && n <= t->last;
}

const void *table_get(const struct table *t, int64_t n)
{
	if (!holds(t, n))
		return NULL;
	const struct row *r = t->chunk[(n - 1) / CHUNK_ROWS]->row[(n - 1) % CHUNK_ROWS];

	return r ? r->object : NULL;
}

/* The slot of row n in a chunk nobody else has. */
static struct row **slot(struct table *t, int64_t n)
{
	struct table_chunk **at = &t->chunk[(n - 1) / CHUNK_ROWS];

	if (atomic_load(&(*at)->refs) > 1) {
		struct table_chunk *own = calloc(1, sizeof(*own));
		if (own == NULL)
			return NULL;
		atomic_init(&own->refs, 1);
		for (size_t i = 0; i < CHUNK_ROWS; i++)
			own->row[i] = (*at)->row[i] ? row_ref((*at)->row[i]) : NULL;
		chunk_unref(*at);
		*at = own;
	}
	return &(*at)->row[(n - 1) % CHUNK_ROWS];
}

static enum gh_err grow(struct table *t)
{
	struct table_chunk **more =
		realloc(t->chunk, (t->chunks + 1) * sizeof(struct table_chunk *));
	if (more == NULL)
		return GH_ENOMEM;
	t->chunk = more;
	more[t->chunks] = calloc(1, sizeof(struct table_chunk));
	if (more[t->chunks] == NULL)
		return GH_ENOMEM;
	atomic_init(&more[t->chunks]->refs, 1);
	t->chunks++;
	return GH_OK;
}

enum gh_err table_set(struct table *t, int64_t n, struct row *r)
{
	struct row **at = r && holds(t, n) ? slot(t, n) : NULL;

	if (at == NULL) {
		row_unref(r);
		return GH_ENOMEM;
	}
	t->rows += *at == NULL;
	row_unref(*at);
	*at = r;
	return GH_OK;
}

enum gh_err table_add(struct table *t, struct row *r)
{
	if (r && t->last == (int64_t)t->chunks * CHUNK_ROWS && grow(t)) {
		row_unref(r);
		return GH_ENOMEM;
	}
	t->last++;
	enum gh_err err = table_set(t, t->last, r);

	if (err)
		t->last--;
	return err;
}

enum gh_err table_remove(struct table *t, int64_t n)
{
	if (table_get(t, n) == NULL)
		return GH_ENOTFOUND;
	struct row **at = slot(t, n);
	if (at == NULL)
		return GH_ENOMEM;
	row_unref(*at);
	*at = NULL;
	t->rows--;
	return GH_OK;
}
