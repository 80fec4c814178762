#include <stdio.h>

#include "store/sql/sql_store.h"

enum gh_err sql_upgrade_read(struct store_reader *r, struct store_upgrade *out)
{
	struct sql_call q = sql_call(r->sql, SQL_UPGRADE_READ);

	*out = (struct store_upgrade){ .begun = 0 };
	if (sql_next(&q)) {
		snprintf(out->version, sizeof(out->version), "%.*s", GH_FMT(sql_text(&q, 0)));
		out->begun = sql_int(&q, 1);
		out->ended = sql_int(&q, 2) != 0;
	}
	return sql_end(&q);
}

enum gh_err sql_upgrade_put(struct store *s, const struct store_upgrade *u)
{
	struct sql_call q = sql_call(s->sql, SQL_UPGRADE_PUT);

	sql_put_text(&q, gh_slice_of(u->version));
	sql_put_int(&q, u->begun);
	sql_put_int(&q, u->ended);
	return sql_run(&q);
}
