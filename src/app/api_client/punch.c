/* gatehouse punch … */
#include <glib.h>
#include <string.h>

#include "app/api_client/export.h"
#include "app/api_client/noun.h"
#include "app/api_client/period.h"
#include "app/api_client/punch_import.h"
#include "app/api_client/watch.h"
#include "app/message.h"
#include "app/subcommands.h"
#include "base/clock.h"

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

static int punch_list(struct cmd *c)
{
	return cmd_list_latest(c);
}

/* --- watch --- */

static int punch_watch(struct cmd *c)
{
	static const struct watch_column shown[] = {
		{ "timestamp", 19 },  { "pin", 12 },	      { "statusName", 16 },
		{ "verifyName", 20 }, { "deviceSerial", 16 }, { "flags", 0 },
	};

	return cmd_watch(c, "/api/events", shown, sizeof(shown) / sizeof(shown[0]));
}

/* --- export --- */

static int punch_export(struct cmd *c)
{
	int end = cmd_period_read(c);

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
	end = cmd_period_read(c);
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
	{ .word = "import",
	  .args = "FILE",
	  .least = 1,
	  .most = 1,
	  .options = "device dry-run",
	  .help = "Those of a file: a clock's USB export, or an export from here",
	  .examples = "1_attlog.dat --device CJDE231260005 --dry-run\n"
		      "1_attlog.dat --device CJDE231260005\n"
		      "march.csv --device CJDE231260005",
	  .run = punch_import },
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
