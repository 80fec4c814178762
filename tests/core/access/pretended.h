/* A unit that does what it is sent, for tests of the steps of a plan: rows and options without a connection. */
#ifndef GH_TESTS_PRETENDED_H
#define GH_TESTS_PRETENDED_H

#include "core/access/rights/steps.h"

#define PRETENDED_ROWS 600
#define PRETENDED_OPTIONS 200

struct pretended {
	struct arena arena;
	struct held_row row[PRETENDED_ROWS];
	size_t n;
	struct unit_option option[PRETENDED_OPTIONS];
	size_t options;
	struct ghi_table_unit unit;
};

void pretended_do(struct pretended *p, const struct unit_step *s);
/* Every row names only rows that are there. */
void pretended_check(const struct pretended *p);
/* What it holds, as if it had been compiled; until the next call. */
const struct unit_rows *pretended_rows(const struct pretended *p);
bool pretended_grants(const struct pretended *p, const struct unit_facts *f, gh_slice pin,
		      int64_t door, ghi_civil at);

#endif
