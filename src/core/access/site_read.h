/* The model of a site out of the store. */
#ifndef GH_CORE_ACCESS_SITE_READ_H
#define GH_CORE_ACCESS_SITE_READ_H

#include "base/arena.h"
#include "core/access/rights/site.h"
#include "core/devices.h"
#include "store/store.h"

/* Which person; id 0 and an empty PIN: all. */
struct site_of {
	int64_t id;
	gh_slice pin, namespace; /* the PIN's; empty: the default one */
	struct devices *devices; /* whose areas have namespaces; NULL: there are no others */
};

/* Everything is in `a`. What a reader finds is committed, and of one moment only where the database reads
 * so. GH_ENOMEM, GH_ECORRUPT: a stored rule cannot be read; errors of the store. */
GH_MUST_CHECK enum gh_err site_read(const struct store_ops *ops, struct store_reader *reader,
				    const struct site_of *of, struct arena *a,
				    struct site *out);

#endif
