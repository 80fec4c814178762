#include "store/memory/memory.h"

enum gh_err memory_command_put(struct store *s, struct command *c, int64_t at_ms,
			       gh_slice detail)
{
	struct command row = *c;
	enum gh_err err = memory_for_device(s, c->device);
	int64_t id;

	if (err)
		return err;
	if (row.id && table_get(&s->open->table[TABLE_COMMAND], row.id) == NULL)
		return GH_ENOTFOUND;
	if (row.id == 0)
		row.id = s->open->table[TABLE_COMMAND].last + 1;
	row.serial = (gh_slice){ 0 };
	if (!row.has_return)
		row.return_code = 0;
	err = memory_put(s, TABLE_COMMAND, c->id, &row, &id);
	if (err)
		return err;
	struct memory_event e = { id, { at_ms, row.state, detail } };

	err = memory_put(s, TABLE_EVENT, 0, &e, &(int64_t){ 0 });
	if (err == GH_OK)
		c->id = id;
	return err;
}

/* The device's open commands are gone, and what is known of their life. */
enum gh_err memory_commands_drop(struct store *s, int64_t device)
{
	struct table *t = &s->open->table[TABLE_COMMAND];
	enum gh_err err = GH_OK;

	for (int64_t n = 1; err == GH_OK && n <= t->last; n++) {
		const struct command *c = table_get(t, n);

		if (c && c->device == device && command_is_open(c->state))
			err = memory_remove(s, TABLE_COMMAND, n);
	}
	t = &s->open->table[TABLE_EVENT];
	for (int64_t n = 1; err == GH_OK && n <= t->last; n++) {
		const struct memory_event *e = table_get(t, n);

		if (e && table_get(&s->open->table[TABLE_COMMAND], e->command) == NULL)
			err = memory_remove(s, TABLE_EVENT, n);
	}
	return err;
}

static bool show(const struct memory_state *m, const struct command *c, store_command_fn *fn,
		 void *ctx)
{
	struct command row = *c;

	row.serial = memory_serial(m, c->device);
	return fn(ctx, &row);
}

static enum gh_err find(const struct memory_state *m, int64_t id, store_command_fn *fn,
			void *ctx)
{
	const struct command *c = table_get(&m->table[TABLE_COMMAND], id);

	if (c == NULL)
		return GH_ENOTFOUND;
	show(m, c, fn, ctx);
	return GH_OK;
}

enum gh_err memory_command_find(struct store *s, int64_t id, store_command_fn *fn, void *ctx)
{
	return s->open ? find(s->open, id, fn, ctx) : GH_ESTATE;
}

enum gh_err memory_command_get(struct store_reader *r, int64_t id, store_command_fn *fn,
			       void *ctx)
{
	struct memory_state *m = memory_enter(r);
	enum gh_err err = find(m, id, fn, ctx);

	memory_leave(m);
	return err;
}

enum gh_err memory_commands_open(struct store *s, int64_t device, store_command_fn *fn,
				 void *ctx)
{
	if (s->open == NULL)
		return GH_ESTATE;
	for (int64_t n = 1; n <= s->open->table[TABLE_COMMAND].last; n++) {
		const struct command *c = table_get(&s->open->table[TABLE_COMMAND], n);

		if (c == NULL || !command_is_open(c->state) || (device && c->device != device))
			continue;
		if (!show(s->open, c, fn, ctx))
			break;
	}
	return GH_OK;
}

struct list {
	const struct memory_state *m;
	const struct command_query *q;
	store_command_fn *fn;
	void *ctx;
	int64_t left;
};

static bool give(void *ctx, int64_t n, const void *object)
{
	struct list *l = ctx;
	const struct command *c = object;

	(void)n;
	if (l->left <= 0)
		return false;
	if ((l->q->page.device && c->device != l->q->page.device) ||
	    (l->q->state < COMMAND_STATES && c->state != l->q->state))
		return true;
	l->left--;
	return show(l->m, c, l->fn, l->ctx);
}

enum gh_err memory_commands_read(struct store_reader *r, const struct command_query *query,
				 store_command_fn *fn, void *ctx)
{
	struct memory_state *m = memory_enter(r);
	struct list l = { m, query, fn, ctx, query->page.limit };

	memory_list(&m->table[TABLE_COMMAND], &query->page, give, &l);
	memory_leave(m);
	return GH_OK;
}

enum gh_err memory_command_events_read(struct store_reader *r, int64_t id, store_event_fn *fn,
				       void *ctx)
{
	struct memory_state *m = memory_enter(r);

	for (int64_t n = 1; n <= m->table[TABLE_EVENT].last; n++) {
		const struct memory_event *e = table_get(&m->table[TABLE_EVENT], n);

		if (e && e->command == id && !fn(ctx, &e->event))
			break;
	}
	memory_leave(m);
	return GH_OK;
}
