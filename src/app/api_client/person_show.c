/* gatehouse person show. */
#include <glib.h>
#include <string.h>

#include "app/api_client/person.h"
#include "app/message.h"

static const struct column stored_columns[] = {
	{ "Device", "deviceSerial", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "Privilege", "privilege", CELL_TEXT },
	{ "Card", "card", CELL_TEXT },
	{ "Second card", "viceCard", CELL_TEXT },
	{ "Group", "groupId", CELL_TEXT },
	{ "Time zone", "timeZone", CELL_TEXT },
	{ "Verify mode", "verifyMode", CELL_TEXT },
	{ "Validity", "expires", CELL_TEXT },
	{ "Valid from", "validFrom", CELL_TEXT },
	{ "Valid to", "validTo", CELL_TEXT },
	{ "Received", "receivedAt", CELL_TIME },
	{ "Latest order", "order.type", CELL_TEXT },
	{ "State", "order.state", CELL_TEXT },
	{ "  as command", "order.commandId", CELL_TEXT },
	{ "  queued", "order.createdAt", CELL_TIME },
	{ "  sent", "order.sentAt", CELL_TIME },
	{ "  ended", "order.doneAt", CELL_TIME },
	{ "Return code", "order.returnCode", CELL_TEXT },
	{ "Meaning", "order.meaning", CELL_TEXT },
	{ "Result", "order.result", CELL_TEXT },
	{ "What to do", "order.remedy", CELL_TEXT },
	{ 0 },
};

static json_t *row_of_device(json_t *rows, json_t *like)
{
	const char *sn = json_string_value(json_object_get(like, "deviceSerial"));
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const char *other = json_string_value(json_object_get(row, "deviceSerial"));

		if (sn && other && !strcmp(sn, other))
			return row;
	}
	return NULL;
}

/* A row for each device that has the person or is to have it; what was ordered is its member
 * "order". */
static json_t *rows_joined(json_t *stored, json_t *orders)
{
	json_t *rows = json_array(), *row, *order;
	size_t i;

	json_array_foreach(stored, i, row)
	{
		json_array_append(rows, row);
	}
	json_array_foreach(orders, i, order)
	{
		row = row_of_device(rows, order);
		if (row == NULL) {
			row = json_object();
			json_object_set(row, "pin", json_object_get(order, "pin"));
			json_object_set(row, "deviceSerial",
					json_object_get(order, "deviceSerial"));
			json_array_append_new(rows, row);
		}
		json_object_set(row, "order", order);
	}
	return rows;
}

static int person_get(struct cmd *c, const char *form, json_t **reply)
{
	char *path = client_path(&c->client, form, c->argv[0]);
	char *query = cmd_query(c, path);
	int end = client_call(&c->client, "GET", query, NULL, false, reply);

	g_free(query);
	g_free(path);
	return end;
}

int cmd_person_show(struct cmd *c)
{
	json_t *stored = NULL, *orders = NULL, *rows, *row;
	size_t i;
	int end = person_get(c, "/api/persons?limit=10000&total=0&pin=%s", &stored);

	if (end == CMD_OK)
		end = person_get(c, "/api/persons/orders?limit=10000&total=0&pin=%s", &orders);
	rows = rows_joined(json_object_get(stored, "data"), json_object_get(orders, "data"));
	if (end == CMD_OK && json_array_size(rows) == 0) {
		message_print("no device has %s, and none is to have them", c->argv[0]);
		end = CMD_FAILED;
	} else if (end == CMD_OK && c->json) {
		json_t *all = json_pack("{s:b,s:O}", "success", 1, "data", rows);

		json_dumpf(all, stdout, JSON_COMPACT);
		printf("\n");
		json_decref(all);
	} else if (end == CMD_OK) {
		json_array_foreach(rows, i, row)
		{
			fputs(i ? "\n" : "", stdout);
			table_print_object(row, stored_columns);
		}
	}
	json_decref(rows);
	json_decref(stored);
	json_decref(orders);
	return end;
}
