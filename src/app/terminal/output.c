#include "app/terminal/output.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

#include "app/terminal/table.h"
#include "base/csv.h"
#include "base/json.h"
#include "base/text.h"

enum {
	TOGETHER = 64 * 1024,		  /* bytes of rows that are written together */
	TEXT_LIMIT = TOGETHER + (1 << 20) /* and of the row that fills them up */
};

struct out {
	FILE *to;
	enum out_format format;
	const struct out_column *columns;
	struct out_choice choice; /* the columns, where some were chosen */
	bool one, live, begun;
	int failed;	  /* errno */
	struct json text; /* rows that are not written yet */
	/* What stands before the value of each column of an object. */
	struct buffer keys;
	gh_slice key[OUT_COLUMNS];
	struct out_table *table;
};

bool out_choose(const struct out_column *columns, const char *keys, struct out_choice *to,
		char **unknown)
{
	char **word = g_strsplit(keys, ",", -1);
	bool known = *word != NULL;

	if (!known)
		*unknown = g_strdup("");
	*to = (struct out_choice){ 0 };
	for (char **w = word; *w && known; w++) {
		size_t i = 0;

		g_strstrip(*w);
		while (columns[i].key && strcmp(columns[i].key, *w) != 0)
			i++;
		known = columns[i].key && to->n < OUT_COLUMNS;
		if (!known) {
			*unknown = g_strdup(*w);
			break;
		}
		to->column[to->n] = columns[i];
		/* A column that is not for people by itself is, where it is named. */
		if (columns[i].title == NULL)
			to->column[to->n].title = columns[i].key;
		to->place[to->n++] = i;
	}
	g_strfreev(word);
	return known;
}

/* {"first": and ,"second": once for all rows. */
static void out_keys_make(struct out *o)
{
	struct json j = json_with_limit(TEXT_LIMIT);
	size_t end[OUT_COLUMNS], n = 0, start = 0;

	json_object(&j);
	for (; n < OUT_COLUMNS && o->columns[n].key; n++) {
		json_key(&j, o->columns[n].key);
		j.comma = true;
		end[n] = j.text.n;
	}
	o->keys = j.text;
	if (o->keys.err)
		n = 0;
	for (size_t i = 0; i < n; start = end[i++])
		o->key[i] = (gh_slice){ o->keys.p + start, end[i] - start };
}

struct out *out_open_none(void)
{
	return g_new0(struct out, 1);
}

struct out *out_open(FILE *to, enum out_format format, const struct out_column *columns,
		     const struct out_choice *choice, unsigned how)
{
	struct out *o = g_new0(struct out, 1);

	o->to = to;
	o->format = format;
	if (choice)
		o->choice = *choice;
	o->columns = columns = choice ? o->choice.column : columns;
	o->one = how & OUT_ONE;
	o->live = how & OUT_LIVE;
	o->text = json_with_limit(TEXT_LIMIT);
	if (format == OUT_TABLE)
		o->table = out_table_open(to, columns, how);
	else if (format != OUT_CSV)
		out_keys_make(o);
	return o;
}

/* errno is that of the first failure only while nothing else happened. */
static bool out_note_failure(struct out *o)
{
	enum gh_err err = o->text.text.err ? o->text.text.err : o->keys.err;

	if (!o->failed && ferror(o->to))
		o->failed = errno ? errno : EIO;
	if (!o->failed && err)
		o->failed = err == GH_ENOMEM ? ENOMEM : EMSGSIZE;
	return !o->failed;
}

static void out_write(struct out *o)
{
	struct buffer *b = &o->text.text;

	if (b->n)
		fwrite(b->p, 1, b->n, o->to);
	buffer_empty(b);
}

/* --- JSON --- */

static void output_words_put(struct json *j, gh_slice rest)
{
	gh_slice word;

	json_array(j);
	while (rest.n) {
		gh_slice_cut(rest, ' ', &word, &rest);
		json_string(j, word);
	}
	json_array_end(j);
}

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
		output_words_put(j, gh_slice_of(v->text));
		break;
	default:
		json_null(j);
	}
}

static void output_object_put(struct out *o, const struct out_value *values)
{
	struct json *j = &o->text;

	for (size_t i = 0; o->columns[i].key; i++) {
		buffer_add(&j->text, o->key[i]);
		json_begin(j);
		output_value_put(j, &values[i]);
	}
	json_object_end(j);
}

/* --- CSV, with the line ends of this system --- */

static void output_field_put(struct csv *c, const char *text)
{
	gh_slice s = gh_slice_of(text);
	char *valid = ghi_text_is_utf8(s) ? NULL : g_utf8_make_valid(text, -1);

	csv_text(c, valid ? gh_slice_of(valid) : s, CSV_AS_IS);
	g_free(valid);
}

static void output_head_put(struct out *o)
{
	struct csv c = { .to = &o->text.text };

	for (size_t i = 0; o->columns[i].key; i++) {
		csv_next(&c);
		output_field_put(&c, o->columns[i].key);
	}
	csv_row_end(&c, GH_LIT("\n"));
}

static void output_row_put(struct out *o, const struct out_value *values)
{
	struct csv c = { .to = &o->text.text };

	for (size_t i = 0; o->columns[i].key; i++) {
		const struct out_value *v = &values[i];

		csv_next(&c);
		if (v->kind == OUT_NUMBER)
			buffer_add_signed(c.to, v->number);
		else if (v->kind != OUT_ABSENT && v->text)
			output_field_put(&c, v->text);
	}
	csv_row_end(&c, GH_LIT("\n"));
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
		buffer_add(&o->text.text, GH_LIT("["));
}

bool out_row(struct out *o, const struct out_value *values)
{
	struct buffer *b = &o->text.text;
	struct out_value chosen[OUT_COLUMNS];
	bool first = !o->begun;

	if (o->to == NULL)
		return false;
	for (size_t i = 0; i < o->choice.n; i++)
		chosen[i] = values[o->choice.place[i]];
	if (o->choice.n)
		values = chosen;
	out_begin(o);

	size_t before = b->n;

	switch (o->format) {
	case OUT_TABLE:
		out_table_row(o->table, values);
		break;
	case OUT_CSV:
		output_row_put(o, values);
		break;
	case OUT_JSON:
		if (!o->one)
			buffer_add(b, first ? GH_LIT("\n") : GH_LIT(",\n"));
		output_object_put(o, values);
		break;
	case OUT_NDJSON:
		output_object_put(o, values);
		buffer_add(b, GH_LIT("\n"));
		break;
	}
	if (b->err) /* half a row is none */
		b->n = before;
	if (b->n >= TOGETHER || o->live || b->err)
		out_write(o);
	if (o->live)
		fflush(o->to);
	return out_note_failure(o);
}

int out_close(struct out *o, bool complete)
{
	int failed;

	if (o->to == NULL) {
		g_free(o);
		return OUT_NONE;
	}
	if (complete)
		out_begin(o);
	out_write(o);
	if (o->table)
		out_table_close(o->table, complete);
	if (o->format == OUT_JSON && o->begun)
		fputs(o->one || !complete ? "\n" : "\n]\n", o->to);
	if (fflush(o->to) && !o->failed)
		o->failed = errno;
	out_note_failure(o);
	failed = o->failed;
	json_clear(&o->text);
	buffer_clear(&o->keys);
	g_free(o);
	return failed;
}
