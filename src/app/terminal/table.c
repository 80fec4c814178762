#include "app/terminal/table.h"

#include <glib.h>

#include "app/table.h"

enum { COLUMNS = 32 };

struct out_table {
	FILE *to;
	const struct out_column *from;
	struct column columns[COLUMNS + 1];
	struct table_stream *stream; /* NULL: rows are shown as lines */
};

struct out_table *out_table_open(FILE *to, const struct out_column *columns, unsigned how)
{
	struct out_table *t = g_new0(struct out_table, 1);
	size_t n = 0;

	t->to = to;
	t->from = columns;
	for (size_t i = 0; columns[i].key; i++) {
		if (columns[i].title && n < COLUMNS)
			t->columns[n++] = (struct column){ columns[i].title, columns[i].key,
							   columns[i].cell };
	}
	if (!(how & OUT_ONE))
		t->stream = table_stream_open(to, t->columns, table_terminal(),
					      how & OUT_LIVE ? 0 : TABLE_MEASURED);
	return t;
}

static json_t *table_cell_of(const struct out_value *v)
{
	char *text;
	json_t *made;

	if (v->kind == OUT_NUMBER && v->shown == NULL)
		return json_integer(v->number);
	if (v->kind == OUT_ABSENT || (v->text == NULL && v->shown == NULL))
		return json_null();
	text = g_utf8_make_valid(v->shown ? v->shown : v->text, -1);
	made = json_string(text);
	g_free(text);
	return made;
}

void out_table_row(struct out_table *t, const struct out_value *values)
{
	json_t *row = json_object();

	for (size_t i = 0; t->from[i].key; i++)
		if (t->from[i].title)
			json_object_set_new(row, t->from[i].key, table_cell_of(&values[i]));
	if (t->stream) {
		table_stream_row(t->stream, row);
		return;
	}
	table_print_object(row, t->columns);
	json_decref(row);
}

void out_table_close(struct out_table *t, bool headed)
{
	if (t->stream)
		table_stream_close(t->stream, headed);
	g_free(t);
}

char *out_table_text(const char *text)
{
	static const struct column only = { .key = "text" };
	const struct out_value value = out_text(text);
	json_t *row = json_object();
	char *shown;

	json_object_set_new(row, only.key, table_cell_of(&value));
	shown = table_cell(row, &only);
	json_decref(row);
	return shown;
}
