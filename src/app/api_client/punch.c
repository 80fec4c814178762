/* gatehouse punch … */
#include <glib.h>
#include <string.h>

#include "app/api_client/export.h"
#include "app/api_client/noun.h"
#include "app/message.h"
#include "app/subcommands.h"
#include "base/clock.h"
#include "base/number.h"

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

/* --- a day or a month of the devices' time --- */

/* YYYY-MM, or its first (0) and last day as dates. */
static bool month_days(const char *month, char first[16], char last[16])
{
	uint64_t y, m;
	gh_slice text = gh_slice_of(month), year, rest;

	if (strlen(month) != 7 || !gh_slice_cut(text, '-', &year, &rest) || year.n != 4 ||
	    ghi_number_parse(year, 9999, &y) || y < 1970 || ghi_number_parse(rest, 12, &m) ||
	    m == 0)
		return false;
	g_snprintf(first, 16, "%s-01", month);
	g_snprintf(last, 16, "%s-%02u", month,
		   g_date_get_days_in_month((GDateMonth)m, (GDateYear)y));
	return true;
}

/* --today and --month as --from and --to. */
static int punch_period_read(struct cmd *c)
{
	const char *month = c->opt[CMD_month], *today = c->opt[CMD_today];
	GDateTime *now;
	char *text;

	if (month == NULL && today == NULL)
		return CMD_OK;
	if (c->opt[CMD_from] || c->opt[CMD_to] || (month && today)) {
		message_print("only one of --today, --month, and --from with --to");
		return CMD_USAGE;
	}
	if (today) {
		now = g_date_time_new_from_unix_local(ghi_clock_wall_ms() / 1000);
		text = g_date_time_format(now, "%Y-%m-%d");
		g_strlcpy(c->period[0], text, sizeof(c->period[0]));
		g_strlcpy(c->period[1], text, sizeof(c->period[1]));
		g_free(text);
		g_date_time_unref(now);
	} else if (!month_days(month, c->period[0], c->period[1])) {
		message_print("--month is \"%s\": must be YYYY-MM", month);
		return CMD_USAGE;
	}
	c->opt[CMD_from] = c->period[0];
	c->opt[CMD_to] = c->period[1];
	return CMD_OK;
}

/* --- list: the latest ones, unless a start or an order is given --- */

static int punch_list(struct cmd *c)
{
	int end = punch_period_read(c);

	if (end)
		return end;
	if (c->opt[CMD_after] || c->opt[CMD_before] || c->opt[CMD_sort] || c->opt[CMD_cursor]) {
		if (c->opt[CMD_last] == NULL)
			return cmd_list(c);
		message_print("--last takes no --after, --before, --sort or --cursor");
		return CMD_USAGE;
	}
	c->latest = true;
	if (c->opt[CMD_last])
		c->opt[CMD_limit] = c->opt[CMD_last];
	c->opt[CMD_before] = "9223372036854775807";
	return cmd_list(c);
}

/* --- watch --- */

/* A live server sends something every 15 seconds. */
#define STREAM_PATIENCE 60L

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
		end = client_stream(&c->client, path, w.last, STREAM_PATIENCE, watch_take, &w);
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

static int punch_export(struct cmd *c)
{
	int end = punch_period_read(c);

	return end ? end : cmd_export(c, "/api/punches");
}

/* --- report --- */

static const struct column report_columns[] = {
	{ "DAY", "day", CELL_ID },
	{ "PIN", "pin", CELL_ID },
	{ "NAME", "personName", CELL_TEXT },
	{ "FIRST IN", "firstIn", CELL_ID },
	{ "LAST OUT", "lastOut", CELL_ID },
	{ "PUNCHES", "count", CELL_TEXT | CELL_DROP(2) },
	{ "IN", "in", CELL_TEXT | CELL_DROP(1) },
	{ "OUT", "out", CELL_TEXT | CELL_DROP(1) },
	{ "MISSING", "missing", CELL_TEXT | CELL_DROP(3) },
	{ 0 },
};

/* Of this month, unless another time is named. A table is a page of the list; a file has all. */
static int punch_report(struct cmd *c)
{
	const char *format = c->opt[CMD_format];
	bool table =
		format ? !strcmp(format, "table")
		       : !c->json && c->opt[CMD_output] == NULL && c->opt[CMD_excel] == NULL;
	char month[8];
	GDateTime *now;
	char *text;
	int end;

	if (!c->opt[CMD_month] && !c->opt[CMD_today] && !c->opt[CMD_from] && !c->opt[CMD_to]) {
		now = g_date_time_new_from_unix_local(ghi_clock_wall_ms() / 1000);
		text = g_date_time_format(now, "%Y-%m");
		g_strlcpy(month, text, sizeof(month));
		g_free(text);
		g_date_time_unref(now);
		c->opt[CMD_month] = month;
	}
	end = punch_period_read(c);
	if (end)
		return end;
	if (!table && c->opt[CMD_columns]) {
		message_print("--columns is of tables; a file has every column");
		return CMD_USAGE;
	}
	return table ? cmd_list(c) : cmd_export(c, c->verb->path);
}

static const struct verb verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = "device tag area pin from to today month last " LIST_OPTIONS,
	  .help = "The latest ones, or those selected",
	  .examples = "--last 20\n--today --device CJDE231260005\n--today --tag branch-2\n"
		      "--pin 1001 --month 2026-03",
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
	  .options = "device tag area pin from to today month after limit " EXPORT_OPTIONS,
	  .help = "All of them, or those selected, as a file",
	  .examples = "--month 2026-03 --output march.xlsx\n--month 2026-03 --excel "
		      "--output march.csv\n--format ndjson --after 120000",
	  .run = punch_export },
	{ .word = "report",
	  .args = "",
	  .options = "device tag area pin person from to today month limit cursor total "
		     "columns " EXPORT_OPTIONS,
	  .help = "Each person's days: first in, last out, what is missing",
	  .examples = "--month 2026-03\n--month 2026-03 --pin 1001\n"
		      "--month 2026-03 --output march-days.xlsx",
	  .run = punch_report,
	  .path = "/api/reports/days",
	  .columns = report_columns },
	{ 0 },
};

int cmd_punch(int argc, char **argv)
{
	static const struct noun noun = { "punch", "Punches in the order of their arrival",
					  verbs };

	return cmd_run(&noun, argc, argv);
}
