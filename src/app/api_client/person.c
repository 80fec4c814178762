/* gatehouse person …: its verbs. */
#include "app/api_client/person.h"

#include <glib.h>

#include "app/subcommands.h"

static const struct column person_columns[] = {
	{ "PIN", "pin", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "PRIVILEGE", "privilege", CELL_TEXT | CELL_DROP(3) },
	{ "CARD", "card", CELL_ID | CELL_DROP(4) },
	{ "GROUP", "groupId", CELL_TEXT | CELL_DROP(1) },
	{ "DEVICE", "deviceSerial", CELL_ID },
	{ "STATE", "state", CELL_ID | CELL_DROP(5) },
	{ "RECEIVED", "receivedAt", CELL_TIME | CELL_DROP(2) },
	{ 0 },
};

static const struct column order_columns[] = {
	{ "PIN", "pin", CELL_ID },
	{ "DEVICE", "deviceSerial", CELL_ID },
	{ "STATE", "state", CELL_ID },
	{ "ORDER", "type", CELL_ID | CELL_DROP(4) },
	{ "COMMAND", "commandId", CELL_ID | CELL_DROP(3) },
	{ "QUEUED", "createdAt", CELL_AGO | CELL_DROP(2) },
	{ "RETURN", "returnCode", CELL_ID | CELL_DROP(5) },
	{ "MEANING", "meaning", CELL_TEXT },
	{ "REMEDY", "remedy", CELL_TEXT | CELL_DROP(1) },
	{ 0 },
};

/* How many there are that the list of people does not show. */
static void orders_open_print(struct cmd *c, const char *state)
{
	char *device = c->opt[CMD_device]
			       ? client_path(&c->client, "&device=%s", c->opt[CMD_device])
			       : g_strdup("");
	char *path = g_strconcat("/api/persons/orders?limit=1&state=", state, device, NULL);
	json_t *reply = NULL, *total, *least;

	if (client_call(&c->client, "GET", path, NULL, false, &reply) == CMD_OK) {
		total = json_object_get(reply, "total");
		least = json_object_get(total, "atLeast");
		if (least || json_integer_value(total))
			fprintf(stderr,
				"%s%" JSON_INTEGER_FORMAT
				" %s: gatehouse person list --state %s\n",
				least ? "more than " : "",
				json_integer_value(least ? least : total), state, state);
	}
	json_decref(reply);
	g_free(device);
	g_free(path);
}

/* What waits is not stored with the people before the device has confirmed it. */
static int cmd_person_list(struct cmd *c)
{
	const struct verb *given = c->verb;
	struct verb verb = *given;

	if (c->opt[CMD_state]) {
		verb.path = "/api/persons/orders";
		verb.columns = order_columns;
	}
	/* A number of the list is a place in another order. */
	else if (!c->opt[CMD_sort] && !c->opt[CMD_after] && !c->opt[CMD_before])
		c->opt[CMD_sort] = "pin";
	c->verb = &verb;
	int end = cmd_list(c);

	c->verb = given;
	if (end == CMD_OK && !c->opt[CMD_state] && !c->opt[CMD_format] && !c->json) {
		orders_open_print(c, "waiting");
		orders_open_print(c, "failed");
	}
	return end;
}

static const struct verb person_verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = "device pin state " LIST_OPTIONS,
	  .help = "People on each device; with --state, orders for them",
	  .examples = "\n--device CJDE231260005 --sort name\n--state waiting\n--state failed",
	  .run = cmd_person_list,
	  .path = "/api/persons",
	  .columns = person_columns },
	{ .word = "show",
	  .args = "PIN",
	  .least = 1,
	  .most = 1,
	  .options = "device",
	  .help = "A person on each device, and how far orders are",
	  .examples = "7",
	  .run = cmd_person_show },
	{ .word = "add",
	  .args = "PIN KEY=VALUE...",
	  .least = 2,
	  .most = -1,
	  .options = "device password-file ttl wait yes " SELECT_OPTIONS,
	  .help = "Write a new person to devices",
	  .fields = "CommandRequest.person",
	  .examples = "7 name='Ada Lovelace' card=4711 --device CJDE231260005,CJDE231260006\n"
		      "8 name=Bo group=2 validFrom=20261201T000000 validTo=20261231T235959 "
		      "expires=1 --device CJDE231260005 --wait 1",
	  .run = cmd_person_add },
	{ .word = "set",
	  .args = "PIN KEY=VALUE...",
	  .least = 1,
	  .most = -1,
	  .options = "device password-file ttl wait yes " SELECT_OPTIONS,
	  .help = "Change a person; what is not named stays as it is",
	  .fields = "CommandRequest.person",
	  .examples = "7 name='Ada King' --device CJDE231260005\n"
		      "7 group=2 --tag branch-2\n"
		      "7 privilege=admin cards=4711,4712 --device CJDE231260005 --wait 1",
	  .run = cmd_person_set },
	{ .word = "copy",
	  .args = "PIN...",
	  .least = 1,
	  .most = -1,
	  .options = "from-device device no-templates no-photos wait yes " SELECT_OPTIONS,
	  .help = "Write people of a device to others, with templates",
	  .examples = "7 8 --from-device CJDE231260005 --device CJDE231260006 --wait 1",
	  .run = cmd_person_copy },
	{ .word = "enrol",
	  .args = "PIN fingerprint|face|palm|card",
	  .least = 2,
	  .most = 2,
	  .options = "device finger overwrite wait",
	  .help = "Enrol a person of the roster at a device",
	  .examples = "7 fingerprint --finger 6 --device CJDE231260005 --wait 60",
	  .run = cmd_person_enrol },
	{ .word = "import",
	  .args = "FILE",
	  .least = 1,
	  .most = 1,
	  .options = "dry-run output",
	  .help = "Make and change people of the roster by a file, CSV or NDJSON",
	  .examples = "people.csv --dry-run\npeople.csv --output report.csv",
	  .run = cmd_person_import },
	{ .word = "export",
	  .args = "",
	  .options = "pin query limit " EXPORT_OPTIONS,
	  .help = "People of the roster as a file, which can be imported again",
	  .examples = "--output people.csv\n--format ndjson",
	  .run = cmd_person_export,
	  .path = "/api/people" },
	{ .word = "photo",
	  .args = "PIN FILE",
	  .least = 2,
	  .most = 2,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Write a person's photo to devices",
	  .fields = "CommandRequest",
	  .examples = "7 ada.jpg --device CJDE231260005",
	  .order = "update_photo",
	  .places = "photo.pin @photo.content",
	  .run = cmd_order_verb },
	{ .word = "compare-photo",
	  .args = "PIN FILE [KEY=VALUE...]",
	  .least = 2,
	  .most = -1,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Write a photo that faces are compared with",
	  .fields = "CommandRequest",
	  .examples = "7 ada.jpg --device CJDE231260005\n7 ada.jpg template_back=yes --device "
		      "CJDE231260005",
	  .order = "update_comparison_photo",
	  .places = "photo.pin @photo.content",
	  .run = cmd_order_verb },
	{ .word = "fingerprint",
	  .args = "PIN FINGER FILE [KEY=VALUE...]",
	  .least = 3,
	  .most = -1,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Write a fingerprint template, as the device has it",
	  .fields = "CommandRequest",
	  .examples = "7 3 finger.tmp --device CJDE231260005",
	  .order = "update_fingerprint",
	  .places = "template.pin template.no @template.data",
	  .run = cmd_order_verb },
	{ .word = "face",
	  .args = "PIN PART FILE [KEY=VALUE...]",
	  .least = 3,
	  .most = -1,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Write a part of a face template",
	  .fields = "CommandRequest",
	  .examples = "7 0 face.tmp --device CJDE231260005",
	  .order = "update_face",
	  .places = "template.pin template.index @template.data",
	  .run = cmd_order_verb },
	{ .word = "finger-vein",
	  .args = "PIN FINGER FILE [KEY=VALUE...]",
	  .least = 3,
	  .most = -1,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Write a finger vein template",
	  .fields = "CommandRequest",
	  .examples = "7 3 vein.tmp index=0 --device CJDE231260005",
	  .order = "update_finger_vein",
	  .places = "template.pin template.no @template.data",
	  .run = cmd_order_verb },
	{ .word = "biodata",
	  .args = "PIN TYPE VERSION FILE [KEY=VALUE...]",
	  .least = 4,
	  .most = -1,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Write a unified template of a biometric type and an algorithm's version",
	  .fields = "CommandRequest",
	  .examples = "7 9 58 face.tmp minorVer=12 --device CJDE231260005",
	  .order = "update_biodata",
	  .places = "template.pin template.type template.majorVer @template.data",
	  .run = cmd_order_verb },
	{ .word = "delete-photo",
	  .args = "PIN",
	  .least = 1,
	  .most = 1,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Remove a person's photo",
	  .fields = "CommandRequest",
	  .examples = "7 --device CJDE231260005",
	  .order = "delete_photo",
	  .places = "pin",
	  .run = cmd_order_verb },
	{ .word = "delete-compare-photo",
	  .args = "PIN",
	  .least = 1,
	  .most = 1,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Remove a person's comparison photo",
	  .fields = "CommandRequest",
	  .examples = "7 --device CJDE231260005",
	  .order = "delete_comparison_photo",
	  .places = "pin",
	  .run = cmd_order_verb },
	{ .word = "delete-fingerprint",
	  .args = "PIN [KEY=VALUE...]",
	  .least = 1,
	  .most = -1,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Remove fingerprints, or one finger's",
	  .fields = "CommandRequest",
	  .examples = "7 finger=3 --device CJDE231260005",
	  .order = "delete_fingerprint",
	  .places = "pin",
	  .run = cmd_order_verb },
	{ .word = "delete-face",
	  .args = "PIN",
	  .least = 1,
	  .most = 1,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Remove face templates",
	  .fields = "CommandRequest",
	  .examples = "7 --device CJDE231260005",
	  .order = "delete_face",
	  .places = "pin",
	  .run = cmd_order_verb },
	{ .word = "delete-finger-vein",
	  .args = "PIN [KEY=VALUE...]",
	  .least = 1,
	  .most = -1,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Remove finger vein templates",
	  .fields = "CommandRequest",
	  .examples = "7 --device CJDE231260005",
	  .order = "delete_finger_vein",
	  .places = "pin",
	  .run = cmd_order_verb },
	{ .word = "delete-biodata",
	  .args = "PIN [KEY=VALUE...]",
	  .least = 1,
	  .most = -1,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Remove unified templates, or those of one type",
	  .fields = "CommandRequest",
	  .examples = "7 biotype=9 --device CJDE231260005",
	  .order = "delete_biodata",
	  .places = "pin",
	  .run = cmd_order_verb },
	{ .word = "enroll-finger",
	  .args = "PIN FINGER [KEY=VALUE...]",
	  .least = 2,
	  .most = -1,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Let the device enrol a finger",
	  .fields = "CommandRequest",
	  .examples = "7 3 --device CJDE231260005",
	  .order = "enroll_fingerprint",
	  .places = "pin finger",
	  .run = cmd_order_verb },
	{ .word = "enroll-card",
	  .args = "PIN [KEY=VALUE...]",
	  .least = 1,
	  .most = -1,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Let the device enrol a card",
	  .fields = "CommandRequest",
	  .examples = "7 --device CJDE231260005",
	  .order = "enroll_card",
	  .places = "pin",
	  .run = cmd_order_verb },
	{ .word = "enroll-bio",
	  .args = "PIN TYPE [KEY=VALUE...]",
	  .least = 2,
	  .most = -1,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Let the device enrol a face, palm ...",
	  .fields = "CommandRequest",
	  .examples = "7 9 --device CJDE231260005",
	  .order = "enroll_bio",
	  .places = "pin biotype",
	  .run = cmd_order_verb },
	{ .word = "query",
	  .args = "PIN",
	  .least = 1,
	  .most = 1,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Let the device upload a person",
	  .fields = "CommandRequest",
	  .examples = "7 --device CJDE231260005",
	  .order = "query_user",
	  .places = "pin",
	  .run = cmd_order_verb },
	{ .word = "delete",
	  .args = "PIN...",
	  .least = 1,
	  .most = -1,
	  .options = "device ttl wait yes " SELECT_OPTIONS,
	  .help = "Remove people; without --device from all devices",
	  .examples = "7 --device CJDE231260005",
	  .run = cmd_person_delete },
	{ 0 },
};

int cmd_person(int argc, char **argv)
{
	static const struct noun noun = { "person", "People on the devices", person_verbs };

	return cmd_run(&noun, argc, argv);
}
