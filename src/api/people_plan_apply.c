/* A plan of many people is carried out. */
#include <stdio.h>
#include <stdlib.h>

#include "api/access/people.h"
#include "api/plan_call.h"
#include "core/access/plan_record.h"
#include "core/audit.h"

#define PIECE 64 /* people of a transaction */
#define RUN_BYTES ((size_t)1 << 20)

/* Goes on by itself behind the first piece, of which the request is answered. */
struct people_run {
	struct store_job job;
	struct server *server;
	struct arena arena; /* of `set`, and of who does it */
	struct call call;   /* of no request: for what is read of people */
	struct resource_call change;
	struct body set;
	bool erases;
	int64_t plan;
	struct plan_call *first; /* to be answered; NULL: that was done */
	struct audit_row audit;
	struct plan_item item[PIECE];
	struct plan_counts counts;
	enum plan_state state;
	size_t n;
	int64_t after;
};

/* What of a plan is needed to begin with it. */
struct people_plan {
	int64_t plan;
	struct arena *a;
	bool found;
	gh_slice after; /* what is set, as JSON; empty: they are deleted */
};

static void people_plan_run(struct call *c);

static void people_run_free(struct people_run *r)
{
	ghi_arena_clear(&r->arena);
	free(r);
}

static bool run_standing_keep(void *ctx, int64_t id, const void *record)
{
	const struct device_plan *p = record;
	struct people_run *r = ctx;

	(void)id;
	r->state = (enum plan_state)p->state;
	r->counts = (struct plan_counts){ p->items, p->acknowledged, p->failed };
	return true;
}

static bool run_item_see(void *ctx, const struct plan_item *item)
{
	struct people_run *r = ctx;
	struct plan_item *to = &r->item[r->n++];

	*to = *item;
	to->pin = to->before = to->after = to->note = (gh_slice){ 0 };
	return true;
}

static void item_refused(struct plan_item *item, const struct entity_change *x, enum gh_err err,
			 char note[200])
{
	const struct entity_refusal *f = &x->refusal;

	item->state = PLAN_STEP_FAILED;
	if (f->version)
		snprintf(note, 200, "was changed since the plan was made");
	else if (f->field && f->why)
		snprintf(note, 200, "%s %s", f->field, f->why);
	else if (f->field)
		snprintf(note, 200, "%s names what is not there", f->field);
	else
		snprintf(note, 200, "%s",
			 err == GH_ENOTFOUND ? "is not there any more" : gh_strerror(err));
	item->note = gh_slice_of(note);
}

/* A refusal before anything was written is the item's; other errors are the job's. */
static enum gh_err item_carry_out(struct people_run *r, struct plan_item *item,
				  const struct store_ops *ops, struct store *s)
{
	struct entity_change *x = &r->change.change;
	char note[200];
	enum gh_err err;

	x->kind = ENTITY_PEOPLE;
	x->given = item->people;
	x->version = item->version;
	x->remove = r->erases;
	x->record = r->erases ? NULL : &r->change.record;
	x->check = people_check;
	x->then = people_then;
	x->ctx = &r->change;
	x->server = r->server;
	x->audit = (struct audit_row){ .at_ms = r->server->now_ms(),
				       .actor = r->audit.actor,
				       .actor_id = r->audit.actor_id,
				       .by = r->audit.by };
	err = entity_change_within(x, ops, s);
	if (err &&
	    (x->wrote || !(x->refusal.field || x->refusal.version || err == GH_ENOTFOUND)))
		return err;
	item->state = PLAN_STEP_DONE;
	if (err)
		item_refused(item, x, err, note);
	r->counts.done += item->state == PLAN_STEP_DONE;
	r->counts.failed += item->state == PLAN_STEP_FAILED;
	return ops->plan_item_put(s, item);
}

static enum gh_err run_begin(struct people_run *r, const struct store_ops *ops, struct store *s)
{
	enum gh_err err =
		ops->entity_hold(s, ENTITY_DEVICE_PLAN, r->plan, run_standing_keep, r);

	if (err == GH_OK && r->state != PLAN_PLANNED && r->state != PLAN_RUNNING)
		err = GH_ESTATE;
	return err == GH_OK && r->after == 0 ? audit_put(ops, s, &r->audit) : err;
}

static enum gh_err people_run_piece(struct store_job *job, const struct store_ops *ops,
				    struct store *s)
{
	struct people_run *r = (struct people_run *)job;
	struct plan_items_of of = {
		.plan = r->plan, .after = r->after, .limit = PIECE, .open = true
	};
	enum gh_err err = run_begin(r, ops, s);

	/* It may run again. */
	r->n = 0;
	if (err == GH_OK)
		err = ops->plan_items_scan(s, &of, run_item_see, r);
	if (err == GH_OK && r->n)
		entity_changes_begin(r->server, ENTITY_PEOPLE);
	for (size_t i = 0; i < r->n && err == GH_OK; i++)
		err = item_carry_out(r, &r->item[i], ops, s);
	r->state = r->n == PIECE ? PLAN_RUNNING : r->counts.failed ? PLAN_FAILED : PLAN_DONE;
	return err ? err
		   : plan_record_set(ops, s, r->plan, r->state, &r->counts,
				     r->server->now_ms());
}

static void people_run_done(struct store_job *job, enum gh_err err)
{
	struct people_run *r = (struct people_run *)job;
	struct plan_call *first = r->first;

	r->first = NULL;
	if (err == GH_OK)
		entity_changes_end(r->server, ENTITY_PEOPLE);
	else if (first == NULL && err != GH_ECLOSED)
		LOG(r->server->log, LOG_WARNING, "a plan of people stopped, apply it again",
		    { "why", gh_slice_of(gh_strerror(err)) });
	if (err == GH_OK && r->state == PLAN_RUNNING) {
		r->after = r->item[r->n - 1].item;
		err = store_put(r->server->queue, &r->job);
		if (err)
			people_run_free(r);
		err = GH_OK;
	} else {
		people_run_free(r);
	}
	if (first)
		first->request.done(first->request.ctx, err);
}

/* --- what is needed for it --- */

struct people_check_moved {
	struct call *c;
	int64_t plan;
	struct plan_item item[PIECE];
	size_t n;
	int64_t version;
	gh_slice moved; /* PIN of the first one who is another by now */
};

static bool moved_item_see(void *ctx, const struct plan_item *item)
{
	struct people_check_moved *m = ctx;
	struct plan_item *to = &m->item[m->n++];

	*to = *item;
	to->pin = ghi_arena_copy(call_arena(m->c), item->pin);
	return true;
}

static bool version_keep(void *ctx, int64_t id, const void *record)
{
	(void)id;
	*(int64_t *)ctx = ((const struct people *)record)->version;
	return true;
}

static enum gh_err people_moved(struct people_check_moved *m)
{
	const struct store_ops *ops = m->c->server->db.ops;
	struct plan_items_of of = { .plan = m->plan, .limit = PIECE, .open = true };
	enum gh_err err;

	do {
		m->n = 0;
		err = ops->plan_items_read(m->c->reader, &of, moved_item_see, m);
		for (size_t i = 0; i < m->n && err == GH_OK && m->moved.n == 0; i++) {
			m->version = 0;
			err = ops->entity_get(m->c->reader, ENTITY_PEOPLE, m->item[i].people,
					      version_keep, &m->version);
			err = err == GH_ENOTFOUND ? GH_OK : err;
			if (m->version != m->item[i].version)
				m->moved = m->item[i].pin;
			of.after = m->item[i].item;
		}
	} while (err == GH_OK && m->n == PIECE && m->moved.n == 0);
	return err;
}

static bool after_keep(void *ctx, const struct plan_item *item)
{
	struct people_plan *p = ctx;

	p->found = true;
	p->after = ghi_arena_copy(p->a, item->after);
	return false;
}

/* Of any item: all have the same. */
static enum gh_err after_read(struct call *c, struct people_plan *p)
{
	struct plan_items_of of = { .plan = p->plan, .limit = 1 };
	enum gh_err err = c->server->db.ops->plan_items_read(c->reader, &of, after_keep, p);

	return err == GH_OK && !p->found ? GH_ENOTFOUND : err;
}

/* One that was cut off does what is left of it. */
void people_plan_begin(struct call *c, int64_t plan, bool planned)
{
	struct people_check_moved *m = ghi_arena_alloc(call_arena(c), sizeof(*m));
	struct people_plan *p = ghi_arena_alloc(call_arena(c), sizeof(*p));
	enum gh_err err = m && p ? GH_OK : GH_ENOMEM;

	if (err == GH_OK) {
		*m = (struct people_check_moved){ .c = c, .plan = plan };
		*p = (struct people_plan){ .plan = plan, .a = call_arena(c) };
		err = after_read(c, p);
	}
	if (err == GH_OK && planned)
		err = people_moved(m);
	if (err) {
		call_fail_err(c, err);
	} else if (m->moved.n) {
		call_fail(c, ERROR_plan_moved,
			  "The person with the PIN %.*s was changed since the plan was made.",
			  GH_FMT(m->moved));
	} else {
		c->task = c;
		c->extra = p;
		c->then = people_plan_run;
	}
}

/* --- the run --- */

static struct people_run *people_run_new(struct call *c, const struct people_plan *p,
					 const struct audit_row *by)
{
	struct people_run *r = calloc(1, sizeof(*r));
	struct fault fault;
	gh_slice after;

	if (r == NULL)
		return NULL;
	r->arena = ghi_arena_with_limit(RUN_BYTES);
	r->server = c->server;
	r->plan = p->plan;
	r->call = (struct call){ .server = c->server, .api = c->api, .arena = &r->arena };
	r->audit = *by;
	r->audit.by = ghi_arena_copy(&r->arena, by->by);
	r->audit.from = ghi_arena_copy(&r->arena, by->from);
	r->audit.subject = ghi_arena_copy(&r->arena, by->subject);
	r->audit.subject_at = &r->plan;
	r->change.c = &r->call;
	r->erases = p->after.n == 0;
	after = ghi_arena_copy(&r->arena, p->after);
	if (!r->erases && body_parse(after, &r->arena, &r->set, &fault))
		r->arena.failed = true;
	if (!r->erases && !r->arena.failed)
		people_read(&r->change, &r->set);
	if (!r->arena.failed)
		return r;
	people_run_free(r);
	return NULL;
}

static enum gh_err people_run_put(struct plan_request *request)
{
	struct plan_call *p = request->ctx;
	struct people_run *r = people_run_new(p->c, p->c->extra, request->audit);
	enum gh_err err;

	if (r == NULL)
		return GH_ENOMEM;
	r->first = p;
	r->job = (struct store_job){ .run = people_run_piece, .done = people_run_done };
	err = store_put(r->server->queue, &r->job);
	if (err)
		people_run_free(r);
	return err;
}

/* On the listener's thread. */
static void people_plan_run(struct call *c)
{
	struct plan_call *p = plan_call_new(c, "apply_plan");

	if (p == NULL)
		return;
	p->request.id = ((struct people_plan *)c->extra)->plan;
	p->done = "The plan runs";
	plan_call_put(p, people_run_put);
}
