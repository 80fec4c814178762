#include "core/scheduler.h"

struct scheduler scheduler_at(int64_t now_ms, struct scheduler_limits limits)
{
	return (struct scheduler){ .limits = limits, .now_ms = now_ms, .again_ms = INT64_MAX };
}

static bool scheduler_repeats(const struct scheduler *s, const struct command *c)
{
	enum command_repeat repeat = command_repeat(c->kind);

	return repeat == REPEAT_AGAIN || (repeat == REPEAT_CHECKED && s->limits.checks);
}

/* Neither this one nor any after it in the lane. */
static enum scheduler_verdict scheduler_stop(struct scheduler *s, struct scheduler_lane *l)
{
	l->stopped = true;
	return s->limits.lanes ? SCHEDULER_PASS : SCHEDULER_STOP;
}

static bool lane_has_room(const struct scheduler *s, const struct scheduler_lane *l,
			  size_t bytes)
{
	return !l->stopped && !l->last && l->commands < s->limits.commands &&
	       (l->commands == 0 || l->bytes + bytes <= s->limits.bytes);
}

static enum scheduler_verdict scheduler_fit(struct scheduler *s, struct scheduler_lane *l,
					    const struct command *c, size_t bytes)
{
	/* The rest is offered as soon as these are answered. */
	if (!lane_has_room(s, l, bytes))
		return scheduler_stop(s, l);
	l->commands++;
	l->bytes += bytes;
	l->last = command_kind_row(c->kind)->last;
	return SCHEDULER_SEND;
}

/* Of what is about one door, or one auxiliary output. */
static size_t scheduler_door(const struct command *c)
{
	gh_slice subject = gh_slice_of(command_kind_row(c->kind)->subject);
	int64_t n = 1;

	if (gh_slice_eq(subject, GH_LIT("door"))) {
		(void)command_argument_number(c->arguments, ARGUMENT_door, &n);
		return (size_t)n % (SCHEDULER_DOORS / 2);
	}
	if (gh_slice_eq(subject, GH_LIT("output")) &&
	    command_argument_number(c->arguments, ARGUMENT_output, &n))
		return SCHEDULER_DOORS / 2 + (size_t)n % (SCHEDULER_DOORS / 2);
	return 0;
}

static struct scheduler_lane *scheduler_lane_of(struct scheduler *s, const struct command *c)
{
	enum ghi_access_lane lane = ghi_access_lane(c->kind);

	if (!s->limits.lanes)
		return &s->lane[0];
	return lane == GHI_LANE_DOOR ? &s->door[scheduler_door(c)] : &s->lane[lane];
}

bool scheduler_has_room(struct scheduler *s, const struct command *c, size_t bytes)
{
	return lane_has_room(s, scheduler_lane_of(s, c), bytes);
}

/* One that is to wait for a moment that is to come, in nothing's way. */
static bool scheduler_early(struct scheduler *s, const struct command *c)
{
	int64_t not_before;

	if ((c->kind != COMMAND_KIND_END_HOLD && c->kind != COMMAND_KIND_END_STAY) ||
	    c->state != COMMAND_QUEUED ||
	    !command_argument_number(c->arguments, ARGUMENT_not_before, &not_before))
		return false;
	not_before -= s->limits.held_ahead_ms;
	if (not_before <= s->now_ms)
		return false;
	if (s->again_ms > not_before)
		s->again_ms = not_before;
	return true;
}

enum scheduler_verdict scheduler_next(struct scheduler *s, const struct command *c,
				      size_t bytes)
{
	struct scheduler_lane *l = scheduler_lane_of(s, c);
	/* An act that is to be queued yet: the clock was set back, and how old it is is not known. */
	bool unborn = command_kind_row(c->kind)->nature == COMMAND_NATURE_ACT &&
		      c->created_ms > s->now_ms;
	bool over = c->expires_ms <= s->now_ms || unborn;

	if (l->stopped || scheduler_early(s, c))
		return SCHEDULER_PASS;
	if (c->state == COMMAND_DEFERRED)
		return !over			 ? SCHEDULER_PASS
		       : scheduler_repeats(s, c) ? SCHEDULER_EXPIRE
						 : SCHEDULER_UNCERTAIN;
	if (c->state == COMMAND_SENT && s->now_ms - c->sent_ms < s->limits.retry_ms &&
	    s->now_ms >= c->sent_ms) {
		if (s->again_ms > c->sent_ms + s->limits.retry_ms)
			s->again_ms = c->sent_ms + s->limits.retry_ms;
		return scheduler_stop(s, l);
	}
	if (c->state == COMMAND_SENT && !scheduler_repeats(s, c))
		return SCHEDULER_UNCERTAIN;
	if (c->tries >= s->limits.tries)
		return SCHEDULER_GIVE_UP;
	if (over)
		return SCHEDULER_EXPIRE;
	return scheduler_fit(s, l, c, bytes);
}
