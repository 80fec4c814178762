#include "core/access/rights/diff.h"

#include <stdlib.h>

static int row_order(const struct needed_row *x, const struct needed_row *y)
{
	size_t n = x->key.n < y->key.n ? x->key.n : y->key.n;
	int order;

	if (x->table != y->table)
		return x->table < y->table ? -1 : 1;
	order = n ? memcmp(x->key.p, y->key.p, n) : 0;
	return order ? order : (x->key.n > y->key.n) - (x->key.n < y->key.n);
}

static int needed_order(const void *a, const void *b)
{
	return row_order(*(const struct needed_row *const *)a,
			 *(const struct needed_row *const *)b);
}

static int held_order(const void *a, const void *b)
{
	return row_order(&(*(const struct held_row *const *)a)->row,
			 &(*(const struct held_row *const *)b)->row);
}

static void rows_merge(const struct needed_row **wanted, size_t wanteds,
		       const struct held_row **held, size_t helds, bool resting,
		       row_change_fn *fn, void *ctx)
{
	bool on = true;

	for (size_t i = 0, k = 0; on && (i < wanteds || k < helds);) {
		int order = i == wanteds ? 1
			    : k == helds ? -1
					 : row_order(wanted[i], &held[k]->row);

		if (order < 0) {
			/* What is not there is as it is by itself. */
			on = (wanted[i]->resting && !resting) ||
			     fn(ctx, ROW_ADDED, NULL, wanted[i]);
			i++;
			continue;
		}
		if (order > 0)
			on = unit_table_is_settings(held[k]->row.table) ||
			     fn(ctx, held[k]->ours ? ROW_REMOVED : ROW_FOREIGN, &held[k]->row,
				NULL);
		else if (!gh_slice_eq(wanted[i]->text, held[k]->row.text))
			on = fn(ctx, ROW_CHANGED, &held[k]->row, wanted[i]);
		else if (!held[k]->ours)
			on = fn(ctx, ROW_KEPT, &held[k]->row, wanted[i]);
		i += order == 0;
		k++;
	}
}

enum gh_err unit_rows_compare(const struct unit_rows *wanted, const struct held_row *held,
			      size_t n, bool resting, row_change_fn *fn, void *ctx)
{
	const struct needed_row **a = malloc((wanted->rows + 1) * sizeof(*a));
	const struct held_row **b = malloc((n + 1) * sizeof(*b));
	enum gh_err err = a && b ? GH_OK : GH_ENOMEM;

	for (size_t i = 0; err == GH_OK && i < wanted->rows; i++)
		a[i] = &wanted->row[i];
	for (size_t i = 0; err == GH_OK && i < n; i++)
		b[i] = &held[i];
	if (err == GH_OK) {
		qsort(a, wanted->rows, sizeof(*a), needed_order);
		qsort(b, n, sizeof(*b), held_order);
		rows_merge(a, wanted->rows, b, n, resting, fn, ctx);
	}
	free(a);
	free(b);
	return err;
}
