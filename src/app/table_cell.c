/* What a cell of a table shows of a value. */
#include <glib.h>
#include <string.h>

#include "app/table.h"
#include "base/clock.h"

/* Names and options are what devices sent; an escape sequence in them stays one to look at. */
static char *cell_printable(const char *text)
{
	GString *s = g_string_new(NULL);
	char *valid = g_utf8_make_valid(text, -1);

	for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c == '\t') /* parts the fields of a command, where a blank would not */
			g_string_append(s, "\\t");
		else if (c == '\n')
			g_string_append_c(s, ' ');
		else if (c == 0x7f) /* a unit may have it in a value */
			g_string_append(s, "\\x7f");
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
		char *text = json_is_string(one)    ? cell_printable(json_string_value(one))
			     : json_is_integer(one) ? g_strdup_printf("%" JSON_INTEGER_FORMAT,
								      json_integer_value(one))
						    : NULL;

		if (text)
			g_string_append_printf(s, "%s%s", s->len ? " " : "", text);
		g_free(text);
	}
	return g_string_free(s, FALSE);
}

/* Lists by their names, in the order they came: "mon-fri 08:00-12:00; sat 09:00-12:00"; an empty list
 * is none. */
static char *cell_lists(json_t *object)
{
	GString *s = g_string_new(NULL);
	const char *key;
	json_t *list;

	json_object_foreach(object, key, list)
	{
		char *name = cell_printable(key), *text = cell_joined(list);

		if (json_is_array(list))
			g_string_append_printf(s, "%s%s %s", s->len ? "; " : "", name,
					       *text ? text : "none");
		g_free(name);
		g_free(text);
	}
	return g_string_free(s, FALSE);
}

char *table_cell(json_t *row, const struct column *column)
{
	json_t *v = table_member(row, column->key);
	enum cell kind = column->cell & CELL_KIND;

	switch (v ? json_typeof(v) : JSON_NULL) {
	case JSON_STRING:
		return kind == CELL_TIME || kind == CELL_AGO
			       ? cell_moment(json_string_value(v), kind)
			       : cell_printable(json_string_value(v));
	case JSON_INTEGER:
		return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(v));
	case JSON_OBJECT:
		return cell_lists(v);
	case JSON_TRUE:
		return g_strdup("yes");
	case JSON_FALSE:
		return g_strdup("no");
	case JSON_ARRAY:
		return cell_joined(v);
	default:
		return g_strdup(kind == CELL_AGO ? "never" : "");
	}
}
