#include "store/sql/rows.h"

enum gh_err sql_token_put(struct store *s, struct token *t)
{
	struct sql_call q = sql_call(s->sql, SQL_TOKEN_PUT);
	uint8_t scopes[TOKEN_SCOPES_TEXT];
	struct ghi_writer w = ghi_writer_on(scopes, sizeof(scopes));

	token_scopes_write(&w, t->scopes);
	sql_put_text(&q, t->name);
	sql_put_blob(&q, (gh_slice){ t->hash, sizeof(t->hash) });
	sql_put_text(&q, ghi_written(&w));
	sql_put_int(&q, t->created_ms);
	sql_put_text(&q, t->doors);
	sql_put_int(&q, t->expires_ms);
	return sql_run_insert(&q, &t->id);
}

enum gh_err sql_token_delete(struct store *s, int64_t id)
{
	struct sql_call q = sql_call(s->sql, SQL_TOKEN_DELETE);

	sql_put_int(&q, id);
	return sql_run_found(&q);
}

enum gh_err sql_token_used(struct store *s, int64_t id, int64_t used_ms)
{
	struct sql_call q = sql_call(s->sql, SQL_TOKEN_USED);

	sql_put_int(&q, used_ms);
	sql_put_int(&q, id);
	return sql_run(&q);
}

struct token sql_token_of(const struct sql_call *q)
{
	struct token t = {
		.id = sql_int(q, 0),
		.name = sql_text(q, 1),
		.scopes = token_scopes_read(sql_text(q, 3)),
		.created_ms = sql_int(q, 4),
		.doors = sql_text(q, 5),
		.expires_ms = sql_int(q, 6),
		.used_ms = sql_int(q, 7),
	};
	gh_slice hash = sql_text(q, 2);

	if (hash.n == sizeof(t.hash))
		memcpy(t.hash, hash.p, sizeof(t.hash));
	return t;
}

enum gh_err sql_tokens_read(struct store_reader *r, store_token_fn *fn, void *ctx)
{
	struct sql_call q = sql_call(r->sql, SQL_TOKEN_LIST);

	while (sql_next(&q)) {
		struct token t = sql_token_of(&q);

		if (!fn(ctx, &t))
			break;
	}
	return sql_end(&q);
}
