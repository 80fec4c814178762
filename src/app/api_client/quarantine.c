/* gatehouse quarantine …, gatehouse person … */
#include "app/api_client/noun.h"
#include "app/subcommands.h"

static const struct column quarantine_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "DEVICE", "deviceSerial", CELL_ID },
	{ "RECEIVED", "receivedAt", CELL_TIME | CELL_DROP(2) },
	{ "TABLE", "table", CELL_TEXT | CELL_DROP(3) },
	{ "LINE", "line", CELL_TEXT | CELL_DROP(1) },
	{ "REASON", "reason", CELL_TEXT },
	{ "RECORD", "raw", CELL_TEXT | CELL_DROP(4) },
	{ 0 },
};

static const struct verb quarantine_verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = "device " LIST_OPTIONS,
	  .help = "Malformed records, kept apart",
	  .run = cmd_list,
	  .path = "/api/quarantine",
	  .columns = quarantine_columns },
	{ 0 },
};

int cmd_quarantine(int argc, char **argv)
{
	static const struct noun noun = { "quarantine", "Records that could not be read.",
					  quarantine_verbs };

	return cmd_run(&noun, argc, argv);
}

static const struct column person_columns[] = {
	{ "PIN", "pin", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "PRIVILEGE", "privilege", CELL_TEXT | CELL_DROP(3) },
	{ "CARD", "card", CELL_ID | CELL_DROP(4) },
	{ "GROUP", "groupId", CELL_TEXT | CELL_DROP(1) },
	{ "DEVICE", "deviceSerial", CELL_ID },
	{ "RECEIVED", "receivedAt", CELL_TIME | CELL_DROP(2) },
	{ 0 },
};

static const struct verb person_verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = "device pin " LIST_OPTIONS,
	  .help = "People as stored on each device",
	  .run = cmd_list,
	  .path = "/api/persons",
	  .columns = person_columns },
	{ 0 },
};

int cmd_person(int argc, char **argv)
{
	static const struct noun noun = { "person", "People on the devices.", person_verbs };

	return cmd_run(&noun, argc, argv);
}
