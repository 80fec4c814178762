/* /api/areas: where devices stand, and people belong. */
#include "api/call.h"
#include "core/entities.h"
#include "model/record.h"
#include "render/record.h"

/* --- changes --- */

/* A change under way; in the request's arena. done() on the store thread records the result,
 * the reply is made on the thread that owns the request. */
struct area_change {
	struct call *c;
	enum gh_err err;
	int64_t id; /* 0: a new one */
	bool made, deleted;
	struct area area; /* as it is afterwards */
};

static void area_fail(struct area_change *g)
{
	switch (g->err) {
	case GH_ENOTFOUND:
		call_fail(g->c, ERROR_area_unknown, "There is no area %lld.", (long long)g->id);
		break;
	case GH_ESTATE:
		call_fail(g->c, ERROR_area_in_use, "Area %lld %s.", (long long)g->id,
			  g->id == AREA_DEFAULT ? "is the first one, which always exists"
						: "has devices or other areas in it");
		break;
	case GH_EEXISTS:
		call_fail_field(g->c, ERROR_exists, "name", "is that of another area");
		break;
	case GH_EINVALID:
		call_fail_field(g->c, ERROR_field_invalid, "parent",
				"must be the number of an area that is not in this one");
		break;
	default:
		call_fail_err(g->c, g->err);
		break;
	}
}

static void area_reply(void *ctx)
{
	struct area_change *g = ctx;
	struct call *c = g->c;
	struct record_view v = { .id = g->id, .record = &g->area };
	struct json j;

	if (g->err) {
		area_fail(g);
		return;
	}
	if (g->area.parent == 0)
		g->area.present &= ~(UINT64_C(1) << AREA_parent);
	LOG(c->server->log, LOG_INFO,
	    g->deleted ? "area deleted"
	    : g->made  ? "area made"
		       : "area changed",
	    { "name", g->area.name }, { "peer", http_peer(c->r) },
	    { "request", gh_slice_of(c->id) });
	if (g->deleted) {
		call_done(c, "Area deleted");
		return;
	}
	j = call_data();
	fields_json(&j, &area_fields, &v);
	call_data_end(c, g->made ? 201 : 200, &j);
}

static void area_done(void *ctx, enum gh_err err, int64_t id)
{
	struct area_change *g = ctx;

	g->err = err;
	if (err == GH_OK)
		g->id = id;
	http_resume_with(g->c->r, area_reply, g);
}

static struct area_change *area_change_new(struct call *c)
{
	struct area_change *g = ghi_arena_alloc(call_arena(c), sizeof(*g));

	if (g)
		g->c = c;
	else
		call_fail_err(c, GH_ENOMEM);
	return g;
}

/* The fields that the body has, into the record. */
static void area_read(struct area *a, const struct body *b)
{
	const struct body *name = body_find(b, GH_LIT("name")),
			  *parent = body_find(b, GH_LIT("parent")),
			  *ns = body_find(b, GH_LIT("namespace"));

	a->present |= (name ? 1u << AREA_name : 0) | (parent ? 1u << AREA_parent : 0) |
		      (ns ? 1u << AREA_namespace : 0);
	if (name)
		a->name = name->s;
	if (parent)
		a->parent = parent->i;
	if (ns)
		a->namespace = ns->s;
}

void handle_area_create(struct call *c)
{
	struct area_change *g = area_change_new(c);
	enum gh_err err;

	if (g == NULL)
		return;
	g->made = true;
	g->area.namespace = GH_LIT("default");
	g->area.present = 1 << AREA_namespace;
	area_read(&g->area, c->body);
	http_defer(c->r);
	err = entity_put(c->server, ENTITY_AREA, 0, &g->area, area_done, g);
	if (err)
		area_done(g, err, 0);
}

static bool area_keep(void *ctx, int64_t id, const void *record)
{
	struct area_change *g = ctx;
	struct arena *a = call_arena(g->c);

	(void)id;
	g->area = *(const struct area *)record;
	g->area.name = ghi_arena_copy(a, g->area.name);
	g->area.namespace = ghi_arena_copy(a, g->area.namespace);
	return true;
}

/* Back on the listener's thread. Where the peer has left meanwhile, nothing is done. */
static void area_patch_begin(struct call *c)
{
	struct area_change *g = c->task;
	struct area change = { 0 };
	enum gh_err err;

	area_read(&change, c->body);
	area_read(&g->area, c->body);
	if (!http_defer(c->r))
		return;
	err = entity_put(c->server, ENTITY_AREA, g->id, &change, area_done, g);
	if (err)
		area_done(g, err, g->id);
}

static void area_delete_begin(struct call *c)
{
	struct area_change *g = c->task;
	enum gh_err err;

	g->deleted = true;
	if (!http_defer(c->r))
		return;
	err = entity_delete(c->server, ENTITY_AREA, g->id, area_done, g);
	if (err)
		area_done(g, err, g->id);
}

/* Read the area of the path, then go on with `then`. */
static void area_change_begin(struct call *c, void (*then)(struct call *c))
{
	struct store_reader *reader = call_reader(c);
	struct area_change *g;

	if (reader == NULL)
		return;
	g = area_change_new(c);
	if (g == NULL || !call_id(c, &g->id))
		return;
	g->err = c->server->db.ops->entity_get(reader, ENTITY_AREA, g->id, area_keep, g);
	if (g->err) {
		area_fail(g);
		return;
	}
	c->task = g;
	c->then = then;
}

void handle_area_patch(struct call *c)
{
	area_change_begin(c, area_patch_begin);
}

void handle_area_delete(struct call *c)
{
	area_change_begin(c, area_delete_begin);
}
