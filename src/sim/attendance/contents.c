#include "sim/attendance/contents.h"

static void sim_contents_remove(struct contents *h, guint i)
{
	struct contents_record *one = &g_array_index(h->list, struct contents_record, i);

	h->bytes -= one->pairs.n;
	g_free((void *)(uintptr_t)one->pairs.p);
	g_array_remove_index_fast(h->list, i);
}

void sim_contents_clear(struct contents *h)
{
	while (h->list && h->list->len)
		sim_contents_remove(h, h->list->len - 1);
	if (h->list)
		g_array_free(h->list, TRUE);
	*h = (struct contents){ 0 };
}

void sim_contents_empty(struct contents *h)
{
	sim_contents_clear(h);
	h->emptied = true;
}

static enum gh_err sim_contents_add(struct contents *h, enum table_id t, bool gone,
				    gh_slice pairs)
{
	struct contents_record one = { .table = t, .gone = gone };

	if (h->list == NULL)
		h->list = g_array_new(FALSE, FALSE, sizeof(struct contents_record));
	if (h->list->len >= CONTENTS_RECORDS || pairs.n > CONTENTS_BYTES - h->bytes)
		return GH_EFULL;
	one.pairs = (gh_slice){ g_memdup2(pairs.p, pairs.n), pairs.n };
	h->bytes += pairs.n;
	g_array_append_val(h->list, one);
	return GH_OK;
}

const struct contents_record *sim_contents_get(const struct contents *h, enum table_id t,
					       gh_slice pairs)
{
	const struct contents_record *one;

	for (size_t i = 0; (one = sim_contents_at(h, i)); i++)
		if (!one->gone && one->table == t && table_same(t, pairs, one->pairs) &&
		    table_same(t, one->pairs, pairs))
			return one;
	return NULL;
}

enum gh_err sim_contents_put(struct contents *h, enum table_id t, gh_slice pairs)
{
	const struct contents_record *before = sim_contents_get(h, t, pairs);

	if (before)
		sim_contents_remove(
			h,
			(guint)(before - &g_array_index(h->list, struct contents_record, 0)));
	return sim_contents_add(h, t, false, pairs);
}

/* Whether record `one` belongs to the person that the deletion of a USERINFO names. */
static bool record_is_of_person(const struct contents_record *one, enum table_id t,
				gh_slice pairs)
{
	gh_slice pin, own;

	return t == TABLE_USERINFO && tables[one->table].user && pair_get(pairs, "PIN", &pin) &&
	       pair_get(one->pairs, "PIN", &own) && gh_slice_eq(pin, own);
}

static bool sim_contents_is_deleted(const struct contents *h, enum table_id t, gh_slice pairs)
{
	const struct contents_record *one;

	for (size_t i = 0; (one = sim_contents_at(h, i)); i++)
		if (one->gone && one->table == t && table_same(t, one->pairs, pairs) &&
		    table_same(t, pairs, one->pairs))
			return true;
	return false;
}

enum gh_err sim_contents_delete(struct contents *h, enum table_id t, gh_slice pairs)
{
	for (guint i = h->list ? h->list->len : 0; i-- > 0;) {
		const struct contents_record *one =
			&g_array_index(h->list, struct contents_record, i);

		if (!one->gone && ((one->table == t && table_same(t, one->pairs, pairs)) ||
				   record_is_of_person(one, t, pairs)))
			sim_contents_remove(h, i);
	}
	if (h->emptied || tables[t].tag == NULL || sim_contents_is_deleted(h, t, pairs))
		return GH_OK;
	return sim_contents_add(h, t, true, pairs);
}

bool sim_contents_hides(const struct contents *h, enum table_id t, gh_slice pairs)
{
	const struct contents_record *one;
	gh_slice pin, gone;

	if (h->emptied)
		return true;
	for (size_t i = 0; (one = sim_contents_at(h, i)); i++) {
		if (one->table == t && table_same(t, pairs, one->pairs))
			return true;
		if (one->gone && one->table == TABLE_USERINFO && tables[t].user &&
		    pair_get(pairs, "PIN", &pin) && pair_get(one->pairs, "PIN", &gone) &&
		    gh_slice_eq(pin, gone))
			return true;
	}
	return false;
}
