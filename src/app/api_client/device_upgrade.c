/* gatehouse device upgrade: a published file becomes the firmware of one device. */
#include <glib.h>

#include "app/api_client/device.h"
#include "app/confirm.h"
#include "app/message.h"

/* What it is, and what for; NULL: a message was printed. */
static json_t *upgrade_file_find(struct cmd *c, int *end)
{
	char *path = client_path(&c->client, "/api/files/%s", c->opt[CMD_file]);
	json_t *reply = NULL, *file;

	*end = client_call(&c->client, "GET", path, NULL, false, &reply);
	file = json_incref(json_object_get(reply, "data"));
	json_decref(reply);
	g_free(path);
	return file;
}

static bool upgrade_confirm(struct cmd *c, const json_t *file)
{
	const char *model = json_string_value(json_object_get(file, "model"));

	return confirm_question(c->opt[CMD_yes] != NULL,
				"%s will install \"%s\" (%lld bytes, MD5 %s, %s%s) as its "
				"firmware and restart. "
				"Firmware that is not for it can make it useless.",
				c->argv[0], c->opt[CMD_file],
				(long long)json_integer_value(json_object_get(file, "size")),
				json_string_value(json_object_get(file, "md5")),
				model && *model ? "for model " : "for no certain model",
				model ? model : "");
}

static int upgrade_order(struct cmd *c)
{
	json_t *body = json_pack("{s:s,s:s,s:s}", "deviceSerial", c->argv[0], "type", "upgrade",
				 "file", c->opt[CMD_file]);
	int end;

	if (body == NULL) {
		message_print("the serial number is not UTF-8");
		return CMD_USAGE;
	}
	if (c->opt[CMD_method])
		json_object_set_new(
			body, "method",
			json_integer(g_ascii_strtoll(c->opt[CMD_method], NULL, 10)));
	end = cmd_order(c, "/api/commands", body);
	json_decref(body);
	return end;
}

int cmd_device_upgrade(struct cmd *c)
{
	json_t *file;
	int end = CMD_OK;

	if (c->opt[CMD_file] == NULL) {
		message_print(
			"device upgrade: which file? Give --file NAME; 'gatehouse file list' "
			"shows those that are published");
		return CMD_USAGE;
	}
	file = upgrade_file_find(c, &end);
	if (end == CMD_OK)
		end = upgrade_confirm(c, file) ? upgrade_order(c) : CMD_USAGE;
	json_decref(file);
	return end;
}
