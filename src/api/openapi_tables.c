/* The tables of access units in the document: each field with its rule, from the rows by which they are checked
 * (wire/access/access_table.def, access_field.def). */
#include "api/openapi_json.h"
#include "api/openapi_schema.h"
#include "wire/access/table.h"

/* As a refusal has it, so that both have the same words. */
static json_t *table_words(const struct ghi_table_fault *fault)
{
	char text[400];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	ghi_table_fault_write(&w, fault);
	return w.err ? NULL : json_stringn(text, w.n);
}

static json_t *table_field(const struct ghi_access_table *t, const struct ghi_table_field *f)
{
	bool length = f->type == GHI_FIELD_TEXT || f->type == GHI_FIELD_DIGITS;
	struct ghi_table_fault rule = { .rule = length ? GHI_RULE_LENGTH : GHI_RULE_VALUE,
					.table = t,
					.field = f,
					.doors = -1,
					.longer = length && *f->choices };
	json_t *s = tree_with_text(json_object(), "name", f->name);

	s = tree_with(s, "rule", table_words(&rule));
	if (f->flags & GHI_FIELD_KEY)
		s = tree_with(s, "key", json_true());
	if (f->flags & GHI_FIELD_UPLOAD)
		s = tree_with(s, "readOnly", json_true());
	if (f->flags & GHI_FIELD_SECRET)
		s = tree_with(s, "writeOnly", json_true());
	if (f->otherwise)
		s = tree_with_text(s, "default", f->otherwise);
	if (*f->gate)
		s = tree_with_text(s, "where", f->gate);
	return s;
}

static json_t *table_verbs(const struct ghi_access_table *t)
{
	static const struct {
		char letter;
		const char *word;
	} verb[] = { { 'U', "update" },
		     { 'D', "delete" },
		     { 'C', "count" },
		     { 'Q', "query" },
		     { '^', "uploaded" } };
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(verb) / sizeof(verb[0]); i++)
		if (ghi_table_has_verb(t, verb[i].letter))
			list = tree_append(list, json_string(verb[i].word));
	return list;
}

static json_t *table_shape(const struct ghi_access_table *t)
{
	struct ghi_table_fault sets = { .rule = GHI_RULE_CONDITIONS, .table = t, .doors = -1 };
	json_t *s = tree_with_text(json_object(), "table", t->name), *fields = json_array();

	s = tree_with_text(s, "about", t->words);
	s = tree_with(s, "verbs", table_verbs(t));
	if (ghi_table_has_verb(t, 'D'))
		s = tree_with(s, "deletion", table_words(&sets));
	if (*t->gate)
		s = tree_with_text(s, "where", t->gate);
	for (size_t i = 0; i < t->fields; i++)
		fields = tree_append(fields, table_field(t, &t->field[i]));
	return tree_with(s, "fields", fields);
}

json_t *openapi_rows_request(const struct schema *schema)
{
	json_t *tables = json_array();
	const struct ghi_access_table *t;

	for (size_t i = 0; (t = ghi_access_table_at(i)) != NULL; i++)
		if (*t->name)
			tables = tree_append(tables, table_shape(t));
	return tree_with(openapi_schema(schema), "x-tables", tables);
}
