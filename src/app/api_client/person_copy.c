/* gatehouse person copy. */
#include <glib.h>
#include <string.h>

#include "app/api_client/person.h"
#include "app/message.h"

#define AT_ONCE 100 /* devices in a request */

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

/* To so many devices at once as a request may name. */
static int person_copy_each(struct cmd *c, const char *pin, json_t *to)
{
	int worst = CMD_OK;

	for (size_t at = 0; at < json_array_size(to) && worst <= CMD_FAILED; at += AT_ONCE) {
		json_t *some = json_array();

		for (size_t i = at; i < at + AT_ONCE && i < json_array_size(to); i++)
			json_array_append(some, json_array_get(to, i));
		int end = person_copy(c, pin, some);

		worst = end > worst ? end : worst;
		json_decref(some);
	}
	return worst;
}

/* Where a pattern or an option selects the device that has the people, too, it is left out. */
static json_t *copy_targets(struct cmd *c, const struct person_devices *devices)
{
	json_t *to = json_array();

	for (char **sn = devices->sn; *sn; sn++)
		if (!devices->selection.chosen || strcmp(*sn, c->opt[CMD_from_device]) != 0)
			json_array_append_new(to, json_string(*sn));
	return to;
}

int cmd_person_copy(struct cmd *c)
{
	struct person_devices devices;
	int worst;

	if (!person_devices_given(c) || c->opt[CMD_from_device] == NULL) {
		message_print("person copy: --from-device SN and --device SN must name the "
			      "device that has them and those they go to");
		return CMD_USAGE;
	}
	worst = person_devices_read(c, &devices);
	if (worst == CMD_OK)
		worst = person_devices_confirm(c, &devices,
					       "This writes the people to these devices.");
	if (worst == CMD_OK) {
		json_t *to = copy_targets(c, &devices);

		if (json_array_size(to) == 0) {
			message_print("person copy: only %s is selected, which has them",
				      c->opt[CMD_from_device]);
			worst = CMD_FAILED;
		}
		for (int i = 0; i < c->argc && json_array_size(to) && worst <= CMD_FAILED;
		     i++) {
			int end = person_copy_each(c, c->argv[i], to);

			worst = end > worst ? end : worst;
		}
		json_decref(to);
	}
	person_devices_clear(&devices);
	return worst;
}
