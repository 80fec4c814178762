/* Rows of the audit that the open transaction adds. They are written just before its commit, all at once:
 * the row that has their last number is locked last, so that no transaction waits for another one with
 * it in hand, and the numbers of what the transaction adds are known then. */
#ifndef GH_STORE_SQL_AUDIT_H
#define GH_STORE_SQL_AUDIT_H

#include "base/err.h"
#include "model/audit.h"

struct store;

struct audit_rows {
	struct audit_waiting *first, *last;
	size_t n;
};

/* Write what was put. */
enum gh_err audit_rows_write(struct store *s);
/* The transaction ended. */
void audit_rows_clear(struct audit_rows *rows);

#endif
