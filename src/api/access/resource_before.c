/* What the audit has of what stood before a change of a resource. */
#include <stdio.h>

#include "api/access/resource.h"
#include "api/audit_before.h"
#include "render/record.h"

/* Members that the change is about: of what is replaced or removed, all. */
static const struct body *resource_concerned(const struct resource_call *g)
{
	return g->whole || g->change.remove ? NULL : g->c->body;
}

static bool before_show(void *ctx, int64_t id, const void *record)
{
	struct resource_call *g = ctx;
	struct record_view row = { .id = id, .record = record };

	before_fields(&g->before, g->of->fields, &row, resource_concerned(g));
	return true;
}

struct before_links {
	struct json *j;
	size_t n;
};

static bool before_link_show(void *ctx, int64_t from, int64_t to, const void *record)
{
	struct before_links *l = ctx;

	(void)from;
	(void)record;
	if (l->n++ < AUDIT_NUMBERS)
		json_int(l->j, to);
	return true;
}

/* "people":[1,2], and "peopleCount" where there are more of them than are written. */
static enum gh_err before_links_write(struct resource_call *g, size_t i,
				      const struct store_ops *ops, struct store *s)
{
	const char *name = g->of->shown[i].json;
	struct before_links l = { .j = &g->before };
	char count[40];
	enum gh_err err;

	if (!before_concerns(resource_concerned(g), name))
		return GH_OK;
	json_key(l.j, name);
	json_array(l.j);
	err = ops->relations_of(s, g->of->shown[i].relation, g->change.id, before_link_show,
				&l);
	json_array_end(l.j);
	if (l.n > AUDIT_NUMBERS) {
		snprintf(count, sizeof(count), "%sCount", name);
		json_key(l.j, count);
		json_int(l.j, (int64_t)l.n);
	}
	return err;
}

enum gh_err resource_before(struct entity_change *change, const struct store_ops *ops,
			    struct store *s)
{
	struct resource_call *g = change->ctx;
	enum gh_err err;

	json_clear(&g->before);
	g->before = json_with_limit(BODY_JSON_BYTES);
	json_object(&g->before);
	err = ops->entity_hold(s, change->kind, change->id, before_show, g);
	for (size_t i = 0; i < RESOURCE_LINKS && g->of->shown[i].json && err == GH_OK; i++)
		err = before_links_write(g, i, ops, s);
	json_object_end(&g->before);
	change->audit.before = before_result(&g->before);
	return err;
}
