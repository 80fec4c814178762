/* gatehouse person add, set, delete. */
#include <glib.h>
#include <string.h>

#include "app/api_client/person.h"
#include "app/confirm.h"
#include "app/message.h"
#include "app/secret.h"

/* A name comes from a device, so it is printed as a cell: without what drives a terminal. */
static const struct column name_column = { "NAME", "name", CELL_TEXT };

#define PASSWORD_VARIABLE "GATEHOUSE_PERSON_PASSWORD"

/* The words that "gatehouse terminal user" has for privileges, too. */
static const struct {
	const char *word, *number;
} privileges[] = {
	{ "user", "0" }, { "enroller", "2" }, { "manager", "6" }, { "admin", "14" }
};

/* g_free() it. */
static char *pair_numbered(const char *pair)
{
	static const char key[] = "privilege=";

	for (size_t i = 0; i < G_N_ELEMENTS(privileges); i++)
		if (g_str_has_prefix(pair, key) &&
		    !strcmp(pair + strlen(key), privileges[i].word))
			return g_strconcat(key, privileges[i].number, NULL);
	return g_strdup(pair);
}

/* From the file, else the environment. Given as a pair it stands in the list of processes. */
static int password_put(struct cmd *c, json_t *person)
{
	const char *file = c->opt[CMD_password_file], *given = g_getenv(PASSWORD_VARIABLE);
	const char *pair = json_string_value(json_object_get(person, "password"));
	char *text = NULL;

	if (pair && *pair)
		message_print("warning: other users of this machine can see what password= is; "
			      "use --password-file or the variable " PASSWORD_VARIABLE);
	if (pair && file) {
		message_print("password= and --password-file are one too many");
		return CMD_USAGE;
	}
	if (file) {
		text = secret_file_read(strcmp(file, "-") ? file : "/dev/stdin");
		if (text == NULL)
			return CMD_USAGE;
	} else if (pair == NULL && given && *given) {
		text = g_strdup(given);
	}
	if (text)
		json_object_set_new(person, "password", json_string(text));
	g_free(text);
	return CMD_OK;
}

/* The person of the command line. */
static int person_read(struct cmd *c, json_t **out)
{
	char **given = c->argv;
	json_t *pin = json_string(c->argv[0]);
	int end = CMD_USAGE;

	if (pin == NULL) {
		message_print("the PIN is not UTF-8");
		return CMD_USAGE;
	}
	c->argv = g_new0(char *, (gsize)c->argc + 1);
	for (int i = 1; i < c->argc; i++)
		c->argv[i] = pair_numbered(given[i]);
	end = cmd_pairs(c, 1, NULL, out);
	for (int i = 1; i < c->argc; i++)
		g_free(c->argv[i]);
	g_free(c->argv);
	c->argv = given;
	if (end == CMD_OK)
		end = password_put(c, *out);
	if (end) {
		json_decref(pin);
		return end;
	}
	if (json_object_size(*out) == 0) {
		message_print("%s %s: what is to be set is missing: name=, card= ...",
			      c->noun->word, c->verb->word);
		end = CMD_USAGE;
	}
	json_object_set_new(*out, "pin", pin);
	return end;
}

static json_t *order_new(const struct cmd *c, const char *sn, const char *type)
{
	json_t *order = json_pack("{s:s,s:s}", "deviceSerial", sn, "type", type);

	if (order && c->opt[CMD_ttl])
		json_object_set_new(order, "ttl",
				    json_integer(g_ascii_strtoll(c->opt[CMD_ttl], NULL, 10)));
	return order;
}

/* Of a page: the rows of all devices, or of those in `devices`. The cursor of the next page, new; NULL:
 * this was the last. */
static char *persons_page_add(json_t *reply, char **devices, json_t *to)
{
	const char *cursor = json_string_value(json_object_get(reply, "cursor"));
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(reply, "data"), i, row)
	{
		const char *sn = json_string_value(json_object_get(row, "deviceSerial"));

		if (devices == NULL || g_strv_contains((const char *const *)devices, sn))
			json_array_append(to, row);
	}
	return g_strdup(cursor);
}

/* Of the people stored with this PIN, however many devices have one. */
static int persons_find(struct cmd *c, const char *pin, char **devices, json_t *to)
{
	char *first = client_path(&c->client, "/api/persons?limit=10000&total=0&pin=%s", pin);
	char *cursor = NULL;
	int end;

	do {
		char *next = cursor ? client_path(&c->client, "&cursor=%s", cursor) : NULL;
		char *path = g_strconcat(first, next, NULL);
		json_t *reply = NULL;

		g_free(cursor);
		end = client_call(&c->client, "GET", path, NULL, false, &reply);
		cursor = persons_page_add(reply, devices, to);
		json_decref(reply);
		g_free(path);
		g_free(next);
	} while (end == CMD_OK && cursor);
	g_free(cursor);
	g_free(first);
	return end;
}

static bool rows_have_device(json_t *rows, const char *sn)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (g_strcmp0(json_string_value(json_object_get(row, "deviceSerial")), sn) == 0)
			return true;
	}
	return false;
}

static int devices_missing(const struct cmd *c)
{
	message_print("%s %s: --device SN is missing; 'gatehouse device list' lists them",
		      c->noun->word, c->verb->word);
	return CMD_USAGE;
}

static int person_write(struct cmd *c, char **devices, json_t *person)
{
	json_t *orders = json_array();

	for (char **sn = devices; *sn; sn++) {
		json_t *order = order_new(c, *sn, "update_person");

		json_object_set(order, "person", person);
		json_array_append_new(orders, order);
	}
	return person_orders_send(c, orders);
}

/* Devices that have the person already are left out of the list. */
static int devices_with_person_refuse(struct cmd *c, char **devices)
{
	json_t *found = json_array(), *row;
	int end = persons_find(c, c->argv[0], devices, found);
	size_t i;

	json_array_foreach(found, i, row)
	{
		char *name = table_cell(row, &name_column);

		message_print("%s has %s already (%s); 'gatehouse person set' changes them",
			      json_string_value(json_object_get(row, "deviceSerial")),
			      c->argv[0], *name ? name : "no name");
		g_free(name);
		end = CMD_FAILED;
	}
	json_decref(found);
	return end;
}

static int person_change(struct cmd *c, bool fresh)
{
	struct person_devices devices = { 0 };
	json_t *person = NULL;
	int end = person_devices_given(c) ? person_read(c, &person) : devices_missing(c);

	if (end == CMD_OK)
		end = person_devices_read(c, &devices);
	if (end == CMD_OK && fresh)
		end = devices_with_person_refuse(c, devices.sn);
	if (end == CMD_OK)
		end = person_devices_confirm(c, &devices,
					     "This writes the person to these devices.");
	if (end == CMD_OK)
		end = person_write(c, devices.sn, person);
	json_decref(person);
	person_devices_clear(&devices);
	return end;
}

int cmd_person_add(struct cmd *c)
{
	return person_change(c, true);
}

int cmd_person_set(struct cmd *c)
{
	return person_change(c, false);
}

/* --- delete --- */

static void order_delete_add(const struct cmd *c, json_t *orders, const char *sn,
			     const char *pin)
{
	json_t *order = order_new(c, sn, "delete_person");

	if (order)
		json_object_set_new(order, "pin", json_string(pin));
	json_array_append_new(orders, order);
}

/* "7 (Ada) from A1, B2": with --device from those, be the person known there or not. */
static int person_delete_plan(struct cmd *c, char **devices, const char *pin, json_t *orders,
			      GString *what)
{
	json_t *found = json_array(), *row;
	char *name = g_strdup("");
	size_t before = json_array_size(orders), i;
	int end = persons_find(c, pin, devices, found);

	json_array_foreach(found, i, row)
	{
		if (*name == 0) {
			g_free(name);
			name = table_cell(row, &name_column);
		}
		if (devices == NULL)
			order_delete_add(
				c, orders,
				json_string_value(json_object_get(row, "deviceSerial")), pin);
	}
	for (char **sn = devices; sn && *sn && end == CMD_OK; sn++) {
		if (!rows_have_device(found, *sn))
			message_print(
				"%s has no %s, as far as is known here; the order goes to "
				"it all the same",
				*sn, pin);
		order_delete_add(c, orders, *sn, pin);
	}
	g_string_append_printf(what, "  %s%s%s%s from ", pin, *name ? " (" : "", name,
			       *name ? ")" : "");
	for (i = before; i < json_array_size(orders); i++)
		g_string_append_printf(what, "%s%s", i > before ? ", " : "",
				       json_string_value(json_object_get(
					       json_array_get(orders, i), "deviceSerial")));
	g_string_append_c(what, '\n');
	if (end == CMD_OK && json_array_size(orders) == before) {
		message_print("no device has %s, as far as is known here; --device SN removes "
			      "them all the same",
			      pin);
		end = CMD_FAILED;
	}
	g_free(name);
	json_decref(found);
	return end;
}

int cmd_person_delete(struct cmd *c)
{
	struct person_devices devices = { 0 };
	json_t *orders = json_array();
	GString *what = g_string_new(NULL);
	int end = person_devices_given(c) ? person_devices_read(c, &devices) : CMD_OK;

	for (int i = 0; i < c->argc && end == CMD_OK; i++)
		end = person_delete_plan(c, devices.sn, c->argv[i], orders, what);
	if (end == CMD_OK &&
	    !confirm_question(c->opt[CMD_yes] != NULL,
			      "This deletes, with fingerprints, faces and cards:\n%.*s",
			      (int)what->len - 1, what->str))
		end = CMD_USAGE;
	if (end == CMD_OK)
		end = person_orders_send(c, json_incref(orders));
	json_decref(orders);
	g_string_free(what, TRUE);
	person_devices_clear(&devices);
	return end;
}
