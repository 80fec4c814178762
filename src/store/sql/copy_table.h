/* One table of a copy: how it is described, read in pieces, written and compared. */
#ifndef GH_STORE_SQL_COPY_TABLE_H
#define GH_STORE_SQL_COPY_TABLE_H

#include <openssl/evp.h>

#include "store/maintenance.h"
#include "store/sql/sql_store.h"
#include "store/sql/tables.h"

struct copy {
	struct store_handle *from, *to;
	struct store_reader *source, *target;
	const struct store_report *report;
	EVP_MD_CTX *hash;
	char *why;
	size_t why_size;
};

/* Copy what is not there yet, compare both sides and set the numbers that were given. With `whole`
 * the target's rows are replaced where they differ. c->why gets a sentence on failure. */
enum gh_err copy_table(struct copy *c, const char *name, bool whole);

enum gh_err copy_number_read(struct store_reader *r, const char *text, const char *value,
			     int64_t *out);
/* A statement without values, in the open transaction. */
enum gh_err copy_statement_run(struct sql *sql, const char *text);

#endif
