/* How a table fits a terminal: which columns are shown, and how wide. No text is seen here, only
 * widths in terminal columns. */
#ifndef GH_APP_TABLE_LAYOUT_H
#define GH_APP_TABLE_LAYOUT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define TABLE_NEVER_CUT UINT_MAX
enum {
	TABLE_COLUMNS_MAX = 40,
	TABLE_GAP = 2 /* blanks between two columns */
};

struct table_layout {
	size_t n;
	struct table_column {
		unsigned width;	    /* what its widest cell takes; after a fit, what it has */
		unsigned narrowest; /* it may be cut down to this, or is TABLE_NEVER_CUT */
		unsigned drop;	    /* 1 leaves a narrow terminal first; 0: it never leaves */
		bool shown;
	} column[TABLE_COLUMNS_MAX];
};

/* Fit all columns into `width`. Columns leave in the order of `drop`, and only when cutting all
 * others to their narrowest is not enough; those that stay are then cut no more than needed.
 * false: the columns that never leave do not fit; the layout is as wide as they are. */
bool table_layout_fit(struct table_layout *l, unsigned width);

/* Fit one row whose cells take cell[i] columns into a layout that is printed already: each cell has
 * at least its column, more where the line has room, and less only where a cell that is never cut
 * needs it. cell[i] becomes the width it is printed with. */
void table_layout_fit_row(const struct table_layout *l, unsigned width, unsigned *cell);

#endif
