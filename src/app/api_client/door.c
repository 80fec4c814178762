/* gatehouse door … */
#include <glib.h>
#include <string.h>

#include "app/api_client/door_order.h"
#include "app/api_client/noun.h"
#include "app/api_client/watch.h"
#include "app/message.h"
#include "app/subcommands.h"

static const struct column columns[] = {
	{ "DOOR", "id", CELL_ID },
	{ "DEVICE NAME", "deviceName", CELL_TEXT | CELL_DROP(1) },
	{ "SENSOR", "sensor", CELL_TEXT },
	{ "SINCE", "sensorSince", CELL_TIME | CELL_DROP(2) },
	{ "RELAY ON", "relay", CELL_TEXT },
	{ "ALARMS", "alarms", CELL_TEXT },
	{ "STALE", "stale", CELL_TEXT },
	{ "REPORTED", "reportedAt", CELL_TIME | CELL_DROP(3) },
	{ "LAST PIN", "lastPin", CELL_ID | CELL_DROP(4) },
	{ 0 },
};

/* "SN:NUMBER" */
static int door_show(struct cmd *c)
{
	const char *colon = strrchr(c->argv[0], ':');
	char *sn, *number, *path;
	int end;

	if (colon == NULL || colon == c->argv[0] || colon[1] == '\0') {
		message_print("\"%s\" names no door: it is SN:NUMBER, as 'gatehouse door list' "
			      "shows it",
			      c->argv[0]);
		return CMD_USAGE;
	}
	sn = curl_easy_escape(c->client.curl, c->argv[0], (int)(colon - c->argv[0]));
	number = curl_easy_escape(c->client.curl, colon + 1, 0);
	path = g_strdup_printf("/api/doors?device=%s&door=%s", sn, number);
	end = cmd_list_call(c, "GET", path, NULL);
	curl_free(sn);
	curl_free(number);
	g_free(path);
	return end;
}

static int door_watch(struct cmd *c)
{
	static const struct watch_column shown[] = {
		{ "id", 20 }, { "sensor", 8 }, { "relay", 6 }, { "stale", 6 }, { "alarms", 0 },
	};

	return cmd_watch(c, "/api/events?topics=door", shown, sizeof(shown) / sizeof(shown[0]));
}

static const struct verb verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = "device door " LIST_OPTIONS,
	  .help = "Doors of access devices, as reported last",
	  .examples = "\n--device CJDE231260005\n--sort -sensorSince",
	  .run = cmd_list,
	  .path = "/api/doors",
	  .columns = columns },
	{ .word = "show",
	  .args = "SN:NUMBER",
	  .least = 1,
	  .most = 1,
	  .options = "columns format",
	  .help = "One of them",
	  .examples = "CJDE231260005:1",
	  .run = door_show,
	  .columns = columns },
	{ .word = "open",
	  .args = "SN:NUMBER...",
	  .least = 1,
	  .most = -1,
	  .options = "seconds " DOOR_ORDER_OPTIONS,
	  .help = "Open doors for some seconds, 5 unless given",
	  .examples = "CJDE231260005:1\nCJDE231260005:1 --seconds 10 --wait "
		      "10\n'CJDE231260005:*' --reason 'fire drill' --yes",
	  .run = door_order },
	{ .word = "close",
	  .args = "SN:NUMBER...",
	  .least = 1,
	  .most = -1,
	  .options = DOOR_ORDER_OPTIONS,
	  .help = "Close doors; unverified until the door reports it",
	  .examples = "CJDE231260005:1",
	  .run = door_order },
	{ .word = "hold-open",
	  .args = "SN:NUMBER...",
	  .least = 1,
	  .most = -1,
	  .options = "seconds until " DOOR_ORDER_OPTIONS,
	  .help = "Hold doors open, for a time or until closed",
	  .examples = "CJDE231260005:1\nCJDE231260005:1 --seconds 3600 --reason 'delivery'",
	  .run = door_order },
	{ .word = "lock",
	  .args = "SN:NUMBER...",
	  .least = 1,
	  .most = -1,
	  .options = DOOR_ORDER_OPTIONS,
	  .help = "Lock doors, so that they stay closed",
	  .examples = "CJDE231260005:1 --reason 'closed today'",
	  .run = door_order },
	{ .word = "unlock",
	  .args = "SN:NUMBER...",
	  .least = 1,
	  .most = -1,
	  .options = DOOR_ORDER_OPTIONS,
	  .help = "End the lock of doors; opens nothing",
	  .examples = "CJDE231260005:1",
	  .run = door_order },
	{ .word = "cancel-alarm",
	  .args = "SN:NUMBER...",
	  .least = 1,
	  .most = -1,
	  .options = DOOR_ORDER_OPTIONS,
	  .help = "Silence the alarms of doors",
	  .examples = "CJDE231260005:1",
	  .run = door_order },
	{ .word = "watch",
	  .args = "",
	  .options = "device",
	  .help = "Show doors as they change, until Ctrl-C",
	  .examples = "\n--device CJDE231260005",
	  .run = door_watch },
	{ 0 },
};

int cmd_door(int argc, char **argv)
{
	static const struct noun noun = {
		"door", "Doors of access devices: as they are now, and to act on them", verbs
	};

	return cmd_run(&noun, argc, argv);
}
