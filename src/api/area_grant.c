#include "api/area_grant.h"

#include <stdio.h>

#include "api/list_resource.h"
#include "base/buffer.h"
#include "model/text_list.h"

const struct area_grant area_grants[] = {
#define AREA_GRANT(operation, rule) { #operation, AREA_GRANT_##rule },
#include "api/area_grant.def"
#undef AREA_GRANT
};

const size_t area_grants_count = sizeof(area_grants) / sizeof(area_grants[0]);

const struct area_grant *area_grant_of(const char *operation)
{
	for (size_t i = 0; i < area_grants_count; i++)
		if (strcmp(area_grants[i].operation, operation) == 0)
			return &area_grants[i];
	return NULL;
}

bool call_areas_check(struct call *c)
{
	const struct area_grant *g = area_grant_of(c->route->operation);

	if (c->areas == 0 || (g && g->rule != AREA_GRANT_REFUSED))
		return true;
	call_fail(c, ERROR_area_refused,
		  "This account is limited to areas, and this is not of one of them alone.");
	return false;
}

bool area_list_limited(unsigned source)
{
	switch (source) {
	case STORE_PUNCHES:
	case STORE_ACCESS:
	case STORE_COMMANDS:
	case STORE_PERSON_ORDERS:
	case STORE_QUARANTINE:
	case STORE_UPLOADS:
	case LIST_DEVICES:
	case LIST_DOORS:
	case LIST_PROBLEMS:
	case LIST_SYNC:
	case LIST_CREDENTIALS:
	case LIST_DAYS:
	case LIST_QUERY_ROWS:
	case STORE_ENTITIES + ENTITY_AREA:
	case STORE_ENTITIES + ENTITY_PEOPLE:
	case STORE_ENTITIES + ENTITY_CARD:
		return true;
	default:
		return source >= STORE_RECORDS && source < STORE_ENTITIES;
	}
}

/* --- what a caller sees --- */

struct area_limit call_area_limit(const struct call *c)
{
	return (struct area_limit){ c->api->areas, c->area, c->areas };
}

bool area_limit_has(const struct area_limit *l, int64_t area)
{
	return l->n == 0 || area_tree_within(l->tree, l->area, l->n, area);
}

bool area_limit_has_device(const struct area_limit *l, struct device *d)
{
	return l->n == 0 || (d && area_limit_has(l, device_area(d)));
}

bool call_area_inside(const struct call *c, int64_t area)
{
	struct area_limit l = call_area_limit(c);

	return area_limit_has(&l, area);
}

struct device *call_device_find(const struct call *c, gh_slice sn)
{
	struct area_limit l = call_area_limit(c);
	struct device *d = devices_find(c->server->devices, sn);

	if (d == NULL || area_limit_has_device(&l, d))
		return d;
	device_unref(d);
	return NULL;
}

/* --- entities --- */

/* "[1,5]" without those outside. */
static gh_slice area_numbers_show(const struct area_limit *l, gh_slice list, struct arena *a)
{
	struct buffer text = buffer_with_limit(list.n + 2);
	gh_slice rest = list, made;
	int64_t id;
	bool first;

	buffer_add(&text, GH_LIT("["));
	while (number_list_next(&rest, &id, &first)) {
		if (!area_limit_has(l, id))
			continue;
		if (text.n > 1)
			buffer_add(&text, GH_LIT(","));
		buffer_add_signed(&text, id);
	}
	buffer_add(&text, GH_LIT("]"));
	made = ghi_arena_copy(a, buffer_text(&text));
	buffer_clear(&text);
	return made.n ? made : GH_LIT("[]");
}

const void *area_limit_show(const struct area_limit *l, enum model_entity_id kind,
			    const void *record, union model_record *shown, struct arena *a)
{
	struct people *person = (struct people *)shown;
	struct area *area = (struct area *)shown;

	if (l->n == 0)
		return record;
	if (kind == ENTITY_PEOPLE) {
		*person = *(const struct people *)record;
		person->areas = area_numbers_show(l, person->areas, a);
		return person;
	}
	if (kind == ENTITY_AREA) {
		*area = *(const struct area *)record;
		if (area->parent && !area_limit_has(l, area->parent))
			area->parent = 0;
		return area;
	}
	return record;
}
