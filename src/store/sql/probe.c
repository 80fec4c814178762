/* Whether as much can be stored as what failed: bytes that mean nothing are written, committed and
 * removed. */
#include "store/sql/sql_store.h"

#define ROW 65536

enum gh_err sql_probe_put(struct store *s, size_t bytes)
{
	uint8_t content[ROW];
	uint32_t x = 0x9E3779B9;
	enum gh_err err = GH_OK;

	/* A database may pack what it stores: nothing that repeats soon. */
	for (size_t i = 0; i < ROW; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		content[i] = (uint8_t)x;
	}
	do {
		size_t n = bytes < ROW ? bytes : ROW;
		struct sql_call q = sql_call(s->sql, SQL_PROBE_PUT);

		sql_put_blob(&q, (gh_slice){ content, n });
		err = sql_run(&q);
		bytes -= n;
	} while (bytes && err == GH_OK);
	return err;
}

enum gh_err sql_probe_clear(struct store *s)
{
	struct sql_call q = sql_call(s->sql, SQL_PROBE_CLEAR);

	return sql_run(&q);
}
