#include "core/access/unit_answer.h"

#include <stdlib.h>

#include "core/access/query_collect.h"
#include "core/access/unit_count.h"
#include "core/access/unit_mirror.h"
#include "core/access/unit_refusal.h"
#include "core/command_words.h"
#include "model/unit_row.h"
#include "wire/access/data_command.h"
#include "wire/access/words.h"

static enum gh_err data_acknowledged(const struct store_ops *ops, struct store *s,
				     struct unit_answer *u, const struct command *c,
				     gh_slice words, const struct ghi_data_command *d)
{
	bool any;
	enum gh_err err;

	switch (d->verb) {
	case GHI_DATA_QUERY:
		u->counted = true;
		return query_answered(ops, s, c, d->table, u->now_ms);
	case GHI_DATA_COUNT:
		err = unit_count_answered(ops, s, c, u->events, u->now_ms, &any);
		u->counted = u->counted || any;
		return err;
	default:
		err = unit_mirror_written(ops, s, c->device,
					  &(struct unit_written){ .parameters = u->parameters,
								  .words = words,
								  .bare = u->bare,
								  .now_ms = u->now_ms });
		return err ? err : unit_took(ops, s, c->device, d);
	}
}

static enum gh_err data_refused(const struct store_ops *ops, struct store *s,
				struct unit_answer *u, const struct command *c,
				const struct ghi_data_command *d)
{
	struct unit_resend *r = ghi_arena_alloc(u->a, sizeof(*r));
	struct command *again[UNIT_RESENT];
	enum gh_err err;

	if (r == NULL)
		return GH_ENOMEM;
	*r = (struct unit_resend){ .a = u->a, .now_ms = u->now_ms };
	u->counted = u->counted || d->verb == GHI_DATA_QUERY;
	err = unit_refused(ops, s, c, d, r);
	for (size_t i = 0; i < r->n; i++)
		again[i] = &r->command[i];
	if (err == GH_OK && r->n)
		err = ops->commands_add(s, again, r->n, u->now_ms);
	u->queued += r->n;
	return err;
}

/* What it was set to is what the unit has. */
static enum gh_err option_acknowledged(const struct store_ops *ops, struct store *s,
				       const struct unit_answer *u, const struct command *c)
{
	gh_slice name, value;

	if (!command_argument(c->arguments, ARGUMENT_name, &name))
		return GH_OK;
	(void)command_argument(c->arguments, ARGUMENT_value, &value);
	if (u->bare && ghi_access_key_is_secret(name) && value.n)
		value = GH_LIT(UNIT_VALUE_UNKNOWN);
	return ops->option_put(s, c->device, name, value);
}

enum gh_err unit_answered(const struct store_ops *ops, struct store *s, struct unit_answer *u,
			  const struct command *c)
{
	const struct command_words *of = command_words_of(DEVICE_ACCESS);
	size_t room = of->room(c->arguments);
	struct ghi_data_command d;
	uint8_t *text;
	enum gh_err err = GH_OK;

	if ((c->state != COMMAND_ACKNOWLEDGED && c->state != COMMAND_FAILED) ||
	    !of->exist(c->kind))
		return GH_OK;
	if (c->kind == COMMAND_KIND_SET_OPTION)
		return c->state == COMMAND_ACKNOWLEDGED ? option_acknowledged(ops, s, u, c)
							: GH_OK;
	text = malloc(room);
	if (text == NULL)
		return GH_ENOMEM;
	struct ghi_writer w = ghi_writer_on(text, room);

	of->write(&w, c->kind, c->arguments);
	if (w.err == GH_OK && ghi_data_command_parse(ghi_written(&w), &d) == GH_OK)
		err = c->state == COMMAND_ACKNOWLEDGED
			      ? data_acknowledged(ops, s, u, c, ghi_written(&w), &d)
			      : data_refused(ops, s, u, c, &d);
	free(text);
	return err;
}
