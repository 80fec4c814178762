#include "store/memory/memory.h"

enum gh_err memory_quarantine_put(struct store *s, const struct quarantine *q)
{
	enum gh_err err = memory_for_device(s, q->device);
	int64_t id;

	if (err)
		return err;
	struct quarantine row = *q;

	row.id = s->open->table[TABLE_QUARANTINE].last + 1;
	row.serial = (gh_slice){ 0 };
	if (row.raw.n > STORE_QUARANTINE_RAW)
		row.raw.n = STORE_QUARANTINE_RAW;
	return memory_put(s, TABLE_QUARANTINE, 0, &row, &id);
}

enum gh_err memory_upload_put(struct store *s, const struct raw_upload *u)
{
	enum gh_err err = memory_for_device(s, u->device);
	int64_t id;

	if (err)
		return err;
	struct raw_upload row = *u;

	row.id = s->open->table[TABLE_UPLOAD].last + 1;
	row.serial = (gh_slice){ 0 };
	return memory_put(s, TABLE_UPLOAD, 0, &row, &id);
}

struct list {
	const struct memory_state *m;
	const struct store_page *page;
	store_quarantine_fn *quarantine;
	store_upload_fn *upload;
	void *ctx;
	int64_t left;
};

static bool give_quarantine(void *ctx, int64_t n, const void *object)
{
	struct list *l = ctx;
	struct quarantine row = *(const struct quarantine *)object;

	(void)n;
	if (l->left <= 0)
		return false;
	if (l->page->device && row.device != l->page->device)
		return true;
	l->left--;
	row.serial = memory_serial(l->m, row.device);
	return l->quarantine(l->ctx, &row);
}

enum gh_err memory_quarantine_read(struct store_reader *r, const struct store_page *page,
				   store_quarantine_fn *fn, void *ctx)
{
	struct memory_state *m = memory_enter(r);
	struct list l = { m, page, fn, NULL, ctx, page->limit };

	memory_list(&m->table[TABLE_QUARANTINE], page, give_quarantine, &l);
	memory_leave(m);
	return GH_OK;
}

static bool give_upload(void *ctx, int64_t n, const void *object)
{
	struct list *l = ctx;
	struct raw_upload row = *(const struct raw_upload *)object;

	(void)n;
	if (l->left <= 0)
		return false;
	if (l->page->device && row.device != l->page->device)
		return true;
	l->left--;
	row.serial = memory_serial(l->m, row.device);
	return l->upload(l->ctx, &row);
}

enum gh_err memory_uploads_read(struct store_reader *r, const struct store_page *page,
				store_upload_fn *fn, void *ctx)
{
	struct memory_state *m = memory_enter(r);
	struct list l = { m, page, NULL, fn, ctx, page->limit };

	memory_list(&m->table[TABLE_UPLOAD], page, give_upload, &l);
	memory_leave(m);
	return GH_OK;
}
