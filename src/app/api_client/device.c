/* gatehouse device …: its verbs, and what they show of a device. */
#include <glib.h>

#include "app/api_client/device.h"
#include "app/api_client/person.h"
#include "app/api_client/selection.h"
#include "app/subcommands.h"

static const struct column list_columns[] = {
	{ "SERIAL NUMBER", "sn", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "STATE", "state", CELL_ID },
	{ "PARENT", "parent", CELL_ID | CELL_SPARSE },
	{ "TAGS", "tags", CELL_TEXT | CELL_DROP(2) },
	{ "CONTACT", "contact", CELL_ID | CELL_DROP(7) },
	{ "SEEN", "lastSeen", CELL_AGO | CELL_DROP(6) },
	{ "COMPLETE UP TO", "completeUpTo", CELL_TEXT | CELL_DROP(4) },
	{ "ADDRESS", "address", CELL_ID | CELL_DROP(5) },
	{ "ZONE", "zone", CELL_TEXT | CELL_DROP(4) },
	{ "PEOPLE", "stats.userCount", CELL_ID | CELL_DROP(2) },
	{ "COMMANDS", "pendingCommands", CELL_ID | CELL_DROP(3) },
	{ "FIRMWARE", "firmwareVersion", CELL_TEXT | CELL_DROP(1) },
	{ 0 },
};

static const struct column show_columns[] = {
	{ "Serial number", "sn", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "State", "state", CELL_TEXT },
	{ "Contact", "contact", CELL_TEXT },
	{ "Last seen", "lastSeen", CELL_AGO },
	{ "First seen", "createdAt", CELL_TIME },
	{ "Address", "address", CELL_TEXT },
	{ "Time zone", "zone", CELL_TEXT },
	{ "Clock still in", "clockZone", CELL_TEXT },
	{ "Area", "areaName", CELL_TEXT },
	{ "Tags", "tags", CELL_TEXT },
	{ "Device type", "deviceType", CELL_TEXT },
	{ "Firmware", "firmwareVersion", CELL_TEXT },
	{ "Push version", "pushVersion", CELL_TEXT },
	{ "Language", "language", CELL_TEXT },
	{ "Character set", "charset", CELL_TEXT },
	{ "Comm key", "hasCommKey", CELL_TEXT },
	{ "  shown from", "provenAddress", CELL_TEXT },
	{ "Poll every (s)", "delay", CELL_TEXT },
	{ "Retry after (s)", "errorDelay", CELL_TEXT },
	{ "Upload times", "transTimes", CELL_TEXT },
	{ "Upload every (min)", "transInterval", CELL_TEXT },
	{ "Real time", "realtime", CELL_TEXT },
	{ "Requests people", "remoteAttendance", CELL_TEXT },
	{ "Has people verified", "backgroundVerification", CELL_TEXT },
	{ "People", "stats.userCount", CELL_TEXT },
	{ "Templates", "stats.templates", CELL_TEXT },
	{ "Photos", "stats.photos", CELL_TEXT },
	{ "Damaged contents", "stats.damaged", CELL_TEXT },
	{ "Open commands", "pendingCommands", CELL_TEXT },
	{ "Complete up to", "completeUpTo", CELL_TEXT },
	{ "  known by", "completeBy", CELL_TEXT },
	{ "  compared", "comparison.comparedAt", CELL_AGO },
	{ "  next", "comparison.nextAt", CELL_TIME },
	{ "  every (h)", "compare", CELL_TEXT },
	{ "  comparison", "comparison.state", CELL_TEXT },
	{ "  does not know", "comparison.refused", CELL_TEXT },
	{ "  failed", "comparison.failed", CELL_TEXT },
	{ "  with code", "comparison.failedCode", CELL_TEXT },
	{ "  counts not right", "comparison.unreliable", CELL_TEXT },
	{ "  gone from its log", "comparison.goneFromDevice", CELL_TEXT },
	{ "  log lost punches", "comparison.logShrank", CELL_TEXT },
	{ "  rows, no punches", "comparison.rowsWithoutPunch", CELL_TEXT },
	{ "Not complete from", "comparison.gap.from", CELL_TEXT },
	{ "  up to", "comparison.gap.to", CELL_TEXT },
	{ "  it counts", "comparison.gap.counted", CELL_TEXT },
	{ "  are stored", "comparison.gap.stored", CELL_TEXT },
	{ "  missing in all", "comparison.gap.missing", CELL_TEXT },
	{ "  since", "comparison.gap.since", CELL_TIME },
	{ "  because", "comparison.gap.why", CELL_TEXT },
	{ "Problems", "problems", CELL_TEXT },
	{ "Records not read", "notUnderstood.records", CELL_TEXT },
	{ "Uploads not read", "notUnderstood.uploads", CELL_TEXT },
	{ "Called at", "terminal", CELL_TEXT },
	{ "Connection", "link.state", CELL_TEXT },
	{ "Last failure", "link.error", CELL_TEXT },
	{ "Log read", "link.lastRead", CELL_AGO },
	{ "Clock is set", "clock", CELL_TEXT },
	{ "Clock read as", "clockForm", CELL_TEXT },
	{ "Clock off by (s)", "clockOffset", CELL_TEXT },
	{ "Read every (s)", "readInterval", CELL_TEXT },
	{ "Live events", "live", CELL_TEXT },
	{ "Registration", "access.registration", CELL_TEXT },
	{ "  at", "access.registeredAt", CELL_TIME },
	{ "Model", "access.model", CELL_TEXT },
	{ "Doors", "access.doors", CELL_TEXT },
	{ "Readers", "access.readers", CELL_TEXT },
	{ "Inputs", "access.auxInputs", CELL_TEXT },
	{ "Outputs", "access.auxOutputs", CELL_TEXT },
	{ "Controller", "access.role", CELL_TEXT },
	{ "Main controller", "parent", CELL_TEXT },
	{ "  authorised", "authorisation", CELL_TEXT },
	{ "  reached", "reached", CELL_TEXT },
	{ "Plans run", "sync", CELL_TEXT },
	{ "Verify factors", "access.verifyFactors", CELL_TEXT },
	{ "INFO", "info", CELL_TEXT },
	{ 0 },
};

/* `meanings`: of some of them, or NULL. */
static void device_pairs_print(const char *title, json_t *object, json_t *meanings)
{
	const char *key;
	json_t *value;

	if (json_object_size(object) == 0)
		return;
	printf("\n%s\n", title);
	json_object_foreach(object, key, value)
	{
		struct column k = { key, key, CELL_TEXT };
		json_t *row = json_object();
		char *name, *text;

		/* Keys may have dots; the cell's own key may not. */
		k.key = "v";
		json_object_set(row, "v", value);
		json_object_set_new(row, "k", json_string(key));
		text = table_cell(row, &k);
		k.key = "k";
		name = table_cell(row, &k);
		json_t *meaning = json_object_get(meanings, key);

		if (json_is_string(meaning))
			printf("  %s=%s  (%s)\n", name, text, json_string_value(meaning));
		else
			printf("  %s=%s\n", name, text);
		g_free(name);
		g_free(text);
		json_decref(row);
	}
}

/* What an access unit can do, a line each. */
static void device_items_print(const char *title, json_t *items)
{
	size_t i;
	json_t *item;

	if (json_array_size(items) == 0)
		return;
	printf("\n%s\n", title);
	json_array_foreach(items, i, item)
	{
		json_t *name = json_object_get(item, "name");

		printf("  %4lld  %s\n",
		       (long long)json_integer_value(json_object_get(item, "number")),
		       json_is_string(name) ? json_string_value(name) : "not documented");
	}
}

static int cmd_device_show(struct cmd *c)
{
	char *path = client_path(&c->client, "/api/devices/%s", c->argv[0]);
	json_t *reply = NULL, *device, *access;
	int end = client_call(&c->client, "GET", path, NULL, c->json, &reply);

	if (end == CMD_OK && !c->json) {
		device = json_object_get(reply, "data");
		table_print_object(device, show_columns);
		access = json_object_get(device, "access");
		device_items_print("Functions", json_object_get(access, "functions"));
		device_items_print("Verify modes", json_object_get(access, "verifyModes"));
		device_biometrics_print(device);
		device_pairs_print("Stamps", json_object_get(device, "stamps"), NULL);
		device_pairs_print("Options", json_object_get(device, "options"),
				   json_object_get(device, "optionMeanings"));
	}
	json_decref(reply);
	g_free(path);
	return end;
}

static int cmd_device_list(struct cmd *c)
{
	if (c->argc)
		c->opt[CMD_sn] = c->argv[0];
	c->argc = 0;
	return cmd_list(c);
}

static const struct column found_columns[] = {
	{ "ADDRESS", "address", CELL_ID },
	{ "SERIAL NUMBER", "serial", CELL_ID },
	{ "NAME", "name", CELL_TEXT | CELL_DROP(2) },
	{ "FIRMWARE", "firmware", CELL_TEXT | CELL_DROP(1) },
	{ "KEY NEEDED", "keyNeeded", CELL_ID },
	{ 0 },
};

static const struct column trace_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "AT", "at", CELL_TIME },
	{ "PEER", "peer", CELL_ID | CELL_DROP(2) },
	{ "METHOD", "method", CELL_ID | CELL_DROP(3) },
	{ "TARGET", "target", CELL_TEXT },
	{ "STATUS", "status", CELL_ID },
	{ "NOTE", "note", CELL_TEXT | CELL_DROP(1) },
	{ 0 },
};

static const struct column sync_columns[] = {
	{ "PIN", "pin", CELL_ID },
	{ "KIND", "kind", CELL_ID },
	{ "STATE", "state", CELL_ID },
	{ "WHY", "explanation", CELL_TEXT | CELL_DROP(1) },
	{ 0 },
};

static int cmd_device_sync(struct cmd *c)
{
	char *path = client_path(&c->client, "/api/devices/%s/sync", c->argv[0]);
	json_t *reply = NULL;
	int end = cmd_list_keep(c, "GET", path, NULL, &reply);

	if (end == CMD_OK && json_is_false(json_object_get(reply, "sends")))
		fprintf(stderr,
			"This is only shown. To have it sent: gatehouse device set %s "
			"sync=auto\n",
			c->argv[0]);
	json_decref(reply);
	g_free(path);
	return end;
}

static const struct verb verbs[] = {
	{ .word = "list",
	  .args = "[SN]",
	  .most = 1,
	  .options = "state contact tag " LIST_OPTIONS,
	  .help = "Devices, the newest first; SN may be a pattern",
	  .examples = "\n--state held\n'CKUH*' --tag branch-2\n--query gate --columns "
		      "sn,name,lastSeen",
	  .run = cmd_device_list,
	  .path = "/api/devices",
	  .columns = list_columns },
	{ .word = "show",
	  .args = "SN",
	  .least = 1,
	  .most = 1,
	  .options = "",
	  .help = "All that is known of one",
	  .examples = "CJDE231260005",
	  .run = cmd_device_show },
	{ .word = "add",
	  .args = "ADDRESS",
	  .least = 1,
	  .most = 1,
	  .options = "comm-key comm-key-file serial name zone clock no-live read-interval",
	  .help = "Call a terminal at HOST, tcp://HOST or udp://HOST",
	  .examples = "192.168.1.201\nudp://192.168.1.201:4370 --name Warehouse --zone "
		      "Europe/Berlin",
	  .run = cmd_device_add },
	{ .word = "expect",
	  .args = "SERIAL...",
	  .least = 1,
	  .most = -1,
	  .options = "name zone tag hold comm-key comm-key-file",
	  .help = "Announce devices: approved when they first call",
	  .examples = "CJDE231260007 --name 'Back gate' --zone Europe/Istanbul --tag branch-2\n"
		      "CJDE231260008 CJDE231260009 --hold",
	  .run = cmd_device_expect },
	{ .word = "discover",
	  .args = "SUBNET",
	  .least = 1,
	  .most = 1,
	  .options = LIST_OPTIONS,
	  .help = "Look for terminals: 192.168.1.0/24",
	  .examples = "192.168.1.0/24",
	  .run = cmd_device_discover,
	  .columns = found_columns },
	{ .word = "read",
	  .args = "SN",
	  .least = 1,
	  .most = 1,
	  .options = "wait",
	  .help = "Read its log now",
	  .examples = "CJDE231260005 --wait 60",
	  .run = cmd_device_read_now },
	{ .word = "resend",
	  .args = "SN",
	  .least = 1,
	  .most = 1,
	  .options = "wait",
	  .help = "Have it send all it holds again",
	  .examples = "CJDE231260005",
	  .run = cmd_device_resend },
	{ .word = "compare",
	  .args = "SN...",
	  .most = -1,
	  .options = "yes " SELECT_OPTIONS,
	  .help = "Compare its log with what is stored",
	  .examples = "CJDE231260005\n--tag branch-2 --yes",
	  .run = cmd_device_compare },
	{ .word = "approve",
	  .args = "SN...",
	  .most = -1,
	  .options = "zone name yes " SELECT_OPTIONS,
	  .help = "Let devices in, in their zone",
	  .examples = "CJDE231260005 --zone Europe/Istanbul --name 'Main gate'\nCJDE231260005 "
		      "CJDE231260006\n'CJDE*' --state held --zone Europe/Istanbul --yes",
	  .run = cmd_device_approve },
	{ .word = "block",
	  .args = "SN...",
	  .most = -1,
	  .options = "yes " SELECT_OPTIONS,
	  .help = "Turn devices away",
	  .examples = "CJDE231260005\n--tag branch-2 --yes",
	  .run = cmd_device_block },
	{ .word = "reset-registration",
	  .args = "SN...",
	  .most = -1,
	  .options = "yes " SELECT_OPTIONS,
	  .help = "Have access units register again",
	  .examples = "CJDE231260005\n--tag doors --yes",
	  .run = cmd_device_reset_registration },
	{ .word = "rename",
	  .args = "SN NAME",
	  .least = 2,
	  .most = 2,
	  .options = "",
	  .help = "Give it a name",
	  .examples = "CJDE231260005 'Main gate'",
	  .run = cmd_device_rename },
	{ .word = "zone",
	  .args = "SN... ZONE",
	  .least = 1,
	  .most = -1,
	  .options = "since " SELECT_OPTIONS,
	  .help = "Set its time zone; \"\": the server's",
	  .examples = "CJDE231260005 Europe/Istanbul\nCJDE231260005 Europe/Istanbul --since "
		      "2026-03-01\n--tag branch-2 Asia/Tashkent",
	  .run = cmd_device_zone_set },
	{ .word = "set",
	  .args = "SN... KEY=VALUE...",
	  .least = 1,
	  .most = -1,
	  .options = SELECT_OPTIONS,
	  .help = "Change delay, transTimes, commKey ...",
	  .fields = "DevicePatch",
	  .examples = "CJDE231260005 delay=20 transTimes='00:00;14:05'\nCJDE231260005 "
		      "charset=CP1256\n--all realtime=yes",
	  .run = cmd_device_set },
	{ .word = "tag",
	  .args = "TAG SN...",
	  .least = 1,
	  .most = -1,
	  .options = SELECT_OPTIONS,
	  .help = "Give devices a tag besides those they have",
	  .examples = "branch-2 CJDE231260005\nbranch-2 'CJDE*'",
	  .run = cmd_device_tag },
	{ .word = "untag",
	  .args = "TAG SN...",
	  .least = 1,
	  .most = -1,
	  .options = SELECT_OPTIONS,
	  .help = "Take a tag from devices",
	  .examples = "branch-2 CJDE231260005\nbranch-2 --tag branch-2",
	  .run = cmd_device_tag },
	{ .word = "delete",
	  .args = "SN...",
	  .most = -1,
	  .options = "yes " SELECT_OPTIONS,
	  .help = "Delete devices, or all that wait (--state held)",
	  .examples = "CJDE231260005\n--state held --yes",
	  .run = cmd_device_delete },
	{ .word = "upgrade",
	  .args = "SN",
	  .least = 1,
	  .most = 1,
	  .options = "file method wait yes",
	  .help = "Have it install a published file as its firmware",
	  .examples = "CJDE231260005 --file emfw.cfg\nCJDE231260005 --file emfw.cfg --method 1 "
		      "--yes",
	  .run = cmd_device_upgrade },
#include "app/api_client/device_order.def"
	{ .word = "sync",
	  .args = "SN",
	  .least = 1,
	  .most = 1,
	  .options = "state kind pin " LIST_OPTIONS,
	  .help = "What a clock or terminal is to hold by the roster, beside what it holds",
	  .examples = "CJDE231260005 --state different",
	  .run = cmd_device_sync,
	  .columns = sync_columns },
	{ .word = "trace",
	  .args = "[SN]",
	  .least = 0,
	  .most = 1,
	  .options = LIST_OPTIONS,
	  .help = "Its latest raw exchanges; without SN, of no device",
	  .examples = "CJDE231260005 --limit 5",
	  .run = cmd_device_trace,
	  .columns = trace_columns },
	{ 0 },
};

int cmd_device(int argc, char **argv)
{
	static const struct noun noun = { "device", "Devices of the server", verbs };

	return cmd_run(&noun, argc, argv);
}
