#include "api/access/resource.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/area_grant.h"
#include "base/number.h"
#include "core/audit.h"
#include "render/record.h"

#define ETAG 48

/* --- answers --- */

struct resource_view {
	const struct resource_call *g;
	struct json *j;
	char etag[ETAG];
};

static bool link_show(void *ctx, int64_t from, int64_t to, const void *record)
{
	(void)from;
	(void)record;
	json_int(ctx, to);
	return true;
}

static bool entity_show(void *ctx, int64_t id, const void *record)
{
	struct resource_view *v = ctx;
	const struct model_kind *k = &model_entities[v->g->of->kind];
	struct call *c = v->g->c;
	struct area_limit limit = call_area_limit(c);
	union model_record shown;
	struct record_view row = { .id = id,
				   .record = area_limit_show(&limit, v->g->of->kind, record,
							     &shown, call_arena(c)) };
	size_t field = entity_version_field(k);
	const int64_t *version = field < k->fields ? model_at_const(k, record, field) : NULL;

	if (version)
		snprintf(v->etag, sizeof(v->etag), "\"%lld-%lld\"", (long long)id,
			 (long long)*version);
	fields_json_inner(v->j, v->g->of->fields, &row);
	return true;
}

static void resource_unknown(const struct resource_call *g)
{
	if (g->change.named)
		call_fail(g->c, g->of->unknown, "There is no %s %.*s.", g->of->one,
			  GH_FMT(call_path(g->c, g->of->number)));
	else
		call_fail(g->c, g->of->unknown, "There is no %s %lld.", g->of->one,
			  (long long)g->change.id);
}

/* On a reader thread: the entity as it is stored. */
static void resource_show(struct resource_call *g)
{
	struct call *c = g->c;
	const struct store_ops *ops = c->server->db.ops;
	struct store_reader *reader = call_reader(c);
	struct json j;
	struct resource_view v = { .g = g, .j = &j };
	enum gh_err err;

	if (reader == NULL)
		return;
	j = call_data();
	json_object(&j);
	err = ops->entity_get(reader, g->of->kind, g->change.id, entity_show, &v);
	for (size_t i = 0; i < RESOURCE_LINKS && g->of->shown[i].json && err == GH_OK; i++) {
		json_key(&j, g->of->shown[i].json);
		json_array(&j);
		err = ops->relations_read(reader, g->of->shown[i].relation, g->change.id,
					  link_show, &j);
		json_array_end(&j);
	}
	json_object_end(&j);
	if (err) {
		json_clear(&j);
		if (err == GH_ENOTFOUND)
			resource_unknown(g);
		else
			call_fail_err(c, err);
		return;
	}
	if (v.etag[0])
		http_add_header(c->r, "ETag", v.etag);
	call_data_end(c, g->made ? 201 : 200, &j);
}

/* What a change was refused for by the store or by its check. */
static void resource_refused(const struct resource_call *g)
{
	const struct entity_refusal *f = &g->change.refusal;
	enum gh_err err = g->change.err;
	struct call *c = g->c;
	char of[80] = "";

	if (f->other)
		snprintf(of, sizeof(of), ": number %lld%s", (long long)f->other,
			 f->why == NULL && f->of == ENTITY_PEOPLE
				 ? "; people are named by id, not by PIN"
				 : "");
	if (f->version)
		call_fail(c, ERROR_changed_meanwhile, "The %s was changed meanwhile.",
			  g->of->one);
	else if (f->area)
		call_fail(c, ERROR_area_refused, "%s.", f->why);
	else if (f->field)
		call_fail_field(c,
				err == GH_EEXISTS  ? ERROR_exists
				: err == GH_ESTATE ? g->of->misfit
						   : ERROR_field_invalid,
				f->field, "%s%s", f->why ? f->why : "names what is not there",
				of);
	else if (f->why)
		call_fail(c, g->of->in_use, "%s.", f->why);
	else if (err == GH_ENOTFOUND)
		resource_unknown(g);
	else if (err == GH_ESTATE)
		call_fail(c, g->of->in_use, "The %s %lld is used by %s.", g->of->one,
			  (long long)g->change.id, g->of->used_by);
	else if (err == GH_EEXISTS && g->of->key)
		call_fail_field(c, ERROR_exists, g->of->key, "is that of another %s",
				g->of->one);
	else if (err == GH_EINVALID)
		call_fail_field(
			c, ERROR_field_invalid, g->of->refers ? g->of->refers : "rule", "%s",
			g->of->refers ? g->of->refers_to : "must be the number of a time rule");
	else
		call_fail_err(c, err);
}

/* --- changes --- */

/* Back on the listener's thread. */
static void resource_changed(void *ctx)
{
	struct resource_call *g = ctx;
	struct call *c = g->c;
	char id[24];

	if (g->change.err) {
		resource_refused(g);
		return;
	}
	snprintf(id, sizeof(id), "%lld", (long long)g->change.id);
	LOG(c->server->log, LOG_INFO,
	    g->change.remove ? "entity deleted"
	    : g->made	     ? "entity made"
			     : "entity changed",
	    { "kind", gh_slice_of(model_entities[g->of->kind].name) },
	    { "number", gh_slice_of(id) }, { "peer", http_peer(c->r) },
	    { "request", gh_slice_of(c->id) });
	if (g->change.remove) {
		call_done(c, "Deleted");
		return;
	}
	g->changed = true;
	call_read(c, READERS_SHORT);
}

static void resource_done(struct entity_change *change)
{
	struct resource_call *g = change->ctx;

	json_clear(&g->before);
	if (g->of->stored)
		g->of->stored(g);
	http_resume_with(g->c->r, resource_changed, g);
}

/* "\"17-3\"": number 17 in its version 3. false: it is of no version there ever was. */
static bool version_read(gh_slice text, int64_t *id, int64_t *version)
{
	gh_slice number, rest;
	uint64_t n, v;

	*id = *version = 0;
	if (gh_slice_eq(text, GH_LIT("*")))
		return true;
	if (text.n < 2 || text.p[0] != '"' || text.p[text.n - 1] != '"' ||
	    !gh_slice_cut((gh_slice){ text.p + 1, text.n - 2 }, '-', &number, &rest) ||
	    ghi_number_parse(number, INT64_MAX, &n) || ghi_number_parse(rest, INT64_MAX, &v))
		return false;
	*id = (int64_t)n;
	*version = (int64_t)v;
	return v > 0;
}

static bool resource_expect(struct resource_call *g)
{
	struct entity_change *x = &g->change;
	int64_t id = 0;
	gh_slice text;

	if (!http_header(g->c->r, "If-Match", &text))
		return true;
	if (version_read(gh_slice_trim(text), &id, &x->version) &&
	    (x->by_key || x->named || x->version == 0 || id == x->given)) {
		if (x->by_key || x->named)
			x->given = id;
		return true;
	}
	call_fail(g->c, ERROR_changed_meanwhile, "If-Match is no ETag of this %s.", g->of->one);
	return false;
}

/* {"fields":["name","cards"]}: what a body names. */
static gh_slice members_json(const struct body *b, struct arena *a)
{
	struct json j = json_with_limit(BODY_JSON_BYTES);
	gh_slice text = { 0 };

	if (b == NULL)
		return text;
	json_object(&j);
	json_key(&j, "fields");
	json_array(&j);
	for (size_t i = 0; i < b->parts; i++)
		json_string(&j, b->part[i].name);
	json_array_end(&j);
	json_object_end(&j);
	text = ghi_arena_copy(a, json_text(&j));
	json_clear(&j);
	return text;
}

/* "create_access_level" */
static void resource_audit(struct resource_call *g)
{
	struct call *c = g->c;
	const char *noun = model_entities[g->of->kind].name;
	const char *verb = g->change.remove ? "delete" : g->made ? "create" : "change";
	struct arena *a = call_arena(c);
	size_t room = strlen(verb) + 1 + strlen(noun) + 1;
	char *action = ghi_arena_alloc(a, room);

	if (action == NULL)
		return;
	snprintf(action, room, "%s_%s", verb, noun);
	g->change.audit = call_audit(c, action);
	g->change.audit.subject = audit_subject(a, noun, (gh_slice){ 0 });
	g->change.audit.after =
		g->of->by_number ? members_json(c->body, a) : body_json(c->body, a);
}

static void resource_begin(struct resource_call *g)
{
	struct call *c = g->c;
	enum gh_err err;

	g->change.kind = g->of->kind;
	g->change.permit = c->areas ? g->of->permit : NULL;
	g->change.complete = g->of->complete;
	g->change.check = g->of->check;
	g->change.then = g->of->then;
	g->change.before = g->of->by_number ? NULL : resource_before;
	g->change.done = resource_done;
	g->change.ctx = g;
	g->change.id = g->of->by_key ? 0 : g->change.given;
	if (!g->change.remove) {
		g->change.record = &g->record;
		g->of->read(g, c->body);
	}
	resource_audit(g);
	if (g->faults.n) {
		call_fail_faults(c, ERROR_field_invalid, &g->faults);
		return;
	}
	if (call_arena(c)->failed) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	if (!http_defer(c->r))
		return;
	err = entity_change_put(c->server, &g->change);
	if (err) {
		g->change.err = err;
		resource_done(&g->change);
	}
}

/* NULL and answered where there is no memory. */
static struct resource_call *resource_call_new(struct call *c, const struct resource *of)
{
	struct resource_call *g = ghi_arena_alloc(call_arena(c), sizeof(*g));

	if (g == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return NULL;
	}
	g->c = c;
	g->of = of;
	c->task = g;
	return g;
}

/* The handler runs again when the change is stored. */
static bool resource_again(struct call *c)
{
	struct resource_call *g = c->task;

	if (g == NULL || !g->changed)
		return false;
	resource_show(g);
	return true;
}

void resource_get(struct call *c, const struct resource *of)
{
	struct resource_call *g = resource_call_new(c, of);

	if (g == NULL || !(of->find ? of->find(c, &g->change.id) : call_id(c, &g->change.id)))
		return;
	if (of->inside && !of->inside(c, g->change.id))
		resource_unknown(g);
	else
		resource_show(g);
}

void resource_create(struct call *c, const struct resource *of)
{
	struct resource_call *g;

	if (resource_again(c) || (g = resource_call_new(c, of)) == NULL)
		return;
	g->whole = g->made = true;
	resource_begin(g);
}

/* The number that the path has, or the key that it has instead; false: answered. */
static bool resource_number(struct resource_call *g)
{
	const struct resource *of = g->of;
	int64_t *id = &g->change.given;

	if (of->by_key)
		return true;
	if (of->named && of->named(g->c, &g->key)) {
		g->change.named = &g->key;
		return true;
	}
	return of->number ? call_number(g->c, of->number, id) : call_id(g->c, id);
}

static void resource_change(struct call *c, const struct resource *of, bool whole, bool remove)
{
	struct resource_call *g;

	if (resource_again(c) || (g = resource_call_new(c, of)) == NULL)
		return;
	g->change.by_key = of->by_key;
	if (!resource_number(g) || !resource_expect(g))
		return;
	g->whole = whole;
	g->change.remove = remove;
	resource_begin(g);
}

void resource_put(struct call *c, const struct resource *of)
{
	resource_change(c, of, true, false);
}

void resource_patch(struct call *c, const struct resource *of)
{
	resource_change(c, of, false, false);
}

void resource_delete(struct call *c, const struct resource *of)
{
	resource_change(c, of, false, true);
}
