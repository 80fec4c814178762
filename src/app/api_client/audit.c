/* gatehouse audit … */
#include "app/api_client/export.h"
#include "app/api_client/noun.h"
#include "app/api_client/period.h"
#include "app/subcommands.h"

static const struct column columns[] = {
	{ "SEQ", "seq", CELL_ID },
	{ "AT", "at", CELL_TIME },
	{ "BY", "by", CELL_TEXT },
	{ "FROM", "from", CELL_ID | CELL_DROP(3) },
	{ "ACTION", "action", CELL_ID },
	{ "SUBJECT", "subject", CELL_ID },
	{ "OUTCOME", "outcome", CELL_TEXT },
	{ "COMMAND", "commandId", CELL_ID | CELL_DROP(2) },
	{ "REASON", "reason", CELL_TEXT | CELL_DROP(4) },
	{ "AFTER", "after", CELL_TEXT | CELL_DROP(5) },
	{ 0 },
};

static int audit_export(struct cmd *c)
{
	return cmd_export(c, "/api/audit");
}

static const struct verb verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = "action subject outcome by command from to last " LIST_OPTIONS,
	  .help = "Who did what: the latest rows, or those selected",
	  .examples = "--last 20\n--subject door:CJDE231260005:2 --outcome refused\n"
		      "--action open_door --from 2026-11-01",
	  .run = cmd_list_latest,
	  .path = "/api/audit",
	  .columns = columns },
	{ .word = "export",
	  .args = "",
	  .options = "action subject outcome by command from to after limit " EXPORT_OPTIONS,
	  .help = "All rows, or those selected, as a file",
	  .examples = "--output audit.csv\n--by reception --format ndjson",
	  .run = audit_export },
	{ 0 },
};

int cmd_audit(int argc, char **argv)
{
	static const struct noun noun = {
		"audit",
		"Who did what, and what became of it; rows are never changed or removed", verbs
	};

	return cmd_run(&noun, argc, argv);
}
