/* gatehouse person import: people of the roster by a file, and what became of each of its rows. */
#include "app/api_client/person.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "app/message.h"
#include "base/csv.h"

#define ERRORS_SHOWN 100
#define FILE_BYTES ((size_t)1 << 30)

static const char *const action[] = { "create", "update", "same", "error" };
#define ACTIONS (sizeof(action) / sizeof(action[0]))

static const struct column columns[] = {
	{ "Created", "create", CELL_TEXT },
	{ "Updated", "update", CELL_TEXT },
	{ "Same", "same", CELL_TEXT },
	{ "Wrong", "error", CELL_TEXT },
	{ 0 },
};

/* A report while it is read, a line of JSON a row. */
struct report {
	const char *name; /* of the file */
	json_int_t n[ACTIONS];
	struct buffer csv; /* the same as CSV */
};

/* g_free() it; NULL: a message was printed. */
static char *people_text_read(const char *name, gsize *n)
{
	GIOChannel *from = NULL;
	GError *bad = NULL;
	char *text = NULL;

	if (strcmp(name, "-") != 0) {
		g_file_get_contents(name, &text, n, &bad);
	} else {
		from = g_io_channel_unix_new(0);
		g_io_channel_set_encoding(from, NULL, NULL);
		g_io_channel_read_to_end(from, &text, n, &bad);
		g_io_channel_unref(from);
	}
	if (bad) {
		message_print("%s", bad->message);
		g_error_free(bad);
	}
	return text;
}

static void import_row_csv(struct buffer *to, const json_t *row)
{
	static const char *const key[] = { "row",    "id",    "pin",  "name",
					   "action", "field", "error" };
	struct csv csv = { .to = to };
	char number[24];

	for (size_t i = 0; i < sizeof(key) / sizeof(key[0]); i++) {
		const json_t *value = json_object_get(row, key[i]);
		const char *text = json_string_value(value);

		g_snprintf(number, sizeof(number), "%lld",
			   (long long)json_integer_value(value));
		csv_next(&csv);
		if (json_is_integer(value))
			csv_text(&csv, gh_slice_of(number), CSV_AS_IS);
		else if (text)
			csv_text(&csv, gh_slice_of(text), CSV_NO_FORMULA);
	}
	csv_row_end(&csv, GH_LIT("\r\n"));
}

static void import_row_count(struct report *r, const json_t *row)
{
	const char *what = json_string_value(json_object_get(row, "action"));
	size_t i = 0;

	while (i < ACTIONS && g_strcmp0(what, action[i]) != 0)
		i++;
	if (i == ACTIONS)
		return;
	r->n[i]++;
	import_row_csv(&r->csv, row);
	if (i + 1 == ACTIONS && r->n[i] <= ERRORS_SHOWN)
		fprintf(stderr, "%s:%lld: %s\n", r->name,
			(long long)json_integer_value(json_object_get(row, "row")),
			json_string_value(json_object_get(row, "error")));
}

static void import_report_read(struct report *r, const char *text)
{
	buffer_add(&r->csv, GH_LIT("row,id,pin,name,action,field,error\r\n"));
	while (*text) {
		size_t n = strcspn(text, "\n");
		json_t *row = json_loadb(text, n, 0, NULL);

		if (row)
			import_row_count(r, row);
		json_decref(row);
		text += n + (text[n] == '\n');
	}
	if (r->n[ACTIONS - 1] > ERRORS_SHOWN)
		fprintf(stderr, "%s: %lld more rows are wrong\n", r->name,
			(long long)r->n[ACTIONS - 1] - ERRORS_SHOWN);
}

static bool import_report_write(const struct report *r, const char *output, const char *text)
{
	GError *bad = NULL;
	bool lines = g_str_has_suffix(output, ".ndjson");

	if (r->csv.err == GH_OK &&
	    g_file_set_contents(output, lines ? text : (const char *)r->csv.p,
				lines ? -1 : (gssize)r->csv.n, &bad))
		return true;
	message_print("%s: %s", output, bad ? bad->message : "not enough memory");
	g_clear_error(&bad);
	return false;
}

static void import_counts_print(const struct cmd *c, const struct report *r)
{
	json_t *data = json_pack("{s:b}", "dryRun", c->opt[CMD_dry_run] != NULL);
	json_t *whole = json_pack("{s:b,s:O}", "success", 1, "data", data);

	for (size_t i = 0; i < ACTIONS; i++)
		json_object_set_new(data, action[i], json_integer(r->n[i]));
	if (c->json) {
		json_dumpf(whole, stdout, JSON_COMPACT);
		printf("\n");
	} else {
		table_print_object(data, columns);
		if (c->opt[CMD_dry_run])
			message_print("nothing was stored; without --dry-run it is");
	}
	json_decref(whole);
	json_decref(data);
}

int cmd_person_import(struct cmd *c)
{
	const char *path = c->opt[CMD_dry_run] ? "/api/people/import?format=ndjson&dryRun=1"
					       : "/api/people/import?format=ndjson";
	struct report r = { .name = c->argv[0], .csv = buffer_with_limit(FILE_BYTES) };
	const char *output = c->opt[CMD_output];
	char *answer = NULL, *text;
	gsize n = 0;
	int end;

	text = people_text_read(r.name, &n);
	if (text == NULL)
		return CMD_FAILED;
	end = client_upload_text(&c->client, "POST", path, text, n, &answer);
	g_free(text);
	if (end)
		return end;
	import_report_read(&r, answer);
	if (output && !import_report_write(&r, output, answer))
		end = CMD_FAILED;
	import_counts_print(c, &r);
	buffer_clear(&r.csv);
	g_free(answer);
	return end ? end : r.n[ACTIONS - 1] ? CMD_FAILED : CMD_OK;
}

int cmd_person_export(struct cmd *c)
{
	return cmd_export(c, c->verb->path);
}
