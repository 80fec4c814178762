/* The keys of entities. */
#include "store/sql/entity_key.h"

#include "store/sql/kind_sql.h"

#define TEXT_MAX 1024

void sql_entity_key_text(struct ghi_writer *w, const struct model_kind *k, const char *of)
{
	bool first = true;

	for (size_t i = 0; i < k->fields; i++) {
		if (!(k->field[i].flags & MODEL_KEY))
			continue;
		sql_words(w, first ? " WHERE " : " AND ");
		sql_words(w, of);
		sql_words(w, k->field[i].column);
		sql_words(w, " = ?");
		first = false;
	}
}

enum gh_err sql_entity_find(struct store *s, enum model_entity_id kind, const void *record,
			    int64_t *id)
{
	const struct model_kind *k = &model_entities[kind];
	char text[TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	sql_words(&w, "SELECT id FROM ");
	sql_words(&w, k->name);
	sql_entity_key_text(&w, k, "");
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	kind_put_fields(&q, k, record, KIND_SHORT_KEY_FIELDS);
	bool found = sql_next(&q);

	if (found)
		*id = sql_int(&q, 0);
	enum gh_err err = sql_end(&q);

	return err == GH_OK && !found ? GH_ENOTFOUND : err;
}

/* How many fields the key has, and how many of them the record. */
static size_t entity_key_fields(const struct model_kind *k, const void *record, size_t *there)
{
	size_t n = 0;

	*there = 0;
	for (size_t i = 0; i < k->fields; i++) {
		if (!(k->field[i].flags & MODEL_KEY))
			continue;
		n++;
		*there += model_has(record, i);
	}
	return n;
}

/* Another row with what the record has of the key, and what the row `id` has of it besides. */
static void key_part_text(struct ghi_writer *w, const struct model_kind *k, const void *record)
{
	sql_words(w, "SELECT o.id FROM ");
	sql_words(w, k->name);
	sql_words(w, " e JOIN ");
	sql_words(w, k->name);
	sql_words(w, " o ON o.id <> e.id");
	for (size_t i = 0; i < k->fields; i++) {
		if (!(k->field[i].flags & MODEL_KEY))
			continue;
		sql_words(w, " AND o.");
		sql_words(w, k->field[i].column);
		sql_words(w, model_has(record, i) ? " = ?" : " = e.");
		sql_words(w, model_has(record, i) ? "" : k->field[i].column);
	}
	sql_words(w, " WHERE e.id = ? LIMIT 1");
}

static enum gh_err key_part_check(struct store *s, const struct model_kind *k, int64_t id,
				  const void *record)
{
	char text[TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	key_part_text(&w, k, record);
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	for (size_t i = 0; i < k->fields; i++)
		if (k->field[i].flags & MODEL_KEY && model_has(record, i))
			kind_put_field(&q, k, record, i);
	sql_put_int(&q, id);
	bool found = sql_next(&q);
	enum gh_err err = sql_end(&q);

	return err == GH_OK && found ? GH_EEXISTS : err;
}

enum gh_err sql_entity_key_check(struct store *s, enum model_entity_id kind, int64_t id,
				 const void *record)
{
	const struct model_kind *k = &model_entities[kind];
	int64_t other = 0;
	size_t there, n = entity_key_fields(k, record, &there);

	if (n == 0)
		return GH_OK;
	if (there < n && id == 0)
		return GH_EINVALID;
	if (there < n)
		return there ? key_part_check(s, k, id, record) : GH_OK;
	enum gh_err err = sql_entity_find(s, kind, record, &other);

	if (err == GH_OK && other != id)
		return GH_EEXISTS;
	return err == GH_ENOTFOUND ? GH_OK : err;
}
