/* The rows of an upload as a table SQLite reads from: a whole upload is one statement
 *
 *	INSERT INTO punch (...) SELECT ... FROM punch_batch ON CONFLICT DO NOTHING
 *
 * instead of one, with its bindings, its cursors and its end, for every row. Access events have
 * access_batch. */
#ifndef GH_STORE_SQLITE_BATCH_H
#define GH_STORE_SQLITE_BATCH_H

#include <sqlite3.h>

#include "base/err.h"
#include "store/store.h"

/* What the table shows while a statement runs; borrowed. */
struct row_batch {
	union {
		const struct punch *punch;	/* of punch_batch */
		const struct access_put *event; /* of access_batch */
	};
	size_t n;
	int64_t zone; /* the number of the zone of all of them */
};

/* Make the tables known to a connection. Both show `batch`, of which the statement's owner fills in the
 * member that is the table's; it outlives the connection. An SQLite result code. */
int batch_register(sqlite3 *db, struct row_batch *batch);

#endif
