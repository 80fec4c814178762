#include <openssl/evp.h>
#include <stdio.h>

#include "base/text.h"
#include "model/record.h"
#include "store/picture.h"
#include "store/sql/kind_sql.h"
#include "store/sql/list.h"
#include "store/sql/rows.h"

#define CARD_KEEPS(column) "excluded." column " IS NULL AND id_card." column " <> ''"

/* What a field becomes that is there already. A picture that is kept in the table picture leaves the row. The fault of
 * an identity card may be that of a content that did not come again. */
static void record_merge_put(struct ghi_writer *w, const struct model_kind *k)
{
	bool photo = k == &model_kinds[KIND_PHOTO], card = k == &model_kinds[KIND_ID_CARD];

	for (size_t i = 0; i < k->fields; i++) {
		char merge[512];
		const char *column = k->field[i].column;

		if (k->field[i].flags & MODEL_KEY)
			continue;
		if (photo && i == PHOTO_content)
			snprintf(merge, sizeof(merge),
				 ", content = CASE WHEN excluded.picture IS NULL"
				 " THEN coalesce(excluded.content, photo.content) END"
				 ", picture = coalesce(excluded.picture, photo.picture)");
		else if (card && i == ID_CARD_content_fault)
			snprintf(merge, sizeof(merge),
				 ", content_fault = CASE WHEN excluded.content_fault <> ''"
				 " THEN excluded.content_fault"
				 " WHEN excluded.content_fault IS NULL"
				 " OR " CARD_KEEPS("photo") " OR " CARD_KEEPS("fp_template1") " OR " CARD_KEEPS(
					 "fp_template2") " OR " CARD_KEEPS("photo_jpg") " THEN "
											"id_"
											"card."
											"conten"
											"t_"
											"fault "
											"ELSE "
											"'' "
											"END");
		else
			snprintf(merge, sizeof(merge), ", %s = coalesce(excluded.%s, %s.%s)",
				 column, column, k->name, column);
		ghi_put(w, gh_slice_of(merge));
	}
	/* See record_written(). */
	if (photo || k == &model_kinds[KIND_PERSON])
		ghi_put(w, GH_LIT(", written = NULL"));
}

static gh_slice record_text_put(struct ghi_writer *w, const struct model_kind *k,
				const char *long_key)
{
	bool photo = k == &model_kinds[KIND_PHOTO], template = k == &model_kinds[KIND_TEMPLATE];

	ghi_put(w, GH_LIT("INSERT INTO "));
	ghi_put(w, gh_slice_of(k->name));
	ghi_put(w, GH_LIT(" (device, received_ms"));
	kind_put_columns(w, k, KIND_ALL_FIELDS, "%");
	sql_words(w, photo ? ", picture" : template ? ", digest" : "");
	sql_words(w, ") VALUES (?, ?");
	kind_put_columns(w, k, KIND_ALL_FIELDS, "?");
	sql_words(w, photo	? ", (SELECT id FROM picture WHERE hash = ?)"
		     : template ? ", ?"
				: "");
	ghi_put(w, GH_LIT(") ON CONFLICT (device"));
	kind_put_columns(w, k, KIND_SHORT_KEY_FIELDS, "%");
	kind_put_columns(w, k, KIND_LONG_KEY_FIELDS, long_key);
	ghi_put(w, GH_LIT(") DO UPDATE SET received_ms = excluded.received_ms"));
	record_merge_put(w, k);
	/* It is there now, also where it was not for a while (held_credential.c). */
	sql_words(w, photo	? ", gone = NULL, placed = CASE WHEN excluded.picture ="
				  " photo.picture THEN photo.placed END"
		     : template ? ", gone = NULL, digest = coalesce(excluded.digest,"
				  " template.digest), placed = CASE WHEN excluded.digest ="
				  " template.digest THEN template.placed END"
				: "");
	return ghi_written(w);
}

static gh_slice record_source(enum model_kind_id kind, const void *record)
{
	const struct template *t = record;

	return kind == KIND_TEMPLATE && model_has(record, TEMPLATE_source) ? t->source
									   : (gh_slice){ 0 };
}

enum gh_err picture_hash(gh_slice content, uint8_t hash[PICTURE_HASH_BYTES])
{
	return EVP_Digest(content.p, content.n, hash, NULL, EVP_sha256(), NULL) == 1
		       ? GH_OK
		       : GH_ENOMEM;
}

/* A picture is stored once for all photos that have it. Triggers of the tables remove one that no photo has. */
static enum gh_err picture_put(struct store *s, const struct photo *p,
			       uint8_t hash[PICTURE_HASH_BYTES])
{
	enum gh_err err = GH_OK;

	if (p->content_hash.n == PICTURE_HASH_BYTES)
		memcpy(hash, p->content_hash.p, PICTURE_HASH_BYTES);
	else
		err = picture_hash(p->content, hash);
	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, SQL_PICTURE_PUT);

	sql_put_blob(&q, (gh_slice){ hash, PICTURE_HASH_BYTES });
	sql_put_blob(&q, p->content);
	return sql_run(&q);
}

/* *there: it has data, and this is its hash. */
static enum gh_err template_hash(const struct template *t, uint8_t hash[PICTURE_HASH_BYTES],
				 bool *there)
{
	*there = model_has(t, TEMPLATE_data) && t->data.n;
	return *there ? picture_hash(t->data, hash) : GH_OK;
}

enum gh_err sql_record_put(struct store *s, enum model_kind_id kind, int64_t device,
			   int64_t received_ms, const void *record)
{
	struct photo photo;
	uint8_t hash[PICTURE_HASH_BYTES];
	bool shared = false;

	const struct model_kind *k = &model_kinds[kind];
	enum sql_id id = (enum sql_id)((int)SQL_RECORD_PUT + (int)kind);
	gh_slice text = { 0 };
	char buffer[4096];
	struct ghi_writer w = ghi_writer_on(buffer, sizeof(buffer));

	enum gh_err err = sql_for_records(s, device);

	if (!s->sql->known[id])
		text = record_text_put(&w, k, s->sql->engine->long_key);
	if (err == GH_OK)
		err = w.err;
	if (err == GH_OK && kind == KIND_PHOTO && model_has(record, PHOTO_content)) {
		photo = *(const struct photo *)record;
		shared = photo.content.n > 0;
	}
	if (err == GH_OK && kind == KIND_TEMPLATE)
		err = template_hash(record, hash, &shared);
	if (err == GH_OK && kind == KIND_PHOTO && shared) {
		err = picture_put(s, &photo, hash);
		photo.present &= ~(UINT64_C(1) << PHOTO_content);
		record = &photo;
	}
	if (err)
		return err;
	struct sql_call q = sql_call_made(s->sql, id, text);

	sql_put_int(&q, device);
	sql_put_int(&q, received_ms);
	kind_put_fields(&q, k, record, KIND_ALL_FIELDS);
	if (shared)
		sql_put_blob(&q, (gh_slice){ hash, sizeof(hash) });
	else if (kind == KIND_PHOTO || kind == KIND_TEMPLATE)
		sql_put_null(&q);
	return sql_run_adding(&q, row_count_key(kind, device, record_source(kind, record)));
}

enum gh_err sql_record_delete(struct store *s, enum model_kind_id kind, int64_t device,
			      const void *record, size_t *removed)
{
	const struct model_kind *k = &model_kinds[kind];
	char text[1024];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	ghi_put(&w, GH_LIT("DELETE FROM "));
	ghi_put(&w, gh_slice_of(k->name));
	ghi_put(&w, GH_LIT(" WHERE device = ?"));
	for (size_t i = 0; i < k->fields; i++) {
		if (!(k->field[i].flags & MODEL_KEY) || !model_has(record, i))
			continue;
		ghi_put(&w, GH_LIT(" AND "));
		ghi_put(&w, gh_slice_of(k->field[i].column));
		ghi_put(&w, GH_LIT(" = ?"));
	}
	ghi_put(&w, gh_slice_of(row_count_returning(kind)));
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	sql_put_int(&q, device);
	for (size_t i = 0; i < k->fields; i++)
		if (k->field[i].flags & MODEL_KEY && model_has(record, i))
			kind_put_field(&q, k, record, i);
	return sql_run_removing(&q, kind, removed);
}

enum gh_err sql_records_older_delete(struct store *s, enum model_kind_id kind, int64_t device,
				     int64_t before_ms, int64_t limit, size_t *removed)
{
	const char *table = model_kinds[kind].name;
	char text[256];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	ghi_put(&w, GH_LIT("DELETE FROM "));
	ghi_put(&w, gh_slice_of(table));
	ghi_put(&w, GH_LIT(" WHERE id IN (SELECT id FROM "));
	ghi_put(&w, gh_slice_of(table));
	ghi_put(&w, GH_LIT(" WHERE device = ? AND received_ms < ? LIMIT ?)"));
	ghi_put(&w, gh_slice_of(row_count_returning(kind)));
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	sql_put_int(&q, device);
	sql_put_int(&q, before_ms);
	sql_put_int(&q, limit);
	return sql_run_removing(&q, kind, removed);
}

static void record_select_text(struct ghi_writer *w, const struct model_kind *k)
{
	ghi_put(w, GH_LIT("SELECT " RECORD_FIELDS));
	kind_put_read_columns(w, k);
	ghi_put(w, GH_LIT(" FROM "));
	ghi_put(w, gh_slice_of(k->name));
	ghi_put(w, GH_LIT(" r JOIN device d ON d.id = r.device" RECORD_SHOWN));
}

struct record_row sql_record_of(const struct sql_call *q, const struct model_kind *k,
				union model_record *record)
{
	kind_read_fields(q, k, RECORD_WIDTH, record);
	return (struct record_row){
		.id = sql_int(q, 0),
		.device = sql_int(q, 1),
		.serial = sql_text(q, 2),
		.received_ms = sql_int(q, 3),
		.record = record,
	};
}

static bool record_give(struct sql_call *q, const struct model_kind *k, store_record_fn *fn,
			void *ctx)
{
	union model_record record = { 0 };
	struct record_row row = sql_record_of(q, k, &record);

	return fn(ctx, &row);
}

static bool record_has_column(const struct model_kind *k, const char *column)
{
	for (size_t i = 0; i < k->fields; i++)
		if (strcmp(k->field[i].column, column) == 0)
			return true;
	return false;
}

enum gh_err sql_records_read(struct store_reader *r, enum model_kind_id kind,
			     const struct store_page *page, store_record_fn *fn, void *ctx)
{
	const struct model_kind *k = &model_kinds[kind];
	struct sql_list l;
	char text[1024];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	if (page->pin.n && !record_has_column(k, "pin"))
		return GH_OK;
	record_select_text(&w, k);
	if (w.err)
		return w.err;
	sql_list_init(&l, ghi_written(&w));
	if (page->pin.n)
		sql_list_text(&l, "r.pin = ?", page->pin);
	struct sql_call q = sql_list_call(r->sql, &l, page, "r.id", "r.device");

	while (sql_next(&q))
		if (!record_give(&q, k, fn, ctx))
			break;
	return sql_end(&q);
}

enum gh_err sql_record_get(struct store_reader *r, enum model_kind_id kind, int64_t id,
			   store_record_fn *fn, void *ctx)
{
	const struct model_kind *k = &model_kinds[kind];
	char text[1024];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	record_select_text(&w, k);
	ghi_put(&w, GH_LIT(" WHERE r.id = ?"));
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(r->sql, ghi_written(&w));

	sql_put_int(&q, id);
	bool found = sql_next(&q);

	if (found)
		record_give(&q, k, fn, ctx);
	enum gh_err err = sql_end(&q);

	return err == GH_OK && !found ? GH_ENOTFOUND : err;
}

static void record_text_find(struct ghi_writer *w, const struct model_kind *k)
{
	record_select_text(w, k);
	ghi_put(w, GH_LIT(" WHERE r.device = ?"));
	for (size_t i = 0; i < k->fields; i++) {
		if (!(k->field[i].flags & MODEL_KEY))
			continue;
		ghi_put(w, GH_LIT(" AND r."));
		ghi_put(w, gh_slice_of(k->field[i].column));
		ghi_put(w, GH_LIT(" = ?"));
	}
}

enum gh_err sql_record_find(struct store *s, enum model_kind_id kind, int64_t device,
			    const void *key, store_record_fn *fn, void *ctx)
{
	const struct model_kind *k = &model_kinds[kind];
	enum sql_id id = (enum sql_id)((int)SQL_RECORD_FIND + (int)kind);
	char text[2048];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	if (!s->sql->known[id])
		record_text_find(&w, k);
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_made(s->sql, id, ghi_written(&w));

	sql_put_int(&q, device);
	for (size_t i = 0; i < k->fields; i++)
		if (k->field[i].flags & MODEL_KEY)
			kind_put_field(&q, k, key, i);
	bool found = sql_next(&q);

	if (found)
		record_give(&q, k, fn, ctx);
	enum gh_err err = sql_end(&q);

	return err == GH_OK && !found ? GH_ENOTFOUND : err;
}

static struct sql_call counts_call(struct store_reader *r, int64_t device)
{
	struct sql_call q = sql_call(r->sql, SQL_ROW_COUNTS);

	sql_put_int(&q, device ? device : 0);
	sql_put_int(&q, device ? device : INT64_MAX);
	return q;
}

enum gh_err sql_record_counts(struct store_reader *r, int64_t device,
			      int64_t counts[KIND_COUNT])
{
	int64_t found[KIND_COUNT] = { 0 };
	struct sql_call q = counts_call(r, device);

	while (sql_next(&q))
		for (enum model_kind_id kind = 0; kind < KIND_COUNT; kind++)
			if (gh_slice_eq(sql_text(&q, 0), gh_slice_of(model_kinds[kind].name)))
				found[kind] += sql_int(&q, 2);
	enum gh_err err = sql_end(&q);

	if (err == GH_OK)
		memcpy(counts, found, sizeof(found));
	return err;
}

enum gh_err sql_template_counts(struct store_reader *r, int64_t device, store_count_fn *fn,
				void *ctx)
{
	struct sql_call q = counts_call(r, device);
	gh_slice name = gh_slice_of(model_kinds[KIND_TEMPLATE].name);

	while (sql_next(&q))
		if (gh_slice_eq(sql_text(&q, 0), name) &&
		    !fn(ctx, sql_text(&q, 1), sql_int(&q, 2)))
			break;
	return sql_end(&q);
}

enum gh_err sql_people_privileged(struct store_reader *r, int64_t device, store_count_fn *fn,
				  void *ctx)
{
	struct sql_call q = sql_call(r->sql, SQL_PEOPLE_PRIVILEGED);

	sql_put_int(&q, device);
	while (sql_next(&q) && fn(ctx, sql_text(&q, 0), sql_int(&q, 1)))
		;
	return sql_end(&q);
}
