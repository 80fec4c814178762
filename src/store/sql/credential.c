/* Templates and photos of people of the roster. */
#include "base/buffer.h"
#include "model/record.h"
#include "store/picture.h"
#include "store/sql/kind_sql.h"
#include "store/sql/sql_store.h"

#define TEXT_MAX (64 << 10)

enum gh_err sql_credential_put(struct store *s, const struct credential *c, gh_slice content,
			       gh_slice digest)
{
	const struct model_kind *k = &model_entities[ENTITY_CREDENTIAL];
	uint8_t hash[PICTURE_HASH_BYTES];
	enum gh_err err = content.n ? GH_OK : GH_EINVALID;

	if (err == GH_OK && digest.n != sizeof(hash)) {
		err = picture_hash(content, hash);
		digest = (gh_slice){ hash, sizeof(hash) };
	}
	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, SQL_PICTURE_PUT);

	sql_put_blob(&q, digest);
	sql_put_blob(&q, content);
	err = sql_run(&q);
	if (err)
		return err;
	q = sql_call(s->sql, SQL_CREDENTIAL_PUT);
	for (size_t i = 0; i < CREDENTIAL_picture; i++)
		kind_put_field(&q, k, c, i);
	sql_put_blob(&q, digest);
	return sql_run(&q);
}

static void credentials_select_text(struct buffer *b, const struct sql_engine *e,
				    const struct credentials_of *of)
{
	const struct model_kind *k = &model_entities[ENTITY_CREDENTIAL];

	buffer_add(b, GH_LIT("SELECT c.id, e.pin, o.hash, "));
	buffer_add(b, of->contents ? GH_LIT("o.content") : GH_LIT("NULL"));
	for (size_t i = 0; i < k->fields; i++)
		buffer_print(b, ", c.%s", k->field[i].column);
	buffer_add(b, GH_LIT(" FROM people e JOIN credential c ON c.people = e.id"
			     " JOIN picture o ON o.id = c.picture WHERE "));
	if (of->people)
		buffer_print(b, "e.id = %lld", (long long)of->people);
	else
		buffer_add(b,
			   GH_LIT("e.id IN (SELECT people FROM people_area WHERE area IN (0"));
	for (size_t i = 0; i < of->areas && !of->people; i++)
		buffer_print(b, ",%lld", (long long)of->area[i]);
	if (!of->people)
		buffer_add(b, GH_LIT("))"));
	/* PINs by their bytes, templates, photos, comparison photos: as sync_item_order() has them. */
	buffer_print(b,
		     " ORDER BY %spin%s, CASE c.kind WHEN '" CREDENTIAL_TEMPLATE
		     "' THEN 0 WHEN 'user' THEN 1 ELSE 2 END,"
		     " c.type, c.no, c.part, c.major_ver, c.id",
		     e->bytes_order[0], e->bytes_order[1]);
}

static bool credential_give(struct sql_call *q, store_credential_fn *fn, void *ctx)
{
	union model_record record = { 0 };

	kind_read_fields(q, &model_entities[ENTITY_CREDENTIAL], 4, &record);
	return fn(ctx, &(struct credential_row){
			       .id = sql_int(q, 0),
			       .pin = sql_text(q, 1),
			       .digest = sql_text(q, 2),
			       .content = sql_null(q, 3) ? (gh_slice){ 0 } : sql_text(q, 3),
			       .credential = (const struct credential *)&record,
		       });
}

static enum gh_err credentials_each(struct sql *sql, const struct credentials_of *of,
				    store_credential_fn *fn, void *ctx)
{
	struct buffer text = buffer_with_limit(TEXT_MAX);
	enum gh_err err;

	credentials_select_text(&text, sql->engine, of);
	err = text.err;
	if (err == GH_OK) {
		struct sql_call q = sql_call_once(sql, buffer_text(&text));

		while (sql_next(&q))
			if (!credential_give(&q, fn, ctx))
				break;
		err = sql_end(&q);
	}
	buffer_clear(&text);
	return err;
}

enum gh_err sql_credentials_read(struct store_reader *r, const struct credentials_of *of,
				 store_credential_fn *fn, void *ctx)
{
	return credentials_each(r->sql, of, fn, ctx);
}

enum gh_err sql_credentials_scan(struct store *s, const struct credentials_of *of,
				 store_credential_fn *fn, void *ctx)
{
	return credentials_each(s->sql, of, fn, ctx);
}
