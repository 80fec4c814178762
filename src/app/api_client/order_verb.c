/* Verbs that are one order each, of a type of command: their arguments are its fields. */
#include <glib.h>
#include <string.h>

#include "app/api_client/person.h"
#include "app/confirm.h"
#include "app/message.h"
#include "base/base64.h"

/* "photo.content=BASE64"; NULL: a message was printed. g_free() it. */
static char *file_pair(const char *field, const char *path)
{
	gchar *bytes = NULL;
	gsize n = 0;
	GError *bad = NULL;
	char *text, *pair;
	gh_slice encoded;

	if (!g_file_get_contents(path, &bytes, &n, &bad)) {
		message_print("%s", bad->message);
		g_error_free(bad);
		return NULL;
	}
	text = g_malloc(BASE64_ROOM(n) + 1);
	encoded = base64_encode((gh_slice){ (const uint8_t *)bytes, n }, text);
	text[encoded.n] = '\0';
	pair = g_strconcat(field, "=", text, NULL);
	g_free(text);
	g_free(bytes);
	return pair;
}

/* The arguments as pairs: those that have a place get the name of their field. */
static int pairs_make(struct cmd *c, GPtrArray *to)
{
	char **place = g_strsplit(c->verb->places, " ", -1);
	int end = CMD_OK, i = 0;

	for (; i < c->argc && place[i] && end == CMD_OK; i++) {
		char *pair = place[i][0] == '@' ? file_pair(place[i] + 1, c->argv[i])
						: g_strconcat(place[i], "=", c->argv[i], NULL);

		if (pair == NULL)
			end = CMD_FAILED;
		else
			g_ptr_array_add(to, pair);
	}
	for (; i < c->argc && end == CMD_OK; i++)
		g_ptr_array_add(to, g_strdup(c->argv[i]));
	g_strfreev(place);
	return end;
}

static int order_body_read(struct cmd *c, json_t **out)
{
	GPtrArray *pairs = g_ptr_array_new_with_free_func(g_free);
	char **given = c->argv;
	int n = c->argc, end = pairs_make(c, pairs);

	if (end == CMD_OK) {
		c->argc = (int)pairs->len;
		c->argv = (char **)pairs->pdata;
		end = cmd_pairs(c, 0, c->verb->order, out);
		c->argc = n;
		c->argv = given;
	}
	g_ptr_array_free(pairs, TRUE);
	if (end)
		return end;
	json_object_set_new(*out, "type", json_string(c->verb->order));
	if (c->opt[CMD_ttl])
		json_object_set_new(*out, "ttl",
				    json_integer(g_ascii_strtoll(c->opt[CMD_ttl], NULL, 10)));
	return CMD_OK;
}

static int order_send(struct cmd *c, char **devices, json_t *body)
{
	json_t *orders = json_array();

	for (char **sn = devices; *sn; sn++) {
		json_t *order = json_copy(body);

		json_object_set_new(order, "deviceSerial", json_string(*sn));
		json_array_append_new(orders, order);
	}
	return person_orders_send(c, orders);
}

int cmd_order_verb(struct cmd *c)
{
	struct person_devices devices = { 0 };
	json_t *body = NULL;
	int end = CMD_OK;

	if (!person_devices_given(c)) {
		message_print(
			"%s %s: --device SN is missing; 'gatehouse device list' lists them",
			c->noun->word, c->verb->word);
		return CMD_USAGE;
	}
	end = order_body_read(c, &body);
	if (end == CMD_OK)
		end = person_devices_read(c, &devices);
	if (end == CMD_OK)
		end = person_devices_confirm(c, &devices, "This orders it of these devices.");
	if (end == CMD_OK && g_str_has_prefix(c->verb->word, "delete") &&
	    !confirm_question(c->opt[CMD_yes] != NULL, "%s, on %s%s.", c->verb->help,
			      devices.sn[0],
			      devices.sn[0] && devices.sn[1] ? " and others" : ""))
		end = CMD_USAGE;
	if (end == CMD_OK)
		end = order_send(c, devices.sn, body);
	json_decref(body);
	person_devices_clear(&devices);
	return end;
}
