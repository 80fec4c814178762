#include "store/memory/memory.h"

enum gh_err memory_punches_put(struct store *s, struct punch *p, size_t n, size_t *fresh)
{
	size_t added = 0;

	for (size_t i = 0; i < n; i++) {
		enum gh_err err = memory_for_device(s, p[i].device);
		if (err)
			return err;
		p[i].seq = 0;
		if (memory_find(s, TABLE_PUNCH, &p[i]))
			continue;
		struct punch row = p[i];

		row.seq = s->open->table[TABLE_PUNCH].last + 1;
		row.serial = (gh_slice){ 0 };
		err = memory_put(s, TABLE_PUNCH, 0, &row, &p[i].seq);
		if (err)
			return err;
		added++;
	}
	*fresh = added;
	return GH_OK;
}

struct list {
	const struct memory_state *m;
	const struct punch_query *q;
	store_punch_fn *fn;
	void *ctx;
	int64_t left;
};

static bool give(void *ctx, int64_t n, const void *row)
{
	struct list *l = ctx;
	struct punch p = *(const struct punch *)row;
	const struct store_page *page = &l->q->page;

	(void)n;
	if (l->left <= 0)
		return false;
	if ((page->device && p.device != page->device) ||
	    (page->pin.n && !gh_slice_eq(page->pin, p.pin)) ||
	    (l->q->from != GHI_CIVIL_NONE && p.time < l->q->from) ||
	    (l->q->to != GHI_CIVIL_NONE && p.time > l->q->to))
		return true;
	l->left--;
	p.serial = memory_serial(l->m, p.device);
	return l->fn(l->ctx, &p);
}

enum gh_err memory_punches_read(struct store_reader *r, const struct punch_query *q,
				store_punch_fn *fn, void *ctx)
{
	struct memory_state *m = memory_enter(r);
	struct list l = { m, q, fn, ctx, q->page.limit };

	memory_list(&m->table[TABLE_PUNCH], &q->page, give, &l);
	memory_leave(m);
	return GH_OK;
}

enum gh_err memory_last_seq(struct store_reader *r, int64_t *seq)
{
	struct memory_state *m = memory_enter(r);

	*seq = m->table[TABLE_PUNCH].last;
	memory_leave(m);
	return GH_OK;
}
