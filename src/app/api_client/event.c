/* gatehouse event … */
#include "app/api_client/export.h"
#include "app/api_client/noun.h"
#include "app/api_client/period.h"
#include "app/api_client/watch.h"
#include "app/subcommands.h"

static const struct column columns[] = {
	{ "SEQ", "seq", CELL_ID },
	{ "TIME", "timestamp", CELL_ID },
	{ "DEVICE", "deviceSerial", CELL_ID },
	{ "DOOR", "door", CELL_ID },
	{ "EVENT", "event", CELL_ID },
	{ "WHAT", "eventName", CELL_TEXT },
	{ "PIN", "pin", CELL_ID },
	{ "CARD", "card", CELL_ID | CELL_DROP(4) },
	{ "DIRECTION", "direction", CELL_TEXT | CELL_DROP(5) },
	{ "VERIFIED BY", "verifyName", CELL_TEXT | CELL_DROP(3) },
	{ "PUNCH", "punchSeq", CELL_ID | CELL_DROP(2) },
	{ "FLAGS", "flags", CELL_TEXT | CELL_DROP(1) },
	{ 0 },
};

static int event_watch(struct cmd *c)
{
	static const struct watch_column shown[] = {
		{ "timestamp", 19 }, { "deviceSerial", 16 }, { "door", 3 },
		{ "pin", 12 },	     { "eventName", 34 },    { "verifyName", 0 },
	};

	return cmd_watch(c, "/api/events?topics=access", shown,
			 sizeof(shown) / sizeof(shown[0]));
}

static int event_export(struct cmd *c)
{
	int end = cmd_period_read(c);

	return end ? end : cmd_export(c, "/api/access-events");
}

static const struct verb verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = "device door pin event class from to today month last " LIST_OPTIONS,
	  .help = "The latest ones, or those selected",
	  .examples = "--last 20\n--today --class alarm\n--device CJDE231260005 --door 2",
	  .run = cmd_list_latest,
	  .path = "/api/access-events",
	  .columns = columns },
	{ .word = "watch",
	  .args = "",
	  .options = "device after",
	  .help = "Show access events as they come, until Ctrl-C",
	  .examples = "\n--device CJDE231260005",
	  .run = event_watch },
	{ .word = "export",
	  .args = "",
	  .options =
		  "device door pin event class from to today month after limit " EXPORT_OPTIONS,
	  .help = "All of them, or those selected, as a file",
	  .examples = "--month 2026-03 --output march.xlsx\n--class alarm --format ndjson",
	  .run = event_export },
	{ 0 },
};

int cmd_event(int argc, char **argv)
{
	static const struct noun noun = { "event",
					  "What happened at doors, in the order of its arrival",
					  verbs };

	return cmd_run(&noun, argc, argv);
}
