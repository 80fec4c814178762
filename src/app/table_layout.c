#include "app/table_layout.h"

/* Width of a line of these columns. */
static unsigned widths_sum(const struct table_layout *l, const unsigned *width)
{
	unsigned sum = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->column[i].shown)
			sum += width[i] + (sum ? TABLE_GAP : 0);
	return sum;
}

/* Take from the widest that may give, one at a time, until the line fits. */
static bool widths_shrink(const struct table_layout *l, unsigned *width, const unsigned *least,
			  unsigned line)
{
	unsigned sum = widths_sum(l, width);

	while (sum > line) {
		size_t widest = l->n;

		for (size_t i = 0; i < l->n; i++)
			if (l->column[i].shown && width[i] > least[i] &&
			    (widest == l->n || width[i] > width[widest]))
				widest = i;
		if (widest == l->n)
			return false;
		width[widest]--;
		sum--;
	}
	return true;
}

/* The column that leaves next; n: none. */
static size_t layout_next_dropped(const struct table_layout *l)
{
	size_t next = l->n;

	for (size_t i = 0; i < l->n; i++)
		if (l->column[i].shown && l->column[i].drop &&
		    (next == l->n || l->column[i].drop < l->column[next].drop))
			next = i;
	return next;
}

bool table_layout_fit(struct table_layout *l, unsigned width)
{
	unsigned w[TABLE_COLUMNS_MAX] = { 0 }, least[TABLE_COLUMNS_MAX] = { 0 };

	for (size_t i = 0; i < l->n; i++)
		l->column[i].shown = true;
	for (;;) {
		for (size_t i = 0; i < l->n; i++) {
			w[i] = l->column[i].width;
			least[i] = l->column[i].narrowest;
		}
		bool fits = widths_shrink(l, w, least, width);
		size_t leaves = layout_next_dropped(l);

		if (fits || leaves == l->n) {
			for (size_t i = 0; i < l->n; i++)
				l->column[i].width = w[i];
			return fits;
		}
		l->column[leaves].shown = false;
	}
}

void table_layout_fit_row(const struct table_layout *l, unsigned width, unsigned *cell)
{
	unsigned least[TABLE_COLUMNS_MAX];

	/* First down to the column, then, for the sake of those never cut, below it. */
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < l->n; i++) {
			const struct table_column *k = &l->column[i];

			if (pass == 0 && cell[i] < k->width)
				cell[i] = k->width;
			least[i] = k->narrowest == TABLE_NEVER_CUT ? cell[i]
				   : pass == 0			   ? k->width
								   : 1;
		}
		if (widths_shrink(l, cell, least, width))
			return;
	}
}
