/* gatehouse device option: settings of devices, an order each. */
#include <glib.h>
#include <string.h>

#include "app/api_client/device.h"
#include "app/api_client/person.h"
#include "app/message.h"

static json_t *option_order(struct cmd *c, const char *sn, const char *type)
{
	json_t *order = json_pack("{s:s,s:s}", "deviceSerial", sn, "type", type);

	if (c->opt[CMD_ttl])
		json_object_set_new(order, "ttl",
				    json_integer(g_ascii_strtoll(c->opt[CMD_ttl], NULL, 10)));
	return order;
}

/* NAME=VALUE; the first "=" parts them. */
static void option_add(struct cmd *c, const char *sn, const char *pair, json_t *orders)
{
	const char *value = strchr(pair, '=') + 1;
	char *name = g_strndup(pair, (size_t)(value - pair) - 1);
	json_t *order = option_order(c, sn, "set_option");

	json_object_set_new(order, "name", json_string(name));
	json_object_set_new(order, "value", json_string(value));
	if (c->opt[CMD_force])
		json_object_set_new(order, "force", json_true());
	json_array_append_new(orders, order);
	g_free(name);
}

static bool option_pairs_check(const struct cmd *c)
{
	for (int i = 1; i < c->argc; i++) {
		if (strchr(c->argv[i], '=') && c->argv[i][0] != '=')
			continue;
		message_print("device option: %s: write it as NAME=VALUE", c->argv[i]);
		return false;
	}
	return true;
}

int cmd_device_option(struct cmd *c)
{
	struct person_devices devices = { 0 };
	json_t *orders = json_array();

	c->opt[CMD_device] = c->argv[0];
	int end = option_pairs_check(c) ? person_devices_read(c, &devices) : CMD_USAGE;

	if (end == CMD_OK)
		end = person_devices_confirm(c, &devices,
					     "This changes settings of these devices.");
	for (char **sn = devices.sn; end == CMD_OK && *sn; sn++) {
		for (int i = 1; i < c->argc; i++)
			option_add(c, *sn, c->argv[i], orders);
		if (c->opt[CMD_reload])
			json_array_append_new(orders, option_order(c, *sn, "reload_options"));
	}
	if (end == CMD_OK)
		end = person_orders_send(c, json_incref(orders));
	json_decref(orders);
	person_devices_clear(&devices);
	return end;
}
