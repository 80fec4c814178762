/* gatehouse person …: its verbs. */
#include "app/api_client/person.h"

#include "app/subcommands.h"

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
	{ .word = "add",
	  .args = "PIN KEY=VALUE...",
	  .least = 2,
	  .most = -1,
	  .options = "device password-file ttl wait",
	  .help = "Write a new person to devices",
	  .examples = "7 name='Ada Lovelace' card=4711 --device CJDE231260005,CJDE231260006\n"
		      "8 name=Bo group=2 validFrom=20261201T000000 validTo=20261231T235959 "
		      "expires=1 --device CJDE231260005 --wait 1",
	  .run = cmd_person_add },
	{ .word = "set",
	  .args = "PIN KEY=VALUE...",
	  .least = 1,
	  .most = -1,
	  .options = "device password-file ttl wait",
	  .help = "Change a person on devices; what is not named stays as it is",
	  .examples = "7 name='Ada King' --device CJDE231260005\n"
		      "7 privilege=admin cards=4711,4712 --device CJDE231260005 --wait 1",
	  .run = cmd_person_set },
	{ .word = "delete",
	  .args = "PIN...",
	  .least = 1,
	  .most = -1,
	  .options = "device ttl wait yes",
	  .help = "Remove people from devices; without --device from all that have them",
	  .examples = "7 --device CJDE231260005",
	  .run = cmd_person_delete },
	{ 0 },
};

int cmd_person(int argc, char **argv)
{
	static const struct noun noun = { "person", "People on the devices", person_verbs };

	return cmd_run(&noun, argc, argv);
}
