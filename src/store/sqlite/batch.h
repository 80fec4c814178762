/* The punches of an upload as a table SQLite reads from: a whole upload is one statement
 *
 *	INSERT INTO punch (...) SELECT ... FROM punch_batch ON CONFLICT DO NOTHING
 *
 * instead of one, with its bindings, its cursors and its end, for every row. */
#ifndef GH_STORE_SQLITE_BATCH_H
#define GH_STORE_SQLITE_BATCH_H

#include <sqlite3.h>

#include "base/err.h"
#include "model/punch.h"

/* What the table shows while a statement runs; borrowed. */
struct punch_batch {
	const struct punch *p;
	size_t n;
	int64_t zone; /* the number of the zone of all of them */
};

/* Make the table known to a connection. `batch` outlives it. An SQLite result code. */
int batch_register(sqlite3 *db, struct punch_batch *batch);

#endif
