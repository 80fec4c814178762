/* Entities and the fields that refer to them. Statements are made for the occasion: people change
 * entities, devices do not. */
#include <glib.h>

#include "model/entity.h"

#include "store/sql/entity_key.h"
#include "store/sql/kind_sql.h"
#include "store/sql/list.h"
#include "store/sql/people_search.h"
#include "store/sql/sql_store.h"

#define TEXT_MAX 1024
#define DEPTH_MAX 64 /* of entities that refer to one of their own kind */

/* Between two programs on one database the row of an entity is what they lock: FOR SHARE who makes
 * something refer to it, FOR UPDATE who deletes it. */
#define LOCK_KEEP " FOR SHARE"
#define LOCK_DELETE " FOR UPDATE"

/* The only column of the first row a question about one row has; *found: there was one. */
static enum gh_err row_query(struct store *s, struct ghi_writer *w, const char *locks,
			     int64_t id, bool *found, int64_t *out)
{
	if (w->err)
		return w->err;
	struct sql_call q = sql_call_locking(s->sql, ghi_written(w), locks);

	sql_put_int(&q, id);
	*found = sql_next(&q);
	if (*found && out)
		*out = sql_null(&q, 0) ? 0 : sql_int(&q, 0);
	return sql_end(&q);
}

/* --- references --- */

enum gh_err sql_entity_lock(struct store *s, const char *table, const char *locks, int64_t id)
{
	char text[TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	bool found = false;

	sql_words(&w, "SELECT 1 FROM ");
	sql_words(&w, table);
	sql_words(&w, " WHERE id = ?");
	enum gh_err err = row_query(s, &w, locks, id, &found, NULL);

	return err == GH_OK && !found ? GH_ENOTFOUND : err;
}

/* Follow a reference within one table from `at` on: it must not come by `id`. */
static enum gh_err circle_check(struct store *s, const struct model_reference *r, int64_t id,
				int64_t at)
{
	for (int depth = 0; at; depth++) {
		char text[TEXT_MAX];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));
		bool found = false;

		if (at == id || depth == DEPTH_MAX)
			return GH_EINVALID;
		sql_words(&w, "SELECT ");
		sql_words(&w, r->column);
		sql_words(&w, " FROM ");
		sql_words(&w, r->from);
		sql_words(&w, " WHERE id = ?");
		enum gh_err err = row_query(s, &w, "", at, &found, &at);

		if (err || !found)
			return err;
	}
	return GH_OK;
}

static const struct model_reference *reference_of(const struct model_kind *k,
						  const char *column)
{
	for (size_t i = 0; i < model_reference_count; i++)
		if (!strcmp(model_references[i].from, k->name) &&
		    !strcmp(model_references[i].column, column))
			return &model_references[i];
	return NULL;
}

enum gh_err sql_references_check(struct store *s, const struct model_kind *k, int64_t id,
				 const void *record)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < k->fields && err == GH_OK; i++) {
		const struct model_reference *r = reference_of(k, k->field[i].column);
		int64_t to = r && model_has(record, i)
				     ? *(const int64_t *)model_at_const(k, record, i)
				     : 0;

		if (to == 0)
			continue;
		err = sql_entity_lock(s, model_entities[r->to].name, LOCK_KEEP, to);
		if (err == GH_ENOTFOUND)
			err = GH_EINVALID;
		if (err == GH_OK && id && !strcmp(k->name, model_entities[r->to].name))
			err = circle_check(s, r, id, to);
	}
	return err;
}

/* --- writing --- */

static enum gh_err entity_insert(struct store *s, const struct model_kind *k, int64_t *id,
				 const void *record)
{
	char text[TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	sql_words(&w, "INSERT INTO ");
	sql_words(&w, k->name);
	for (size_t i = 0; i < k->fields; i++) {
		sql_words(&w, i ? ", " : " (");
		sql_words(&w, k->field[i].column);
	}
	for (size_t i = 0; i < k->fields; i++)
		sql_words(&w, i ? ", ?" : ") VALUES (?");
	sql_words(&w, ")");
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	kind_put_fields(&q, k, record, KIND_ALL_FIELDS);
	return id ? sql_run_insert(&q, id) : sql_run(&q);
}

static enum gh_err entity_merge(struct store *s, const struct model_kind *k, int64_t id,
				const void *record)
{
	char text[TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	sql_words(&w, "UPDATE ");
	sql_words(&w, k->name);
	sql_words(&w, " SET id = id");
	for (size_t i = 0; i < k->fields; i++) {
		if (!model_has(record, i))
			continue;
		sql_words(&w, ", ");
		sql_words(&w, k->field[i].column);
		sql_words(&w, " = ?");
	}
	sql_words(&w, " WHERE id = ?");
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	for (size_t i = 0; i < k->fields; i++)
		if (model_has(record, i))
			kind_put_field(&q, k, record, i);
	sql_put_int(&q, id);
	return sql_run_found(&q);
}

/* With the text by which they are found. */
static enum gh_err people_put(struct store *s, int64_t *id, const struct people *given)
{
	const struct model_kind *k = &model_entities[ENTITY_PEOPLE];
	struct people p;
	char *text;
	int64_t one = id ? *id : 0;
	enum gh_err err = people_search_set(s, one, given, &p, &text);

	if (err == GH_OK)
		err = one ? entity_merge(s, k, one, &p) : entity_insert(s, k, id, &p);
	g_free(text);
	return err;
}

enum gh_err sql_entity_put(struct store *s, enum model_entity_id kind, int64_t *id,
			   const void *record)
{
	const struct model_kind *k = &model_entities[kind];
	int64_t one = id ? *id : 0;
	enum gh_err err = sql_entity_key_check(s, kind, one, record);

	if (err == GH_OK)
		err = sql_references_check(s, k, one, record);
	if (err)
		return err;
	if (kind == ENTITY_PEOPLE)
		return people_put(s, id, record);
	return one ? entity_merge(s, k, one, record) : entity_insert(s, k, id, record);
}

/* GH_ESTATE: something refers to it. */
static enum gh_err use_check(struct store *s, const struct model_reference *r, int64_t id)
{
	char text[TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	bool found = false;

	sql_words(&w, "SELECT 1 FROM ");
	sql_words(&w, r->from);
	sql_words(&w, " WHERE ");
	sql_words(&w, r->column);
	sql_words(&w, " = ? LIMIT 1");
	enum gh_err err = row_query(s, &w, "", id, &found, NULL);

	return err == GH_OK && found ? GH_ESTATE : err;
}

/* The same by pairs that keep it. */
static enum gh_err pairs_check(struct store *s, const struct model_relation *r, int64_t id)
{
	return use_check(s, &(struct model_reference){ .from = r->name, .column = r->to }, id);
}

enum gh_err sql_entity_delete(struct store *s, enum model_entity_id kind, int64_t id)
{
	const struct model_kind *k = &model_entities[kind];
	char text[TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	enum gh_err err = sql_entity_lock(s, k->name, LOCK_DELETE, id);

	for (size_t i = 0; i < model_reference_count && err == GH_OK; i++)
		if (model_references[i].to == kind)
			err = use_check(s, &model_references[i], id);
	for (size_t i = 0; i < RELATION_COUNT && err == GH_OK; i++)
		if (model_relations[i].keeps && model_relations[i].to_kind == kind)
			err = pairs_check(s, &model_relations[i], id);
	if (err == GH_OK)
		err = sql_relations_drop(s, k->name, id);
	sql_words(&w, "DELETE FROM ");
	sql_words(&w, k->name);
	sql_words(&w, " WHERE id = ?");
	if (err || w.err)
		return err ? err : w.err;
	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	sql_put_int(&q, id);
	return sql_run_found(&q);
}

/* --- reading --- */

static void entity_select_text(struct ghi_writer *w, const struct model_kind *k)
{
	sql_words(w, "SELECT e.id");
	kind_put_columns(w, k, KIND_ALL_FIELDS, "e.%");
	sql_words(w, " FROM ");
	sql_words(w, k->name);
	sql_words(w, " e");
}

static bool entity_give(struct sql_call *q, const struct model_kind *k, store_entity_fn *fn,
			void *ctx)
{
	union model_record record = { 0 };

	kind_read_fields(q, k, 1, &record);
	return fn(ctx, sql_int(q, 0), &record);
}

static enum gh_err entity_one(struct sql *sql, const char *locks, enum model_entity_id kind,
			      int64_t id, store_entity_fn *fn, void *ctx)
{
	const struct model_kind *k = &model_entities[kind];
	char text[TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	entity_select_text(&w, k);
	sql_words(&w, " WHERE e.id = ?");
	if (w.err)
		return w.err;
	struct sql_call q = locks ? sql_call_locking(sql, ghi_written(&w), locks)
				  : sql_call_once(sql, ghi_written(&w));

	sql_put_int(&q, id);
	bool found = sql_next(&q);

	if (found)
		entity_give(&q, k, fn, ctx);
	enum gh_err err = sql_end(&q);

	return err == GH_OK && !found ? GH_ENOTFOUND : err;
}

enum gh_err sql_entity_get(struct store_reader *r, enum model_entity_id kind, int64_t id,
			   store_entity_fn *fn, void *ctx)
{
	return entity_one(r->sql, NULL, kind, id, fn, ctx);
}

enum gh_err sql_entity_hold(struct store *s, enum model_entity_id kind, int64_t id,
			    store_entity_fn *fn, void *ctx)
{
	return entity_one(s->sql, LOCK_DELETE, kind, id, fn, ctx);
}

enum gh_err sql_entity_of_key(struct store *s, enum model_entity_id kind, const void *record,
			      store_entity_fn *fn, void *ctx)
{
	const struct model_kind *k = &model_entities[kind];
	char text[TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	entity_select_text(&w, k);
	sql_entity_key_text(&w, k, "e.");
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_locking(s->sql, ghi_written(&w), LOCK_DELETE);

	kind_put_fields(&q, k, record, KIND_SHORT_KEY_FIELDS);
	bool found = sql_next(&q);

	if (found)
		entity_give(&q, k, fn, ctx);
	enum gh_err err = sql_end(&q);

	return err == GH_OK && !found ? GH_ENOTFOUND : err;
}

enum gh_err sql_entities_each(struct store *s, enum model_entity_id kind, store_entity_fn *fn,
			      void *ctx)
{
	const struct model_kind *k = &model_entities[kind];
	char text[TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	entity_select_text(&w, k);
	sql_words(&w, " ORDER BY e.id");
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	while (sql_next(&q))
		if (!entity_give(&q, k, fn, ctx))
			break;
	return sql_end(&q);
}

enum gh_err sql_entities_drop(struct store *s, enum model_entity_id kind, size_t field,
			      int64_t of)
{
	const struct model_kind *k = &model_entities[kind];
	char text[TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	sql_words(&w, "DELETE FROM ");
	sql_words(&w, k->name);
	sql_words(&w, " WHERE ");
	sql_words(&w, k->field[field].column);
	sql_words(&w, " = ?");
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	sql_put_int(&q, of);
	return sql_run(&q);
}
