/* gatehouse person copy. */
#include <glib.h>
#include <string.h>

#include "app/api_client/person.h"
#include "app/message.h"

/* What a device does not get, and why. */
static void left_print(json_t *device)
{
	json_t *left;
	size_t i;

	json_array_foreach(json_object_get(device, "left"), i, left)
	{
		json_int_t n = json_integer_value(json_object_get(left, "count"));

		message_print("%s: not copied: %" JSON_INTEGER_FORMAT " %s%s: %s",
			      json_string_value(json_object_get(device, "deviceSerial")), n,
			      json_string_value(json_object_get(left, "what")),
			      n == 1 ? "" : "s",
			      json_string_value(json_object_get(left, "reason")));
	}
}

/* The orders of all devices as one list, each with what it is about. */
static int copy_print(struct cmd *c, const char *pin, json_t *data)
{
	json_t *orders = json_array(), *rows = json_array(), *device, *row;
	size_t i, k;
	int end;

	json_array_foreach(json_object_get(data, "devices"), i, device)
	{
		json_array_foreach(json_object_get(device, "orders"), k, row)
		{
			const char *what = json_string_value(json_object_get(row, "what"));
			json_t *order = json_pack("{s:s,s:O}", "pin", pin, "deviceSerial",
						  json_object_get(device, "deviceSerial"));

			if (what && strcmp(what, "person") != 0)
				json_object_set(order, "what", json_object_get(row, "what"));
			json_array_append_new(orders, order);
			json_array_append(rows, row);
		}
		left_print(device);
	}
	end = person_orders_end(c, orders, rows);
	json_decref(orders);
	json_decref(rows);
	return end;
}

static int person_copy(struct cmd *c, const char *pin, json_t *to)
{
	json_t *body =
		json_pack("{s:s,s:s,s:O,s:b,s:b}", "pin", pin, "from", c->opt[CMD_from_device],
			  "to", to, "templates", c->opt[CMD_no_templates] == NULL, "photos",
			  c->opt[CMD_no_photos] == NULL);
	json_t *reply = NULL;
	int end;

	if (body == NULL) {
		message_print("PIN or serial number is not UTF-8");
		return CMD_USAGE;
	}
	end = client_call(&c->client, "POST", "/api/persons/copy", body,
			  c->json && !c->opt[CMD_wait], &reply);
	if (end == CMD_OK)
		end = copy_print(c, pin, json_object_get(reply, "data"));
	json_decref(reply);
	json_decref(body);
	return end;
}

int cmd_person_copy(struct cmd *c)
{
	char **devices = cmd_devices(c);
	json_t *to = json_array();
	int worst = CMD_OK;

	if (devices == NULL || c->opt[CMD_from_device] == NULL) {
		message_print("person copy: --from-device SN and --device SN must name the "
			      "device that has them and those they go to");
		worst = CMD_USAGE;
	}
	for (char **sn = devices; sn && *sn; sn++)
		json_array_append_new(to, json_string(*sn));
	for (int i = 0; i < c->argc && worst <= CMD_FAILED; i++) {
		int end = person_copy(c, c->argv[i], to);

		worst = end > worst ? end : worst;
	}
	json_decref(to);
	g_strfreev(devices);
	return worst;
}
