#include "core/scheduler.h"

#include "wire/push/command.h"

struct scheduler scheduler_at(int64_t now_ms, struct scheduler_limits limits)
{
	return (struct scheduler){ .limits = limits, .now_ms = now_ms, .again_ms = INT64_MAX };
}

static enum scheduler_verdict fit(struct scheduler *s, const struct command *c, size_t bytes)
{
	bool full = s->commands >= s->limits.commands ||
		    (s->commands && s->bytes + bytes > s->limits.bytes);

	if (s->last || full) {
		/* The rest is on offer as soon as these are answered. */
		return SCHEDULER_STOP;
	}
	const struct ghi_command_fact *fact = ghi_command_fact(c->text);

	s->commands++;
	s->bytes += bytes;
	s->last = fact && fact->last;
	return SCHEDULER_SEND;
}

enum scheduler_verdict scheduler_next(struct scheduler *s, const struct command *c,
				      size_t bytes)
{
	if (c->state == COMMAND_DEFERRED)
		return c->expires_ms <= s->now_ms ? SCHEDULER_EXPIRE : SCHEDULER_PASS;
	if (c->state == COMMAND_SENT && s->now_ms - c->sent_ms < s->limits.retry_ms &&
	    s->now_ms >= c->sent_ms) {
		s->again_ms = c->sent_ms + s->limits.retry_ms;
		return SCHEDULER_STOP;
	}
	if (c->tries >= s->limits.tries)
		return SCHEDULER_GIVE_UP;
	if (c->expires_ms <= s->now_ms)
		return SCHEDULER_EXPIRE;
	return fit(s, c, bytes);
}
