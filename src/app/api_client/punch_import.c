/* gatehouse punch import: a file of punches, sent in parts that fit into a request. Of CSV each part begins with
 * the line of names. */
#include "app/api_client/punch_import.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "app/message.h"
#include "app/progress.h"
#include "base/csv_read.h"
#include "base/utf16.h"

#define PART_BYTES ((size_t)1 << 20)
#define READ_BYTES ((size_t)1 << 16)
#define FAULTS_SHOWN 100

/* A file while it is sent. */
struct import {
	struct cmd *c;
	const char *name;
	char *path; /* of the API */
	FILE *from;
	bool begun, ended, csv;
	enum ghi_text_form form;
	struct ghi_utf16 utf16;
	GByteArray *read; /* UTF-8, not sent yet */
	GByteArray *head; /* the line of names */
	json_int_t line;  /* lines that were sent, without repeats of the names */
	json_int_t n[3];  /* new, known, wrong */
	json_t *faults;
	const char *found; /* the form of the file, as the server named it */
	struct progress progress;
};

static const char *const counted[] = { "new", "known", "wrong" };

static const struct column columns[] = {
	{ "Form", "form", CELL_TEXT },
	{ "New", "new", CELL_TEXT },
	{ "Known", "known", CELL_TEXT },
	{ "Wrong", "wrong", CELL_TEXT },
	{ 0 },
};

static void bytes_add(struct import *m, gh_slice s)
{
	guint before = m->read->len;

	if (m->form == GHI_TEXT_BYTES) {
		g_byte_array_append(m->read, s.p, (guint)s.n);
		return;
	}
	g_byte_array_set_size(m->read, before + (guint)GHI_UTF16_ROOM(s.n));
	g_byte_array_set_size(
		m->read, before + (guint)ghi_utf16_read(&m->utf16, s, m->read->data + before));
}

/* Some more of it. False: a message was printed. */
static bool import_file_read(struct import *m)
{
	uint8_t block[READ_BYTES];
	size_t mark = 0, n = fread(block, 1, sizeof(block), m->from);
	gh_slice s = { block, n };

	if (ferror(m->from)) {
		progress_end(&m->progress);
		message_print("%s: %s", m->name, g_strerror(errno));
		return false;
	}
	m->ended = n < sizeof(block) && feof(m->from);
	if (!m->begun) {
		m->form = ghi_text_form_of(s, &mark);
		m->utf16.big = m->form == GHI_TEXT_UTF16_BE;
		m->begun = true;
	}
	bytes_add(m, gh_slice_from(s, mark));
	return true;
}

static bool line_has(gh_slice line, gh_slice word)
{
	for (; line.n >= word.n; line = gh_slice_from(line, 1))
		if (gh_slice_istarts(line, word))
			return true;
	return false;
}

/* The first line, where it has the names of columns. */
static void import_head_find(struct import *m)
{
	gh_slice text = { m->read->data, m->read->len };
	size_t n = ghi_csv_record_length(text, m->ended);
	gh_slice line = { text.p, n };

	m->csv = n && gh_slice_trim(line).p[0] != '{' && line_has(line, GH_LIT("timestamp")) &&
		 line_has(line, GH_LIT("pin"));
	if (m->csv)
		g_byte_array_append(m->head, line.p, (guint)line.n);
}

/* How much of what was read are whole records. */
static size_t records_length(const struct import *m)
{
	gh_slice rest = { m->read->data, m->read->len };
	const uint8_t *last;
	size_t n;

	if (m->ended)
		return rest.n;
	if (!m->csv) {
		last = rest.n ? memrchr(rest.p, '\n', rest.n) : NULL;
		return last ? (size_t)(last - rest.p) + 1 : 0;
	}
	while ((n = ghi_csv_record_length(rest, false)) > 0)
		rest = gh_slice_from(rest, n);
	return m->read->len - rest.n;
}

static json_int_t lines_count(const uint8_t *p, size_t n)
{
	json_int_t lines = n && p[n - 1] != '\n';

	for (; n > 0; n--)
		lines += *p++ == '\n';
	return lines;
}

/* `repeated`: lines that stand before the part for the second time. */
static void faults_add(struct import *m, json_t *faults, json_int_t repeated)
{
	json_t *one;
	size_t i;

	json_array_foreach(faults, i, one)
	{
		json_int_t line = json_integer_value(json_object_get(one, "line"));

		if (json_array_size(m->faults) == FAULTS_SHOWN)
			return;
		json_object_set_new(one, "line", json_integer(line + m->line - repeated));
		json_array_append(m->faults, one);
	}
}

static void import_answer_add(struct import *m, json_t *data, json_int_t repeated)
{
	const char *form = json_string_value(json_object_get(data, "form"));

	for (size_t i = 0; i < 3; i++)
		m->n[i] += json_integer_value(json_object_get(data, counted[i]));
	faults_add(m, json_object_get(data, "faults"), repeated);
	if (form && m->found == NULL)
		m->found = g_intern_string(form);
	if (progress_is_due(&m->progress))
		fprintf(stderr, PROGRESS_LINE "%lld new, %lld known", (long long)m->n[0],
			(long long)m->n[1]);
}

static int part_send(struct import *m, size_t n)
{
	bool repeats = m->csv && m->line > 0;
	GByteArray *body = g_byte_array_new();
	json_t *reply = NULL;
	int end;

	if (repeats)
		g_byte_array_append(body, m->head->data, m->head->len);
	g_byte_array_append(body, m->read->data, (guint)n);
	end = client_upload(&m->c->client, "POST", m->path, body->data, body->len, false,
			    &reply);
	if (end == CMD_OK)
		import_answer_add(m, json_object_get(reply, "data"),
				  repeats ? lines_count(m->head->data, m->head->len) : 0);
	json_decref(reply);
	g_byte_array_unref(body);
	m->line += lines_count(m->read->data, n);
	g_byte_array_remove_range(m->read, 0, (guint)n);
	return end;
}

static int file_send(struct import *m)
{
	int end = CMD_OK;
	size_t n;

	do {
		while (!m->ended && m->read->len < PART_BYTES)
			if (!import_file_read(m))
				return CMD_FAILED;
		if (m->line == 0)
			import_head_find(m);
		n = records_length(m);
		if (n == 0 && m->read->len) {
			message_print("%s: line %lld is longer than %zu bytes", m->name,
				      (long long)m->line + 1, PART_BYTES);
			return CMD_FAILED;
		}
		end = part_send(m, n);
	} while (end == CMD_OK && !(m->ended && m->read->len == 0));
	progress_end(&m->progress);
	return end;
}

static void faults_print(const struct import *m)
{
	json_int_t more = m->n[2] - (json_int_t)json_array_size(m->faults);
	json_t *one;
	size_t i;

	json_array_foreach(m->faults, i, one)
	{
		const char *field = json_string_value(json_object_get(one, "field"));

		fprintf(stderr, "%s:%lld: %s%s%s\n", m->name,
			(long long)json_integer_value(json_object_get(one, "line")),
			field ? field : "", field && *field ? " " : "",
			json_string_value(json_object_get(one, "message")));
	}
	if (more > 0)
		fprintf(stderr, "%s: %lld more lines are wrong\n", m->name, (long long)more);
}

static int import_print(struct import *m)
{
	json_t *data =
		json_pack("{s:s,s:s?,s:b,s:I,s:I,s:I,s:I,s:O}", "deviceSerial",
			  m->c->opt[CMD_device], "form", m->found, "dryRun",
			  m->c->opt[CMD_dry_run] != NULL, "lines", m->line, counted[0], m->n[0],
			  counted[1], m->n[1], counted[2], m->n[2], "faults", m->faults);
	json_t *whole = json_pack("{s:b,s:O}", "success", 1, "data", data);

	if (m->c->json) {
		json_dumpf(whole, stdout, JSON_COMPACT);
		printf("\n");
	} else {
		table_print_object(data, columns);
		faults_print(m);
		if (m->c->opt[CMD_dry_run])
			message_print("nothing was stored; without --dry-run it is");
	}
	json_decref(whole);
	json_decref(data);
	return m->n[2] ? CMD_FAILED : CMD_OK;
}

int punch_import(struct cmd *c)
{
	const char *sn = c->opt[CMD_device];
	struct import m = { .c = c, .name = c->argv[0] };
	int end;

	if (sn == NULL || strchr(sn, ',')) {
		message_print("punch import: --device SN names the device whose punches they "
			      "are%s",
			      sn ? ", one for each file" : "");
		return CMD_USAGE;
	}
	m.from = strcmp(m.name, "-") ? fopen(m.name, "rb") : stdin;
	if (m.from == NULL) {
		message_print("%s: %s", m.name, g_strerror(errno));
		return CMD_FAILED;
	}
	m.path = client_path(&c->client,
			     c->opt[CMD_dry_run] ? "/api/punches/import?dryRun=1&device=%s"
						 : "/api/punches/import?device=%s",
			     sn);
	m.read = g_byte_array_new();
	m.head = g_byte_array_new();
	m.faults = json_array();
	end = file_send(&m);
	if (end == CMD_OK)
		end = import_print(&m);
	else if (m.n[0] + m.n[1] > 0)
		message_print("%s: it stopped behind line %lld; when it is repeated, what was "
			      "stored is known",
			      m.name, (long long)m.line);
	json_decref(m.faults);
	g_byte_array_unref(m.head);
	g_byte_array_unref(m.read);
	g_free(m.path);
	if (m.from != stdin)
		fclose(m.from);
	return end;
}
