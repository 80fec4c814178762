#include "app/table.h"

#include <glib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/table_layout.h"

enum { NARROWEST = 8 }; /* no column is cut below it */

static unsigned char_width(gunichar c)
{
	return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

unsigned table_width(const char *text)
{
	unsigned n = 0;

	for (; *text; text = g_utf8_next_char(text))
		n += char_width(g_utf8_get_char(text));
	return n;
}

unsigned table_terminal(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		return 0;
	return size.ws_col;
}

/* --- objects --- */

/* Characters of a text that take at most `width` columns of the terminal; at least one. */
static const char *text_line_end(const char *text, unsigned width)
{
	unsigned taken = 0;
	const char *start = text;

	for (; *text; text = g_utf8_next_char(text)) {
		taken += char_width(g_utf8_get_char(text));
		if (taken > width && text > start)
			break;
	}
	return text;
}

static void table_object_print(FILE *to, json_t *object, const struct column *columns,
			       unsigned terminal)
{
	unsigned width = 0;

	for (const struct column *k = columns; k->title; k++)
		if (table_width(k->title) > width)
			width = table_width(k->title);
	for (const struct column *k = columns; k->title; k++) {
		char *text = table_cell(object, k);
		unsigned room =
			terminal > width + TABLE_GAP ? terminal - width - TABLE_GAP : UINT_MAX;
		const char *title = k->title;

		for (const char *at = text, *end; *at; at = end, title = "") {
			end = text_line_end(at, room);
			fprintf(to, "%s%*s%.*s\n", title,
				(int)(width - table_width(title) + TABLE_GAP), "",
				(int)(end - at), at);
		}
		g_free(text);
	}
}

void table_print_object(json_t *object, const struct column *columns)
{
	table_object_print(stdout, object, columns, table_terminal());
}

/* --- tables --- */

struct table {
	FILE *to;
	const struct column *columns;
	struct column kept[TABLE_COLUMNS_MAX + 1]; /* of which these are there */
	unsigned width;				   /* of the terminal; 0: it is none */
	bool blocks; /* too narrow for a table: rows are blocks of lines */
	struct table_layout layout;
	bool right[TABLE_COLUMNS_MAX]; /* numbers stand at the right */
};

static void table_cell_print(FILE *to, const char *text, unsigned width, bool right, bool last)
{
	unsigned has = table_width(text), shown = 0;

	if (right)
		fprintf(to, "%*s", has < width ? (int)(width - has) : 0, "");
	if (has <= width) {
		fputs(text, to);
		shown = has;
	} else {
		for (; *text; text = g_utf8_next_char(text)) {
			unsigned w = char_width(g_utf8_get_char(text));

			if (shown + w > width - 1)
				break;
			fprintf(to, "%.*s", (int)(g_utf8_next_char(text) - text), text);
			shown += w;
		}
		fputs("…", to);
		shown++;
	}
	if (!last)
		fprintf(to, "%*s",
			(int)(TABLE_GAP + (right || shown > width ? 0 : width - shown)), "");
}

static bool column_is_empty(json_t *rows, const struct column *k)
{
	bool empty = true;

	for (size_t r = 0; r < json_array_size(rows) && empty; r++) {
		char *text = table_cell(json_array_get(rows, r), k);

		empty = *text == 0;
		g_free(text);
	}
	return empty;
}

/* Leave out what no row has. */
static void table_columns_keep(struct table *t, json_t *rows)
{
	size_t n = 0;

	for (const struct column *k = t->columns; k->title && n < TABLE_COLUMNS_MAX; k++)
		if (!(k->cell & CELL_SPARSE) || !column_is_empty(rows, k))
			t->kept[n++] = *k;
	t->kept[n] = (struct column){ 0 };
	t->columns = t->kept;
}

/* Which columns are shown, and how wide, by the rows. */
static void table_measure(struct table *t, json_t *rows)
{
	struct table_layout *l = &t->layout;

	table_columns_keep(t, rows);
	for (l->n = 0; t->columns[l->n].title && l->n < TABLE_COLUMNS_MAX; l->n++) {
		const struct column *k = &t->columns[l->n];
		struct table_column *c = &l->column[l->n];
		unsigned title = table_width(k->title);

		*c = (struct table_column){ .width = title,
					    .drop = k->cell / CELL_DROP(1) %
						    (CELL_DROP_MAX + 1),
					    .shown = true };
		c->narrowest = (k->cell & CELL_KIND) != CELL_TEXT ? TABLE_NEVER_CUT
								  : MAX(title, NARROWEST);
		t->right[l->n] = json_array_size(rows) > 0;
	}
	for (size_t r = 0; r < json_array_size(rows); r++) {
		json_t *row = json_array_get(rows, r);

		for (size_t i = 0; i < l->n; i++) {
			char *text = table_cell(row, &t->columns[i]);

			l->column[i].width = MAX(l->column[i].width, table_width(text));
			t->right[i] &= json_is_integer(table_member(row, t->columns[i].key)) ||
				       *text == 0;
			g_free(text);
		}
	}
	for (size_t i = 0; i < l->n; i++)
		if (t->right[i])
			l->column[i].narrowest = TABLE_NEVER_CUT;
	t->blocks = t->width && !table_layout_fit(l, t->width);
}

static size_t table_last_shown(const struct table *t)
{
	size_t last = 0;

	for (size_t i = 0; i < t->layout.n; i++)
		if (t->layout.column[i].shown)
			last = i;
	return last;
}

static void table_head_print(const struct table *t)
{
	if (t->blocks)
		return;
	for (size_t i = 0; i <= table_last_shown(t); i++)
		if (t->layout.column[i].shown)
			table_cell_print(t->to, t->columns[i].title, t->layout.column[i].width,
					 t->right[i], i == table_last_shown(t));
	fputc('\n', t->to);
}

static void table_row_print(const struct table *t, json_t *row)
{
	unsigned width[TABLE_COLUMNS_MAX];
	char *text[TABLE_COLUMNS_MAX];

	if (t->blocks) {
		table_object_print(t->to, row, t->columns, t->width);
		fputc('\n', t->to);
		return;
	}
	for (size_t i = 0; i < t->layout.n; i++) {
		text[i] = table_cell(row, &t->columns[i]);
		width[i] = table_width(text[i]);
	}
	table_layout_fit_row(&t->layout, t->width ? t->width : UINT_MAX, width);
	for (size_t i = 0; i < t->layout.n; i++) {
		if (t->layout.column[i].shown)
			table_cell_print(t->to, text[i], width[i], t->right[i],
					 i == table_last_shown(t));
		g_free(text[i]);
	}
	fputc('\n', t->to);
}

static void table_left_out_print(const struct table *t)
{
	unsigned at = 0;

	for (size_t i = 0; i < t->layout.n && !t->blocks; i++) {
		const char *title = t->columns[i].title;
		unsigned takes = table_width(title) + 2;

		if (t->layout.column[i].shown)
			continue;
		if (at == 0)
			at = (unsigned)fprintf(stderr, "Too narrow for: %s", title);
		else if (at + takes >= t->width)
			at = (unsigned)fprintf(stderr, ",\n  %s", title) - 2;
		else
			at += (unsigned)fprintf(stderr, ", %s", title);
	}
	if (at)
		fputc('\n', stderr);
}

void table_print(FILE *to, json_t *rows, const struct column *columns, unsigned width)
{
	struct table t = { .to = to, .columns = columns, .width = width };

	table_measure(&t, rows);
	table_head_print(&t);
	for (size_t r = 0; r < json_array_size(rows); r++)
		table_row_print(&t, json_array_get(rows, r));
	table_left_out_print(&t);
}

/* --- tables that come row by row --- */

struct table_stream {
	struct table table;
	size_t measured;
	json_t *held; /* NULL: the head is out */
};

struct table_stream *table_stream_open(FILE *to, const struct column *columns, unsigned width,
				       size_t measured)
{
	struct table_stream *s = g_new0(struct table_stream, 1);

	s->table = (struct table){ .to = to, .columns = columns, .width = width };
	s->measured = measured;
	s->held = json_array();
	return s;
}

static void stream_print_head(struct table_stream *s)
{
	table_measure(&s->table, s->held);
	table_head_print(&s->table);
	for (size_t r = 0; r < json_array_size(s->held); r++)
		table_row_print(&s->table, json_array_get(s->held, r));
	json_decref(s->held);
	s->held = NULL;
}

void table_stream_row(struct table_stream *s, json_t *row)
{
	if (s->held && json_array_size(s->held) == s->measured)
		stream_print_head(s);
	if (s->held) {
		json_array_append_new(s->held, row);
		return;
	}
	table_row_print(&s->table, row);
	json_decref(row);
}

void table_stream_close(struct table_stream *s, bool headed)
{
	if (s->held && (headed || json_array_size(s->held)))
		stream_print_head(s);
	json_decref(s->held);
	table_left_out_print(&s->table);
	g_free(s);
}
