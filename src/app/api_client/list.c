/* Verbs that list: a page of a list of the API, as a table or as csv, ndjson or json. Which rows,
 * and in which order, the server decides by the options that are its parameters. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/api_client/noun.h"
#include "app/message.h"
#include "base/csv.h"

#define LINE_BYTES ((size_t)64 << 20)

enum list_form { FORM_TABLE, FORM_CSV, FORM_NDJSON, FORM_JSON, FORMS };

static bool form_read(const struct cmd *c, enum list_form *out)
{
	static const char *const word[FORMS] = { "table", "csv", "ndjson", "json" };
	const char *given = c->opt[CMD_format];

	*out = c->json ? FORM_JSON : FORM_TABLE;
	if (given == NULL)
		return true;
	for (size_t i = 0; i < FORMS; i++) {
		if (strcmp(given, word[i]) != 0)
			continue;
		*out = (enum list_form)i;
		return true;
	}
	message_print("--format is \"%s\": must be table, csv, ndjson or json", given);
	return false;
}

/* --- which fields --- */

/* The fields of --columns, else those of the verb's table, else (with `all`) those of a row. */
struct list_columns {
	char **word;
	struct column *column; /* ended by one without a title */
};

static struct column column_of(const struct verb *v, const char *key)
{
	for (const struct column *k = v->columns; k && k->title; k++)
		if (strcmp(k->key, key) == 0)
			return *k;
	return (struct column){ key, key, CELL_TEXT };
}

static char **columns_of_row(json_t *row)
{
	GPtrArray *word = g_ptr_array_new();
	const char *key;
	json_t *value;

	json_object_foreach(row, key, value)
	{
		g_ptr_array_add(word, g_strdup(key));
	}
	g_ptr_array_add(word, NULL);
	return (char **)g_ptr_array_free(word, FALSE);
}

static struct list_columns columns_read(const struct cmd *c, bool all, json_t *first)
{
	struct list_columns l = { 0 };
	size_t n = 0;

	if (c->opt[CMD_columns])
		l.word = g_strsplit(c->opt[CMD_columns], ",", -1);
	else if (all)
		l.word = columns_of_row(first);
	while (l.word && l.word[n])
		n++;
	l.column = g_new0(struct column, n + 1);
	for (size_t i = 0; i < n; i++)
		l.column[i] = column_of(c->verb, g_strstrip(l.word[i]));
	return l;
}

static void columns_free(struct list_columns *l)
{
	g_strfreev(l->word);
	g_free(l->column);
}

/* A list without rows has no fields to compare with. */
static bool columns_known(const struct list_columns *l, json_t *first)
{
	const struct column *k = l->column;
	char **known, *names;

	while (first && k->title && table_member(first, k->key))
		k++;
	if (first == NULL || k->title == NULL)
		return true;
	known = columns_of_row(first);
	names = g_strjoinv(", ", known);
	message_print("--columns: there is no field \"%s\" here; there are: %s", k->key, names);
	g_free(names);
	g_strfreev(known);
	return false;
}

/* --- forms --- */

/* As the server writes it: text as it is, words parted by blanks, the rest as in JSON. */
static void csv_cell(struct csv *to, json_t *value)
{
	char *text = NULL;
	json_t *one;
	size_t i;

	if (value == NULL || json_is_null(value))
		return;
	if (json_is_string(value)) {
		csv_text(to,
			 (gh_slice){ (const uint8_t *)json_string_value(value),
				     json_string_length(value) },
			 CSV_NO_FORMULA);
		return;
	}
	if (json_is_array(value) && json_is_string(json_array_get(value, 0))) {
		json_array_foreach(value, i, one)
		{
			buffer_add(to->to, i ? GH_LIT(" ") : GH_LIT(""));
			buffer_add(to->to, gh_slice_of(json_string_value(one)));
		}
		return;
	}
	if (json_is_array(value) && json_array_size(value) == 0)
		return;
	text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	csv_text(to, gh_slice_of(text), json_is_number(value) ? CSV_AS_IS : CSV_NO_FORMULA);
	free(text);
}

static void csv_print(json_t *rows, const struct column *columns)
{
	struct buffer line = buffer_with_limit(LINE_BYTES);
	struct csv c = { .to = &line };
	json_t *row;
	size_t i;

	for (const struct column *k = columns; k->title; k++) {
		csv_next(&c);
		csv_text(&c, gh_slice_of(k->key), CSV_NO_FORMULA);
	}
	csv_row_end(&c, GH_LIT("\r\n"));
	fwrite(line.p, 1, line.n, stdout);
	json_array_foreach(rows, i, row)
	{
		buffer_empty(&line);
		for (const struct column *k = columns; k->title; k++) {
			csv_next(&c);
			csv_cell(&c, table_member(row, k->key));
		}
		csv_row_end(&c, GH_LIT("\r\n"));
		fwrite(line.p, 1, line.n, stdout);
	}
	buffer_clear(&line);
}

static json_t *row_reduced(json_t *row, const struct column *columns)
{
	json_t *some = json_object();

	for (const struct column *k = columns; k->title; k++) {
		json_t *value = table_member(row, k->key);

		if (value)
			json_object_set(some, k->key, value);
		else
			json_object_set_new(some, k->key, json_null());
	}
	return some;
}

static void ndjson_print(json_t *rows, const struct column *columns)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		json_t *some = row_reduced(row, columns);

		json_dumpf(some, stdout, JSON_COMPACT);
		fputs("\n", stdout);
		json_decref(some);
	}
}

/* What the API returned, its rows with those fields only. */
static void json_print(json_t *reply, const struct column *columns)
{
	json_t *rows = json_object_get(reply, "data"), *some = json_array(), *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		json_array_append_new(some, row_reduced(row, columns));
	}
	json_object_set_new(reply, "data", some);
	json_dumpf(reply, stdout, JSON_COMPACT);
	fputs("\n", stdout);
}

/* How to see the rest, and how much there is in all. */
static void rest_print(const struct cmd *c, json_t *reply)
{
	json_t *total = json_object_get(reply, "total"), *next = json_object_get(reply, "next");
	json_t *least = json_object_get(total, "atLeast");

	if (json_is_true(json_object_get(reply, "more"))) {
		if (json_is_integer(next))
			fprintf(stderr, "There %s: --%s %" JSON_INTEGER_FORMAT "\n",
				c->latest ? "are earlier ones" : "is more",
				c->opt[CMD_before] ? "before" : "after",
				json_integer_value(next));
		else
			fprintf(stderr, "There is more: --cursor %s\n",
				json_string_value(json_object_get(reply, "cursor")));
	}
	if (c->opt[CMD_total])
		fprintf(stderr, "%s%" JSON_INTEGER_FORMAT " in all\n",
			least ? "more than " : "", json_integer_value(least ? least : total));
}

/* The rows of a reply in the order in which they came about. */
static void rows_reverse(json_t *reply)
{
	json_t *rows = json_object_get(reply, "data"), *turned = json_array();

	for (size_t i = json_array_size(rows); i > 0; i--)
		json_array_append(turned, json_array_get(rows, i - 1));
	json_object_set_new(reply, "data", turned);
}

/* What the rows are, as the path names them: "devices". */
static const char *rows_name(const char *path)
{
	const char *last = strrchr(path, '/') + 1;

	return strcmp(last, "persons") == 0	 ? "people"
	       : strcmp(last, "discover") == 0	 ? "terminals"
	       : strcmp(last, "trace") == 0	 ? "exchanges"
	       : strcmp(last, "quarantine") == 0 ? "records in quarantine"
						 : last;
}

static bool rows_are_selected(const struct cmd *c)
{
	static const enum cmd_option part[] = {
		CMD_device,  CMD_pin,	CMD_person,  CMD_area,	 CMD_tag,    CMD_from,
		CMD_to,	     CMD_state, CMD_contact, CMD_status, CMD_kind,   CMD_severity,
		CMD_subject, CMD_query, CMD_sn,	     CMD_after,	 CMD_cursor,
	};

	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
		if (c->opt[part[i]])
			return true;
	return c->argc > 0;
}

static void rows_table_print(struct cmd *c, json_t *rows, const struct column *columns)
{
	if (json_array_size(rows) == 0 && isatty(STDOUT_FILENO))
		printf("no %s%s\n", rows_name(c->verb->path),
		       rows_are_selected(c) ? " like these" : "");
	else
		table_print(stdout, rows, columns, table_terminal());
}

/* `raw`: it is printed already. */
static int list_print(struct cmd *c, json_t *reply, enum list_form form, bool raw)
{
	json_t *rows = json_object_get(reply, "data"), *first = json_array_get(rows, 0);
	struct list_columns l = columns_read(c, form != FORM_TABLE, first);
	int end = CMD_OK;

	if (c->opt[CMD_columns] && !columns_known(&l, first))
		end = CMD_USAGE;
	else if (form == FORM_TABLE)
		rows_table_print(c, rows, l.word ? l.column : c->verb->columns);
	else if (form == FORM_CSV)
		csv_print(rows, l.column);
	else if (form == FORM_NDJSON)
		ndjson_print(rows, l.column);
	else if (!raw)
		json_print(reply, l.column);
	if (end == CMD_OK && form != FORM_JSON)
		rest_print(c, reply);
	columns_free(&l);
	return end;
}

int cmd_list_keep(struct cmd *c, const char *method, const char *path, json_t *body,
		  json_t **reply)
{
	enum list_form form;
	char *query, *whole;
	bool raw;
	int end;

	if (!form_read(c, &form))
		return CMD_USAGE;
	raw = form == FORM_JSON && c->opt[CMD_columns] == NULL && !c->latest;
	query = cmd_query(c, path);
	/* Counting the whole list takes the server time. */
	whole = form == FORM_JSON || c->opt[CMD_total]
			? g_strdup(query)
			: g_strconcat(query, strchr(query, '?') ? "&" : "?", "total=0", NULL);
	end = client_call(&c->client, method, whole, body, raw, reply);
	if (end == CMD_OK && c->latest)
		rows_reverse(*reply);
	if (end == CMD_OK)
		end = list_print(c, *reply, form, raw);
	g_free(whole);
	g_free(query);
	return end;
}

int cmd_list_call(struct cmd *c, const char *method, const char *path, json_t *body)
{
	json_t *reply = NULL;
	int end = cmd_list_keep(c, method, path, body, &reply);

	json_decref(reply);
	return end;
}

int cmd_list_print(struct cmd *c, json_t *reply)
{
	enum list_form form;

	return form_read(c, &form) ? list_print(c, reply, form, false) : CMD_USAGE;
}

int cmd_list(struct cmd *c)
{
	char *path = c->argc ? client_path(&c->client, c->verb->path, c->argv[0])
			     : g_strdup(c->verb->path);
	int end = cmd_list_call(c, "GET", path, NULL);

	g_free(path);
	return end;
}
