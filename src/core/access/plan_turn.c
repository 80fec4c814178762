#include "core/access/plan_turn.h"

#include <stdlib.h>

#include "core/access/plan_effect.h"
#include "core/access/plan_loss.h"
#include "core/access/plan_part.h"
#include "core/access/plan_secret.h"
#include "core/metrics.h"
#include "core/roster_turn.h"

/* More steps than that which failed: the rest is not sent. */
#define FAILED_MOST 200
#define STEPS_READ (2 * PLAN_WINDOW) /* open ones, in a turn */

/* Codes about a row, where the rows of a command in parts show which one it is, or that there were too many
 * (11.1). */
static const int64_t split_code[] = { -106, -604, -3, -620, -11, -100, -101, -27, -30, -631 };

struct turn {
	struct plan_turn *t;
	const struct store_ops *ops;
	struct store *s;
	struct plan_step *step; /* open ones, in order */
	size_t steps;
	struct plan_losses losses;
	bool split;   /* the parts come before what follows: they are found in the next turn */
	bool limited; /* a limit was left out: what follows is for the next turn */
	enum gh_err err;
};

/* --- reading --- */

static bool turn_unit_see(void *ctx, const struct plan_unit *u)
{
	struct plan_turn *t = ctx;
	struct arena *a = &t->arena;

	t->found = u->state == PLAN_RUNNING;
	t->unit = *u;
	t->unit.serial = ghi_arena_copy(a, u->serial);
	t->unit.foreign = ghi_arena_copy(a, u->foreign);
	t->unit.refusal = ghi_arena_copy(a, u->refusal);
	t->unit.digest = ghi_arena_copy(a, u->digest);
	t->unit.note = ghi_arena_copy(a, u->note);
	return false;
}

static struct plan_step step_copy(struct arena *a, const struct plan_step *p)
{
	struct plan_step copy = *p;

	copy.table = ghi_arena_copy(a, p->table);
	copy.words = ghi_arena_copy(a, p->words);
	copy.before = ghi_arena_copy(a, p->before);
	return copy;
}

static bool open_see(void *ctx, const struct plan_step *p)
{
	struct turn *u = ctx;

	u->step[u->steps++] = step_copy(&u->t->arena, p);
	return !u->t->arena.failed;
}

static bool turn_command_see(void *ctx, const struct command *c)
{
	struct command *out = ctx;

	*out = (struct command){ .id = c->id,
				 .state = c->state,
				 .has_return = c->has_return,
				 .return_code = c->return_code };
	return true;
}

/* --- what became of a step --- */

static bool code_splits(const struct command *c)
{
	for (size_t i = 0; c->has_return && i < sizeof(split_code) / sizeof(split_code[0]); i++)
		if (c->return_code == split_code[i])
			return true;
	return false;
}

/* Steps of at most so many rows in place of one. False: it stays. */
static bool step_split(struct turn *u, struct plan_step *p, int64_t rows)
{
	int64_t parts = 0;

	if (u->err == GH_OK)
		u->err = plan_step_part(u->ops, u->s, p, rows, &u->t->arena, &parts);
	if (u->err || parts == 0)
		return false;
	p->state = PLAN_STEP_SPLIT;
	u->t->unit.commands += parts;
	u->split = true;
	return true;
}

static void step_failed(struct turn *u, struct plan_step *p, const struct command *c)
{
	p->has_return = c->has_return;
	p->return_code = c->return_code;
	if (code_splits(c) && p->left_out == 0 && step_split(u, p, (p->rows + 1) / 2))
		return;
	p->state = PLAN_STEP_FAILED;
	u->t->unit.failed += p->rows - p->left_out;
}

/* False: its command is still open. */
static bool step_settle(struct turn *u, struct plan_step *p)
{
	struct command c = { .state = COMMAND_EXPIRED };
	enum gh_err err = u->ops->command_find(u->s, p->command, turn_command_see, &c);

	/* Removed for its age, or with its device. */
	if (err && err != GH_ENOTFOUND) {
		u->err = err;
		return false;
	}
	if (command_is_open(c.state))
		return false;
	if (c.state == COMMAND_ACKNOWLEDGED) {
		p->state = PLAN_STEP_DONE;
		p->has_return = true;
		p->return_code = c.return_code;
		u->t->unit.acknowledged += p->rows - p->left_out;
		u->err = plan_effect(u->ops, u->s, p);
	} else {
		step_failed(u, p, &c);
	}
	if (u->err == GH_OK)
		u->err = u->ops->plan_step_put(u->s, p);
	u->t->changed = true;
	return true;
}

/* --- the next ones --- */

static enum gh_err step_arguments(struct turn *u, const struct plan_step *p, gh_slice words,
				  struct command *c)
{
	size_t room = words.n + 64;
	gh_slice rest = words, line, name, value;
	uint8_t *text;
	bool more = true;

	for (size_t i = 0; i < words.n; i++)
		room += words.p[i] == '\n' ? 16 : 0;
	text = ghi_arena_alloc(&u->t->arena, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	if (p->verb == STEP_OPTION) {
		gh_slice_cut(gh_slice_from(words, sizeof("SET OPTIONS ") - 1), '=', &name,
			     &value);
		c->kind = COMMAND_KIND_SET_OPTION;
		command_argument_put(&w, "name", name);
		command_argument_put(&w, "value", value);
	} else {
		c->kind = p->verb == STEP_UPDATE ? COMMAND_KIND_UPDATE_TABLE
						 : COMMAND_KIND_DELETE_TABLE;
		command_argument_put(&w, "table", p->table);
		while (more) {
			more = gh_slice_cut(rest, '\n', &line, &rest);
			command_argument_put(&w, "written", line);
		}
	}
	c->arguments = ghi_written(&w);
	return text ? w.err : GH_ENOMEM;
}

static enum gh_err step_command(struct turn *u, const struct plan_step *p, gh_slice words)
{
	struct plan_turn *t = u->t;
	struct command *c = &t->command[t->queued];
	const struct server_settings *settings = t->base.server->settings;
	struct secret_unit unit = { t->unit.serial, device_area(t->base.device) };
	uint8_t *shown;
	size_t shown_n;
	enum gh_err err;

	*c = (struct command){ .device = t->unit.device,
			       .serial = t->unit.serial,
			       .requested_by = COMMAND_BY_PLAN,
			       .state = COMMAND_QUEUED,
			       .created_ms = t->base.now_ms,
			       .expires_ms = t->base.now_ms + settings->command_ttl_ms };
	err = plan_secret_fill(u->ops, u->s, &unit, p, words, &t->arena, &words);
	if (err == GH_OK)
		err = step_arguments(u, p, words, c);
	if (err)
		return err;
	shown = command_shown_new(DEVICE_ACCESS, c->kind, c->arguments, &shown_n);
	if (shown == NULL)
		return GH_ENOMEM;
	c->shown = ghi_arena_copy(&t->arena, (gh_slice){ shown, shown_n });
	free(shown);
	t->queued++;
	return c->shown.n == shown_n ? GH_OK : GH_ENOMEM;
}

static enum gh_err losses_read(struct turn *u)
{
	struct plan_turn *t = u->t;
	struct device_row row;
	struct ghi_unit unit;

	device_row(t->base.device, &t->arena, &row);
	unit = ghi_unit_of(row.access.parameters);
	u->losses.numbered = ghi_unit_numbers_doors(&unit);
	return plan_losses_read(&u->losses, u->ops, u->s, &t->unit, row.access.parameters,
				FAILED_MOST + 1, &t->arena);
}

static enum gh_err step_leave_out(struct turn *u, struct plan_step *p)
{
	p->state = PLAN_STEP_LEFT_OUT;
	p->left_out = p->rows;
	u->t->changed = true;
	return u->ops->plan_step_put(u->s, p);
}

static bool units_pass(void *ctx, const struct plan_unit *u)
{
	(void)ctx;
	(void)u;
	return false;
}

/* Whether a step has more rows than the unit takes in one command by now, and was parted. */
static bool step_too_long(struct turn *u, struct plan_step *p)
{
	int64_t most = 0;

	if (p->verb != STEP_UPDATE || p->rows < 2)
		return false;
	u->err = plan_rows_most(u->ops, u->s, p->device, p->table, &most);
	if (u->err || most == 0 || !step_split(u, p, most))
		return false;
	u->err = u->ops->plan_step_put(u->s, p);
	u->t->changed = true;
	return true;
}

/* Whether a step has to wait until an earlier one is answered: which of its rows go depends on it. */
static bool step_awaits(const struct plan_step *p, const struct plan_step *before)
{
	enum unit_table t = unit_table_of(p->table), other = unit_table_of(before->table);

	if (before->verb == STEP_OPTION || p->verb == STEP_OPTION)
		return true;
	if (t != UNIT_TABLES && unit_table_grants(t) && plan_step_limits(before))
		return true;
	if (t == UNIT_DOOR_SETTINGS && other == UNIT_TIMEZONE)
		return true;
	return t != UNIT_TABLES && other != UNIT_TABLES &&
	       (unit_table_needs(t, other) || unit_table_needs(other, t));
}

static bool step_may_go(const struct turn *u, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (u->step[k].state == PLAN_STEP_QUEUED &&
		    step_awaits(&u->step[i], &u->step[k]))
			return false;
	return true;
}

/* Queue what has room, in its order. */
static enum gh_err steps_queue(struct turn *u, size_t waiting)
{
	struct plan_turn *t = u->t;
	struct plan_step *of[PLAN_WINDOW];
	struct command *added[PLAN_WINDOW];
	struct plan_units_of settle = { .plan = t->plan, .device = t->unit.device };
	enum gh_err err = t->unit.failed ? losses_read(u) : GH_OK;

	for (size_t i = 0; i < u->steps && err == GH_OK && waiting + t->queued < PLAN_WINDOW;
	     i++) {
		struct plan_step *p = &u->step[i];
		gh_slice words;
		int64_t rows;

		if (p->state != PLAN_STEP_WAITING)
			continue;
		if (!step_may_go(u, i) || step_too_long(u, p) || u->err)
			break;
		words = plan_losses_apply(&u->losses, p, &t->arena, &rows);
		if (words.n == 0 || u->losses.steps > FAILED_MOST) {
			err = step_leave_out(u, p);
			/* What it limits is known to the next turn, from the store. */
			u->limited = plan_step_limits(p);
			if (u->limited)
				break;
			continue;
		}
		p->left_out = p->rows - rows;
		p->state = PLAN_STEP_QUEUED;
		of[t->queued] = p;
		added[t->queued] = &t->command[t->queued];
		err = step_command(u, p, words);
	}
	err = err ? err : u->err;
	if (err || t->queued == 0)
		return err;
	err = u->ops->commands_add(u->s, added, t->queued, t->base.now_ms);
	/* Their numbers are there when what was written is. */
	if (err == GH_OK)
		err = u->ops->plan_units_scan(u->s, &settle, units_pass, NULL);
	for (size_t i = 0; i < t->queued && err == GH_OK; i++) {
		of[i]->command = t->command[i].id;
		err = u->ops->plan_step_put(u->s, of[i]);
	}
	t->changed = true;
	return err;
}

/* Whether nothing is left to be queued or answered. What lies behind the steps that were read is open. */
static bool steps_ended(const struct turn *u)
{
	if (u->split || u->steps == STEPS_READ)
		return false;
	for (size_t i = 0; i < u->steps; i++)
		if (u->step[i].state == PLAN_STEP_WAITING ||
		    u->step[i].state == PLAN_STEP_QUEUED)
			return false;
	return true;
}

static void unit_end(struct turn *u)
{
	struct plan_turn *t = u->t;
	bool whole = t->unit.acknowledged == t->unit.row_count;

	/* All of them: more failed than was looked at. */
	if (u->losses.open && u->losses.open != UINT32_MAX && u->losses.steps <= FAILED_MOST &&
	    t->unit.note.n == 0)
		t->unit.note = plan_limits_note(u->losses.open, &t->arena);
	t->unit.state = whole ? PLAN_DONE : PLAN_FAILED;
	t->changed = true;
}

enum gh_err plan_turn_run(struct plan_turn *t, const struct store_ops *ops, struct store *s)
{
	struct turn u = { .t = t, .ops = ops, .s = s };
	struct plan_units_of own = { .plan = t->plan, .device = t->base.device->id };
	struct plan_steps_of open = { .plan = t->plan,
				      .device = t->base.device->id,
				      .which = PLAN_STEPS_OPEN,
				      .after = INT64_MIN,
				      .limit = STEPS_READ };
	size_t waiting = 0;
	enum gh_err err;

	command_job_begin(&t->base);
	ghi_arena_clear(&t->arena);
	t->found = t->changed = t->again = t->roster = false;
	t->queued = 0;
	err = ops->plan_units_scan(s, &own, turn_unit_see, t);
	if (err || !t->found)
		return err;
	if (t->unit.flags & PLAN_ROSTER)
		return roster_turn_run(t, ops, s);
	u.step = ghi_arena_alloc(&t->arena, STEPS_READ * sizeof(*u.step));
	if (u.step == NULL)
		return GH_ENOMEM;
	err = ops->plan_steps_scan(s, &open, open_see, &u);
	if (err == GH_OK && t->arena.failed)
		err = GH_ENOMEM;
	for (size_t i = 0; i < u.steps && err == GH_OK; i++) {
		if (u.step[i].state != PLAN_STEP_QUEUED)
			continue;
		waiting += !step_settle(&u, &u.step[i]);
		err = u.err;
	}
	if (err == GH_OK && !u.split)
		err = steps_queue(&u, waiting);
	if (err == GH_OK && steps_ended(&u))
		unit_end(&u);
	if (err == GH_OK && t->changed)
		err = ops->plan_unit_put(s, &t->unit);
	plan_losses_clear(&u.losses);
	t->again = (u.split || u.limited) && waiting + t->queued == 0;
	return err;
}
