/* What was planned for a unit is stored, in pieces. */
#include <stdio.h>

#include "base/json.h"
#include "core/access/plan_record.h"
#include "core/access/planner_private.h"
#include "core/audit.h"

#define PIECE_BYTES (256 << 10)
#define PIECE_STEPS 200
#define SHOWN_REFUSALS 100
#define SHOWN_FOREIGN 50
#define SHOWN_BYTES (64 << 10)
#define AUDIT_BYTES 512

/* --- what is shown besides the steps --- */

/* A row without its secrets. */
static void planner_row_show(struct json *j, const struct needed_row *row)
{
	const struct ghi_access_table *t =
		ghi_access_table_find(gh_slice_of(unit_table_name(row->table)), NULL);
	int named = ghi_table_parameter_field(t);
	gh_slice rest = row->text, pair, name, value, parameter = { 0 };
	bool more = rest.n != 0;

	if (named >= 0)
		(void)unit_row_value(row->text, gh_slice_of(t->field[named].name), &parameter);

	json_object(j);
	while (more) {
		more = gh_slice_cut(rest, '\t', &pair, &rest);
		if (!gh_slice_cut(pair, '=', &name, &value))
			continue;
		int i = ghi_table_field_find(t, name);

		if (i < 0)
			continue;
		json_key(j, t->field[i].name);
		json_string(j, value.n && ghi_table_value_is_secret(t, (size_t)i, parameter)
				       ? GH_LIT("***")
				       : value);
	}
	json_object_end(j);
}

static void foreign_show(struct json *j, const struct unit_plan *m)
{
	json_array(j);
	for (size_t i = 0; i < m->steps.foreigns && i < SHOWN_FOREIGN; i++) {
		json_object(j);
		json_key(j, "table");
		json_string(j, gh_slice_of(unit_table_name(m->steps.foreign[i]->table)));
		json_key(j, "row");
		planner_row_show(j, m->steps.foreign[i]);
		json_object_end(j);
	}
	json_array_end(j);
}

static void refusals_show(struct json *j, const struct unit_plan *m)
{
	json_array(j);
	for (size_t i = 0; i < m->rows.refusals && i < SHOWN_REFUSALS; i++) {
		json_object(j);
		json_key(j, "of");
		json_string(j, gh_slice_of(refusal_word(m->rows.refusal[i].of)));
		json_key(j, "id");
		json_int(j, m->rows.refusal[i].id);
		json_key(j, "text");
		json_string(j, m->rows.refusal[i].text);
		json_object_end(j);
	}
	json_array_end(j);
}

static const char *unit_failure(const struct planner *p)
{
	if (p->err == GH_ENOTFOUND)
		return "the device is no registered access unit any more";
	if (p->err)
		return gh_strerror(p->err);
	/* It would be emptied, and could not get all of it again. */
	if (p->made.rows.over && p->flags & PLAN_RESYNC)
		return p->made.rows.over;
	return p->made.bytes > PLAN_UNIT_BYTES ? "the plan is too large" : NULL;
}

/* --- the first piece --- */

static bool unit_there(void *ctx, const struct plan_unit *u)
{
	*(struct plan_unit *)ctx = (struct plan_unit){ .plan = u->plan, .state = u->state };
	return false;
}

struct earlier {
	const char *digest;
	const char *failure; /* or NULL */
	int64_t replaced[8];
	size_t n;
	bool waits; /* what is made now waits as well: an equal one stays */
	bool same;
};

/* One that failed before it began, for the same reason: that is shown once, not each hour. */
static bool failure_see(void *ctx, const struct plan_unit *u)
{
	struct earlier *e = ctx;

	e->same = e->same ||
		  (u->flags & PLAN_AUTO && gh_slice_eq(u->digest, gh_slice_of(e->digest)) &&
		   gh_slice_eq(u->note, gh_slice_of(e->failure)));
	return !e->same;
}

static bool earlier_see(void *ctx, const struct plan_unit *u)
{
	struct earlier *e = ctx;

	if (!(u->flags & PLAN_AUTO))
		return true;
	if (e->waits && gh_slice_eq(u->digest, gh_slice_of(e->digest)))
		e->same = true;
	else if (e->n < sizeof(e->replaced) / sizeof(e->replaced[0]))
		e->replaced[e->n++] = u->plan;
	return true;
}

/* That the server made a plan, and, where it runs at once, began it. */
static enum gh_err automatic_audit(struct planner *p, const struct store_ops *ops,
				   struct store *s)
{
	struct audit_row row = {
		.at_ms = p->server->now_ms(),
		.actor = AUDIT_SERVER,
		.action = GH_LIT("create_plan"),
		.subject = GH_LIT("plan:"),
		.subject_at = &p->new_plan,
		.outcome = AUDIT_DONE,
		.after = p->audit_after,
	};
	enum gh_err err = audit_put(ops, s, &row);

	if (err || p->state != PLAN_RUNNING || unit_failure(p))
		return err;
	row.action = GH_LIT("apply_plan");
	row.after = (gh_slice){ 0 };
	return audit_put(ops, s, &row);
}

/* A plan of the server's own is one, and takes the place of one that waits. */
static enum gh_err automatic_begin(struct planner *p, const struct store_ops *ops,
				   struct store *s)
{
	int64_t device = device_id(p->device), now = p->server->now_ms();
	struct plan_units_of running = { .state = PLAN_RUNNING, .device = device, .limit = 1 },
			     waiting = { .state = PLAN_PLANNED, .device = device, .limit = 16 };
	struct plan_units_of failed = { .state = PLAN_FAILED,
					.device = device,
					.limit = PLANS_KEPT };
	struct plan_unit other = { 0 };
	struct earlier earlier = { .digest = p->made.digest,
				   .failure = unit_failure(p),
				   .waits = p->state == PLAN_PLANNED };
	enum gh_err err = ops->plan_units_scan(s, &running, unit_there, &other);

	p->skipped = other.plan != 0;
	if (err || p->skipped)
		return err;
	err = ops->plan_units_scan(s, &waiting, earlier_see, &earlier);
	if (err == GH_OK && earlier.failure)
		err = ops->plan_units_scan(s, &failed, failure_see, &earlier);
	for (size_t i = 0; i < earlier.n && err == GH_OK; i++)
		err = plan_record_end(ops, s, earlier.replaced[i], 1u << PLAN_PLANNED,
				      PLAN_REPLACED, now);
	/* One that waits is not made again; where it would run now, it is made and runs. */
	if (err || p->made.steps.steps == 0 || earlier.same) {
		p->state = PLAN_DONE;
		p->new_plan = 0;
		return err;
	}
	err = plan_record_add(ops, s, PLAN_KIND_ACCESS, GH_LIT("server"), PLAN_AUTO, 1, now,
			      &p->new_plan);
	return err ? err : automatic_audit(p, ops, s);
}

static enum gh_err requested_begin(struct planner *p, const struct store_ops *ops,
				   struct store *s)
{
	struct plan_units_of own = { .plan = p->plan,
				     .device = p->device ? device_id(p->device) : 0 };
	struct plan_unit there = { 0 };
	size_t removed;
	enum gh_err err = ops->plan_units_scan(s, &own, unit_there, &there);

	/* It was cancelled meanwhile. */
	p->skipped = there.plan == 0 || (p->device && there.state != PLAN_MAKING);
	p->new_plan = p->plan;
	if (err || p->skipped || p->device == NULL)
		return err;
	/* What a killed server left of it. */
	return ops->plan_clear(s, p->plan, own.device, 1 << 20, &removed);
}

static enum gh_err slots_store(struct planner *p, const struct store_ops *ops, struct store *s)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < p->made.slots && err == GH_OK; i++)
		err = ops->slot_put(s, device_id(p->device), &p->made.slot[i].slot);
	return err;
}

/* --- the last piece --- */

static enum gh_err unit_store(struct planner *p, const struct store_ops *ops, struct store *s,
			      const char *note)
{
	const struct unit_plan *m = &p->made;
	struct json foreign = json_with_limit(SHOWN_BYTES),
		    refusal = json_with_limit(SHOWN_BYTES);
	struct plan_unit u = {
		.plan = p->new_plan,
		.device = device_id(p->device),
		.state = note ? PLAN_FAILED : p->state,
		.flags = p->flags,
		.at = m->at,
		.good_until = m->rows.good_until,
		.commands = (int64_t)m->steps.steps,
		.bytes = m->bytes,
		.added = (int64_t)m->steps.added,
		.changed = (int64_t)m->steps.changed,
		.removed = (int64_t)m->steps.removed,
		.foreigns = (int64_t)m->steps.foreigns,
		.refusals = (int64_t)m->rows.refusals,
		.digest = gh_slice_of(m->digest),
		.note = gh_slice_of(note ? note : m->rows.over),
	};
	enum gh_err err;

	foreign_show(&foreign, m);
	refusals_show(&refusal, m);
	u.foreign = foreign.text.err ? GH_LIT("[]") : json_text(&foreign);
	u.refusal = refusal.text.err ? GH_LIT("[]") : json_text(&refusal);
	for (size_t i = 0; i < m->steps.steps; i++)
		u.row_count += (int64_t)m->steps.step[i].rows;
	err = ops->plan_unit_put(s, &u);
	if (err == GH_OK)
		err = plan_record_sum(ops, s, p->new_plan, p->server->now_ms(), NULL);
	json_clear(&foreign);
	json_clear(&refusal);
	return err;
}

static enum gh_err steps_store(struct planner *p, const struct store_ops *ops, struct store *s)
{
	const struct unit_steps *of = &p->made.steps;
	size_t bytes = 0;
	enum gh_err err = GH_OK;

	for (p->to = p->from; p->to < of->steps && p->to - p->from < PIECE_STEPS &&
			      bytes < PIECE_BYTES && err == GH_OK;
	     p->to++) {
		const struct unit_step *step = &of->step[p->to];
		struct plan_step one = {
			.plan = p->new_plan,
			.device = device_id(p->device),
			.step = (int64_t)(p->to + 1) * PLAN_STEP_ROOM,
			.verb = step->verb,
			.table = step->table == UNIT_TABLES
					 ? (gh_slice){ 0 }
					 : gh_slice_of(unit_table_name(step->table)),
			.takes = step->takes,
			.rows = (int64_t)step->rows,
			.words = step->words,
			.before = step->before,
		};

		bytes += step->words.n + step->before.n;
		err = ops->plan_steps_add(s, &one, 1);
	}
	p->more = p->to < of->steps;
	return err;
}

/* A unit that is not there any more has no row of its own to be changed: the whole plan ends. */
static enum gh_err gone_store(struct planner *p, const struct store_ops *ops, struct store *s)
{
	return plan_record_end(ops, s, p->plan, 1u << PLAN_MAKING, PLAN_FAILED,
			       p->server->now_ms());
}

static enum gh_err planner_write_run(struct store_job *job, const struct store_ops *ops,
				     struct store *s)
{
	struct planner *p = (struct planner *)((char *)job - offsetof(struct planner, write));
	const char *failure = unit_failure(p);
	enum gh_err err = GH_OK;

	p->skipped = p->more = false;
	if (p->from == 0) {
		p->new_plan = 0;
		p->state = p->automatic && p->made.known && p->made.sync == SYNC_AUTO
				   ? PLAN_RUNNING
				   : PLAN_PLANNED;
		err = p->automatic ? automatic_begin(p, ops, s) : requested_begin(p, ops, s);
		if (err == GH_OK && p->device && !failure && !p->skipped)
			err = slots_store(p, ops, s);
		if (err == GH_OK && p->device && !failure && !p->skipped)
			err = planner_adopt(p, ops, s);
		if (err || p->skipped || p->new_plan == 0)
			return err;
		if (p->device == NULL)
			return gone_store(p, ops, s);
	}
	if (!failure)
		err = steps_store(p, ops, s);
	if (err == GH_OK && !p->more)
		err = unit_store(p, ops, s, failure);
	return err;
}

static void planner_write_done(struct store_job *job, enum gh_err err)
{
	struct planner *p = (struct planner *)((char *)job - offsetof(struct planner, write));

	p->from = p->to;
	if (err == GH_OK && p->more) {
		err = store_put(p->server->queue, &p->write);
		if (err == GH_OK)
			return;
	}
	planner_written(p, err);
}

/* {"device":"…","commands":3,"rows":12} */
static gh_slice audit_after_make(struct planner *p)
{
	struct json j = json_with_limit(AUDIT_BYTES);
	int64_t rows = 0;
	gh_slice text;

	for (size_t i = 0; i < p->made.steps.steps; i++)
		rows += (int64_t)p->made.steps.step[i].rows;
	json_object(&j);
	json_key(&j, "device");
	json_string(&j, device_sn(p->device));
	json_key(&j, "commands");
	json_int(&j, (int64_t)p->made.steps.steps);
	json_key(&j, "rows");
	json_int(&j, rows);
	json_object_end(&j);
	text = j.text.err ? (gh_slice){ 0 } : ghi_arena_copy(&p->made.text, json_text(&j));
	json_clear(&j);
	return text;
}

void planner_write(struct planner *p)
{
	enum gh_err err;

	p->audit_after = p->automatic ? audit_after_make(p) : (gh_slice){ 0 };
	p->write = (struct store_job){ .run = planner_write_run,
				       .done = planner_write_done,
				       .bytes = PIECE_BYTES };
	p->from = p->to = 0;
	p->skipped = false;
	p->state = PLAN_PLANNED;
	err = store_put(p->server->queue, &p->write);
	if (err)
		planner_written(p, err);
}
