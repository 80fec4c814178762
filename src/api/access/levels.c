/* /api/access-levels and /api/door-groups. */
#include "api/access/resource.h"
#include "render/rights.h"

static void door_group_read(struct resource_call *g, const struct body *b)
{
	struct door_group *d = (struct door_group *)&g->record;

	resource_text(g, b, "name", DOOR_GROUP_name, &d->name);
	resource_doors(g, b, "doors", DOOR_GROUP_doors, &d->doors);
}

static const struct resource door_group_resource = {
	.kind = ENTITY_DOOR_GROUP,
	.fields = &door_group_fields,
	.one = "door group",
	.used_by = "an access level",
	.key = "name",
	.unknown = ERROR_door_group_unknown,
	.in_use = ERROR_door_group_in_use,
	.read = door_group_read,
};

RESOURCE_HANDLERS(door_group)

/* The numbers of door groups, as JSON, besides the pairs that keep them. */
static void groups_read(struct resource_call *g, const struct body *b, struct access_level *l)
{
	resource_link(g, b, "doorGroups", RELATION_LEVEL_DOOR_GROUP, LINK_SET);
	resource_numbers(g, b, "doorGroups", ACCESS_LEVEL_door_groups, false, &l->door_groups);
}

static void access_level_read(struct resource_call *g, const struct body *b)
{
	struct access_level *l = (struct access_level *)&g->record;

	resource_text(g, b, "name", ACCESS_LEVEL_name, &l->name);
	resource_int(g, b, "rule", ACCESS_LEVEL_rule, 0, &l->rule);
	resource_doors(g, b, "doors", ACCESS_LEVEL_doors, &l->doors);
	groups_read(g, b, l);
	resource_texts(g, b, "departments", ACCESS_LEVEL_departments, &l->departments);
	resource_moment(g, b, "from", ACCESS_LEVEL_valid_from, false, &l->valid_from);
	resource_moment(g, b, "to", ACCESS_LEVEL_valid_to, true, &l->valid_to);
	resource_link(g, b, "people", RELATION_LEVEL_PEOPLE, LINK_SET);
	resource_link(g, b, "addPeople", RELATION_LEVEL_PEOPLE, LINK_ADD);
	resource_link(g, b, "removePeople", RELATION_LEVEL_PEOPLE, LINK_REMOVE);
	if (body_find(b, GH_LIT("people")) &&
	    (body_find(b, GH_LIT("addPeople")) || body_find(b, GH_LIT("removePeople"))))
		resource_fault(g, "people",
			       "replaces them all; send it, or addPeople and "
			       "removePeople");
}

static enum gh_err access_level_check(struct entity_change *c, const struct store_ops *ops,
				      struct store *s, const void *record)
{
	const struct access_level *l = record;

	(void)ops;
	(void)s;
	return c->remove ? GH_OK : resource_validity_check(c, l->valid_from, l->valid_to, "to");
}

static const struct resource access_level_resource = {
	.kind = ENTITY_ACCESS_LEVEL,
	.fields = &access_level_fields,
	.one = "access level",
	.used_by = "something",
	.key = "name",
	.unknown = ERROR_access_level_unknown,
	.in_use = ERROR_wrong_state,
	.read = access_level_read,
	.check = access_level_check,
	.shown = { { RELATION_LEVEL_PEOPLE, "people" } },
};

RESOURCE_HANDLERS(access_level)
