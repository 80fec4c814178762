/* gatehouse quarantine …, gatehouse person … */
#include "app/api_client/noun.h"
#include "app/subcommands.h"

static const struct column quarantine_columns[] = {
	{ "ID", "id", CELL_TEXT },
	{ "DEVICE", "deviceSerial", CELL_TEXT },
	{ "RECEIVED", "receivedAt", CELL_TIME },
	{ "TABLE", "table", CELL_TEXT },
	{ "LINE", "line", CELL_TEXT },
	{ "REASON", "reason", CELL_TEXT },
	{ "RECORD", "raw", CELL_TEXT },
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
	{ "PIN", "pin", CELL_TEXT },
	{ "NAME", "name", CELL_TEXT },
	{ "PRIVILEGE", "privilege", CELL_TEXT },
	{ "CARD", "card", CELL_TEXT },
	{ "GROUP", "groupId", CELL_TEXT },
	{ "DEVICE", "deviceSerial", CELL_TEXT },
	{ "RECEIVED", "receivedAt", CELL_TIME },
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
