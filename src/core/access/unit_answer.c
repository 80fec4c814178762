#include "core/access/unit_answer.h"

#include <stdlib.h>

#include "core/access/query_collect.h"
#include "core/access/unit_mirror.h"
#include "core/command_words.h"
#include "wire/access/data_command.h"

static enum gh_err unit_acknowledged(const struct store_ops *ops, struct store *s,
				     gh_slice parameters, const struct command *c,
				     gh_slice words, int64_t now_ms)
{
	struct ghi_data_command data;

	if (ghi_data_command_parse(words, &data))
		return GH_OK;
	if (data.verb == GHI_DATA_QUERY)
		return query_answered(ops, s, c, data.table, now_ms);
	return unit_mirror_written(ops, s, c->device, parameters, words, now_ms);
}

enum gh_err unit_answered(const struct store_ops *ops, struct store *s, gh_slice parameters,
			  const struct command *c, int64_t now_ms)
{
	const struct command_words *of = command_words_of(DEVICE_ACCESS);
	size_t room = of->room(c->arguments);
	uint8_t *text;
	enum gh_err err = GH_OK;

	if (c->state != COMMAND_ACKNOWLEDGED || !of->exist(c->kind))
		return GH_OK;
	text = malloc(room);
	if (text == NULL)
		return GH_ENOMEM;
	struct ghi_writer w = ghi_writer_on(text, room);

	of->write(&w, c->kind, c->arguments);
	if (w.err == GH_OK)
		err = unit_acknowledged(ops, s, parameters, c, ghi_written(&w), now_ms);
	free(text);
	return err;
}
