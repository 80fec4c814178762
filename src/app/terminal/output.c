#include "app/terminal/output.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>

#include "app/terminal/table.h"
#include "base/csv.h"
#include "base/json.h"

enum { ROW_LIMIT = 1 << 20 };

struct out {
	FILE *to;
	enum out_format format;
	const struct out_column *columns;
	bool one, live, begun;
	int failed;	  /* errno */
	struct json line; /* one row, used again */
	struct out_table *table;
};

struct out *out_open(FILE *to, enum out_format format, const struct out_column *columns,
		     unsigned how)
{
	struct out *o = g_new0(struct out, 1);

	o->to = to;
	o->format = format;
	o->columns = columns;
	o->one = how & OUT_ONE;
	o->live = how & OUT_LIVE;
	o->line = json_with_limit(ROW_LIMIT);
	if (format == OUT_TABLE)
		o->table = out_table_open(to, columns, how);
	return o;
}

/* --- JSON --- */

static void output_value_put(struct json *j, const struct out_value *v)
{
	switch (v->kind) {
	case OUT_TEXT:
		json_string(j, gh_slice_of(v->text));
		break;
	case OUT_NUMBER:
		json_int(j, v->number);
		break;
	case OUT_FLAG:
		json_array(j);
		if (v->text)
			json_string(j, gh_slice_of(v->text));
		json_array_end(j);
		break;
	default:
		json_null(j);
	}
}

/* Print the row, if there was room for it. */
static void output_line_put(struct out *o)
{
	if (o->line.text.err == GH_OK)
		fwrite(o->line.text.p, 1, o->line.text.n, o->to);
}

static void output_object_put(struct out *o, const struct out_value *values)
{
	struct json *j = &o->line;

	buffer_empty(&j->text);
	json_begin(j);
	json_object(j);
	for (size_t i = 0; o->columns[i].key; i++) {
		json_key(j, o->columns[i].key);
		output_value_put(j, &values[i]);
	}
	json_object_end(j);
	output_line_put(o);
}

/* --- CSV, with the line ends of this system --- */

static void output_field_put(struct buffer *b, const char *text)
{
	char *valid = g_utf8_make_valid(text, -1);

	csv_text(b, gh_slice_of(valid), CSV_AS_IS);
	g_free(valid);
}

static void output_head_put(struct out *o)
{
	struct buffer *b = &o->line.text;
	bool first = true;

	buffer_empty(b);
	for (size_t i = 0; o->columns[i].key; i++) {
		csv_next(b, &first);
		output_field_put(b, o->columns[i].key);
	}
	buffer_add(b, GH_LIT("\n"));
	output_line_put(o);
}

static void output_row_put(struct out *o, const struct out_value *values)
{
	struct buffer *b = &o->line.text;
	bool first = true;

	buffer_empty(b);
	for (size_t i = 0; o->columns[i].key; i++) {
		const struct out_value *v = &values[i];

		csv_next(b, &first);
		if (v->kind == OUT_NUMBER)
			buffer_print(b, "%" PRId64, v->number);
		else if (v->kind != OUT_ABSENT && v->text)
			output_field_put(b, v->text);
	}
	buffer_add(b, GH_LIT("\n"));
	output_line_put(o);
}

/* --- rows --- */

static void out_begin(struct out *o)
{
	if (o->begun)
		return;
	o->begun = true;
	if (o->format == OUT_CSV)
		output_head_put(o);
	if (o->format == OUT_JSON && !o->one)
		fputc('[', o->to);
}

/* errno is that of the first failure only while nothing else happened. */
static bool out_note_failure(struct out *o)
{
	if (!o->failed && ferror(o->to))
		o->failed = errno ? errno : EIO;
	if (!o->failed && o->line.text.err)
		o->failed = o->line.text.err == GH_ENOMEM ? ENOMEM : EMSGSIZE;
	return !o->failed;
}

bool out_row(struct out *o, const struct out_value *values)
{
	bool first = !o->begun;

	out_begin(o);
	switch (o->format) {
	case OUT_TABLE:
		out_table_row(o->table, values);
		break;
	case OUT_CSV:
		output_row_put(o, values);
		break;
	case OUT_JSON:
		if (!o->one)
			fputs(first ? "\n" : ",\n", o->to);
		output_object_put(o, values);
		break;
	case OUT_NDJSON:
		output_object_put(o, values);
		fputc('\n', o->to);
		break;
	}
	if (o->live)
		fflush(o->to);
	return out_note_failure(o);
}

int out_close(struct out *o, bool complete)
{
	int failed;

	if (complete)
		out_begin(o);
	if (o->table)
		out_table_close(o->table, complete);
	if (o->format == OUT_JSON && o->begun)
		fputs(o->one || !complete ? "\n" : "\n]\n", o->to);
	if (fflush(o->to) && !o->failed)
		o->failed = errno;
	out_note_failure(o);
	failed = o->failed;
	json_clear(&o->line);
	g_free(o);
	return failed;
}
