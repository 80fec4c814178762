/* The numbers by which a unit names things. */
#include "core/access/rights/compiler.h"

static int64_t slot_first(enum unit_slot_kind kind)
{
	static const int64_t first[UNIT_SLOT_KINDS] = {
#define UNIT_SLOT(NAME, table, first) [SLOT_##NAME] = first,
#include "core/access/rights/slot_kind.def"
#undef UNIT_SLOT
	};

	return first[kind];
}

static const struct unit_slot *slot_given(const struct compiler *c, enum unit_slot_kind kind,
					  int64_t owner, size_t part)
{
	for (size_t i = 0; i < c->givens; i++)
		if (c->given[i].kind == kind && c->given[i].owner == owner &&
		    c->given[i].part == part)
			return &c->given[i];
	return NULL;
}

static bool slot_listed(const struct unit_slot *list, size_t n, enum unit_slot_kind kind,
			int64_t slot)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].slot == slot && list[i].kind == kind)
			return true;
	return false;
}

/* The lowest that was never used, else the one that is free for the longest time; 0: none is. */
static int64_t slot_free(const struct compiler *c, enum unit_slot_kind kind, int64_t most)
{
	const struct unit_rows *u = c->out;
	const struct unit_slot *oldest = NULL;

	for (int64_t slot = slot_first(kind); slot <= most; slot++)
		if (!slot_listed(c->given, c->givens, kind, slot) &&
		    !slot_listed(u->slot, u->slots, kind, slot))
			return slot;
	for (size_t i = 0; i < c->givens; i++) {
		const struct unit_slot *g = &c->given[i];

		if (g->kind == kind && g->owner == 0 && g->slot <= most &&
		    !slot_listed(u->slot, u->slots, kind, g->slot) &&
		    (oldest == NULL || g->freed < oldest->freed ||
		     (g->freed == oldest->freed && g->slot < oldest->slot)))
			oldest = g;
	}
	return oldest ? oldest->slot : 0;
}

int64_t compiler_slot(struct compiler *c, enum unit_slot_kind kind, int64_t owner, size_t part,
		      int64_t most)
{
	struct unit_rows *u = c->out;
	const struct unit_slot *given = slot_given(c, kind, owner, part);
	int64_t slot = given ? given->slot : slot_free(c, kind, most);

	if (slot == 0 || !compiler_grow(c, &u->slot, &c->slot_room, u->slots, sizeof(*u->slot)))
		return 0;
	u->slot[u->slots++] =
		(struct unit_slot){ .kind = kind, .owner = owner, .part = part, .slot = slot };
	return slot;
}
