/* What failed of a unit's part of a plan, and what that means for its doors. */
#include "core/access/plan_loss.h"

struct losses_reading {
	struct plan_losses *l;
	struct arena *a;
	uint32_t activated;
	int64_t left; /* steps of which rows were left out */
};

static struct plan_step step_kept(struct arena *a, const struct plan_step *p)
{
	struct plan_step copy = *p;

	copy.table = ghi_arena_copy(a, p->table);
	copy.words = ghi_arena_copy(a, p->words);
	copy.before = ghi_arena_copy(a, p->before);
	return copy;
}

static bool failed_see(void *ctx, const struct plan_step *p)
{
	struct losses_reading *r = ctx;
	struct plan_step copy = step_kept(r->a, p);

	plan_losses_add(r->l, &copy);
	return true;
}

static bool left_see(void *ctx, const struct plan_step *p)
{
	struct losses_reading *r = ctx;
	struct plan_step copy = step_kept(r->a, p);

	r->left++;
	plan_losses_left(r->l, &copy);
	return true;
}

/* A first card that the unit has, by a time rule that is not as it is to be. */
static bool held_first_card_see(void *ctx, const struct unit_row *row)
{
	struct losses_reading *r = ctx;
	gh_slice rule;

	if (unit_row_value(row->row, GH_LIT("TimezoneID"), &rule) &&
	    plan_losses_rule(r->l, rule))
		r->l->open |= plan_row_opening(UNIT_FIRST_CARD, row->row) & r->activated;
	return true;
}

static bool losses_have_rules(const struct plan_losses *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->loss[i].table == UNIT_TIMEZONE && !l->loss[i].needed)
			return true;
	return false;
}

/* Limits that the plan does not write, but for which something is missing: the unit has them by the rule as it was. */
static enum gh_err limits_lost(struct losses_reading *r, const struct store_ops *ops,
			       struct store *s, int64_t device, gh_slice registered)
{
	struct plan_losses *l = r->l;
	struct plan_limits has;
	bool rules = losses_have_rules(l);
	enum gh_err err;

	if (!rules && l->first == 0)
		return GH_OK;
	err = plan_limits_read(ops, s, device, registered, r->a, &has);
	if (err)
		return err;
	r->activated = has.activated;
	l->open |= l->first & has.activated;
	for (size_t i = 0; i < GHI_DOORS_MAX && rules; i++)
		if (has.usable[i].n && plan_losses_rule(l, has.usable[i]))
			l->open |= UINT32_C(1) << i;
	if (!rules || has.activated == 0)
		return GH_OK;
	return ops->unit_rows_scan(s, device, (gh_slice){ 0 },
				   gh_slice_of(unit_table_name(UNIT_FIRST_CARD)),
				   (gh_slice){ 0 }, INT64_MAX, held_first_card_see, r);
}

enum gh_err plan_losses_read(struct plan_losses *l, const struct store_ops *ops,
			     struct store *s, const struct plan_unit *u, gh_slice registered,
			     int64_t most, struct arena *a)
{
	struct losses_reading r = { .l = l, .a = a };
	struct plan_steps_of of = { .plan = u->plan,
				    .device = u->device,
				    .which = PLAN_STEPS_FAILED,
				    .after = INT64_MIN,
				    .limit = most };
	enum gh_err err = ops->plan_steps_scan(s, &of, failed_see, &r);

	plan_losses_sort(l);
	of.which = PLAN_STEPS_PARTLY;
	if (err == GH_OK)
		err = ops->plan_steps_scan(s, &of, left_see, &r);
	plan_losses_sort(l);
	if (err == GH_OK)
		err = limits_lost(&r, ops, s, u->device, registered);
	/* There may be more of them. */
	if (r.left == most)
		l->open = UINT32_MAX;
	return err ? err : l->no_memory || a->failed ? GH_ENOMEM : GH_OK;
}
