/* gatehouse device … */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "app/api_client/noun.h"
#include "app/message.h"
#include "app/secret.h"
#include "app/subcommands.h"

static const struct column list_columns[] = {
	{ "SERIAL NUMBER", "sn", CELL_TEXT },
	{ "NAME", "name", CELL_TEXT },
	{ "STATE", "state", CELL_TEXT },
	{ "SEEN", "lastSeen", CELL_AGO },
	{ "ADDRESS", "address", CELL_TEXT },
	{ "ZONE", "zone", CELL_TEXT },
	{ "PEOPLE", "stats.userCount", CELL_TEXT },
	{ "COMMANDS", "pendingCommands", CELL_TEXT },
	{ "FIRMWARE", "firmwareVersion", CELL_TEXT },
	{ 0 },
};

static const struct column show_columns[] = {
	{ "Serial number", "sn", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "State", "state", CELL_TEXT },
	{ "Last seen", "lastSeen", CELL_AGO },
	{ "First seen", "createdAt", CELL_TIME },
	{ "Address", "address", CELL_TEXT },
	{ "Time zone", "zone", CELL_TEXT },
	{ "Clock still in", "clockZone", CELL_TEXT },
	{ "Area", "areaName", CELL_TEXT },
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
	{ "People", "stats.userCount", CELL_TEXT },
	{ "Templates", "stats.templates", CELL_TEXT },
	{ "Open commands", "pendingCommands", CELL_TEXT },
	{ "Problems", "problems", CELL_TEXT },
	{ "Records not read", "notUnderstood.records", CELL_TEXT },
	{ "Uploads not read", "notUnderstood.uploads", CELL_TEXT },
	{ "Called at", "terminal", CELL_TEXT },
	{ "Connection", "link.state", CELL_TEXT },
	{ "Last failure", "link.error", CELL_TEXT },
	{ "Log read", "link.lastRead", CELL_AGO },
	{ "Clock is set", "clock", CELL_TEXT },
	{ "Clock off by (s)", "clockOffset", CELL_TEXT },
	{ "Read every (s)", "readInterval", CELL_TEXT },
	{ "Live events", "live", CELL_TEXT },
	{ "INFO", "info", CELL_TEXT },
	{ 0 },
};

static void device_pairs_print(const char *title, json_t *object)
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
		printf("  %s=%s\n", name, text);
		g_free(name);
		g_free(text);
		json_decref(row);
	}
}

static int device_show(struct cmd *c)
{
	char *path = client_path(&c->client, "/api/devices/%s", c->argv[0]);
	json_t *reply = NULL, *device;
	int end = client_call(&c->client, "GET", path, NULL, c->json, &reply);

	if (end == CMD_OK && !c->json) {
		device = json_object_get(reply, "data");
		table_print_object(device, show_columns);
		device_pairs_print("Stamps", json_object_get(device, "stamps"));
		device_pairs_print("Options", json_object_get(device, "options"));
	}
	json_decref(reply);
	g_free(path);
	return end;
}

/* What a change set in motion. */
static void device_effects_print(struct cmd *c, json_t *data)
{
	const char *check = json_string_value(json_object_get(data, "commandId"));

	json_t *kept = json_object_get(data, "kept"),
	       *done = json_object_get(data, "rederived"),
	       *first = json_object_get(data, "firstSeq");

	printf("%s: changed\n", c->argv[0]);
	if (json_integer_value(done))
		printf("  %" JSON_INTEGER_FORMAT " punches derived again, from number "
		       "%" JSON_INTEGER_FORMAT " on\n",
		       json_integer_value(done), json_integer_value(first));
	else if (done)
		printf("  no punch had to be derived again\n");
	if (json_integer_value(kept))
		printf("  %" JSON_INTEGER_FORMAT
		       " punches keep the zone they were read in; --since TIME derives them "
		       "again\n",
		       json_integer_value(kept));
	if (check)
		printf("  its clock is changed when it next polls (command %s)\n", check);
}

/* Takes `body`. */
static int device_change(struct cmd *c, json_t *body)
{
	char *path = client_path(&c->client, "/api/devices/%s", c->argv[0]);
	json_t *reply = NULL;
	int end = client_call(&c->client, "PATCH", path, body, c->json, &reply);

	if (end == CMD_OK && !c->json)
		device_effects_print(c, json_object_get(reply, "data"));
	json_decref(reply);
	json_decref(body);
	g_free(path);
	return end;
}

static void device_option_put(json_t *body, const char *key, const char *text)
{
	if (text)
		json_object_set_new(body, key, json_string(text));
}

/* Zone and name at once: what a device sends first is then read in the right zone. */
static int device_approve(struct cmd *c)
{
	int worst = CMD_OK;

	if (c->opt[CMD_name] && c->argc > 1) {
		message_print("--name is for one device at a time");
		return CMD_USAGE;
	}
	for (int i = 0; i < c->argc && worst <= CMD_FAILED; i++) {
		char *path = client_path(&c->client, "/api/devices/%s/approve", c->argv[i]);
		json_t *body = json_object();

		device_option_put(body, "zone", c->opt[CMD_zone]);
		device_option_put(body, "name", c->opt[CMD_name]);
		int end = client_call(&c->client, "POST", path, body, c->json, NULL);

		if (end == CMD_OK && !c->json)
			printf("%s: approved\n", c->argv[i]);
		if (end > worst)
			worst = end;
		json_decref(body);
		g_free(path);
	}
	return worst;
}

static int rename_device(struct cmd *c)
{
	return device_change(c, json_pack("{s:s}", "name", c->argv[1]));
}

static int device_zone_set(struct cmd *c)
{
	json_t *body = json_pack("{s:s}", "zone", c->argv[1]);

	device_option_put(body, "zoneSince", c->opt[CMD_since]);
	return device_change(c, body);
}

static int device_set(struct cmd *c)
{
	json_t *body = NULL;
	int end = cmd_pairs(c, 1, "DevicePatch", NULL, &body);

	return end ? end : device_change(c, body);
}

static int held_delete(struct cmd *c)
{
	json_t *reply = NULL;
	int end = client_call(&c->client, "DELETE", "/api/devices?state=held", NULL, c->json,
			      &reply);

	if (end == CMD_OK && !c->json)
		printf("%" JSON_INTEGER_FORMAT " devices deleted\n",
		       json_integer_value(json_object_get(reply, "deleted")));
	json_decref(reply);
	return end;
}

static int device_delete(struct cmd *c)
{
	const char *state = c->opt[CMD_state];

	if ((state == NULL) == (c->argc == 0) || (state && strcmp(state, "held") != 0)) {
		message_print("device delete takes serial numbers, or --state held");
		return CMD_USAGE;
	}
	if (state && c->opt[CMD_yes])
		return held_delete(c);
	if (c->opt[CMD_yes])
		return cmd_each(c);
	message_print(
		"this deletes the device, its people and its open commands from the server "
		"(punches stay); add --yes to do it");
	return CMD_USAGE;
}

/* --- terminals, which are called --- */

/* What adding it did to its clock, or did not. */
static void device_clock_print(json_t *device)
{
	json_t *shown = json_object_get(device, "clockShown");
	bool moved = json_is_true(json_object_get(device, "clockMoved"));
	long long off = json_integer_value(shown);
	const char *side = off < 0 ? "behind" : "ahead";

	if (moved && json_is_integer(shown))
		printf("  its clock is set; it was %lld seconds %s\n", llabs(off), side);
	else if (moved)
		printf("  its clock is set; it showed no real time\n");
	else if (llabs(off) > 120)
		printf("  its clock is %lld seconds %s and is left so; give --zone or --clock "
		       "to "
		       "set it\n",
		       llabs(off), side);
}

/* From the flag, else the file, else the environment; *key NULL: from none. */
static bool device_key_find(struct cmd *c, char **key)
{
	*key = g_strdup(c->opt[CMD_comm_key]);
	if (*key) {
		secret_flag_warn("comm-key", "GATEHOUSE_COMM_KEY");
		return true;
	}
	if (c->opt[CMD_comm_key_file]) {
		*key = secret_file_read(c->opt[CMD_comm_key_file]);
		return *key != NULL;
	}
	*key = g_strdup(g_getenv("GATEHOUSE_COMM_KEY"));
	return true;
}

static int device_add(struct cmd *c)
{
	json_t *body = json_pack("{s:s}", "address", c->argv[0]), *reply = NULL, *device;
	char *key = NULL;
	const char *interval = c->opt[CMD_read_interval];
	char *end_of = NULL;

	if (body == NULL) {
		message_print("the address is not UTF-8");
		return CMD_USAGE;
	}
	if (!device_key_find(c, &key)) {
		json_decref(body);
		return CMD_USAGE;
	}
	device_option_put(body, "commKey", key);
	g_free(key);
	device_option_put(body, "sn", c->opt[CMD_serial]);
	device_option_put(body, "name", c->opt[CMD_name]);
	device_option_put(body, "zone", c->opt[CMD_zone]);
	device_option_put(body, "clock", c->opt[CMD_clock]);
	if (interval)
		json_object_set_new(body, "readInterval",
				    json_integer(g_ascii_strtoll(interval, &end_of, 10)));
	if (c->opt[CMD_no_live])
		json_object_set_new(body, "live", json_false());
	if (interval && (*interval == 0 || *end_of)) {
		message_print("--read-interval is \"%s\": must be a number of seconds",
			      interval);
		json_decref(body);
		return CMD_USAGE;
	}
	int end = client_call(&c->client, "POST", "/api/devices", body, c->json, &reply);
	if (end == CMD_OK && !c->json) {
		device = json_object_get(reply, "data");
		printf("%s: added\n", json_string_value(json_object_get(device, "sn")));
		device_clock_print(device);
	}
	json_decref(reply);
	json_decref(body);
	return end;
}

static const struct column found_columns[] = {
	{ "ADDRESS", "address", CELL_TEXT },
	{ "SERIAL NUMBER", "serial", CELL_TEXT },
	{ "NAME", "name", CELL_TEXT },
	{ "FIRMWARE", "firmware", CELL_TEXT },
	{ "KEY NEEDED", "keyNeeded", CELL_TEXT },
	{ 0 },
};

static int device_discover(struct cmd *c)
{
	json_t *body = json_pack("{s:s}", "subnet", c->argv[0]);
	int end;

	if (body == NULL) {
		message_print("the subnet is not UTF-8");
		return CMD_USAGE;
	}
	end = cmd_list_call(c, "POST", "/api/discover", body);
	json_decref(body);
	return end;
}

/* Queue a command that has a path of its own, and wait for its end if requested. */
static int queue_by(struct cmd *c, const char *form)
{
	char *path = client_path(&c->client, form, c->argv[0]);
	const char *id, *wait = c->opt[CMD_wait];
	json_t *reply = NULL;
	int end = client_call(&c->client, "POST", path, NULL, c->json && !wait, &reply);

	id = json_string_value(json_object_get(reply, "commandId"));
	if (end == CMD_OK && wait && id)
		end = cmd_wait(c, id, g_ascii_strtod(wait, NULL));
	else if (end == CMD_OK && !c->json)
		printf("%s: queued as command %s\n", c->argv[0], id ? id : "?");
	json_decref(reply);
	g_free(path);
	return end;
}

static int device_read_now(struct cmd *c)
{
	return queue_by(c, "/api/devices/%s/read");
}

static int device_resend(struct cmd *c)
{
	return queue_by(c, "/api/devices/%s/resend");
}

/* A body with indented lines, and a note when it was cut. */
static void device_body_print(const char *title, json_t *row, const char *key,
			      const char *encoding)
{
	const char *text = json_string_value(json_object_get(row, key));
	const char *how = json_string_value(json_object_get(row, encoding));
	char **line, *one;

	if (text == NULL || *text == 0)
		return;
	printf("  %s%s\n", title, how && !strcmp(how, "base64") ? " (base64)" : "");
	line = g_strsplit(text, "\n", -1);
	for (char **l = line; *l; l++) {
		struct column k = { "", "l", CELL_TEXT };
		json_t *cell = json_pack("{s:s}", "l", *l);

		one = table_cell(cell, &k);
		if (*one || l[1])
			printf("    %s\n", one);
		g_free(one);
		json_decref(cell);
	}
	g_strfreev(line);
}

static const struct column trace_columns[] = {
	{ "ID", "id", CELL_TEXT },	   { "AT", "at", CELL_TIME },
	{ "PEER", "peer", CELL_TEXT },	   { "METHOD", "method", CELL_TEXT },
	{ "TARGET", "target", CELL_TEXT }, { "STATUS", "status", CELL_TEXT },
	{ "NOTE", "note", CELL_TEXT },	   { 0 },
};

static int device_trace(struct cmd *c)
{
	static const struct column at = { "", "at", CELL_TIME }, peer = { "", "peer", 0 },
				   method = { "", "method", 0 }, target = { "", "target", 0 },
				   status = { "", "status", 0 }, note = { "", "note", 0 };
	char *one = c->argc ? client_path(&c->client, "/api/devices/%s/trace", c->argv[0])
			    : g_strdup("/api/trace");
	char *path = cmd_query(c, one);
	json_t *reply = NULL, *rows;
	int end;

	if (c->json || c->opt[CMD_format] || c->opt[CMD_columns] || c->opt[CMD_total]) {
		end = cmd_list_call(c, "GET", one, NULL);
		g_free(path);
		g_free(one);
		return end;
	}
	end = client_call(&c->client, "GET", path, NULL, false, &reply);
	rows = json_object_get(reply, "data");
	/* Read like a log: the latest at the bottom. */
	for (size_t i = json_array_size(rows); end == CMD_OK && i > 0; i--) {
		json_t *row = json_array_get(rows, i - 1);
		char *cell[] = { table_cell(row, &at),	   table_cell(row, &peer),
				 table_cell(row, &method), table_cell(row, &target),
				 table_cell(row, &status), table_cell(row, &note) };

		printf("%s  %s  %s %s  -> %s%s%s\n", cell[0], cell[1], cell[2], cell[3],
		       cell[4], *cell[5] ? ": " : "", cell[5]);
		for (size_t k = 0; k < sizeof(cell) / sizeof(cell[0]); k++)
			g_free(cell[k]);
		device_body_print("headers", row, "headers", "");
		device_body_print("body", row, "body", "bodyEncoding");
		device_body_print("reply", row, "reply", "replyEncoding");
	}
	json_decref(reply);
	g_free(path);
	g_free(one);
	return end;
}

static const struct verb verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = "state " LIST_OPTIONS,
	  .help = "Devices, the newest first",
	  .run = cmd_list,
	  .path = "/api/devices",
	  .columns = list_columns },
	{ .word = "show",
	  .args = "SN",
	  .least = 1,
	  .most = 1,
	  .options = "",
	  .help = "All that is known of one",
	  .run = device_show },
	{ .word = "add",
	  .args = "ADDRESS",
	  .least = 1,
	  .most = 1,
	  .options = "comm-key comm-key-file serial name zone clock no-live read-interval",
	  .help = "Call a terminal: tcp://HOST[:PORT], udp:// or HOST",
	  .run = device_add },
	{ .word = "discover",
	  .args = "SUBNET",
	  .least = 1,
	  .most = 1,
	  .options = LIST_OPTIONS,
	  .help = "Look for terminals: 192.168.1.0/24",
	  .run = device_discover,
	  .columns = found_columns },
	{ .word = "read",
	  .args = "SN",
	  .least = 1,
	  .most = 1,
	  .options = "wait",
	  .help = "Read its log now",
	  .run = device_read_now },
	{ .word = "resend",
	  .args = "SN",
	  .least = 1,
	  .most = 1,
	  .options = "wait",
	  .help = "Have it send everything it holds again",
	  .run = device_resend },
	{ .word = "approve",
	  .args = "SN...",
	  .least = 1,
	  .most = -1,
	  .options = "zone name",
	  .help = "Let devices in, in their zone",
	  .run = device_approve },
	{ .word = "block",
	  .args = "SN...",
	  .least = 1,
	  .most = -1,
	  .options = "",
	  .help = "Turn devices away",
	  .run = cmd_each,
	  .method = "POST",
	  .path = "/api/devices/%s/block",
	  .done = "blocked" },
	{ .word = "rename",
	  .args = "SN NAME",
	  .least = 2,
	  .most = 2,
	  .options = "",
	  .help = "Give it a name",
	  .run = rename_device },
	{ .word = "zone",
	  .args = "SN ZONE",
	  .least = 2,
	  .most = 2,
	  .options = "since",
	  .help = "Europe/Istanbul, UTC, +05:30; \"\": the server's",
	  .run = device_zone_set },
	{ .word = "set",
	  .args = "SN KEY=VALUE...",
	  .least = 2,
	  .most = -1,
	  .options = "",
	  .help = "Change delay, transTimes, commKey ...",
	  .run = device_set },
	{ .word = "delete",
	  .args = "SN...",
	  .least = 0,
	  .most = -1,
	  .options = "state yes",
	  .help = "Delete devices, or all that wait (--state held)",
	  .run = device_delete,
	  .method = "DELETE",
	  .path = "/api/devices/%s",
	  .done = "deleted" },
	{ .word = "trace",
	  .args = "[SN]",
	  .least = 0,
	  .most = 1,
	  .options = LIST_OPTIONS,
	  .help = "Its latest raw exchanges; without SN, those without a serial number",
	  .run = device_trace,
	  .columns = trace_columns },
	{ 0 },
};

int cmd_device(int argc, char **argv)
{
	static const struct noun noun = { "device", "Devices of the server.", verbs };

	return cmd_run(&noun, argc, argv);
}
