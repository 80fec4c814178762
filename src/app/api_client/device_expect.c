/* gatehouse device expect: devices that are known before they call. */
#include <glib.h>

#include "app/api_client/device.h"
#include "app/api_client/selection.h"
#include "app/message.h"

/* What all of them have; NULL: a message was printed. */
static json_t *expect_body(struct cmd *c)
{
	char *key = NULL, **tag = c->opt[CMD_tag] ? g_strsplit(c->opt[CMD_tag], ",", -1) : NULL;
	json_t *body;

	if (!cmd_device_key_find(c, &key)) {
		g_strfreev(tag);
		return NULL;
	}
	body = json_object();
	cmd_option_put(body, "commKey", key);
	cmd_option_put(body, "name", c->opt[CMD_name]);
	cmd_option_put(body, "zone", c->opt[CMD_zone]);
	if (c->opt[CMD_hold])
		cmd_option_put(body, "state", "held");
	if (tag) {
		json_t *tags = json_array();

		for (char **t = tag; *t; t++)
			json_array_append_new(tags, json_string(*t));
		json_object_set_new(body, "tags", tags);
	}
	g_strfreev(tag);
	g_free(key);
	return body;
}

static json_t *expect_one(struct cmd *c, json_t *row)
{
	json_t *body = json_copy(json_object_get(row, "body"));

	(void)c;
	json_object_set(body, "sn", json_object_get(row, "sn"));
	return body;
}

int cmd_device_expect(struct cmd *c)
{
	const struct selection_act act = { .method = "POST",
					   .path = "/api/devices",
					   .body_of = expect_one,
					   .done = "expected" };
	struct selection s = { .chosen = false };
	json_t *body;
	int end;

	if (c->opt[CMD_name] && c->argc > 1) {
		message_print("--name is for one device at a time");
		return CMD_USAGE;
	}
	body = expect_body(c);
	if (body == NULL)
		return CMD_USAGE;
	s.rows = json_array();
	for (int i = 0; i < c->argc; i++)
		json_array_append_new(s.rows,
				      json_pack("{s:s,s:O}", "sn", c->argv[i], "body", body));
	end = selection_each(c, &s, &act);
	selection_clear(&s);
	json_decref(body);
	return end;
}
