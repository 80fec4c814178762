/* Rows that are copied into a table, in the open transaction of a pipeline that stands still. */
#ifndef GH_STORE_POSTGRES_BULK_H
#define GH_STORE_POSTGRES_BULK_H

#include "store/postgres/pipeline.h"

enum gh_err pg_bulk_begin(struct sql *c, const char *table, gh_slice columns);
enum gh_err pg_bulk_row(struct sql_call *q);
/* After a bulk_begin that failed, too. */
enum gh_err pg_bulk_end(struct sql *c, bool ok);

#endif
