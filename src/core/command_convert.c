/* Commands of a database of a version in which commands had no kinds. They were stored as words
 * of the attendance dialect; the words are read once, here. */
#include <stdlib.h>

#include "core/command_job.h"
#include "core/server_clock.h"
#include "model/command_subject.h"
#include "wire/attendance/command.h"

#define CONVERT_AT_ONCE 200 /* in one transaction; a command may have megabytes */

/* Words that cannot be read stay as they are, as raw words. */
static enum gh_err convert_words(struct command *c, struct arena *a)
{
	size_t room = GHI_COMMAND_READ_ROOM(c->shown.n), shown_n;
	uint8_t *read = malloc(room);
	struct ghi_writer w = ghi_writer_on(read, read ? room : 0);

	if (read == NULL)
		return GH_ENOMEM;
	if (ghi_command_words_read(c->shown, &c->kind, &w)) {
		c->kind = COMMAND_KIND_RAW;
		w.n = 0;
	}
	c->arguments = ghi_arena_copy(a, ghi_written(&w));
	free(read);
	uint8_t *shown = command_shown_new(DEVICE_ATTENDANCE, c->kind, c->arguments, &shown_n);

	if (shown == NULL || c->arguments.n != w.n) {
		free(shown);
		return GH_ENOMEM;
	}
	c->shown = ghi_arena_copy(a, (gh_slice){ shown, shown_n });
	free(shown);
	char *subject = ghi_arena_alloc(a, COMMAND_SUBJECT_MAX);

	if (subject == NULL || c->shown.n != shown_n)
		return GH_ENOMEM;
	c->subject = command_subject(c->kind, c->arguments, subject);
	return GH_OK;
}

#define CONVERT_OPENS_S 60 /* commands for doors expire after this */

/* A door opening was queued for a moment that has passed, so it expires. Any other waiting
 * command expires at the limit of its kind. */
static bool convert_is_over(const struct command *c, int64_t now_ms)
{
	const struct command_kind_row *row = command_kind_row(c->kind);

	return (row->nature == COMMAND_NATURE_ACT && row->most_s <= CONVERT_OPENS_S) ||
	       c->expires_ms <= now_ms;
}

static enum gh_err convert_one(const struct store_ops *ops, struct store *s, struct command *c,
			       struct arena *a, int64_t now_ms)
{
	enum gh_err err = convert_words(c, a);

	if (err)
		return err;
	int64_t most_ms = c->created_ms + (int64_t)command_kind_row(c->kind)->most_s * 1000;
	enum command_input in = COMMAND_DEADLINE;

	if (c->expires_ms > most_ms)
		c->expires_ms = most_ms;
	if (!command_is_open(c->state) || !convert_is_over(c, now_ms))
		return ops->command_retype(s, c);
	if (c->state != COMMAND_QUEUED && command_repeat(c->kind) != REPEAT_AGAIN)
		in = COMMAND_UNANSWERED;
	err = command_step(&c->state, in);
	if (err)
		return err;
	c->done_ms = now_ms;
	err = ops->command_retype(s, c);
	return err ? err : ops->command_put(s, c, now_ms, GH_LIT("past its time"));
}

static bool convert_gather(void *ctx, const struct command *c)
{
	return command_list_add(ctx, c);
}

static enum gh_err convert_some(const struct store_ops *ops, struct store *s, int64_t now_ms,
				size_t *n)
{
	struct store_outcome outcome;
	struct command_list l;
	enum gh_err err = ops->begin(s);

	if (err)
		return err;
	ops->job(s, 0);
	command_list_init(&l);
	err = ops->commands_untyped(s, CONVERT_AT_ONCE, convert_gather, &l);
	if (err == GH_OK)
		err = l.err;
	for (struct command_item *at = l.first; at && err == GH_OK; at = at->next)
		err = convert_one(ops, s, &at->command, &l.arena, now_ms);
	if (err)
		ops->rollback(s);
	else
		err = ops->commit(s, &outcome);
	*n = l.n;
	command_list_clear(&l);
	return err;
}

enum gh_err commands_convert(struct server *server)
{
	const struct store_ops *ops = server->db.ops;
	struct store *s = ops->lane(server->db.store, LANE_CONTROL);
	enum gh_err err = GH_OK;
	size_t n = 1;

	while (n && err == GH_OK)
		err = convert_some(ops, s, server_steady_ms(server), &n);
	return err;
}
