#include "app/api_client/export.h"

#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "app/interrupt.h"
#include "app/message.h"
#include "app/progress.h"
#include "base/clock.h"

/* Seconds without a byte: rows come at once, a workbook when the server has put it together. */
#define PATIENCE 60L
#define PATIENCE_XLSX 1800L

enum export_form { EXPORT_CSV, EXPORT_NDJSON, EXPORT_JSON, EXPORT_XLSX, EXPORT_FORMS };

static const char *const form_word[EXPORT_FORMS] = { "csv", "ndjson", "json", "xlsx" };

struct export
{
	struct cmd *c;
	enum export_form form;
	const char *separator; /* the word; NULL: the server's */
	FILE *to;
	struct interrupt *interrupt;
	struct export_count count;
	uint64_t bytes;
	int write_errno; /* why a write failed; 0: none did */
	struct progress progress;
	int64_t begun; /* microseconds */
	bool line_begun,
		line_ended; /* EXPORT_JSON: a row was; and nothing came behind it yet */
};

/* --- the form --- */

/* Of a word of --format, or of the ending of a file's name; EXPORT_FORMS: none of them. */
static enum export_form export_form_of(const char *word)
{
	unsigned form = 0;

	while (form < EXPORT_FORMS && strcmp(word, form_word[form]) != 0)
		form++;
	return (enum export_form)form;
}

static enum export_form form_of_name(const char *name)
{
	const char *dot = name ? strrchr(name, '.') : NULL;

	return dot ? export_form_of(dot + 1) : EXPORT_FORMS;
}

/* Of a form that other programs take for their own: a PDF of lines of CSV cannot be opened. */
static bool ending_misleads(const char *name)
{
	static const char *const ending[] = { ".pdf", ".xls", ".xlsm", ".ods", ".doc", ".docx",
					      ".zip", ".gz",  ".html", ".xml", NULL };
	bool misleads = false;

	for (size_t i = 0; name && ending[i]; i++)
		misleads |= g_str_has_suffix(name, ending[i]);
	return misleads;
}

/* Where decimals are written with a comma, Excel separates values by semicolons. */
static const char *separator_of_locale(void)
{
	locale_t here = newlocale(LC_NUMERIC_MASK, "", (locale_t)0);
	bool comma = here && strcmp(nl_langinfo_l(RADIXCHAR, here), ",") == 0;

	if (here)
		freelocale(here);
	return comma ? "semicolon" : "comma";
}

static int export_form_read(struct export *e)
{
	const struct cmd *c = e->c;
	const char *given = c->opt[CMD_format];
	bool of_csv = c->opt[CMD_excel] || c->opt[CMD_bom] || c->opt[CMD_separator];

	e->form = given	    ? export_form_of(given)
		  : c->json ? EXPORT_JSON
		  : of_csv  ? EXPORT_CSV
			    : form_of_name(c->opt[CMD_output]);
	if (e->form == EXPORT_FORMS && given) {
		message_print("--format is \"%s\": must be csv, ndjson, json or xlsx", given);
		return CMD_USAGE;
	}
	if (e->form == EXPORT_FORMS && ending_misleads(c->opt[CMD_output])) {
		message_print("--output is \"%s\": an export ends in .xlsx, .csv, .ndjson or "
			      ".json, unless --format names its form",
			      c->opt[CMD_output]);
		return CMD_USAGE;
	}
	if (e->form == EXPORT_FORMS)
		e->form = EXPORT_CSV;
	if (of_csv && e->form != EXPORT_CSV) {
		message_print("--excel, --bom and --separator are of CSV; %s has none of them",
			      form_word[e->form]);
		return CMD_USAGE;
	}
	e->separator = c->opt[CMD_separator];
	if (e->separator == NULL && c->opt[CMD_excel])
		e->separator = separator_of_locale();
	e->count.separator = e->separator == NULL		      ? ','
			     : strcmp(e->separator, "semicolon") == 0 ? ';'
			     : strcmp(e->separator, "tab") == 0	      ? '\t'
								      : ',';
	return CMD_OK;
}

static char *export_path(struct export *e, const char *path)
{
	char *query = cmd_query(e->c, path);
	GString *s = g_string_new(query);
	/* An array is made of the lines. */
	enum export_form form = e->form == EXPORT_JSON ? EXPORT_NDJSON : e->form;

	g_string_append_printf(s, "%cformat=%s", strchr(query, '?') ? '&' : '?',
			       form_word[form]);
	if (e->c->opt[CMD_excel])
		g_string_append(s, "&excel=1");
	if (e->c->opt[CMD_bom])
		g_string_append(s, "&bom=1");
	if (e->separator) {
		char *safe = curl_easy_escape(e->c->client.curl, e->separator, 0);

		g_string_append_printf(s, "&separator=%s", safe ? safe : "");
		curl_free(safe);
	}
	g_free(query);
	return g_string_free(s, FALSE);
}

/* --- progress --- */

/* Rows below the head. */
static uint64_t export_rows(const struct export *e)
{
	return e->count.rows - (e->form == EXPORT_CSV && e->count.rows > 0);
}

static void progress_show(struct export *e)
{
	double seconds = (double)(ghi_clock_monotonic_us() - e->begun) / 1e6;
	uint64_t rows = export_rows(e);
	char *bytes;

	if (!progress_is_due(&e->progress))
		return;
	bytes = g_format_size(e->bytes);
	if (e->form != EXPORT_XLSX)
		fprintf(stderr, PROGRESS_LINE "%llu rows, %.0f a second",
			(unsigned long long)rows, (double)rows / seconds);
	else if (e->bytes == 0)
		fprintf(stderr,
			PROGRESS_LINE "the server puts the workbook together: %.0f seconds",
			seconds);
	else
		fprintf(stderr, PROGRESS_LINE "%s", bytes);
	g_free(bytes);
}

/* On the way to the server's next piece, every second at least. */
static bool export_stopped(void *ctx)
{
	struct export *e = ctx;

	progress_show(e);
	return interrupt_seen(e->interrupt);
}

/* --- what comes --- */

/* Lines on their way into an array. */
static void lines_write(struct export *e, const char *p, size_t n)
{
	while (n) {
		const char *end = memchr(p, '\n', n);
		size_t size = end ? (size_t)(end - p) : n;

		if (size && (e->line_ended || !e->line_begun))
			fputs(e->line_begun ? ",\n" : "\n", e->to);
		if (size) {
			e->line_begun = true;
			e->line_ended = false;
		}
		fwrite(p, 1, size, e->to);
		e->line_ended |= end != NULL;
		p += size + (end != NULL);
		n -= size + (end != NULL);
	}
}

static bool export_take(void *ctx, const char *p, size_t n)
{
	struct export *e = ctx;

	e->bytes += n;
	if (e->form == EXPORT_CSV)
		export_count_csv(&e->count, p, n);
	else if (e->form != EXPORT_XLSX)
		export_count_lines(&e->count, p, n);
	if (e->form == EXPORT_JSON)
		lines_write(e, p, n);
	else
		fwrite(p, 1, n, e->to);
	if (ferror(e->to) && e->write_errno == 0)
		e->write_errno = errno;
	progress_show(e);
	return !ferror(e->to);
}

static int export_receive(struct export *e, const char *path)
{
	struct client *client = &e->c->client;
	char *whole = export_path(e, path);
	long patience = e->form == EXPORT_XLSX ? PATIENCE_XLSX : PATIENCE;
	int end;

	client->stopped = export_stopped;
	client->stopped_ctx = e;
	e->begun = ghi_clock_monotonic_us();
	/* The array of an export that broke off stays open, so that it cannot pass for the
	 * whole. */
	if (e->form == EXPORT_JSON)
		fputs("[", e->to);
	end = client_stream(client, whole, NULL, patience, export_take, e);
	if (e->form == EXPORT_JSON)
		fputs(end == CMD_OK ? "\n]\n" : "\n", e->to);
	client->stopped = NULL;
	g_free(whole);
	return end;
}

/* --- where it goes --- */

/* What could not be written, and on a full disk how much room there is. */
static void export_write_failed(struct export *e, const char *part)
{
	int why = e->write_errno ? e->write_errno : errno;
	struct statvfs fs;
	char *come, *room;

	if ((why != ENOSPC && why != EDQUOT) || fstatvfs(fileno(e->to), &fs)) {
		message_print("%s: %s", part, g_strerror(why));
		return;
	}
	come = g_format_size(e->bytes);
	room = g_format_size((uint64_t)fs.f_bavail * fs.f_frsize);
	message_print("%s: %s: the export is larger than %s, and %s are free beside it; make "
		      "room, or select less",
		      part, g_strerror(why), come, room);
	g_free(come);
	g_free(room);
}

/* Written beside the file, and in its place when it is whole. */
static int export_to_file(struct export *e, const char *path, const char *name)
{
	char *part = g_strconcat(name, ".part", NULL);
	int end;

	e->to = fopen(part, "we");
	if (e->to == NULL) {
		message_print("%s cannot be written: %s", name, g_strerror(errno));
		g_free(part);
		return CMD_FAILED;
	}
	end = export_receive(e, path);
	progress_end(&e->progress);
	if (ferror(e->to) || (end == CMD_OK && (fflush(e->to) || fsync(fileno(e->to))))) {
		export_write_failed(e, part);
		end = CMD_FAILED;
	}
	fclose(e->to);
	if (end == CMD_OK && g_rename(part, name)) {
		message_print("%s: %s", name, g_strerror(errno));
		end = CMD_FAILED;
	}
	if (end)
		g_unlink(part);
	g_free(part);
	return end;
}

/* A device or a pipe takes what comes; it cannot be replaced. */
static bool is_file(const char *name)
{
	struct stat s;

	return stat(name, &s) || S_ISREG(s.st_mode);
}

static int export_to_stream(struct export *e, const char *path, const char *name)
{
	int end;

	e->to = name ? fopen(name, "we") : stdout;
	if (e->to == NULL) {
		message_print("%s: %s", name, g_strerror(errno));
		return CMD_FAILED;
	}
	end = export_receive(e, path);
	progress_end(&e->progress);
	if (name && fclose(e->to) && end == CMD_OK) {
		message_print("%s: %s", name, g_strerror(errno));
		end = CMD_FAILED;
	}
	return end;
}

/* What happened besides. */
static void export_report(const struct export *e, const char *file, int end)
{
	if (end == CMD_INTERRUPTED && file)
		message_print("interrupted; %s is as it was", file);
	else if (end == CMD_INTERRUPTED)
		message_print("interrupted; what was written is not all");
	if (end == CMD_OK && file && isatty(STDERR_FILENO)) {
		char *size = g_format_size(e->bytes);

		if (e->form == EXPORT_XLSX)
			fprintf(stderr, "%s: %s\n", file, size);
		else
			fprintf(stderr, "%s: %llu rows, %s\n", file,
				(unsigned long long)export_rows(e), size);
		g_free(size);
	}
	if (end == CMD_OK && e->count.formulas)
		fprintf(stderr,
			"%llu cells begin as a formula would; each has an apostrophe before "
			"it, "
			"and is text.\n",
			(unsigned long long)e->count.formulas);
}

int cmd_export(struct cmd *c, const char *path)
{
	const char *name = c->opt[CMD_output];
	bool file = name && strcmp(name, "-") != 0 && is_file(name);
	struct export e = { .c = c };
	int end = export_form_read(&e);

	if (end)
		return end;
	if (name && strcmp(name, "-") == 0)
		name = NULL;
	if (e.form == EXPORT_XLSX && name == NULL && isatty(STDOUT_FILENO)) {
		message_print("a workbook is no text: name a file with --output FILE");
		return CMD_USAGE;
	}
	e.interrupt = interrupt_start();
	if (e.interrupt == NULL) {
		message_print("no thread can be made");
		return CMD_FAILED;
	}
	end = file ? export_to_file(&e, path, name) : export_to_stream(&e, path, name);
	interrupt_stop(e.interrupt);
	export_report(&e, file ? name : NULL, end);
	return end;
}
