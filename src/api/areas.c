/* /api/areas: where devices stand, and people belong. */
#include "api/access/resource.h"
#include "core/area_tree.h"
#include "core/roster_intake.h"
#include "render/rights.h"

static const char *const roster_field[] = {
#define ROSTER_FIELD(NAME, word) word,
#include "model/roster_field.def"
#undef ROSTER_FIELD
};

/* A list of words; all of them where it is absent and the whole is given. */
static void device_may_change_read(struct resource_call *g, const struct body *b,
				   struct area *a)
{
	static const char all[] = "["
#define ROSTER_FIELD(NAME, word) "\"" word "\","
#include "model/roster_field.def"
#undef ROSTER_FIELD
				  "]";
	size_t words = sizeof(roster_field) / sizeof(roster_field[0]), n = sizeof(all) - 1;
	const struct body *m = body_find(b, GH_LIT("deviceMayChange"));
	uint8_t *text = m || !g->whole ? NULL : ghi_arena_alloc(call_arena(g->c), n);

	for (size_t i = 0; m && i < m->parts; i++) {
		size_t k = 0;

		while (k < words && !gh_slice_eq(m->part[i].s, gh_slice_of(roster_field[k])))
			k++;
		if (k == words)
			resource_fault(g, "deviceMayChange",
				       "has words that are no fields of a person; there are "
				       "name, privilege, password, cards, group, validity, "
				       "credentials and photo");
	}
	resource_texts(g, b, "deviceMayChange", AREA_device_may_change, &a->device_may_change);
	if (text == NULL)
		return;
	/* The last comma goes. */
	memcpy(text, all, n - 2);
	text[n - 2] = ']';
	a->device_may_change = (gh_slice){ text, n - 1 };
}

/* What else is known of the area of a call once it is stored. */
struct area_more {
	int64_t parent;
	bool moved; /* its PINs are in another namespace now */
};

static void area_read(struct resource_call *g, const struct body *b)
{
	struct area *a = (struct area *)&g->record;
	struct area_more *more = ghi_arena_alloc(call_arena(g->c), sizeof(*more));

	/* NULL fails the call. */
	if (more)
		*more = (struct area_more){ 0 };
	g->c->extra = more;
	resource_text(g, b, "name", AREA_name, &a->name);
	resource_int(g, b, "parent", AREA_parent, 0, &a->parent);
	resource_text(g, b, "namespace", AREA_namespace, &a->namespace);
	if (a->namespace.n == 0)
		a->namespace = NAMESPACE_DEFAULT;
	device_may_change_read(g, b, a);
	resource_int(g, b, "spreadEnrolments", AREA_spread_enrolments, 1,
		     &a->spread_enrolments);
	resource_bool(g, b, "spreadDeletions", AREA_spread_deletions, &a->spread_deletions);
}

struct area_use {
	int64_t area;
	gh_slice namespace; /* that it is to have */
	bool differs, used;
};

static bool area_compare(void *ctx, int64_t id, const void *record)
{
	struct area_use *use = ctx;

	(void)id;
	use->differs = !gh_slice_eq(((const struct area *)record)->namespace, use->namespace);
	return true;
}

static bool area_person_see(void *ctx, int64_t from, int64_t to, const void *record)
{
	struct area_use *use = ctx;

	(void)from;
	(void)record;
	use->used = to == use->area;
	return !use->used;
}

/* The PINs of people are in the namespace of their areas, so that of an area with people stays. */
static enum gh_err area_check(struct entity_change *c, const struct store_ops *ops,
			      struct store *s, const void *record)
{
	const struct area *a = record;
	struct area_use use = { .area = c->id };
	struct area_more *more = ((struct resource_call *)c->ctx)->c->extra;
	enum gh_err err;

	if (c->remove && c->id == AREA_DEFAULT) {
		c->refusal.why = "Area 1 is the first one, which always exists";
		return GH_ESTATE;
	}
	if (c->remove || c->id == 0 || !model_has(a, AREA_namespace))
		return GH_OK;
	use.namespace = a->namespace;
	err = ops->entity_hold(s, ENTITY_AREA, c->id, area_compare, &use);
	more->moved = use.differs;
	if (err == GH_OK && use.differs)
		err = ops->relations_of(s, RELATION_PEOPLE_AREA, 0, area_person_see, &use);
	if (err || !use.used)
		return err;
	c->refusal.why = "The area has people, whose PINs are in its namespace";
	return GH_ESTATE;
}

/* --- the tree in memory follows what is stored --- */

static bool area_parent_keep(void *ctx, int64_t id, const void *record)
{
	struct area_more *more = ctx;

	(void)id;
	more->parent = ((const struct area *)record)->parent;
	return true;
}

static enum gh_err area_then(struct entity_change *c, const struct store_ops *ops,
			     struct store *s)
{
	struct area_more *more = ((struct resource_call *)c->ctx)->c->extra;
	enum gh_err err;

	if (c->remove)
		return GH_OK;
	err = ops->entity_hold(s, ENTITY_AREA, c->id, area_parent_keep, more);
	/* Whose the PINs of its devices are is another question now. */
	return err == GH_OK && more->moved ? ops->intake_all(s, 0, c->id) : err;
}

static void area_stored(struct resource_call *g)
{
	struct area_tree *tree = g->c->api->areas;
	const struct area_more *more = g->c->extra;

	if (g->change.err)
		return;
	if (!g->change.remove && more->moved)
		roster_intake_wake(g->c->server->intake);
	if (g->change.remove)
		area_tree_remove(tree, g->change.id);
	/* Without memory it is within nothing: who is limited does not see it. */
	else if (area_tree_enter(tree, g->change.id, more->parent))
		LOG(g->c->server->log, LOG_ERROR, "no memory for an area",
		    { "request", gh_slice_of(g->c->id) });
}

static bool area_inside(const struct call *c, int64_t id)
{
	return call_area_inside(c, id);
}

static const struct resource area_resource = {
	.kind = ENTITY_AREA,
	.fields = &area_fields,
	.one = "area",
	.used_by = "devices, people or other areas",
	.key = "name",
	.refers = "parent",
	.refers_to = "must be the number of an area that is not in this one",
	.unknown = ERROR_area_unknown,
	.in_use = ERROR_area_in_use,
	.read = area_read,
	.check = area_check,
	.then = area_then,
	.stored = area_stored,
	.inside = area_inside,
};

RESOURCE_HANDLERS(area)
