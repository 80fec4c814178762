/* gatehouse status */
#include "app/api_client/noun.h"
#include "app/subcommands.h"

static const struct column columns[] = {
	{ "Version", "server.version", CELL_TEXT },
	{ "Started", "server.startedAt", CELL_TIME },
	{ "Store in order", "server.store.ok", CELL_TEXT },
	{ "Store's error", "server.store.lastError", CELL_TEXT },
	{ "Devices", "devices.total", CELL_TEXT },
	{ "  active", "devices.active", CELL_TEXT },
	{ "  held", "devices.held", CELL_TEXT },
	{ "  approved", "devices.approved", CELL_TEXT },
	{ "  blocked", "devices.blocked", CELL_TEXT },
	{ "  online", "devices.online", CELL_TEXT },
	{ "  late", "devices.late", CELL_TEXT },
	{ "  silent", "devices.silent", CELL_TEXT },
	{ "  never called", "devices.never", CELL_TEXT },
	{ "Punches", "data.punches", CELL_TEXT },
	{ "People", "data.users", CELL_TEXT },
	{ "Quarantined", "data.quarantined", CELL_TEXT },
	{ "Uploads kept raw", "data.uploads", CELL_TEXT },
	{ "Damaged contents", "data.damaged", CELL_TEXT },
	{ "Removed for their age", "data.expired", CELL_TEXT },
	{ "Problems", "problems.open", CELL_TEXT },
	{ "  errors", "problems.error", CELL_TEXT },
	{ "  warnings", "problems.warning", CELL_TEXT },
	{ "  notices", "problems.notice", CELL_TEXT },
	{ "Open commands", "data.pendingCommands", CELL_TEXT },
	{ 0 },
};

static int status_show(struct cmd *c)
{
	json_t *reply = NULL;
	int end = client_call(&c->client, "GET", "/api/status", NULL, c->json, &reply);

	if (end == CMD_OK && !c->json)
		table_print_object(json_object_get(reply, "data"), columns);
	json_decref(reply);
	return end;
}

static const struct verb verbs[] = {
	{ .word = "", .args = "", .options = "", .help = "", .run = status_show },
	{ 0 },
};

int cmd_status(int argc, char **argv)
{
	static const struct noun noun = { "status", "How the server is", verbs };

	return cmd_run(&noun, argc, argv);
}
