/* The tags of a device: words by which people find it. In the database they are entities joined
 * with the device; in memory each device has its own, replaced as a whole. */
#include <stdlib.h>

#include "base/arena.h"
#include "core/device_private.h"
#include "model/record.h"

static int tag_order(const void *x, const void *y)
{
	const gh_slice *a = x, *b = y;
	size_t n = a->n < b->n ? a->n : b->n;
	int order = n ? memcmp(a->p, b->p, n) : 0;

	return order ? order : (a->n > b->n) - (a->n < b->n);
}

struct device_tag_set *device_tag_set_new(const struct device_tags *tags)
{
	size_t bytes = 0;
	struct device_tag_set *set;
	uint8_t *text;

	for (size_t i = 0; i < tags->n; i++)
		bytes += tags->name[i].n;
	set = malloc(sizeof(*set) + tags->n * sizeof(set->name[0]) + bytes);
	if (set == NULL)
		return NULL;
	set->n = 0;
	text = (uint8_t *)&set->name[tags->n];
	for (size_t i = 0; i < tags->n; i++) {
		if (tags->name[i].n == 0)
			continue;
		memcpy(text, tags->name[i].p, tags->name[i].n);
		set->name[set->n++] = (gh_slice){ text, tags->name[i].n };
		text += tags->name[i].n;
	}
	if (set->n == 0)
		return set;
	qsort(set->name, set->n, sizeof(set->name[0]), tag_order);

	size_t n = 1;

	for (size_t i = 1; i < set->n; i++)
		if (!gh_slice_eq(set->name[i], set->name[n - 1]))
			set->name[n++] = set->name[i];
	set->n = n;
	return set;
}

/* Those that stay of a device's tags; then those that come. */
struct tag_merge {
	const struct device_tag_set *removed;
	struct arena arena; /* of the names that were read */
	gh_slice name[2 * DEVICE_TAGS];
	size_t n;
	enum gh_err err;
};

static bool tag_set_has(const struct device_tag_set *set, gh_slice name)
{
	for (size_t i = 0; i < set->n; i++)
		if (gh_slice_eq(set->name[i], name))
			return true;
	return false;
}

static bool tag_merge_read(void *ctx, int64_t from, int64_t to, const void *record)
{
	struct tag_merge *m = ctx;
	gh_slice name = ((const struct tag *)record)->name;

	(void)from;
	(void)to;
	if (tag_set_has(m->removed, name))
		return true;
	if (m->n == DEVICE_TAGS) {
		m->err = GH_ETOOBIG;
		return false;
	}
	m->name[m->n] = ghi_arena_copy(&m->arena, name);
	if (m->name[m->n++].n != name.n)
		m->err = GH_ENOMEM;
	return m->err == GH_OK;
}

enum gh_err device_tag_set_edit(const struct device_tag_set *removed,
				const struct device_tag_set *added, const struct store_ops *ops,
				struct store *s, int64_t device, struct device_tag_set **out)
{
	struct tag_merge m = { .removed = removed };
	enum gh_err err = ops->relations_of(s, RELATION_DEVICE_TAG, device, tag_merge_read, &m);

	err = err ? err : m.err;
	if (err == GH_OK) {
		for (size_t i = 0; i < added->n; i++)
			m.name[m.n++] = added->name[i];
		*out = device_tag_set_new(&(struct device_tags){ m.name, m.n });
		err = *out == NULL ? GH_ENOMEM : GH_OK;
	}
	if (err == GH_OK && (*out)->n > DEVICE_TAGS) {
		free(*out);
		*out = NULL;
		err = GH_ETOOBIG;
	}
	ghi_arena_clear(&m.arena);
	return err;
}

void device_tags_publish(struct device *d, struct device_tag_set **set)
{
	pthread_mutex_lock(&d->lock);
	struct device_tag_set *before = d->tags;

	d->tags = *set;
	*set = before;
	atomic_fetch_add(&d->version, 1);
	pthread_mutex_unlock(&d->lock);
}

bool device_tag_open(struct device *d, gh_slice name)
{
	gh_slice all[DEVICE_TAGS];
	struct device_tags tags = { .name = all };
	struct device_tag_set *set;

	for (size_t i = 0; d->tags && i < d->tags->n && tags.n < DEVICE_TAGS - 1; i++)
		all[tags.n++] = d->tags->name[i];
	all[tags.n++] = name;
	set = device_tag_set_new(&tags);
	if (set == NULL)
		return false;
	device_tags_publish(d, &set);
	free(set);
	return true;
}

struct device_tags device_tags_copy(struct device *d, struct arena *a)
{
	struct device_tags out = { .n = 0 };
	gh_slice *name;

	pthread_mutex_lock(&d->lock);
	size_t n = d->tags ? d->tags->n : 0;

	name = n ? ghi_arena_alloc(a, n * sizeof(*name)) : NULL;
	for (size_t i = 0; name && i < n; i++)
		name[i] = ghi_arena_copy(a, d->tags->name[i]);
	pthread_mutex_unlock(&d->lock);
	if (name)
		out = (struct device_tags){ name, n };
	return out;
}

/* The id of the tag; a new tag is created. */
static enum gh_err tag_find(const struct store_ops *ops, struct store *s, gh_slice name,
			    int64_t *id)
{
	struct tag tag = { .present = 1 << TAG_name, .name = name };
	enum gh_err err = ops->entity_find(s, ENTITY_TAG, &tag, id);

	*id = err ? 0 : *id;
	return err == GH_ENOTFOUND ? ops->entity_put(s, ENTITY_TAG, id, &tag) : err;
}

enum gh_err device_tags_put(const struct device_tag_set *set, const struct store_ops *ops,
			    struct store *s, int64_t device, int64_t *tag)
{
	enum gh_err err = ops->relation_clear(s, RELATION_DEVICE_TAG, device);

	for (size_t i = 0; i < set->n && err == GH_OK; i++) {
		err = tag_find(ops, s, set->name[i], tag);
		if (err == GH_OK && *tag == 0)
			err = tag_find(ops, s, set->name[i], tag);
		if (err == GH_OK)
			err = ops->relation_put(s, RELATION_DEVICE_TAG, device, *tag);
	}
	return err;
}
