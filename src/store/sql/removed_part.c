/* Hashes of rows that were removed at once, as rows of punch_removed and access_removed. */
#include <stdlib.h>

#include "store/sql/ledger_removed.h"

/* Hashes of a part from which on it is merged with others, and in one at most. */
#define PART_LEAST 64
#define PART_MOST 131072

/* Into new memory, which replaces that of the part. */
static enum gh_err hashes_merge(struct removed_part *p, gh_slice with)
{
	size_t n = p->n + with.n / REMOVED_HASH, a = 0, b = 0;
	uint8_t *out = malloc(n * REMOVED_HASH);

	if (out == NULL)
		return GH_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *x = p->hashes + a * REMOVED_HASH, *y = with.p + b * REMOVED_HASH;
		bool first = b * REMOVED_HASH >= with.n ||
			     (a < p->n && memcmp(x, y, REMOVED_HASH) <= 0);

		memcpy(out + i * REMOVED_HASH, first ? x : y, REMOVED_HASH);
		a += first;
		b += !first;
	}
	free(p->hashes);
	p->hashes = out;
	p->n = n;
	return GH_OK;
}

/* The day's last part before it, where that is to be one with it. *part: its number, or 0. */
static enum gh_err hashes_merge_last(struct store *s, struct removed_part *p, int64_t *part)
{
	struct sql_call q = sql_call(s->sql, p->ledger->last);
	enum gh_err err = GH_OK;

	*part = 0;
	sql_put_int(&q, p->device);
	sql_put_int(&q, p->day);
	sql_put_int(&q, p->erased);
	if (sql_next(&q) && sql_int(&q, 1) <= (int64_t)p->n &&
	    (size_t)sql_int(&q, 1) + p->n <= PART_MOST) {
		*part = sql_int(&q, 0);
		p->imported += (size_t)sql_int(&q, 3);
		err = hashes_merge(p, sql_text(&q, 2));
	}
	enum gh_err end = sql_end(&q);

	return err ? err : end;
}

static enum gh_err hashes_drop(struct store *s, const struct removed_part *p, int64_t part)
{
	struct sql_call q = sql_call(s->sql, p->ledger->drop);

	sql_put_int(&q, p->device);
	sql_put_int(&q, p->day);
	sql_put_int(&q, part);
	return sql_run(&q);
}

/* A part takes up the one before it that is no larger, so a day has few, each more than half as large as the
 * one before it: an upload looks into each. Few rows are left as they are. */
static enum gh_err part_gather(struct store *s, struct removed_part *p)
{
	enum gh_err err = GH_OK;
	int64_t part = 1;

	while (err == GH_OK && part && p->n >= PART_LEAST) {
		err = hashes_merge_last(s, p, &part);
		if (err == GH_OK && part)
			err = hashes_drop(s, p, part);
	}
	return err;
}

static enum gh_err part_imported_put(struct store *s, const struct removed_part *p)
{
	struct sql_call q = sql_call(s->sql, p->ledger->imported);

	sql_put_int(&q, (int64_t)p->imported);
	sql_put_int(&q, p->device);
	sql_put_int(&q, p->day);
	sql_put_int(&q, p->last);
	return sql_run(&q);
}

enum gh_err removed_part_put(struct store *s, struct removed_part *p)
{
	enum gh_err err = part_gather(s, p);

	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, p->ledger->put);

	sql_put_int(&q, p->device);
	sql_put_int(&q, p->day);
	sql_put_int(&q, p->last);
	sql_put_int(&q, (int64_t)p->n);
	sql_put_blob(&q, (gh_slice){ p->hashes, p->n * REMOVED_HASH });
	err = sql_run(&q);
	return err == GH_OK && p->imported ? part_imported_put(s, p) : err;
}
