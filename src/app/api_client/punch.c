/* gatehouse punch … */
#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/api_client/noun.h"
#include "app/message.h"
#include "app/subcommands.h"

static const struct column columns[] = {
	{ "SEQ", "seq", CELL_ID },
	{ "PIN", "pin", CELL_ID },
	{ "TIME", "timestamp", CELL_ID },
	{ "STATUS", "status", CELL_TEXT | CELL_DROP(5) },
	{ "VERIFIED BY", "verifyName", CELL_TEXT | CELL_DROP(3) },
	{ "WORK CODE", "workCode", CELL_TEXT | CELL_DROP(1) },
	{ "DEVICE", "deviceSerial", CELL_ID },
	{ "RECEIVED", "receivedAt", CELL_TIME | CELL_DROP(2) },
	{ "FLAGS", "flags", CELL_TEXT | CELL_DROP(4) },
	{ 0 },
};

/* --- list: the latest ones, unless a start is given --- */

/* Number of the latest one. */
static int latest_seq(struct cmd *c, json_int_t *seq)
{
	json_t *reply = NULL;
	int end = client_call(&c->client, "GET",
			      "/api/punches?before=9223372036854775807&limit=1&total=0", NULL,
			      false, &reply);
	json_t *row = json_array_get(json_object_get(reply, "data"), 0);

	*seq = json_integer_value(json_object_get(row, "seq"));
	json_decref(reply);
	return end;
}

static int punch_list(struct cmd *c)
{
	static const enum cmd_option where[] = { CMD_after,  CMD_from,	 CMD_to,
						 CMD_device, CMD_pin,	 CMD_query,
						 CMD_sort,   CMD_before, CMD_cursor };
	gint64 most = c->opt[CMD_limit] ? g_ascii_strtoll(c->opt[CMD_limit], NULL, 10) : 100;
	json_int_t last;
	char after[24];
	bool given = false;
	int end;

	for (size_t i = 0; i < sizeof(where) / sizeof(where[0]); i++)
		given |= c->opt[where[i]] != NULL;
	if (given || most <= 0)
		return cmd_list(c);
	end = latest_seq(c, &last);
	if (end)
		return end;
	g_snprintf(after, sizeof(after), "%" G_GINT64_FORMAT,
		   last > most ? (gint64)last - most : 0);
	c->opt[CMD_after] = after;
	end = cmd_list(c);
	c->opt[CMD_after] = NULL;
	return end;
}

/* --- watch --- */

struct watch {
	struct cmd *c;
	GString *line;
	char *last; /* id of the latest event shown */
	char *id;   /* of the one being read */
	bool met;   /* the server answered once */
};

static void punch_event_show(struct watch *w, const char *data)
{
	json_t *row;

	if (w->c->json) {
		puts(data);
	} else {
		static const struct column shown[] = {
			{ "", "timestamp", CELL_TEXT },	   { "", "pin", CELL_TEXT },
			{ "", "statusName", CELL_TEXT },   { "", "verifyName", CELL_TEXT },
			{ "", "deviceSerial", CELL_TEXT }, { "", "flags", CELL_TEXT }
		};
		static const int width[] = { 19, 12, 16, 20, 16, 0 };

		row = json_loads(data, 0, NULL);
		for (size_t i = 0; i < sizeof(width) / sizeof(width[0]); i++) {
			char *text = table_cell(row, &shown[i]);
			int pad = width[i] - (int)table_width(text);

			printf("%s%*s%s", text, pad > 0 ? pad : 0, "", width[i] ? "  " : "\n");
			g_free(text);
		}
		json_decref(row);
	}
	fflush(stdout);
}

static void punch_line_read(struct watch *w, const char *line)
{
	if (g_str_has_prefix(line, "id: ")) {
		g_free(w->id);
		w->id = g_strdup(line + 4);
	} else if (w->id && g_str_has_prefix(line, "data: ")) {
		/* An event without an id is no punch: it identifies the ledger. */
		punch_event_show(w, line + 6);
		g_free(w->last);
		w->last = w->id;
		w->id = NULL;
	}
}

static bool watch_take(void *ctx, const char *p, size_t n)
{
	struct watch *w = ctx;

	w->met = true;
	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\n') {
			g_string_append_c(w->line, p[i]);
			continue;
		}
		punch_line_read(w, w->line->str);
		g_string_truncate(w->line, 0);
	}
	return w->line->len < (1 << 20) && !ferror(stdout);
}

/* Goes on until it is interrupted. Whatever broke the stream, the next one begins where it
 * stopped: nothing is missed. */
static int punch_watch(struct cmd *c)
{
	char *path = cmd_query(c, "/api/events");
	struct watch w = { .c = c, .line = g_string_new(NULL) };
	bool again;
	int end;

	do {
		end = client_stream(&c->client, path, w.last, watch_take, &w);
		g_string_truncate(w.line, 0);
		again = w.met && end != CMD_DENIED && !c->client.conflict && !ferror(stdout);
		if (again) {
			message_print("the stream ended; trying again");
			g_usleep(2 * G_USEC_PER_SEC);
		}
	} while (again);
	g_string_free(w.line, TRUE);
	g_free(w.last);
	g_free(w.id);
	g_free(path);
	return end ? end : CMD_FAILED;
}

/* --- export --- */

static bool punch_piece_write(void *ctx, const char *p, size_t n)
{
	return fwrite(p, 1, n, ctx) == n;
}

/* Lines on their way into an array. */
struct lines {
	FILE *to;
	bool begun, ended; /* a line was; and nothing came behind it yet */
};

static bool punch_lines_write(void *ctx, const char *p, size_t n)
{
	struct lines *l = ctx;

	while (n) {
		const char *end = memchr(p, '\n', n);
		size_t size = end ? (size_t)(end - p) : n;

		if (size && (l->ended || !l->begun))
			fputs(l->begun ? ",\n" : "\n", l->to);
		if (size) {
			l->begun = true;
			l->ended = false;
		}
		fwrite(p, 1, size, l->to);
		l->ended |= end != NULL;
		p += size + (end != NULL);
		n -= size + (end != NULL);
	}
	return !ferror(l->to);
}

/* As the server sends it, all rows in one answer: it is whole, or it is an error. */
static int export_stream(struct cmd *c, const char *format,
			 bool (*take)(void *ctx, const char *p, size_t n), void *ctx)
{
	char *query = cmd_query(c, "/api/punches");
	char *path =
		g_strconcat(query, strchr(query, '?') ? "&" : "?", "format=", format, NULL);
	int end = client_stream(&c->client, path, NULL, take, ctx);

	g_free(path);
	g_free(query);
	return end;
}

/* The array of an export that broke off stays open, so that it cannot pass for the whole. */
static int export_array(struct cmd *c, FILE *to)
{
	struct lines lines = { .to = to };
	int end;

	fputs("[", to);
	end = export_stream(c, "ndjson", punch_lines_write, &lines);
	fputs(end == CMD_OK ? "\n]\n" : "\n", to);
	return end;
}

static int export_to(struct cmd *c, FILE *to)
{
	const char *format = c->opt[CMD_format] ? c->opt[CMD_format] : c->json ? "json" : "csv";

	if (!strcmp(format, "csv") || !strcmp(format, "ndjson"))
		return export_stream(c, format, punch_piece_write, to);
	if (!strcmp(format, "json"))
		return export_array(c, to);
	message_print("--format must be csv, ndjson or json");
	return CMD_USAGE;
}

/* The file appears when it is complete, or not at all. */
static int punch_export(struct cmd *c)
{
	const char *name = c->opt[CMD_output];
	char *part;
	FILE *to;
	int end;

	if (name == NULL || !strcmp(name, "-"))
		return export_to(c, stdout);
	part = g_strconcat(name, ".part", NULL);
	to = fopen(part, "we");
	if (to == NULL) {
		message_print("%s: %s", part, g_strerror(errno));
		g_free(part);
		return CMD_FAILED;
	}
	end = export_to(c, to);
	if (end == CMD_OK && (fflush(to) || ferror(to) || g_rename(part, name))) {
		message_print("%s: %s", name, g_strerror(errno));
		end = CMD_FAILED;
	}
	fclose(to);
	if (end)
		g_unlink(part);
	g_free(part);
	return end;
}

static const struct verb verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = "device pin from to " LIST_OPTIONS,
	  .help = "The latest ones, or those selected",
	  .examples = "\n--device CJDE231260005 --from 2026-03-01\n--pin 1001 --from "
		      "2026-03-01 --to 2026-03-31 --format csv",
	  .run = punch_list,
	  .path = "/api/punches",
	  .columns = columns },
	{ .word = "watch",
	  .args = "",
	  .options = "device after",
	  .help = "Show punches as they come, until Ctrl-C",
	  .examples = "\n--device CJDE231260005",
	  .run = punch_watch },
	{ .word = "export",
	  .args = "",
	  .options = "device pin from to after limit format output",
	  .help = "All of them, or those selected, as a file",
	  .examples = "--from 2026-03-01 --to 2026-03-31 --output march.csv\n--format ndjson "
		      "--after 120000",
	  .run = punch_export },
	{ 0 },
};

int cmd_punch(int argc, char **argv)
{
	static const struct noun noun = { "punch", "Punches in the order of their arrival",
					  verbs };

	return cmd_run(&noun, argc, argv);
}
