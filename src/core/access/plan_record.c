#include "core/access/plan_record.h"

#include <stdlib.h>

#include "base/arena.h"

#define PRESENT(field) (UINT64_C(1) << DEVICE_PLAN_##field)

static bool units_none(void *ctx, const struct plan_unit *u)
{
	(void)ctx;
	(void)u;
	return false;
}

enum gh_err plan_record_add(const struct store_ops *ops, struct store *s, gh_slice kind,
			    gh_slice by, int64_t flags, int64_t items, int64_t now_ms,
			    int64_t *id)
{
	struct device_plan r = { .kind = kind,
				 .requested_by = by,
				 .state = PLAN_MAKING,
				 .flags = flags,
				 .items = items,
				 .created_ms = now_ms };
	struct plan_units_of none = { .plan = INT64_MAX };
	enum gh_err err;

	r.present = PRESENT(kind) | PRESENT(requested_by) | PRESENT(state) | PRESENT(flags) |
		    PRESENT(items) | PRESENT(created_ms);
	*id = 0;
	err = ops->entity_put(s, ENTITY_DEVICE_PLAN, id, &r);
	/* Its number is there when what was written is. */
	return err ? err : ops->plan_units_scan(s, &none, units_none, NULL);
}

struct plan_sum {
	struct device_plan r;
	size_t in[PLAN_STATES];
};

static bool unit_sum(void *ctx, const struct plan_unit *u)
{
	struct plan_sum *sum = ctx;

	sum->in[u->state]++;
	sum->r.items++;
	sum->r.commands += u->commands;
	sum->r.row_count += u->row_count;
	sum->r.acknowledged += u->acknowledged;
	sum->r.failed += u->failed;
	sum->r.refusals += u->refusals;
	return true;
}

static enum plan_state sum_state(const struct plan_sum *sum)
{
	static const enum plan_state first[] = { PLAN_MAKING,  PLAN_PLANNED,   PLAN_RUNNING,
						 PLAN_FAILED,  PLAN_CANCELLED, PLAN_EXPIRED,
						 PLAN_REPLACED };

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		if (sum->in[first[i]])
			return first[i];
	return PLAN_DONE;
}

enum gh_err plan_record_sum(const struct store_ops *ops, struct store *s, int64_t plan,
			    int64_t now_ms, enum plan_state *state)
{
	struct plan_units_of of = { .plan = plan };
	struct plan_sum sum = { 0 };
	enum gh_err err = ops->plan_units_scan(s, &of, unit_sum, &sum);

	if (err)
		return err;
	sum.r.state = sum_state(&sum);
	sum.r.present = PRESENT(state) | PRESENT(items) | PRESENT(commands) |
			PRESENT(row_count) | PRESENT(acknowledged) | PRESENT(failed) |
			PRESENT(refusals);
	if (plan_state_ended((enum plan_state)sum.r.state)) {
		sum.r.ended_ms = now_ms;
		sum.r.present |= PRESENT(ended_ms);
	}
	if (state)
		*state = (enum plan_state)sum.r.state;
	return ops->entity_put(s, ENTITY_DEVICE_PLAN, &plan, &sum.r);
}

enum gh_err plan_record_set(const struct store_ops *ops, struct store *s, int64_t plan,
			    enum plan_state state, const struct plan_counts *counts,
			    int64_t now_ms)
{
	struct device_plan r = { .present = PRESENT(state), .state = state };

	if (counts) {
		r.items = r.row_count = counts->items;
		r.acknowledged = counts->done;
		r.failed = counts->failed;
		r.present |= PRESENT(items) | PRESENT(row_count) | PRESENT(acknowledged) |
			     PRESENT(failed);
	}
	if (plan_state_ended(state)) {
		r.ended_ms = now_ms;
		r.present |= PRESENT(ended_ms);
	}
	return ops->entity_put(s, ENTITY_DEVICE_PLAN, &plan, &r);
}

struct ending {
	struct arena arena;
	unsigned states;
	struct plan_unit *unit;
	size_t n, room;
	bool no_memory, units;
};

static bool unit_gather(void *ctx, const struct plan_unit *u)
{
	struct ending *e = ctx;

	e->units = true;
	if (!(e->states & (1u << u->state)))
		return true;
	if (e->n == e->room) {
		size_t room = e->room ? e->room * 2 : 16;
		struct plan_unit *more = realloc(e->unit, room * sizeof(*more));

		e->no_memory = more == NULL;
		if (more == NULL)
			return false;
		e->unit = more;
		e->room = room;
	}
	e->unit[e->n] = *u;
	e->unit[e->n].foreign = ghi_arena_copy(&e->arena, u->foreign);
	e->unit[e->n].refusal = ghi_arena_copy(&e->arena, u->refusal);
	e->unit[e->n].digest = ghi_arena_copy(&e->arena, u->digest);
	e->unit[e->n].note = ghi_arena_copy(&e->arena, u->note);
	e->n++;
	return true;
}

enum gh_err plan_record_end(const struct store_ops *ops, struct store *s, int64_t plan,
			    unsigned states, enum plan_state state, int64_t now_ms)
{
	struct plan_units_of of = { .plan = plan };
	struct ending e = { .states = states };
	enum gh_err err = ops->plan_units_scan(s, &of, unit_gather, &e);

	if (err == GH_OK && (e.no_memory || e.arena.failed))
		err = GH_ENOMEM;
	for (size_t i = 0; i < e.n && err == GH_OK; i++) {
		bool nothing = state == PLAN_RUNNING && e.unit[i].commands == 0 &&
			       e.unit[i].row_count == 0;

		e.unit[i].state = nothing ? PLAN_DONE : state;
		err = ops->plan_unit_put(s, &e.unit[i]);
	}
	free(e.unit);
	ghi_arena_clear(&e.arena);
	if (err == GH_OK && !e.units)
		return plan_record_set(ops, s, plan, state, NULL, now_ms);
	return err ? err : plan_record_sum(ops, s, plan, now_ms, NULL);
}
