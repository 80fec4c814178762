/* The tree of areas, in memory: which area is within which. It is read when the server starts, and follows the
 * changes that this server makes.
 *
 * Threads: any. A read-write lock guards it; changes are made on the store thread, after their commit. */
#ifndef GH_CORE_AREA_TREE_H
#define GH_CORE_AREA_TREE_H

#include "core/server.h"

struct area_tree;

GH_MUST_CHECK enum gh_err area_tree_open(struct server *server, struct area_tree **out);
void area_tree_close(struct area_tree *t); /* NULL is fine */

/* An area was stored, with that parent (0: none). GH_ENOMEM: it is unknown here, and within nothing. */
enum gh_err area_tree_enter(struct area_tree *t, int64_t id, int64_t parent);
void area_tree_remove(struct area_tree *t, int64_t id);

/* Whether the area is one of these, or within one of them. An unknown one is not. */
bool area_tree_within(struct area_tree *t, const int64_t *root, size_t n, int64_t id);

#endif
