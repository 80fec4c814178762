#include "store/memory/memory.h"

enum gh_err memory_token_put(struct store *s, struct token *t)
{
	struct token row = *t;

	if (s->open == NULL)
		return GH_ESTATE;
	if (memory_find(s, TABLE_TOKEN, t))
		return GH_EEXISTS;
	row.id = s->open->table[TABLE_TOKEN].last + 1;
	return memory_put(s, TABLE_TOKEN, 0, &row, &t->id);
}

enum gh_err memory_token_delete(struct store *s, int64_t id)
{
	return s->open ? memory_remove(s, TABLE_TOKEN, id) : GH_ESTATE;
}

enum gh_err memory_tokens_read(struct store_reader *r, store_token_fn *fn, void *ctx)
{
	struct memory_state *m = memory_enter(r);

	for (int64_t n = 1; n <= m->table[TABLE_TOKEN].last; n++) {
		const struct token *t = table_get(&m->table[TABLE_TOKEN], n);

		if (t && !fn(ctx, t))
			break;
	}
	memory_leave(m);
	return GH_OK;
}

enum gh_err memory_counts(struct store_reader *r, struct store_counts *out)
{
	struct memory_state *m = memory_enter(r);
	struct store_counts c = {
		.punches = m->table[TABLE_PUNCH].last,
		.quarantined = (int64_t)m->table[TABLE_QUARANTINE].rows,
		.raw_uploads = (int64_t)m->table[TABLE_UPLOAD].rows,
	};

	for (int64_t n = 1; n <= m->table[TABLE_COMMAND].last; n++) {
		const struct command *row = table_get(&m->table[TABLE_COMMAND], n);

		if (row && row->state < COMMAND_STATES)
			c.commands[row->state]++;
	}
	for (enum model_kind_id kind = 0; kind < KIND_COUNT; kind++)
		c.records[kind] = (int64_t)m->table[TABLE_RECORD + kind].rows;
	memory_leave(m);
	*out = c;
	return GH_OK;
}
