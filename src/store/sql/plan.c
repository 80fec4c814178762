/* Plans: what they have for each unit, their steps, and the numbers that owners have on units. */
#include "store/sql/sql_store.h"

/* --- numbers on units --- */

enum gh_err sql_slot_put(struct store *s, int64_t device, const struct device_slot *slot)
{
	enum gh_err err = sql_for_device(s, device);

	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, SQL_SLOT_PUT);

	sql_put_int(&q, device);
	sql_put_text(&q, slot->kind);
	sql_put_int(&q, slot->slot);
	sql_put_int(&q, slot->owner);
	sql_put_int(&q, slot->part);
	sql_put_int(&q, slot->state);
	sql_put_int(&q, slot->freed);
	return sql_run_found(&q);
}

static enum gh_err slots_read(struct sql *c, int64_t device, gh_slice kind, store_slot_fn *fn,
			      void *ctx)
{
	struct sql_call q = sql_call(c, SQL_SLOTS);

	sql_put_int(&q, device);
	sql_put_text(&q, kind);
	while (sql_next(&q)) {
		struct device_slot slot = {
			.kind = kind,
			.slot = sql_int(&q, 0),
			.owner = sql_int(&q, 1),
			.part = sql_int(&q, 2),
			.state = (enum device_slot_state)sql_int(&q, 3),
			.freed = sql_int(&q, 4),
		};

		if (!fn(ctx, &slot))
			break;
	}
	return sql_end(&q);
}

enum gh_err sql_slots_scan(struct store *s, int64_t device, gh_slice kind, store_slot_fn *fn,
			   void *ctx)
{
	enum gh_err err = sql_settle(s->sql);

	return err ? err : slots_read(s->sql, device, kind, fn, ctx);
}

enum gh_err sql_slots_read(struct store_reader *r, int64_t device, gh_slice kind,
			   store_slot_fn *fn, void *ctx)
{
	return slots_read(r->sql, device, kind, fn, ctx);
}

/* --- units of a plan --- */

enum gh_err sql_plan_unit_put(struct store *s, const struct plan_unit *u)
{
	struct sql_call q = sql_call(s->sql, SQL_PLAN_UNIT_PUT);
	const int64_t number[] = { u->plan,	    u->device,	   u->state,	u->flags,
				   u->at,	    u->good_until, u->commands, u->bytes,
				   u->added,	    u->changed,	   u->removed,	u->row_count,
				   u->acknowledged, u->failed,	   u->foreigns, u->refusals };

	for (size_t i = 0; i < sizeof(number) / sizeof(number[0]); i++)
		sql_put_int(&q, number[i]);
	sql_put_text(&q, u->foreign);
	sql_put_text(&q, u->refusal);
	sql_put_text(&q, u->digest);
	sql_put_text(&q, u->note);
	return sql_run(&q);
}

static enum gh_err plan_units_give(struct sql_call *q, store_plan_unit_fn *fn, void *ctx)
{
	while (sql_next(q)) {
		struct plan_unit u = {
			.plan = sql_int(q, 0),
			.device = sql_int(q, 1),
			.state = (enum plan_state)sql_int(q, 2),
			.flags = sql_int(q, 3),
			.at = sql_int(q, 4),
			.good_until = sql_int(q, 5),
			.commands = sql_int(q, 6),
			.bytes = sql_int(q, 7),
			.added = sql_int(q, 8),
			.changed = sql_int(q, 9),
			.removed = sql_int(q, 10),
			.row_count = sql_int(q, 11),
			.acknowledged = sql_int(q, 12),
			.failed = sql_int(q, 13),
			.foreigns = sql_int(q, 14),
			.refusals = sql_int(q, 15),
			.foreign = sql_text(q, 16),
			.refusal = sql_text(q, 17),
			.digest = sql_text(q, 18),
			.note = sql_text(q, 19),
			.serial = sql_text(q, 20),
		};

		if (!fn(ctx, &u))
			break;
	}
	return sql_end(q);
}

static struct sql_call plan_units_call(struct sql *c, const struct plan_units_of *of)
{
	struct sql_call q = sql_call(c, of->plan ? SQL_PLAN_UNITS : SQL_PLAN_UNITS_IN);

	sql_put_int(&q, of->plan ? of->plan : (int64_t)of->state);
	sql_put_int(&q, of->device);
	sql_put_int(&q, of->device ? of->device : INT64_MAX);
	if (of->plan == 0)
		sql_put_int(&q, of->limit);
	return q;
}

enum gh_err sql_plan_units_scan(struct store *s, const struct plan_units_of *of,
				store_plan_unit_fn *fn, void *ctx)
{
	enum gh_err err = sql_settle(s->sql);

	if (err)
		return err;
	struct sql_call q = plan_units_call(s->sql, of);

	return plan_units_give(&q, fn, ctx);
}

enum gh_err sql_plan_units_read(struct store_reader *r, const struct plan_units_of *of,
				store_plan_unit_fn *fn, void *ctx)
{
	struct sql_call q = plan_units_call(r->sql, of);

	return plan_units_give(&q, fn, ctx);
}

/* --- steps --- */

enum gh_err sql_plan_steps_add(struct store *s, const struct plan_step *p, size_t n)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < n && err == GH_OK; i++) {
		struct sql_call q = sql_call(s->sql, SQL_PLAN_STEP_ADD);

		sql_put_int(&q, p[i].plan);
		sql_put_int(&q, p[i].device);
		sql_put_int(&q, p[i].step);
		sql_put_int(&q, p[i].verb);
		sql_put_int(&q, p[i].state);
		sql_put_int(&q, p[i].takes);
		sql_put_int(&q, p[i].rows);
		sql_put_int(&q, p[i].left_out);
		sql_put_text(&q, p[i].table);
		sql_put_text(&q, p[i].words);
		sql_put_text(&q, p[i].before);
		err = sql_run(&q);
	}
	return err;
}

enum gh_err sql_plan_step_put(struct store *s, const struct plan_step *p)
{
	struct sql_call q = sql_call(s->sql, SQL_PLAN_STEP_PUT);

	sql_put_int(&q, p->state);
	sql_put_int(&q, p->left_out);
	if (p->command)
		sql_put_int(&q, p->command);
	else
		sql_put_null(&q);
	if (p->has_return)
		sql_put_int(&q, p->return_code);
	else
		sql_put_null(&q);
	sql_put_int(&q, p->plan);
	sql_put_int(&q, p->device);
	sql_put_int(&q, p->step);
	return sql_run_found(&q);
}

static enum gh_err plan_steps(struct sql *c, const struct plan_steps_of *of,
			      store_plan_step_fn *fn, void *ctx)
{
	static const enum sql_id statement[] = {
		[PLAN_STEPS_ALL] = SQL_PLAN_STEPS,
		[PLAN_STEPS_OPEN] = SQL_PLAN_STEPS_OPEN,
		[PLAN_STEPS_FAILED] = SQL_PLAN_STEPS_FAILED,
		[PLAN_STEPS_PARTLY] = SQL_PLAN_STEPS_PARTLY,
	};
	struct sql_call q = sql_call(c, statement[of->which]);

	sql_put_int(&q, of->plan);
	sql_put_int(&q, of->device);
	sql_put_int(&q, of->after);
	sql_put_int(&q, of->limit);
	while (sql_next(&q)) {
		struct plan_step p = {
			.plan = of->plan,
			.device = of->device,
			.step = sql_int(&q, 0),
			.verb = sql_int(&q, 1),
			.state = (enum plan_step_state)sql_int(&q, 2),
			.takes = sql_int(&q, 3) != 0,
			.rows = sql_int(&q, 4),
			.left_out = sql_int(&q, 5),
			.command = sql_null(&q, 6) ? 0 : sql_int(&q, 6),
			.has_return = !sql_null(&q, 7),
			.return_code = sql_null(&q, 7) ? 0 : sql_int(&q, 7),
			.table = sql_text(&q, 8),
			.words = sql_text(&q, 9),
			.before = sql_text(&q, 10),
		};

		if (!fn(ctx, &p))
			break;
	}
	return sql_end(&q);
}

enum gh_err sql_plan_steps_scan(struct store *s, const struct plan_steps_of *of,
				store_plan_step_fn *fn, void *ctx)
{
	enum gh_err err = sql_settle(s->sql);

	return err ? err : plan_steps(s->sql, of, fn, ctx);
}

enum gh_err sql_plan_steps_read(struct store_reader *r, const struct plan_steps_of *of,
				store_plan_step_fn *fn, void *ctx)
{
	return plan_steps(r->sql, of, fn, ctx);
}

static enum gh_err plan_items_drop(struct store *s, int64_t plan, size_t limit, size_t *removed)
{
	struct sql_call q = sql_call(s->sql, SQL_PLAN_ITEMS_DROP);
	size_t n = 0;
	enum gh_err err;

	sql_put_int(&q, plan);
	sql_put_int(&q, plan);
	sql_put_int(&q, (int64_t)limit);
	err = sql_run_counted(&q, &n);
	if (err == GH_OK)
		err = sql_settle(s->sql);
	*removed = n > *removed ? n : *removed;
	return err;
}

enum gh_err sql_plan_clear(struct store *s, int64_t plan, int64_t device, size_t limit,
			   size_t *removed)
{
	struct sql_call q = sql_call(s->sql, SQL_PLAN_STEPS_DROP);

	sql_put_int(&q, plan);
	sql_put_int(&q, device);
	sql_put_int(&q, device ? device : INT64_MAX);
	sql_put_int(&q, (int64_t)limit);
	enum gh_err err = sql_run_counted(&q, removed);

	if (err == GH_OK)
		err = sql_settle(s->sql);
	if (err || *removed == limit || device)
		return err;
	err = plan_items_drop(s, plan, limit, removed);
	if (err || *removed == limit)
		return err;

	struct sql_call units = sql_call(s->sql, SQL_PLAN_UNITS_DROP);

	sql_put_int(&units, plan);
	return sql_run(&units);
}
