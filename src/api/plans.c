/* /api/plans: what would be sent to access units, shown before it is. The list is one of list.def. */
#include "api/call.h"
#include <stdio.h>

#include "api/plan_call.h"
#include "api/plan_view.h"
#include "core/access/planner.h"
#include "core/access/site_read.h"
#include "core/access/unit_plan.h"
#include "core/audit.h"

void plan_devices_drop(struct plan_call *p)
{
	for (size_t i = 0; i < p->request.devices; i++)
		device_unref(p->request.device[i]);
	p->request.devices = 0;
}

static void plan_unknown(struct call *c, int64_t id)
{
	call_fail(c, ERROR_plan_unknown, "There is no plan %lld.", (long long)id);
}

static void plan_call_answer(void *ctx)
{
	struct plan_call *p = ctx;
	struct call *c = p->c;
	struct json j;

	plan_devices_drop(p);
	switch (p->err) {
	case GH_OK:
		break;
	case GH_EFULL:
		if (!p->request.too_many) {
			call_fail_err(c, p->err);
			return;
		}
		call_fail(c, ERROR_too_many_plans, "There are %d plans that have not ended.",
			  PLANS_OPEN);
		return;
	case GH_ENOTFOUND:
		plan_unknown(c, p->request.id);
		return;
	case GH_ESTATE:
		call_fail(c, ERROR_plan_state, "Plan %lld is not one that waits, or has ended.",
			  (long long)p->request.id);
		return;
	case GH_EBUSY:
		call_fail(c, ERROR_plan_running,
			  "Another plan of a device of plan %lld is running.",
			  (long long)p->request.id);
		return;
	default:
		call_fail_err(c, p->err);
		return;
	}
	if (p->done) {
		call_done(c, p->done);
		return;
	}
	j = call_data();
	json_object(&j);
	json_key(&j, "planId");
	json_int(&j, p->request.id);
	json_key(&j, "items");
	json_int(&j, (int64_t)p->items);
	json_object_end(&j);
	call_data_end(c, 202, &j);
}

static void plan_call_done(void *ctx, enum gh_err err)
{
	struct plan_call *p = ctx;

	p->err = err;
	http_resume_with(p->c->r, plan_call_answer, p);
}

struct plan_call *plan_call_new(struct call *c, const char *action)
{
	struct plan_call *p = ghi_arena_alloc(call_arena(c), sizeof(*p));
	struct audit_row *audit = ghi_arena_alloc(call_arena(c), sizeof(*audit));

	if (p == NULL || audit == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return NULL;
	}
	*audit = call_audit(c, action);
	audit->subject = audit_subject(call_arena(c), "plan", (gh_slice){ 0 });
	p->c = c;
	p->request = (struct plan_request){ .server = c->server,
					    .by = audit->by,
					    .audit = audit,
					    .done = plan_call_done,
					    .ctx = p };
	return p;
}

void plan_call_put(struct plan_call *p, enum gh_err (*put)(struct plan_request *r))
{
	enum gh_err err;

	if (call_arena(p->c)->failed) {
		plan_devices_drop(p);
		call_fail_err(p->c, GH_ENOMEM);
		return;
	}
	if (!http_defer(p->c->r)) {
		plan_devices_drop(p);
		return;
	}
	err = put(&p->request);
	if (err)
		plan_call_done(p, err == GH_EBUSY ? GH_ENOMEM : err);
}

/* --- a new one --- */

struct units_found {
	struct plan_request *r;
	size_t room;
};

static bool unit_find(void *ctx, struct device *d)
{
	struct units_found *f = ctx;

	if (device_has_plans(d) && f->r->devices < f->room)
		f->r->device[f->r->devices++] = device_ref(d);
	return true;
}

/* False: answered. */
static bool units_named(struct plan_call *p, const struct body *ids)
{
	for (size_t i = 0; i < ids->parts; i++) {
		struct device *d = devices_find(p->c->server->devices, ids->part[i].s);

		if (d == NULL) {
			call_fail_device(p->c, "select.ids", ids->part[i].s);
			return false;
		}
		if (!device_has_plans(d)) {
			call_fail(p->c, ERROR_device_cannot,
				  "Device %.*s is no access unit that is approved and "
				  "registered.",
				  GH_FMT(ids->part[i].s));
			device_unref(d);
			return false;
		}
		for (size_t k = 0; d && k < p->request.devices; k++)
			if (p->request.device[k] == d) {
				device_unref(d);
				d = NULL;
			}
		if (d)
			p->request.device[p->request.devices++] = d;
	}
	return true;
}

static bool plan_flag_set(struct call *c, const char *name)
{
	const struct body *b = body_find(c->body, gh_slice_of(name));

	return b && b->i;
}

static void access_plan_create(struct call *c)
{
	const struct body *select = body_find(c->body, GH_LIT("select")),
			  *ids = select ? body_find(select, GH_LIT("ids")) : NULL;
	struct plan_call *p = plan_call_new(c, "create_plan");
	struct units_found found;

	if (p == NULL)
		return;
	found = (struct units_found){ &p->request, ids ? ids->parts : PLAN_UNITS };
	p->request.device =
		ghi_arena_alloc(call_arena(c), (found.room + 1) * sizeof(*p->request.device));
	if (p->request.device == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	if (ids == NULL)
		devices_each(c->server->devices, unit_find, &found);
	else if (!units_named(p, ids)) {
		plan_devices_drop(p);
		return;
	}
	if (p->request.devices == 0) {
		call_fail(c, ERROR_device_cannot,
			  "There is no access unit that is approved and registered.");
		return;
	}
	p->request.flags = (plan_flag_set(c, "resync") ? PLAN_RESYNC : 0) |
			   (plan_flag_set(c, "removeForeign") ? PLAN_FOREIGN : 0);
	p->request.audit->after = body_json(c->body, call_arena(c));
	p->items = p->request.devices;
	plan_call_put(p, plan_create);
}

/* Whether the role of the account is for plans of that kind. false: answered. */
static bool plan_role_fits(struct call *c, gh_slice kind)
{
	if (c->account == 0 || c->role != ROLE_CLERK || people_plan_is(kind))
		return true;
	call_audit_role(c, role_word(c->role));
	call_fail(c, ERROR_role_refused,
		  "A plan of kind %.*s needs the role operator; this account has %s.",
		  GH_FMT(kind), role_word(c->role));
	return false;
}

/* On a reader thread. */
void handle_plan_create(struct call *c)
{
	gh_slice word = body_find(c->body, GH_LIT("kind"))->s;
	enum roster_plan_kind kind = roster_plan_of(word);

	if (!plan_role_fits(c, word))
		return;
	if (people_plan_is(word)) {
		people_plan_create(c);
		return;
	}
	if (kind != ROSTER_PLAN_KINDS) {
		roster_plan_create(c, kind);
		return;
	}
	c->task = c;
	c->then = access_plan_create;
}

/* --- showing one --- */

void handle_plan_get(struct call *c)
{
	struct json j;
	int64_t id;
	enum gh_err err;

	if (!call_id(c, &id) || call_reader(c) == NULL)
		return;
	j = call_data();
	err = plan_show(c, id, &j);
	if (err == GH_OK) {
		call_data_end(c, 200, &j);
		return;
	}
	json_clear(&j);
	if (err == GH_ENOTFOUND)
		plan_unknown(c, id);
	else
		call_fail_err(c, err);
}

#define STEPS_USUAL 100
#define STEPS_MOST 1000

struct steps_writing {
	struct json *j;
	struct device *d;
	gh_slice serial;
	int64_t n, limit, next;
};

static bool plan_step_row_show(void *ctx, const struct plan_step *s)
{
	struct steps_writing *w = ctx;

	if (w->n == w->limit || w->j->text.n >= LIST_BYTES) {
		w->limit = -1;
		return false;
	}
	w->n++;
	w->next = s->step;
	plan_step_show(w->j, s, w->d, w->serial);
	return w->j->text.err == GH_OK;
}

void handle_plan_steps(struct call *c)
{
	const struct param_value *limit = call_param(c, PARAM_limit),
				 *after = call_param(c, PARAM_after),
				 *device = call_param(c, PARAM_device);
	struct steps_writing w = { .limit = limit->present ? limit->i : STEPS_USUAL };
	struct plan_steps_of of = { .after = after->present ? after->i : INT64_MIN };
	struct json j;
	enum gh_err err;

	if (!call_id(c, &of.plan) || call_reader(c) == NULL)
		return;
	if (!device->present) {
		call_fail_param(c, PARAM_device,
				"is missing: the device whose steps these are");
		return;
	}
	w.serial = device->s;
	w.limit = w.limit > STEPS_MOST ? STEPS_MOST : w.limit;
	of.limit = w.limit + 1;
	err = c->server->db.ops->device_number(c->reader, device->s, &of.device);
	if (err == GH_ENOTFOUND) {
		call_fail_device(c, "device", device->s);
		return;
	}
	j = call_data();
	w.j = &j;
	w.d = devices_find(c->server->devices, device->s);
	json_object(&j);
	json_key(&j, "steps");
	json_array(&j);
	if (err == GH_OK)
		err = c->server->db.ops->plan_steps_read(c->reader, &of, plan_step_row_show,
							 &w);
	json_array_end(&j);
	json_key(&j, "next");
	if (w.limit < 0)
		json_int(&j, w.next);
	else
		json_null(&j);
	json_object_end(&j);
	device_unref(w.d);
	if (err) {
		json_clear(&j);
		call_fail_err(c, err);
		return;
	}
	call_data_end(c, 200, &j);
}

/* --- applying and cancelling --- */

struct moved_check {
	struct call *c;
	struct site site;
	bool planned;
	gh_slice moved;		    /* the unit whose commands would be others now */
	gh_slice gone;		    /* the one that cannot have a plan any more */
	struct roster_plan *roster; /* of people of a device: as it is made now */
	enum gh_err err;
};

static bool plan_unit_check(void *ctx, const struct plan_unit *u)
{
	struct moved_check *m = ctx;
	struct device *d = devices_find(m->c->server->devices, u->serial);
	struct steps_wish wish = { .resync = u->flags & PLAN_RESYNC,
				   .foreign = u->flags & PLAN_FOREIGN };
	struct unit_plan now = { 0 };

	if (u->state != PLAN_PLANNED) {
		device_unref(d);
		return true;
	}
	m->planned = true;
	if (u->flags & PLAN_ROSTER) {
		m->roster = ghi_arena_alloc(call_arena(m->c), sizeof(*m->roster));
		m->err = m->roster ? roster_plan_again(m->c, u, d, m->roster) : GH_ENOMEM;
		if (m->err == GH_ESTATE || m->err == GH_ENOTFOUND) {
			m->gone = ghi_arena_copy(call_arena(m->c), u->serial);
			m->err = GH_OK;
		} else if (m->err == GH_ETOOBIG ||
			   (m->err == GH_OK &&
			    !gh_slice_eq(u->digest, gh_slice_of(m->roster->digest)))) {
			m->moved = ghi_arena_copy(call_arena(m->c), u->serial);
			m->err = GH_OK;
		}
	} else if (d == NULL || !device_has_plans(d)) {
		m->gone = ghi_arena_copy(call_arena(m->c), u->serial);
	} else {
		m->err = unit_plan_make(m->c->server, m->c->reader, &m->site, d, wish, &now);
		if (m->err == GH_OK && !gh_slice_eq(u->digest, gh_slice_of(now.digest)))
			m->moved = ghi_arena_copy(call_arena(m->c), u->serial);
		unit_plan_clear(&now);
	}
	device_unref(d);
	return m->err == GH_OK && m->moved.n == 0 && m->gone.n == 0;
}

struct units_kept {
	struct plan_unit *unit;
	size_t n;
	struct arena *a;
};

static bool unit_keep(void *ctx, const struct plan_unit *u)
{
	struct units_kept *k = ctx;

	if (k->n == PLAN_UNITS)
		return false;
	k->unit[k->n] = (struct plan_unit){ .plan = u->plan,
					    .state = u->state,
					    .flags = u->flags,
					    .serial = ghi_arena_copy(k->a, u->serial),
					    .digest = ghi_arena_copy(k->a, u->digest) };
	k->n++;
	return true;
}

/* Whether what was shown is what would be made now. False: answered. */
static bool plan_is_current(struct call *c, int64_t id, struct roster_plan **roster)
{
	const struct site_of everything = { .devices = c->server->devices };
	const struct store_ops *ops = c->server->db.ops;
	struct plan_units_of of = { .plan = id };
	struct moved_check m = { .c = c };
	struct units_kept kept = { .a = call_arena(c) };

	kept.unit = ghi_arena_alloc(call_arena(c), PLAN_UNITS * sizeof(*kept.unit));
	m.err = kept.unit ? ops->plan_units_read(c->reader, &of, unit_keep, &kept) : GH_ENOMEM;
	if (m.err == GH_OK && kept.n && !(kept.unit[0].flags & PLAN_ROSTER))
		m.err = site_read(ops, c->reader, &everything, call_arena(c), &m.site);
	for (size_t i = 0; i < kept.n && m.err == GH_OK; i++)
		if (!plan_unit_check(&m, &kept.unit[i]))
			break;
	if (m.err)
		call_fail_err(c, m.err);
	else if (kept.n == 0)
		plan_unknown(c, id);
	else if (m.gone.n)
		call_fail(c, ERROR_plan_moved,
			  "Device %.*s is no longer one that can have such a plan.",
			  GH_FMT(m.gone));
	else if (m.moved.n)
		call_fail(c, ERROR_plan_moved,
			  "What device %.*s is to hold, or what it holds, has changed since "
			  "the plan was made.",
			  GH_FMT(m.moved));
	else
		*roster = m.roster;
	return m.err == GH_OK && kept.n && m.gone.n == 0 && m.moved.n == 0;
}

struct plan_head {
	char kind[24];
	enum plan_state state;
};

static bool plan_head_keep(void *ctx, int64_t id, const void *record)
{
	struct plan_head *h = ctx;
	const struct device_plan *p = record;

	(void)id;
	snprintf(h->kind, sizeof(h->kind), "%.*s", GH_FMT(p->kind));
	h->state = (enum plan_state)p->state;
	return true;
}

/* false: answered. */
static bool plan_head_read(struct call *c, int64_t id, struct plan_head *h)
{
	enum gh_err err = c->server->db.ops->entity_get(c->reader, ENTITY_DEVICE_PLAN, id,
							plan_head_keep, h);

	if (err == GH_ENOTFOUND)
		plan_unknown(c, id);
	else if (err)
		call_fail_err(c, err);
	return err == GH_OK;
}

/* The device, which may be gone since, is referenced until it is answered. */
static enum gh_err roster_plan_queue(struct plan_request *r)
{
	struct roster_plan *roster = ((struct plan_call *)r->ctx)->roster;
	struct device *d = devices_find(r->server->devices, roster->serial);

	r->device = ghi_arena_alloc(roster->arena, sizeof(*r->device));
	if (d == NULL || r->device == NULL) {
		device_unref(d);
		return d ? GH_ENOMEM : GH_ESTATE;
	}
	r->device[0] = d;
	r->devices = 1;
	for (size_t i = 0; i < roster->steps; i++)
		roster->order[i].device = d;
	return roster_plan_apply(roster, r);
}

void handle_plan_apply(struct call *c)
{
	struct plan_call *p;
	int64_t id;

	/* On a reader thread first, then on the listener's. */
	if (!call_id(c, &id))
		return;
	if (c->task == NULL) {
		struct roster_plan *roster = NULL;
		struct plan_head head = { .kind = "" };

		if (call_reader(c) == NULL || !plan_head_read(c, id, &head) ||
		    !plan_role_fits(c, gh_slice_of(head.kind)))
			return;
		if (people_plan_is(gh_slice_of(head.kind))) {
			people_plan_begin(c, id, head.state == PLAN_PLANNED);
			return;
		}
		if (!plan_is_current(c, id, &roster))
			return;
		c->task = c;
		c->extra = roster;
		c->then = handle_plan_apply;
		return;
	}
	p = plan_call_new(c, "apply_plan");
	if (p == NULL)
		return;
	p->request.id = id;
	p->done = "The plan runs";
	p->roster = c->extra;
	if (p->roster && p->roster->order)
		plan_call_put(p, roster_plan_queue);
	else
		plan_call_put(p, plan_apply);
}

void handle_plan_cancel(struct call *c)
{
	struct plan_call *p;
	int64_t id;

	if (!call_id(c, &id))
		return;
	p = plan_call_new(c, "cancel_plan");
	if (p == NULL)
		return;
	p->request.id = id;
	p->done = "Plan cancelled";
	plan_call_put(p, plan_cancel);
}
