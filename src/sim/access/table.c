#include "sim/access/table.h"

#include "base/number.h"
#include "wire/access/table.h"

#include <stdio.h>

static const char *const names[PANEL_TABLES] = {
#define PANEL_TABLE(NAME, name) name,
#include "sim/access/table.def"
#undef PANEL_TABLE
};

static void panel_row_free(void *at)
{
	struct panel_row *row = at;

	g_free(row->text);
	g_free(row->key);
	g_free(row);
}

static void panel_list_free(void *at)
{
	g_ptr_array_unref(at);
}

void panel_tables_open(struct panel_tables *t)
{
	for (int i = 0; i < PANEL_TABLES; i++)
		t->table[i] = (struct panel_table){
			.rows = g_ptr_array_new_with_free_func(panel_row_free),
			.by_key = g_hash_table_new(g_str_hash, g_str_equal),
			.by_first = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
							  panel_list_free),
		};
}

void panel_tables_close(struct panel_tables *t)
{
	for (int i = 0; i < PANEL_TABLES; i++) {
		g_hash_table_destroy(t->table[i].by_first);
		g_hash_table_destroy(t->table[i].by_key);
		g_ptr_array_unref(t->table[i].rows);
	}
}

const char *panel_table_name(enum panel_table_id id)
{
	return names[id];
}

enum panel_table_id panel_table_named(gh_slice name)
{
	enum panel_table_id id = 0;

	while (id < PANEL_TABLES && !gh_slice_ieq(name, gh_slice_of(names[id])))
		id++;
	return id;
}

const struct panel_row *panel_row_at(const struct panel_tables *t, enum panel_table_id id,
				     size_t i)
{
	const GPtrArray *rows = t->table[id].rows;

	return i < rows->len ? g_ptr_array_index(rows, i) : NULL;
}

size_t panel_rows(const struct panel_tables *t, enum panel_table_id id)
{
	return t->table[id].rows->len;
}

const GPtrArray *panel_rows_of(const struct panel_tables *t, enum panel_table_id id,
			       gh_slice value)
{
	char text[64];

	if (value.n >= sizeof(text))
		return NULL;
	memcpy(text, value.p ? value.p : (const uint8_t *)"", value.n);
	text[value.n] = 0;
	return g_hash_table_lookup(t->table[id].by_first, text);
}

/* --- fields --- */

static bool field_is(gh_slice key, const char *name)
{
	size_t i = 0;

	for (;; name++) {
		while (*name == '_')
			name++;
		while (i < key.n && key.p[i] == '_')
			i++;
		if (*name == 0 || i == key.n)
			return *name == 0 && i == key.n;
		if (gh_ascii_lower((uint8_t)*name) != gh_ascii_lower(key.p[i++]))
			return false;
	}
}

static gh_slice pairs_get(gh_slice pairs, const char *name)
{
	while (pairs.n) {
		gh_slice pair, key, value;

		gh_slice_cut(pairs, '\t', &pair, &pairs);
		if (gh_slice_cut(pair, '=', &key, &value) && field_is(gh_slice_trim(key), name))
			return value.p ? value : GH_LIT("");
	}
	return (gh_slice){ 0 };
}

gh_slice panel_field(const struct panel_row *row, const char *name)
{
	return pairs_get(gh_slice_of(row->text), name);
}

uint64_t panel_number(const struct panel_row *row, const char *name, uint64_t otherwise)
{
	uint64_t n = otherwise;

	if (ghi_number_parse(panel_field(row, name), UINT32_MAX, &n))
		return otherwise;
	return n;
}

/* --- changes --- */

/* The shape of a table that a row has: of those of one name, the first whose key it has. */
static const struct ghi_access_table *row_shape(enum panel_table_id id, gh_slice text)
{
	const struct ghi_access_table *t, *any = NULL;
	const char *name = id == PANEL_EXTBOARD || id == PANEL_EXTBOARDREACT ? "" : names[id];

	for (size_t i = 0; (t = ghi_access_table_at(i)); i++) {
		bool whole = true;

		if (strcmp(t->name, name) != 0)
			continue;
		for (size_t j = 0; j < t->fields; j++)
			if (t->field[j].flags & GHI_FIELD_KEY)
				whole = whole && pairs_get(text, t->field[j].name).p;
		if (whole)
			return t;
		any = any ? any : t;
	}
	return any;
}

static char *panel_key_of(enum panel_table_id id, gh_slice text)
{
	struct ghi_table_row row = ghi_table_row_of(row_shape(id, text));
	char key[512];
	struct ghi_writer w = ghi_writer_on(key, sizeof(key));

	ghi_table_row_read(&row, text, false);
	ghi_table_key_write(&w, &row);
	return g_strndup(key, w.n);
}

static char *panel_first_of(const struct panel_row *row)
{
	return g_strndup(row->key, strcspn(row->key, "\t"));
}

static void panel_first_add(struct panel_table *t, struct panel_row *row)
{
	char *first = panel_first_of(row);
	GPtrArray *list = g_hash_table_lookup(t->by_first, first);

	if (list == NULL) {
		list = g_ptr_array_new();
		g_hash_table_insert(t->by_first, first, list);
	} else {
		g_free(first);
	}
	g_ptr_array_add(list, row);
}

static void panel_first_remove(struct panel_table *t, struct panel_row *row)
{
	char *first = panel_first_of(row);
	GPtrArray *list = g_hash_table_lookup(t->by_first, first);

	g_ptr_array_remove(list, row);
	if (list->len == 0)
		g_hash_table_remove(t->by_first, first);
	g_free(first);
}

enum gh_err panel_row_put(struct panel_tables *state, enum panel_table_id id, gh_slice text)
{
	struct panel_table *t = &state->table[id];
	char *key = panel_key_of(id, text);
	struct panel_row *row = g_hash_table_lookup(t->by_key, key);

	state->changes++;
	if (row) {
		g_free(row->text);
		row->text = g_strndup((const char *)text.p, text.n);
		g_free(key);
		return GH_OK;
	}
	if (t->rows->len >= PANEL_ROWS_MAX) {
		g_free(key);
		return GH_ETOOBIG;
	}
	row = g_new(struct panel_row, 1);
	*row = (struct panel_row){ g_strndup((const char *)text.p, text.n), key };
	g_ptr_array_add(t->rows, row);
	g_hash_table_insert(t->by_key, row->key, row);
	panel_first_add(t, row);
	return GH_OK;
}

bool panel_row_matches(const struct panel_row *row, gh_slice conditions)
{
	while (conditions.n) {
		gh_slice pair, key, value;
		char name[64];

		gh_slice_cut(conditions, '\t', &pair, &conditions);
		if (gh_slice_trim(pair).n == 0)
			continue;
		gh_slice_cut(pair, '=', &key, &value);
		g_snprintf(name, sizeof(name), "%.*s", GH_FMT(gh_slice_trim(key)));
		if (!gh_slice_eq(gh_slice_trim(panel_field(row, name)), gh_slice_trim(value)))
			return false;
	}
	return true;
}

size_t panel_rows_delete(struct panel_tables *state, enum panel_table_id id,
			 gh_slice conditions)
{
	struct panel_table *t = &state->table[id];
	size_t removed = t->rows->len;

	state->changes++;
	if (gh_slice_trim(conditions).n == 0) {
		g_hash_table_remove_all(t->by_key);
		g_hash_table_remove_all(t->by_first);
		g_ptr_array_set_size(t->rows, 0);
		return removed;
	}
	removed = 0;
	for (guint i = 0; i < t->rows->len;) {
		struct panel_row *row = g_ptr_array_index(t->rows, i);

		if (!panel_row_matches(row, conditions)) {
			i++;
			continue;
		}
		g_hash_table_remove(t->by_key, row->key);
		panel_first_remove(t, row);
		g_ptr_array_remove_index(t->rows, i);
		removed++;
	}
	return removed;
}

size_t panel_rows_matching(const struct panel_tables *t, enum panel_table_id id,
			   gh_slice conditions)
{
	const struct panel_row *row;
	size_t n = 0;

	for (size_t i = 0; (row = panel_row_at(t, id, i)); i++)
		n += panel_row_matches(row, conditions);
	return n;
}

void panel_row_write(const struct panel_tables *t, enum panel_table_id id, size_t i,
		     const char *sn, struct json *j)
{
	gh_slice rest = gh_slice_of(panel_row_at(t, id, i)->text), pair, name, value;

	json_begin(j);
	json_object(j);
	json_key(j, "deviceSerial");
	json_string(j, gh_slice_of(sn));
	json_key(j, "table");
	json_string(j, gh_slice_of(names[id]));
	json_key(j, "row");
	json_object(j);
	while (rest.n) {
		char key[64];

		gh_slice_cut(rest, '\t', &pair, &rest);
		if (!gh_slice_cut(pair, '=', &name, &value))
			continue;
		snprintf(key, sizeof(key), "%.*s", GH_FMT(name));
		json_key(j, key);
		json_string(j, value);
	}
	json_object_end(j);
	json_object_end(j);
	buffer_add(&j->text, GH_LIT("\n"));
}
