#include "model/template.h"
#include "store/memory/memory.h"

static bool is_slice(const struct model_field *f)
{
	return f->type == MODEL_TEXT || f->type == MODEL_BYTES;
}

static void copy_field(const struct model_kind *k, void *into, const void *from, size_t i)
{
	memcpy(model_at(k, into, i), model_at_const(k, from, i),
	       is_slice(&k->field[i]) ? sizeof(gh_slice) : sizeof(int64_t));
}

/* An absent field of the key counts as empty, 0 or no time. */
static void complete_key(const struct model_kind *k, union model_record *r)
{
	for (size_t i = 0; i < k->fields; i++) {
		if (!(k->field[i].flags & MODEL_KEY) || model_has(r, i))
			continue;
		if (is_slice(&k->field[i]))
			*(gh_slice *)model_at(k, r, i) = (gh_slice){ 0 };
		else
			*(int64_t *)model_at(k, r, i) =
				k->field[i].type == MODEL_TIME ? GHI_CIVIL_NONE : 0;
		r->present |= (uint64_t)1 << i;
	}
}

enum gh_err memory_record_put(struct store *s, enum model_kind_id kind, int64_t device,
			      int64_t received_ms, const void *record)
{
	const struct model_kind *k = &model_kinds[kind];
	enum memory_table t = TABLE_RECORD + kind;
	struct memory_record row = { .device = device, .received_ms = received_ms };
	enum gh_err err = memory_for_device(s, device);
	int64_t id;

	if (err)
		return err;
	memcpy(&row.record, record, k->size);
	complete_key(k, &row.record);
	id = memory_find(s, t, &row);

	const struct memory_record *old = table_get(&s->open->table[t], id);

	for (size_t i = 0; old && i < k->fields; i++)
		if (!model_has(&row.record, i)) {
			copy_field(k, &row.record, &old->record, i);
			if (model_has(&old->record, i))
				row.record.present |= (uint64_t)1 << i;
		}
	/* Absent text may point anywhere. */
	for (size_t i = 0; i < k->fields; i++)
		if (is_slice(&k->field[i]) && !model_has(&row.record, i))
			*(gh_slice *)model_at(k, &row.record, i) = (gh_slice){ 0 };
	return memory_put(s, t, id, &row, &id);
}

static bool matches(const struct model_kind *k, const void *record, const void *wanted)
{
	for (size_t i = 0; i < k->fields; i++) {
		const void *a = model_at_const(k, record, i), *b = model_at_const(k, wanted, i);

		if (!(k->field[i].flags & MODEL_KEY) || !model_has(wanted, i))
			continue;
		if (is_slice(&k->field[i])
			    ? !gh_slice_eq(*(const gh_slice *)a, *(const gh_slice *)b)
			    : *(const int64_t *)a != *(const int64_t *)b)
			return false;
	}
	return true;
}

enum gh_err memory_record_delete(struct store *s, enum model_kind_id kind, int64_t device,
				 const void *record, size_t *removed)
{
	enum memory_table t = TABLE_RECORD + kind;
	enum gh_err err = s->open ? GH_OK : GH_ESTATE;
	size_t gone = 0;

	for (int64_t n = 1; err == GH_OK && n <= s->open->table[t].last; n++) {
		const struct memory_record *r = table_get(&s->open->table[t], n);

		if (r == NULL || r->device != device ||
		    !matches(&model_kinds[kind], &r->record, record))
			continue;
		err = memory_remove(s, t, n);
		gone++;
	}
	if (err == GH_OK)
		*removed = gone;
	return err;
}

struct list {
	const struct memory_state *m;
	const struct model_kind *kind;
	const struct store_page *page;
	store_record_fn *fn;
	void *ctx;
	int64_t left;
};

static bool has_pin(const struct model_kind *k, const struct memory_record *r, gh_slice pin)
{
	for (size_t i = 0; i < k->fields; i++)
		if (strcmp(k->field[i].column, "pin") == 0)
			return model_has(&r->record, i) &&
			       gh_slice_eq(*(const gh_slice *)model_at_const(k, &r->record, i),
					   pin);
	return false;
}

static bool show(struct list *l, int64_t n, const struct memory_record *r)
{
	struct record_row row = { n, r->device, memory_serial(l->m, r->device), r->received_ms,
				  &r->record };

	return l->fn(l->ctx, &row);
}

static bool give(void *ctx, int64_t n, const void *object)
{
	struct list *l = ctx;
	const struct memory_record *r = object;

	if (l->left <= 0)
		return false;
	if ((l->page->device && r->device != l->page->device) ||
	    (l->page->pin.n && !has_pin(l->kind, r, l->page->pin)))
		return true;
	l->left--;
	return show(l, n, r);
}

enum gh_err memory_records_read(struct store_reader *r, enum model_kind_id kind,
				const struct store_page *page, store_record_fn *fn, void *ctx)
{
	struct memory_state *m = memory_enter(r);
	struct list l = { m, &model_kinds[kind], page, fn, ctx, page->limit };

	memory_list(&m->table[TABLE_RECORD + kind], page, give, &l);
	memory_leave(m);
	return GH_OK;
}

enum gh_err memory_record_get(struct store_reader *r, enum model_kind_id kind, int64_t id,
			      store_record_fn *fn, void *ctx)
{
	struct memory_state *m = memory_enter(r);
	struct list l = { .m = m, .kind = &model_kinds[kind], .fn = fn, .ctx = ctx };
	const struct memory_record *row = table_get(&m->table[TABLE_RECORD + kind], id);

	if (row)
		show(&l, id, row);
	memory_leave(m);
	return row ? GH_OK : GH_ENOTFOUND;
}

enum gh_err memory_record_counts(struct store_reader *r, int64_t device,
				 int64_t counts[KIND_COUNT])
{
	struct memory_state *m = memory_enter(r);

	for (enum model_kind_id kind = 0; kind < KIND_COUNT; kind++) {
		const struct table *t = &m->table[TABLE_RECORD + kind];

		counts[kind] = 0;
		for (int64_t n = 1; n <= t->last; n++) {
			const struct memory_record *row = table_get(t, n);

			counts[kind] += row && (device == 0 || row->device == device);
		}
	}
	memory_leave(m);
	return GH_OK;
}

/* Sources are few: each is counted when it is met first. */
static int64_t count_source(const struct table *t, int64_t device, int64_t first,
			    const gh_slice *source)
{
	int64_t count = 0;

	for (int64_t n = 1; n <= t->last; n++) {
		const struct memory_record *row = table_get(t, n);
		const struct template *found = row ? (const void *)&row->record : NULL;

		if (found == NULL || (device && row->device != device) ||
		    !gh_slice_eq(found->source, *source))
			continue;
		if (n < first)
			return 0;
		count++;
	}
	return count;
}

enum gh_err memory_template_counts(struct store_reader *r, int64_t device, store_count_fn *fn,
				   void *ctx)
{
	struct memory_state *m = memory_enter(r);
	const struct table *t = &m->table[TABLE_RECORD + KIND_TEMPLATE];
	bool more = true;

	for (int64_t n = 1; more && n <= t->last; n++) {
		const struct memory_record *row = table_get(t, n);
		const struct template *first = row ? (const void *)&row->record : NULL;
		int64_t count;

		if (first == NULL || (device && row->device != device))
			continue;
		count = count_source(t, device, n, &first->source);
		if (count)
			more = fn(ctx, first->source, count);
	}
	memory_leave(m);
	return GH_OK;
}
