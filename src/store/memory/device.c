#include "store/memory/memory.h"

/* The present fields of `from` take the place of those of `into`. */
static void merge(struct device_row *into, const struct device_row *from)
{
	for (size_t i = 0; i < device_kind.fields; i++) {
		if (!model_has(from, i) || device_kind.field[i].flags & MODEL_KEY)
			continue;
		size_t size = device_kind.field[i].type <= MODEL_BYTES ? sizeof(gh_slice)
								       : sizeof(int64_t);

		memcpy(model_at(&device_kind, into, i), model_at_const(&device_kind, from, i),
		       size);
		into->present |= (uint64_t)1 << i;
	}
}

static enum gh_err change(struct store *s, const struct device_row *d)
{
	struct table *t = &s->open->table[TABLE_DEVICE];
	const struct memory_device *old = table_get(t, d->id);
	int64_t id;

	if (old == NULL || old->deleted)
		return GH_ENOTFOUND;
	struct memory_device merged = *old;

	merge(&merged.d, d);
	return memory_put(s, TABLE_DEVICE, d->id, &merged, &id);
}

enum gh_err memory_device_put(struct store *s, struct device_row *d)
{
	struct memory_device row = { .d = { .present = (uint64_t)1 << DEVICE_sn } };

	if (s->open == NULL)
		return GH_ESTATE;
	if (d->id)
		return change(s, d);
	if (!model_has(d, DEVICE_sn) || d->sn.n == 0)
		return GH_EINVALID;
	row.d.sn = d->sn;

	int64_t id = memory_find(s, TABLE_DEVICE, &row);
	const struct memory_device *old = table_get(&s->open->table[TABLE_DEVICE], id);

	if (old && !old->deleted)
		return GH_EEXISTS;
	row.d.id = id ? id : s->open->table[TABLE_DEVICE].last + 1;
	merge(&row.d, d);
	return memory_put(s, TABLE_DEVICE, id, &row, &d->id);
}

static enum gh_err pairs_drop(struct store *s, enum memory_table t, int64_t device)
{
	enum gh_err err = GH_OK;

	for (int64_t n = 1; err == GH_OK && n <= s->open->table[t].last; n++) {
		const struct memory_pair *p = table_get(&s->open->table[t], n);

		if (p && p->device == device)
			err = memory_remove(s, t, n);
	}
	return err;
}

enum gh_err memory_device_delete(struct store *s, int64_t device)
{
	static const union model_record any = { 0 };
	enum gh_err err = memory_for_device(s, device);
	if (err)
		return err;
	const struct memory_device *old = table_get(&s->open->table[TABLE_DEVICE], device);
	struct memory_device gone = { .deleted = true, .d = { .id = device, .sn = old->d.sn } };
	int64_t id;
	size_t removed;

	gone.d.present = (uint64_t)1 << DEVICE_sn;
	err = memory_put(s, TABLE_DEVICE, device, &gone, &id);
	if (err == GH_OK)
		err = pairs_drop(s, TABLE_OPTION, device);
	if (err == GH_OK)
		err = pairs_drop(s, TABLE_STAMP, device);
	if (err == GH_OK)
		err = memory_commands_drop(s, device);
	for (enum model_kind_id kind = 0; err == GH_OK && kind < KIND_COUNT; kind++)
		err = memory_record_delete(s, kind, device, &any, &removed);
	return err;
}

static enum gh_err pair_put(struct store *s, enum memory_table t, int64_t device, gh_slice key,
			    gh_slice value)
{
	struct memory_pair p = { device, key, value };
	enum gh_err err = memory_for_device(s, device);
	int64_t id;

	return err ? err : memory_put(s, t, memory_find(s, t, &p), &p, &id);
}

enum gh_err memory_option_put(struct store *s, int64_t device, gh_slice key, gh_slice value)
{
	return pair_put(s, TABLE_OPTION, device, key, value);
}

enum gh_err memory_stamp_put(struct store *s, int64_t device, gh_slice table, gh_slice stamp)
{
	return pair_put(s, TABLE_STAMP, device, table, stamp);
}

enum gh_err memory_devices_read(struct store_reader *r, store_device_fn *fn, void *ctx)
{
	struct memory_state *m = memory_enter(r);

	for (int64_t n = 1; n <= m->table[TABLE_DEVICE].last; n++) {
		const struct memory_device *d = table_get(&m->table[TABLE_DEVICE], n);

		if (d && !d->deleted && !fn(ctx, &d->d))
			break;
	}
	memory_leave(m);
	return GH_OK;
}

static enum gh_err pairs_read(struct store_reader *r, enum memory_table t, int64_t device,
			      store_pair_fn *fn, void *ctx)
{
	struct memory_state *m = memory_enter(r);

	for (int64_t n = 1; n <= m->table[t].last; n++) {
		const struct memory_pair *p = table_get(&m->table[t], n);

		if (p && (device == 0 || p->device == device) &&
		    !fn(ctx, p->device, p->key, p->value))
			break;
	}
	memory_leave(m);
	return GH_OK;
}

enum gh_err memory_options_read(struct store_reader *r, int64_t device, store_pair_fn *fn,
				void *ctx)
{
	return pairs_read(r, TABLE_OPTION, device, fn, ctx);
}

enum gh_err memory_stamps_read(struct store_reader *r, int64_t device, store_pair_fn *fn,
			       void *ctx)
{
	return pairs_read(r, TABLE_STAMP, device, fn, ctx);
}
