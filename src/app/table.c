#include "app/table.h"

#include <glib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"

#define COLUMNS_MAX 16
#define NARROWEST 8 /* no column is cut below it */

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

/* --- cells --- */

/* Names and options are what devices sent; an escape sequence in them stays one to look at. */
static char *cell_printable(const char *text)
{
	GString *s = g_string_new(NULL);
	char *valid = g_utf8_make_valid(text, -1);

	for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c == '\t' || c == '\n')
			g_string_append_c(s, ' ');
		else if (g_unichar_iscntrl(c))
			g_string_append_unichar(s, 0xFFFD);
		else
			g_string_append_unichar(s, c);
	}
	g_free(valid);
	return g_string_free(s, FALSE);
}

static char *cell_ago(GDateTime *then)
{
	gint64 s = ghi_clock_wall_ms() / 1000 - g_date_time_to_unix(then);

	if (s < 0)
		return g_strdup("just now");
	if (s < 120)
		return g_strdup_printf("%d s ago", (int)s);
	if (s < 7200)
		return g_strdup_printf("%d min ago", (int)(s / 60));
	if (s < 172800)
		return g_strdup_printf("%d h ago", (int)(s / 3600));
	return g_strdup_printf("%d days ago", (int)(s / 86400));
}

static char *cell_moment(const char *text, enum cell cell)
{
	GDateTime *t = g_date_time_new_from_iso8601(text, NULL), *local;
	char *shown;

	if (t == NULL)
		return cell_printable(text);
	if (cell == CELL_AGO) {
		shown = cell_ago(t);
	} else {
		local = g_date_time_to_local(t);
		shown = g_date_time_format(local, "%Y-%m-%d %H:%M:%S");
		g_date_time_unref(local);
	}
	g_date_time_unref(t);
	return shown;
}

json_t *table_member(json_t *row, const char *key)
{
	char **part = g_strsplit(key, ".", -1);

	for (char **p = part; *p; p++)
		row = json_object_get(row, *p);
	g_strfreev(part);
	return row;
}

static char *cell_joined(json_t *list)
{
	GString *s = g_string_new(NULL);
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
	{
		char *text =
			json_is_string(one) ? cell_printable(json_string_value(one)) : NULL;

		if (text)
			g_string_append_printf(s, "%s%s", s->len ? " " : "", text);
		g_free(text);
	}
	return g_string_free(s, FALSE);
}

char *table_cell(json_t *row, const struct column *column)
{
	json_t *v = table_member(row, column->key);

	switch (v ? json_typeof(v) : JSON_NULL) {
	case JSON_STRING:
		return column->cell == CELL_TEXT
			       ? cell_printable(json_string_value(v))
			       : cell_moment(json_string_value(v), column->cell);
	case JSON_INTEGER:
		return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(v));
	case JSON_TRUE:
		return g_strdup("yes");
	case JSON_FALSE:
		return g_strdup("no");
	case JSON_ARRAY:
		return cell_joined(v);
	default:
		return g_strdup(column->cell == CELL_AGO ? "never" : "");
	}
}

/* --- tables --- */

struct widths {
	size_t n;
	unsigned w[COLUMNS_MAX];
	bool right[COLUMNS_MAX]; /* numbers stand at the right */
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
		fprintf(to, "%*s", (int)(2 + (right || shown > width ? 0 : width - shown)), "");
}

/* Take from the widest until the whole fits. */
static void widths_shrink(struct widths *x, unsigned width)
{
	for (;;) {
		unsigned sum = 2 * ((unsigned)x->n - 1);
		size_t widest = 0;

		for (size_t i = 0; i < x->n; i++) {
			sum += x->w[i];
			if (x->w[i] > x->w[widest])
				widest = i;
		}
		if (sum <= width || x->w[widest] <= NARROWEST)
			return;
		x->w[widest]--;
	}
}

static void widths_measure(struct widths *x, json_t *rows, const struct column *columns)
{
	for (x->n = 0; columns[x->n].title && x->n < COLUMNS_MAX; x->n++) {
		x->w[x->n] = table_width(columns[x->n].title);
		x->right[x->n] = json_array_size(rows) > 0;
	}
	for (size_t r = 0; r < json_array_size(rows); r++) {
		json_t *row = json_array_get(rows, r);

		for (size_t i = 0; i < x->n; i++) {
			char *text = table_cell(row, &columns[i]);
			unsigned w = table_width(text);

			if (w > x->w[i])
				x->w[i] = w;
			x->right[i] &= json_is_integer(table_member(row, columns[i].key)) ||
				       *text == 0;
			g_free(text);
		}
	}
}

static void table_head_print(FILE *to, const struct widths *x, const struct column *columns)
{
	for (size_t i = 0; i < x->n; i++)
		table_cell_print(to, columns[i].title, x->w[i], x->right[i], i + 1 == x->n);
	fputc('\n', to);
}

/* cut: what is wider than its column. */
static void table_row_print(FILE *to, const struct widths *x, const struct column *columns,
			    json_t *row, bool cut)
{
	for (size_t i = 0; i < x->n; i++) {
		char *text = table_cell(row, &columns[i]);
		unsigned w = table_width(text);

		table_cell_print(to, text, cut || w < x->w[i] ? x->w[i] : w, x->right[i],
				 i + 1 == x->n);
		g_free(text);
	}
	fputc('\n', to);
}

void table_print(FILE *to, json_t *rows, const struct column *columns, unsigned width)
{
	struct widths x;

	widths_measure(&x, rows, columns);
	if (width)
		widths_shrink(&x, width);
	table_head_print(to, &x, columns);
	for (size_t r = 0; r < json_array_size(rows); r++)
		table_row_print(to, &x, columns, json_array_get(rows, r), true);
}

/* --- tables that come row by row --- */

struct table_stream {
	FILE *to;
	const struct column *columns;
	unsigned width;
	size_t measured;
	json_t *held; /* NULL: the head is out */
	struct widths x;
};

struct table_stream *table_stream_open(FILE *to, const struct column *columns, unsigned width,
				       size_t measured)
{
	struct table_stream *s = g_new0(struct table_stream, 1);

	s->to = to;
	s->columns = columns;
	s->width = width;
	s->measured = measured;
	s->held = json_array();
	return s;
}

static void stream_print_head(struct table_stream *s)
{
	widths_measure(&s->x, s->held, s->columns);
	if (s->width)
		widths_shrink(&s->x, s->width);
	table_head_print(s->to, &s->x, s->columns);
	for (size_t r = 0; r < json_array_size(s->held); r++)
		table_row_print(s->to, &s->x, s->columns, json_array_get(s->held, r), true);
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
	table_row_print(s->to, &s->x, s->columns, row, false);
	json_decref(row);
}

void table_stream_close(struct table_stream *s, bool headed)
{
	if (s->held && (headed || json_array_size(s->held)))
		stream_print_head(s);
	json_decref(s->held);
	g_free(s);
}

void table_print_object(json_t *object, const struct column *columns)
{
	unsigned width = 0;

	for (const struct column *k = columns; k->title; k++)
		if (table_width(k->title) > width)
			width = table_width(k->title);
	for (const struct column *k = columns; k->title; k++) {
		char *text = table_cell(object, k);

		if (*text)
			printf("%-*s  %s\n", (int)width, k->title, text);
		g_free(text);
	}
}
