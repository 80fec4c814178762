/* gatehouse device approve, rename, zone, set, delete. */
#include <glib.h>
#include <string.h>

#include "app/api_client/device.h"
#include "app/confirm.h"
#include "app/message.h"

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

void cmd_option_put(json_t *body, const char *key, const char *text)
{
	if (text)
		json_object_set_new(body, key, json_string(text));
}

/* Zone and name at once: what a device sends first is then read in the right zone. */
int cmd_device_approve(struct cmd *c)
{
	int worst = CMD_OK;

	if (c->opt[CMD_name] && c->argc > 1) {
		message_print("--name is for one device at a time");
		return CMD_USAGE;
	}
	for (int i = 0; i < c->argc && worst <= CMD_FAILED; i++) {
		char *path = client_path(&c->client, "/api/devices/%s/approve", c->argv[i]);
		json_t *body = json_object();

		cmd_option_put(body, "zone", c->opt[CMD_zone]);
		cmd_option_put(body, "name", c->opt[CMD_name]);
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

int cmd_device_rename(struct cmd *c)
{
	return device_change(c, json_pack("{s:s}", "name", c->argv[1]));
}

int cmd_device_zone_set(struct cmd *c)
{
	json_t *body = json_pack("{s:s}", "zone", c->argv[1]);

	cmd_option_put(body, "zoneSince", c->opt[CMD_since]);
	return device_change(c, body);
}

int cmd_device_set(struct cmd *c)
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

int cmd_device_delete(struct cmd *c)
{
	const char *state = c->opt[CMD_state];

	if ((state == NULL) == (c->argc == 0) || (state && strcmp(state, "held") != 0)) {
		message_print("device delete takes serial numbers, or --state held");
		return CMD_USAGE;
	}
	if (!confirm_question(
		    c->opt[CMD_yes],
		    "This deletes %s from the server, with its people and open commands; "
		    "punches stay.",
		    state	  ? "every device that waits"
		    : c->argc > 1 ? "these devices"
				  : c->argv[0]))
		return CMD_USAGE;
	return state ? held_delete(c) : cmd_each(c);
}
