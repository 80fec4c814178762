/* Verbs that are one order each, of a type of command: their arguments are its fields. */
#include <glib.h>
#include <string.h>

#include "api/command_type.h"
#include "app/api_client/person.h"
#include "app/confirm.h"
#include "app/message.h"
#include "app/nearest.h"
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

/* The type that an argument chooses among "WORD:TYPE ..."; NULL: a message was printed. g_free() it. */
static char *order_type_chosen(const struct cmd *c, const char *given)
{
	char **choice = g_strsplit(c->verb->order, " ", -1);
	size_t n = g_strv_length(choice);
	const char **words = g_new0(const char *, n + 1);
	char *type = NULL;

	for (size_t i = 0; i < n; i++) {
		char *colon = strchr(choice[i], ':');

		*colon = '\0';
		words[i] = choice[i];
		if (strcmp(words[i], given) == 0)
			type = g_strdup(colon + 1);
	}
	if (type == NULL) {
		char *all = g_strjoinv(", ", (char **)words);
		const char *near = word_nearest(given, words, n);

		message_print("%s %s: %s is none of %s%s%s%s", c->noun->word, c->verb->word,
			      given, all, near ? "; did you mean " : "", near ? near : "",
			      near ? "?" : "");
		g_free(all);
	}
	g_free(words);
	g_strfreev(choice);
	return type;
}

/* The type of command, by the argument where one chooses it; NULL: a message was printed. g_free() it. */
static char *order_type(const struct cmd *c)
{
	char **place = g_strsplit(c->verb->places, " ", -1);
	char *type = NULL;
	int i = 0;

	while (place[i] && strcmp(place[i], "*") != 0)
		i++;
	type = place[i] ? order_type_chosen(c, c->argv[i]) : g_strdup(c->verb->order);
	g_strfreev(place);
	return type;
}

/* The arguments as pairs: those that have a place get the name of their field. */
static int pairs_make(struct cmd *c, GPtrArray *to)
{
	char **place = g_strsplit(c->verb->places, " ", -1);
	int end = CMD_OK, i = 0;

	for (; i < c->argc && place[i] && *place[i] && end == CMD_OK; i++) {
		if (!strcmp(place[i], "*") || !strcmp(place[i], "deviceSerial"))
			continue;
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

static int order_body_read(struct cmd *c, const char *type, json_t **out)
{
	GPtrArray *pairs = g_ptr_array_new_with_free_func(g_free);
	char **given = c->argv;
	int n = c->argc, end = pairs_make(c, pairs);

	if (end == CMD_OK) {
		c->argc = (int)pairs->len;
		c->argv = (char **)pairs->pdata;
		end = cmd_pairs(c, 0, type, out);
		c->argc = n;
		c->argv = given;
	}
	g_ptr_array_free(pairs, TRUE);
	if (end)
		return end;
	json_object_set_new(*out, "type", json_string(type));
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

/* What removes or erases is confirmed. */
static bool order_confirm(const struct cmd *c, const char *type, char **devices)
{
	if (!command_type_erases(type) && !g_str_has_prefix(c->verb->word, "delete"))
		return true;
	return confirm_question(c->opt[CMD_yes] != NULL, "%s, on %s%s.",
				command_type_about(type), devices[0],
				devices[0] && devices[1] ? " and others" : "");
}

static int order_verb_run(struct cmd *c, const char *type)
{
	struct person_devices devices = { 0 };
	json_t *body = NULL;
	int end = order_body_read(c, type, &body);

	if (end == CMD_OK)
		end = person_devices_read(c, &devices);
	if (end == CMD_OK)
		end = person_devices_confirm(c, &devices, "This orders it of these devices.");
	if (end == CMD_OK && !order_confirm(c, type, devices.sn))
		end = CMD_USAGE;
	if (end == CMD_OK)
		end = order_send(c, devices.sn, body);
	json_decref(body);
	person_devices_clear(&devices);
	return end;
}

int cmd_order_verb(struct cmd *c)
{
	char *type;
	int end;

	if (g_str_has_prefix(c->verb->places, "deviceSerial"))
		c->opt[CMD_device] = c->argv[0];
	if (!person_devices_given(c)) {
		message_print(
			"%s %s: --device SN is missing; 'gatehouse device list' lists them",
			c->noun->word, c->verb->word);
		return CMD_USAGE;
	}
	type = order_type(c);
	end = type ? order_verb_run(c, type) : CMD_USAGE;
	g_free(type);
	return end;
}
