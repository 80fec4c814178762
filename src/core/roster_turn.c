#include "core/roster_turn.h"

#include "core/device_private.h"
#include "core/roster_plan.h"
#include "core/roster_take.h"

#define TURN_STEPS 64 /* open ones, in a turn */

struct roster_turn {
	struct plan_turn *t;
	const struct store_ops *ops;
	struct store *s;
	struct plan_step step[TURN_STEPS];
	size_t n, open;
};

static bool roster_step_see(void *ctx, const struct plan_step *p)
{
	struct roster_turn *r = ctx;
	struct plan_step *step = &r->step[r->n++];

	*step = *p;
	step->table = ghi_arena_copy(&r->t->arena, p->table);
	step->words = ghi_arena_copy(&r->t->arena, p->words);
	step->before = (gh_slice){ 0 };
	return true;
}

static bool roster_command_see(void *ctx, const struct command *c)
{
	struct command *out = ctx;

	*out = (struct command){ .state = c->state,
				 .has_return = c->has_return,
				 .return_code = c->return_code };
	return true;
}

static enum gh_err order_settle(struct roster_turn *r, struct plan_step *p)
{
	struct command c = { .state = COMMAND_EXPIRED };
	enum gh_err err = r->ops->command_find(r->s, p->command, roster_command_see, &c);

	/* Removed for its age. */
	if (err && err != GH_ENOTFOUND)
		return err;
	if (command_is_open(c.state)) {
		r->open++;
		return GH_OK;
	}
	p->state = c.state == COMMAND_ACKNOWLEDGED ? PLAN_STEP_DONE : PLAN_STEP_FAILED;
	p->has_return = c.has_return;
	p->return_code = c.return_code;
	return r->ops->plan_step_put(r->s, p);
}

/* As if the device had sent it just now, whatever the area takes of its devices. */
static enum gh_err step_record_take(struct roster_turn *r, struct plan_step *p)
{
	struct plan_turn *t = r->t;
	struct arena text = ghi_arena_beside(&t->arena);
	struct roster_take take = { .ops = r->ops,
				    .s = r->s,
				    .arena = &text,
				    .device = t->base.device,
				    .now_ms = t->base.now_ms,
				    .decided = true };
	struct roster_intake *note = &take.note;
	enum gh_err err;

	*note = (struct roster_intake){ .device = p->device,
					.area = device_area(t->base.device),
					.serial = t->unit.serial,
					.sync = gh_slice_of(sync_policy_name(SYNC_AUTO)),
					.kind = p->table,
					.arrived_ms = t->base.now_ms };
	(void)command_argument(p->words, ARGUMENT_pin, &note->pin);
	(void)command_argument(p->words, ARGUMENT_table, &note->source);
	(void)command_argument_number(p->words, ARGUMENT_biotype, &note->type);
	(void)command_argument_number(p->words, ARGUMENT_no, &note->no);
	(void)command_argument_number(p->words, ARGUMENT_part, &note->part);
	if (command_argument(p->words, ARGUMENT_file, &note->was.name))
		model_mark(&note->was, PERSON_name);
	err = roster_take_note(&take);
	t->roster |= take.changed;
	p->state = PLAN_STEP_DONE;
	if (err == GH_OK)
		err = r->ops->plan_step_put(r->s, p);
	ghi_arena_clear(&text);
	return err;
}

static enum gh_err roster_step_settle(struct roster_turn *r, struct plan_step *p)
{
	struct plan_unit *u = &r->t->unit;
	enum gh_err err = p->command ? order_settle(r, p) : step_record_take(r, p);

	if (err || p->state == PLAN_STEP_QUEUED)
		return err;
	u->acknowledged += p->state == PLAN_STEP_DONE;
	u->failed += p->state == PLAN_STEP_FAILED;
	r->t->changed = true;
	return GH_OK;
}

enum gh_err roster_turn_run(struct plan_turn *t, const struct store_ops *ops, struct store *s)
{
	struct roster_turn *r = ghi_arena_alloc(&t->arena, sizeof(*r));
	struct plan_steps_of open = { .plan = t->plan,
				      .device = device_id(t->base.device),
				      .which = PLAN_STEPS_OPEN,
				      .after = INT64_MIN,
				      .limit = TURN_STEPS };
	bool more = true;
	enum gh_err err = GH_OK;

	if (r == NULL)
		return GH_ENOMEM;
	*r = (struct roster_turn){ .t = t, .ops = ops, .s = s };
	while (err == GH_OK && more) {
		r->n = 0;
		err = ops->plan_steps_scan(s, &open, roster_step_see, r);
		for (size_t i = 0; i < r->n && err == GH_OK; i++)
			err = roster_step_settle(r, &r->step[i]);
		/* Orders that wait are looked past; what is taken goes on in the next turn. */
		more = r->n == TURN_STEPS && r->step[0].command != 0;
		open.after = r->n ? r->step[r->n - 1].step : open.after;
	}
	if (err == GH_OK && t->arena.failed)
		err = GH_ENOMEM;
	if (err)
		return err;
	t->again = r->n == TURN_STEPS && !more;
	if (r->open == 0 && !t->again) {
		t->unit.state = t->unit.failed ? PLAN_FAILED : PLAN_DONE;
		t->changed = true;
	}
	return t->changed ? ops->plan_unit_put(s, &t->unit) : GH_OK;
}
