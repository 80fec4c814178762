/* Accounts that are limited to areas: which routes they may use, and what they see by them. What lies outside does not
 * exist for them: it is left out of lists and streams, and is unknown by its name.
 *
 * area_grant.def has a row for each route. A list of the store is limited by store_group.account, so that it is
 * filtered by the database; one in memory by area_limit_has(). A device that a caller names is found by
 * call_device_find(), a person by person_find(). */
#ifndef GH_API_AREA_GRANT_H
#define GH_API_AREA_GRANT_H

#include "api/call.h"
#include "core/area_tree.h"

enum area_grant_rule {
	AREA_GRANT_SELF,    /* it shows nothing of areas, or the caller alone */
	AREA_GRANT_LIST,    /* a list: what is outside is left out */
	AREA_GRANT_DEVICE,  /* of a device, which has to be inside */
	AREA_GRANT_PERSON,  /* of a person */
	AREA_GRANT_AREA,    /* of an area */
	AREA_GRANT_REFUSED, /* it is of no area, or of several */
};

struct area_grant {
	const char *operation; /* of route.def */
	enum area_grant_rule rule;
};
extern const struct area_grant area_grants[];
extern const size_t area_grants_count;

/* NULL: it has no row, and is refused. */
const struct area_grant *area_grant_of(const char *operation);
/* Whether the lists of that source are limited (struct list_resource). */
bool area_list_limited(unsigned source);

/* The areas that a caller sees: some, with those within. */
struct area_limit {
	struct area_tree *tree;
	const int64_t *area;
	size_t n; /* 0: all */
};
struct area_limit call_area_limit(const struct call *c);
bool area_limit_has(const struct area_limit *l, int64_t area);
/* Of a device, which may be NULL: then it is not seen. */
bool area_limit_has_device(const struct area_limit *l, struct device *d);

/* An entity as the caller sees it: without the numbers of areas outside. Itself, or *shown with texts in `a`. */
const void *area_limit_show(const struct area_limit *l, enum model_entity_id kind,
			    const void *record, union model_record *shown, struct arena *a);

#endif
