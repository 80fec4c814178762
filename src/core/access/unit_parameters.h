/* What an access unit registered, and behind it the options it reported since: the last of a name counts. */
#ifndef GH_CORE_ACCESS_UNIT_PARAMETERS_H
#define GH_CORE_ACCESS_UNIT_PARAMETERS_H

#include "base/arena.h"
#include "store/store.h"
#include "wire/access/table.h"

/* `registered`: its registration; *out is in `a`. */
GH_MUST_CHECK enum gh_err unit_parameters_read(const struct store_ops *ops,
					       struct store_reader *r, int64_t device,
					       gh_slice registered, struct arena *a,
					       gh_slice *out);

/* The same decoded, and with what the unit answered that it does not know; the texts are in `a`. */
GH_MUST_CHECK enum gh_err unit_tables_of(const struct store_ops *ops, struct store_reader *r,
					 int64_t device, gh_slice registered, struct arena *a,
					 struct ghi_table_unit *out);

#endif
