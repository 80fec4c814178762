#include "core/access/unit_count.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/command_words.h"
#include "wire/access/data_command.h"

/* The type alone, where the conditions are that. */
static bool count_type(const struct ghi_access_table *t, gh_slice conditions, gh_slice *type)
{
	struct ghi_table_row r = ghi_table_row_of(t);
	int i = ghi_table_field_find(t, GH_LIT("Type"));

	if (i < 0 || ghi_table_row_read(&r, conditions, true) || !r.has[i])
		return false;
	for (size_t k = 0; k < t->fields; k++)
		if (r.has[k] && k != (size_t)i)
			return false;
	*type = r.value[i];
	return true;
}

static bool words_count_key(gh_slice words, char key[UNIT_COUNT_KEY])
{
	struct ghi_data_command d;
	const struct ghi_access_table *t;
	gh_slice type = { 0 };
	int n;

	if (ghi_data_command_parse(words, &d) || d.verb != GHI_DATA_COUNT)
		return false;
	t = ghi_access_table_find(d.table, NULL);
	if (t == NULL || !ghi_table_has_verb(t, 'C') ||
	    (d.records.n && !count_type(t, d.records, &type)))
		return false;
	n = snprintf(key, UNIT_COUNT_KEY, "%s%s%.*s", t->name, type.n ? " Type=" : "",
		     GH_FMT(type));
	return n > 0 && n < UNIT_COUNT_KEY;
}

bool unit_count_key(const struct command *c, char key[UNIT_COUNT_KEY])
{
	const struct command_words *of = command_words_of(DEVICE_ACCESS);
	size_t room = of->room(c->arguments);
	uint8_t *text;
	bool is = false;

	if (c->kind != COMMAND_KIND_COUNT_TABLE)
		return false;
	text = malloc(room);
	if (text == NULL)
		return false;
	struct ghi_writer w = ghi_writer_on(text, room);

	of->write(&w, c->kind, c->arguments);
	is = w.err == GH_OK && words_count_key(ghi_written(&w), key);
	free(text);
	return is;
}

enum gh_err unit_counted(const struct store_ops *ops, struct store *s, int64_t device,
			 gh_slice key, int64_t counted, int64_t events, int64_t now_ms)
{
	struct unit_table_state state = {
		.table = key,
		.present = UNIT_STATE_COUNT | UNIT_STATE_KNOWN,
		.counted = counted,
		.counted_ms = now_ms,
		.known = -1,
		.upto = events,
	};

	return ops->unit_state_put(s, device, &state);
}

static bool counted_note(void *ctx, const struct query_set *set)
{
	*(int64_t *)ctx = set->counted;
	return false;
}

enum gh_err unit_count_answered(const struct store_ops *ops, struct store *s,
				const struct command *c, int64_t events, int64_t now_ms,
				bool *any)
{
	char key[UNIT_COUNT_KEY];
	int64_t counted = -1;
	enum gh_err err;

	*any = false;
	if (!unit_count_key(c, key))
		return GH_OK;
	err = ops->query_set_find(s, c->id, counted_note, &counted);
	if (err != GH_OK && err != GH_ENOTFOUND)
		return err;
	*any = counted >= 0;
	if (counted >= 0 ||
	    (c->return_code == 0 && gh_slice_eq(gh_slice_of(key), GH_LIT("transaction"))))
		return GH_OK;
	*any = true;
	return unit_counted(ops, s, c->device, gh_slice_of(key), c->return_code, events,
			    now_ms);
}
