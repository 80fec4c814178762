/* What a unit answered that it does not know, tables (-629) and fields (-621) (Security PUSH 3.1.2, 11.1), is not
 * sent to it again by the next plan: what is to be there without it is refused, as if the unit had never had it.
 * `refused` of the unit is kept until a person resets the table; a plan with resync tries all of it again. */
#ifndef GH_CORE_ACCESS_RIGHTS_REFUSED_H
#define GH_CORE_ACCESS_RIGHTS_REFUSED_H

#include "core/access/rights/compile.h"
#include "wire/access/table.h"

/* Before the rows are compiled: what depends on a table is decided as on a unit that has none. */
void unit_facts_refuse(struct unit_facts *f, const struct ghi_table_unit *unit);

/* Afterwards: rows of such tables go, those that have a value in such a field, and those that need one of these.
 * A name, and a value that is usual, is left out of its row instead. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err unit_rows_refuse(struct unit_rows *u,
					   const struct ghi_table_unit *unit);

#endif
