#include "sim/attendance/holdings.h"

static void drop(struct holdings *h, guint i)
{
	struct holding *one = &g_array_index(h->list, struct holding, i);

	h->bytes -= one->pairs.n;
	g_free((void *)(uintptr_t)one->pairs.p);
	g_array_remove_index_fast(h->list, i);
}

void holdings_clear(struct holdings *h)
{
	while (h->list && h->list->len)
		drop(h, h->list->len - 1);
	if (h->list)
		g_array_free(h->list, TRUE);
	*h = (struct holdings){ 0 };
}

void holdings_empty(struct holdings *h)
{
	holdings_clear(h);
	h->emptied = true;
}

static enum gh_err add(struct holdings *h, enum table_id t, bool gone, gh_slice pairs)
{
	struct holding one = { .table = t, .gone = gone };

	if (h->list == NULL)
		h->list = g_array_new(FALSE, FALSE, sizeof(struct holding));
	if (h->list->len >= HOLDINGS_RECORDS || pairs.n > HOLDINGS_BYTES - h->bytes)
		return GH_EFULL;
	one.pairs = (gh_slice){ g_memdup2(pairs.p, pairs.n), pairs.n };
	h->bytes += pairs.n;
	g_array_append_val(h->list, one);
	return GH_OK;
}

const struct holding *holdings_get(const struct holdings *h, enum table_id t, gh_slice pairs)
{
	const struct holding *one;

	for (size_t i = 0; (one = holdings_at(h, i)); i++)
		if (!one->gone && one->table == t && table_same(t, pairs, one->pairs) &&
		    table_same(t, one->pairs, pairs))
			return one;
	return NULL;
}

enum gh_err holdings_put(struct holdings *h, enum table_id t, gh_slice pairs)
{
	const struct holding *before = holdings_get(h, t, pairs);

	if (before)
		drop(h, (guint)(before - &g_array_index(h->list, struct holding, 0)));
	return add(h, t, false, pairs);
}

/* Whether record `one` belongs to the person that the deletion of a USERINFO names. */
static bool of_person(const struct holding *one, enum table_id t, gh_slice pairs)
{
	gh_slice pin, own;

	return t == TABLE_USERINFO && tables[one->table].user && pair_get(pairs, "PIN", &pin) &&
	       pair_get(one->pairs, "PIN", &own) && gh_slice_eq(pin, own);
}

static bool taken(const struct holdings *h, enum table_id t, gh_slice pairs)
{
	const struct holding *one;

	for (size_t i = 0; (one = holdings_at(h, i)); i++)
		if (one->gone && one->table == t && table_same(t, one->pairs, pairs) &&
		    table_same(t, pairs, one->pairs))
			return true;
	return false;
}

enum gh_err holdings_take(struct holdings *h, enum table_id t, gh_slice pairs)
{
	for (guint i = h->list ? h->list->len : 0; i-- > 0;) {
		const struct holding *one = &g_array_index(h->list, struct holding, i);

		if (!one->gone && ((one->table == t && table_same(t, one->pairs, pairs)) ||
				   of_person(one, t, pairs)))
			drop(h, i);
	}
	if (h->emptied || tables[t].tag == NULL || taken(h, t, pairs))
		return GH_OK;
	return add(h, t, true, pairs);
}

bool holdings_hide(const struct holdings *h, enum table_id t, gh_slice pairs)
{
	const struct holding *one;
	gh_slice pin, gone;

	if (h->emptied)
		return true;
	for (size_t i = 0; (one = holdings_at(h, i)); i++) {
		if (one->table == t && table_same(t, pairs, one->pairs))
			return true;
		if (one->gone && one->table == TABLE_USERINFO && tables[t].user &&
		    pair_get(pairs, "PIN", &pin) && pair_get(one->pairs, "PIN", &gone) &&
		    gh_slice_eq(pin, gone))
			return true;
	}
	return false;
}
