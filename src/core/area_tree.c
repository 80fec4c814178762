#include "core/area_tree.h"

#include <pthread.h>
#include <stdlib.h>

struct area_node {
	int64_t id, parent;
};

struct area_tree {
	pthread_rwlock_t lock;
	struct area_node *node; /* by their numbers, rising */
	size_t n, room;
};

/* The place of the first that is not below. Under the lock. */
static size_t node_place(const struct area_tree *t, int64_t id)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->node[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct area_node *node_find(const struct area_tree *t, int64_t id)
{
	size_t at = node_place(t, id);

	return at < t->n && t->node[at].id == id ? &t->node[at] : NULL;
}

static enum gh_err node_add(struct area_tree *t, int64_t id, int64_t parent)
{
	size_t at = node_place(t, id);

	if (t->n == t->room) {
		size_t room = 2 * t->room + 16;
		struct area_node *node = realloc(t->node, room * sizeof(*node));

		if (node == NULL)
			return GH_ENOMEM;
		t->node = node;
		t->room = room;
	}
	memmove(&t->node[at + 1], &t->node[at], (t->n - at) * sizeof(*t->node));
	t->node[at] = (struct area_node){ id, parent };
	t->n++;
	return GH_OK;
}

enum gh_err area_tree_enter(struct area_tree *t, int64_t id, int64_t parent)
{
	enum gh_err err = GH_OK;

	pthread_rwlock_wrlock(&t->lock);
	struct area_node *node = node_find(t, id);

	if (node)
		node->parent = parent;
	else
		err = node_add(t, id, parent);
	pthread_rwlock_unlock(&t->lock);
	return err;
}

void area_tree_remove(struct area_tree *t, int64_t id)
{
	pthread_rwlock_wrlock(&t->lock);
	struct area_node *node = node_find(t, id);

	if (node) {
		size_t behind = (size_t)(t->node + t->n - node) - 1;

		memmove(node, node + 1, behind * sizeof(*node));
		t->n--;
	}
	pthread_rwlock_unlock(&t->lock);
}

static bool area_among(const int64_t *root, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (root[i] == id)
			return true;
	return false;
}

bool area_tree_within(struct area_tree *t, const int64_t *root, size_t n, int64_t id)
{
	bool within = false;

	pthread_rwlock_rdlock(&t->lock);
	const struct area_node *node = node_find(t, id);

	/* No more steps than there are areas: what is stored has no ring, but a bound costs nothing. */
	for (size_t steps = 0; node && !within && steps <= t->n; steps++) {
		within = area_among(root, n, node->id);
		node = node->parent ? node_find(t, node->parent) : NULL;
	}
	pthread_rwlock_unlock(&t->lock);
	return within;
}

/* --- reading --- */

struct tree_reading {
	struct area_tree *tree;
	enum gh_err err;
};

static bool area_row_enter(void *ctx, const void *row, const struct store_key *key)
{
	struct tree_reading *r = ctx;
	const struct area *a = ((const struct record_row *)row)->record;

	r->err = area_tree_enter(r->tree, key->number, a->parent);
	return r->err == GH_OK;
}

enum gh_err area_tree_open(struct server *server, struct area_tree **out)
{
	struct area_tree *t = calloc(1, sizeof(*t));
	struct tree_reading r = { .tree = t };
	struct store_rows rows = { .list = STORE_ENTITIES + ENTITY_AREA, .limit = INT64_MAX };
	struct store_reader *reader;
	enum gh_err err;

	if (t == NULL)
		return GH_ENOMEM;
	pthread_rwlock_init(&t->lock, NULL);
	err = server->db.ops->reader_open(server->db.store, &reader);
	if (err == GH_OK) {
		err = server->db.ops->rows_read(reader, &rows, area_row_enter, &r);
		server->db.ops->reader_close(reader);
	}
	err = err ? err : r.err;
	if (err) {
		area_tree_close(t);
		return err;
	}
	*out = t;
	return GH_OK;
}

void area_tree_close(struct area_tree *t)
{
	if (t == NULL)
		return;
	pthread_rwlock_destroy(&t->lock);
	free(t->node);
	free(t);
}
