/* gatehouse device add, discover, read, resend: terminals, which are called. */
#include <glib.h>
#include <stdlib.h>

#include "app/api_client/device.h"
#include "app/message.h"
#include "app/secret.h"

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

bool cmd_device_key_find(struct cmd *c, char **key)
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

int cmd_device_add(struct cmd *c)
{
	json_t *body = json_pack("{s:s}", "address", c->argv[0]), *reply = NULL, *device;
	char *key = NULL;
	const char *interval = c->opt[CMD_read_interval];
	char *end_of = NULL;

	if (body == NULL) {
		message_print("the address is not UTF-8");
		return CMD_USAGE;
	}
	if (!cmd_device_key_find(c, &key)) {
		json_decref(body);
		return CMD_USAGE;
	}
	cmd_option_put(body, "commKey", key);
	g_free(key);
	cmd_option_put(body, "sn", c->opt[CMD_serial]);
	cmd_option_put(body, "name", c->opt[CMD_name]);
	cmd_option_put(body, "zone", c->opt[CMD_zone]);
	cmd_option_put(body, "clock", c->opt[CMD_clock]);
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

int cmd_device_discover(struct cmd *c)
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
	int end = cmd_order(c, path, NULL);

	g_free(path);
	return end;
}

int cmd_device_read_now(struct cmd *c)
{
	return queue_by(c, "/api/devices/%s/read");
}

int cmd_device_resend(struct cmd *c)
{
	return queue_by(c, "/api/devices/%s/resend");
}
