/* A piece of a table as it is read, and the digest by which both sides of a copy are compared. */
#ifndef GH_STORE_SQL_COPY_SUM_H
#define GH_STORE_SQL_COPY_SUM_H

#include <openssl/sha.h>

#include "store/sql/copy_table.h"

#define COPY_PIECE_ROWS 50000

/* Of a piece's rows, one behind the other. */
struct copy_sum {
	EVP_MD_CTX *hash; /* borrowed; while rows are read */
	uint64_t rows;
	int64_t last; /* number of the last row */
	uint8_t digest[SHA256_DIGEST_LENGTH];
};

/* Called with each row; its values are read from `row`. */
typedef enum gh_err copy_row_fn(void *ctx, const struct sql_table *t, struct sql_call *row);

/* The names of the columns, with commas. */
void copy_columns_write(struct ghi_writer *w, const struct sql_table *t);

/* In the order of their numbers: rows numbered above `after`, at most COPY_PIECE_ROWS. Of a table
 * without numbers all, in the order of their contents. */
enum gh_err copy_rows_read(struct store_reader *r, const struct sql_table *t, int64_t after,
			   copy_row_fn *fn, void *ctx);

/* Count a row, without a digest. */
void copy_row_count(struct copy_sum *sum, const struct sql_table *t, struct sql_call *row);

/* The same rows as copy_rows_read, with their SHA-256. */
enum gh_err copy_piece_sum(const struct copy *c, struct store_reader *r,
			   const struct sql_table *t, int64_t after, struct copy_sum *sum);

bool copy_sums_same(const struct copy_sum *a, const struct copy_sum *b);

#endif
