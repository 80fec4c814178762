/* Tables of pairs: which rows of one table are joined with which of another. */
#include "store/sql/kind_sql.h"
#include "store/sql/sql_store.h"

#define TEXT_MAX 1024

static enum gh_err side_lock(struct store *s, const char *table, int64_t id)
{
	return strcmp(table, device_kind.name) == 0
		       ? sql_for_device(s, id)
		       : sql_entity_lock(s, table, " FOR SHARE", id);
}

enum gh_err sql_relation_put(struct store *s, enum model_relation_id relation, int64_t from,
			     int64_t to)
{
	const struct model_relation *r = &model_relations[relation];
	char text[TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	enum gh_err err = side_lock(s, r->from, from);

	if (err == GH_OK)
		err = side_lock(s, r->to, to);
	sql_words(&w, "INSERT INTO ");
	sql_words(&w, r->name);
	sql_words(&w, " (");
	sql_words(&w, r->from);
	sql_words(&w, ", ");
	sql_words(&w, r->to);
	sql_words(&w, ") VALUES (?, ?) ON CONFLICT DO NOTHING");
	if (err || w.err)
		return err ? err : w.err;
	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	sql_put_int(&q, from);
	sql_put_int(&q, to);
	return sql_run(&q);
}

static enum gh_err pairs_drop(struct store *s, const struct model_relation *r,
			      const char *column, int64_t id)
{
	char text[TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	sql_words(&w, "DELETE FROM ");
	sql_words(&w, r->name);
	sql_words(&w, " WHERE ");
	sql_words(&w, column);
	sql_words(&w, " = ?");
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	sql_put_int(&q, id);
	return sql_run(&q);
}

enum gh_err sql_relation_clear(struct store *s, enum model_relation_id relation, int64_t from)
{
	const struct model_relation *r = &model_relations[relation];

	return pairs_drop(s, r, r->from, from);
}

enum gh_err sql_relation_cut(struct store *s, enum model_relation_id relation, int64_t from,
			     int64_t to)
{
	const struct model_relation *r = &model_relations[relation];
	char text[TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	sql_words(&w, "DELETE FROM ");
	sql_words(&w, r->name);
	sql_words(&w, " WHERE ");
	sql_words(&w, r->from);
	sql_words(&w, " = ? AND ");
	sql_words(&w, r->to);
	sql_words(&w, " = ?");
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	sql_put_int(&q, from);
	sql_put_int(&q, to);
	return sql_run(&q);
}

enum gh_err sql_relations_drop(struct store *s, const char *table, int64_t id)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < RELATION_COUNT && err == GH_OK; i++) {
		const struct model_relation *r = &model_relations[i];

		if (!strcmp(r->from, table))
			err = pairs_drop(s, r, r->from, id);
		if (err == GH_OK && !strcmp(r->to, table))
			err = pairs_drop(s, r, r->to, id);
	}
	return err;
}

/* Those of one of the two, in column `of`; NULL: all pairs. */
static void relation_select_text(struct ghi_writer *w, const struct model_relation *r,
				 const char *of)
{
	sql_words(w, "SELECT r.");
	sql_words(w, r->from);
	sql_words(w, ", e.id");
	kind_put_columns(w, &model_entities[r->to_kind], KIND_ALL_FIELDS, "e.%");
	sql_words(w, " FROM ");
	sql_words(w, r->name);
	sql_words(w, " r JOIN ");
	sql_words(w, r->to);
	sql_words(w, " e ON e.id = r.");
	sql_words(w, r->to);
	if (of) {
		sql_words(w, " WHERE r.");
		sql_words(w, of);
		sql_words(w, " = ?");
	}
	sql_words(w, " ORDER BY r.");
	sql_words(w, r->from);
	sql_words(w, ", e.id");
}

static enum gh_err relation_pairs_read(struct sql *sql, enum model_relation_id relation,
				       const char *of, int64_t id, store_relation_fn *fn,
				       void *ctx)
{
	const struct model_relation *r = &model_relations[relation];
	char text[TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	relation_select_text(&w, r, of);
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(sql, ghi_written(&w));

	if (of)
		sql_put_int(&q, id);
	while (sql_next(&q)) {
		union model_record record = { 0 };

		kind_read_fields(&q, &model_entities[r->to_kind], 2, &record);
		if (!fn(ctx, sql_int(&q, 0), sql_int(&q, 1), &record))
			break;
	}
	return sql_end(&q);
}

enum gh_err sql_relations_read(struct store_reader *reader, enum model_relation_id relation,
			       int64_t from, store_relation_fn *fn, void *ctx)
{
	return relation_pairs_read(reader->sql, relation,
				   from ? model_relations[relation].from : NULL, from, fn, ctx);
}

enum gh_err sql_relations_to(struct store_reader *reader, enum model_relation_id relation,
			     int64_t to, store_relation_fn *fn, void *ctx)
{
	return relation_pairs_read(reader->sql, relation, model_relations[relation].to, to, fn,
				   ctx);
}

enum gh_err sql_relations_of(struct store *s, enum model_relation_id relation, int64_t from,
			     store_relation_fn *fn, void *ctx)
{
	return relation_pairs_read(s->sql, relation,
				   from ? model_relations[relation].from : NULL, from, fn, ctx);
}
