/* gatehouse contact … */
#include "app/api_client/noun.h"
#include "app/subcommands.h"

static const struct column columns[] = {
	{ "PEER", "peer", CELL_ID },
	{ "PORT", "port", CELL_ID | CELL_DROP(4) },
	{ "LAST", "at", CELL_AGO },
	{ "COUNT", "count", CELL_TEXT | CELL_DROP(2) },
	{ "REASON", "reason", CELL_ID },
	{ "SERIAL", "serial", CELL_ID | CELL_DROP(3) },
	{ "TARGET", "target", CELL_TEXT | CELL_DROP(5) },
	{ "HINT", "hint", CELL_TEXT | CELL_DROP(1) },
	{ 0 },
};

static const struct verb verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = "reason peer " LIST_OPTIONS,
	  .help = "What reached a port of the server and became no device, and why",
	  .examples = "--reason not_http",
	  .run = cmd_list,
	  .path = "/api/contacts",
	  .columns = columns },
	{ 0 },
};

int cmd_contact(int argc, char **argv)
{
	static const struct noun noun = { "contact",
					  "What reached the server and became no device",
					  verbs };

	return cmd_run(&noun, argc, argv);
}
