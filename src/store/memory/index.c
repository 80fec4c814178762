#include "store/memory/memory.h"

static void key_int(GByteArray *key, int64_t v)
{
	g_byte_array_append(key, (const guint8 *)&v, sizeof(v));
}

static void key_slice(GByteArray *key, gh_slice s)
{
	key_int(key, (int64_t)s.n);
	if (s.n)
		g_byte_array_append(key, s.p, (guint)s.n);
}

static void key_record(GByteArray *key, const struct model_kind *k,
		       const struct memory_record *r)
{
	key_int(key, r->device);
	for (size_t i = 0; i < k->fields; i++) {
		const void *at = model_at_const(k, &r->record, i);

		if (!(k->field[i].flags & MODEL_KEY))
			continue;
		if (k->field[i].type == MODEL_TEXT || k->field[i].type == MODEL_BYTES)
			key_slice(key, *(const gh_slice *)at);
		else
			key_int(key, *(const int64_t *)at);
	}
}

static void key_punch(GByteArray *key, const struct punch *p)
{
	key_int(key, p->device);
	key_int(key, p->time);
	key_slice(key, p->pin);
	key_int(key, p->status);
	key_int(key, p->verify);
	key_slice(key, p->work_code);
}

/* The natural key of a row, or NULL for a table that has none. */
static GBytes *key_of(enum memory_table t, const void *object)
{
	GByteArray *key = g_byte_array_new();

	switch (t) {
	case TABLE_DEVICE:
		key_slice(key, ((const struct memory_device *)object)->d.sn);
		break;
	case TABLE_OPTION:
	case TABLE_STAMP:
		key_int(key, ((const struct memory_pair *)object)->device);
		key_slice(key, ((const struct memory_pair *)object)->key);
		break;
	case TABLE_PUNCH:
		key_punch(key, object);
		break;
	case TABLE_TOKEN:
		key_slice(key, (gh_slice){ ((const struct token *)object)->hash, 32 });
		break;
	default:
		if (t < TABLE_RECORD) {
			g_byte_array_unref(key);
			return NULL;
		}
		key_record(key, &model_kinds[t - TABLE_RECORD], object);
	}
	return g_byte_array_free_to_bytes(key);
}

static void add(GHashTable *index, enum memory_table t, const void *object, int64_t n)
{
	GBytes *key = key_of(t, object);

	if (key)
		g_hash_table_replace(index, key, GSIZE_TO_POINTER((gsize)n));
}

static GHashTable *index_of(struct store *s, enum memory_table t)
{
	if (s->index[t])
		return s->index[t];
	s->index[t] = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
					    (GDestroyNotify)g_bytes_unref, NULL);
	for (int64_t n = 1; n <= s->open->table[t].last; n++) {
		const void *row = table_get(&s->open->table[t], n);

		if (row)
			add(s->index[t], t, row, n);
	}
	return s->index[t];
}

int64_t memory_find(struct store *s, enum memory_table t, const void *object)
{
	GBytes *key = key_of(t, object);
	gpointer n = key ? g_hash_table_lookup(index_of(s, t), key) : NULL;

	g_bytes_unref(key);
	return (int64_t)GPOINTER_TO_SIZE(n);
}

void memory_index_add(struct store *s, enum memory_table t, const void *object, int64_t n)
{
	if (s->index[t])
		add(s->index[t], t, object, n);
}

void memory_index_remove(struct store *s, enum memory_table t, const void *object)
{
	GBytes *key = s->index[t] ? key_of(t, object) : NULL;

	if (key)
		g_hash_table_remove(s->index[t], key);
	g_bytes_unref(key);
}

void memory_index_clear(struct store *s)
{
	for (size_t t = 0; t < TABLES; t++) {
		if (s->index[t])
			g_hash_table_unref(s->index[t]);
		s->index[t] = NULL;
	}
}

enum gh_err memory_put(struct store *s, enum memory_table t, int64_t n, const void *object,
		       int64_t *id)
{
	struct table *table = &s->open->table[t];
	enum gh_err err = n ? table_set(table, n, memory_row(t, object))
			    : table_add(table, memory_row(t, object));
	if (err)
		return err;
	*id = n ? n : table->last;
	memory_index_add(s, t, object, *id);
	return GH_OK;
}

enum gh_err memory_remove(struct store *s, enum memory_table t, int64_t n)
{
	const void *row = table_get(&s->open->table[t], n);

	if (row)
		memory_index_remove(s, t, row);
	return table_remove(&s->open->table[t], n);
}
