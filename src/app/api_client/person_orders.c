/* What "gatehouse person" has the devices do: a line for each device and person. */
#include <glib.h>
#include <string.h>

#include "api/command_type.h"
#include "app/api_client/person.h"
#include "app/message.h"
#include "base/clock.h"

#define AT_ONCE 1000 /* commands in a request */

static const char *text_of(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* The PIN of a command about a person; what it is, of another. */
static const char *order_pin(json_t *order)
{
	const char *pin = text_of(order, "pin"), *key;
	json_t *member;

	json_object_foreach(order, key, member)
	{
		if (pin == NULL && json_is_object(member))
			pin = text_of(member, "pin");
	}
	return pin ? pin : text_of(order, "type");
}

/* "7", or where it is not the person itself "7, fingerprint"; of a setting "set_option, VOLUME". g_free() it. */
static char *order_name(json_t *order)
{
	const char *what = text_of(order, "what");

	if (g_strcmp0(text_of(order, "type"), "set_option") == 0)
		what = text_of(order, "name");

	return g_strconcat(order_pin(order), what ? ", " : NULL, what, NULL);
}

/* Why it was refused: each fault, or the sentence. */
static int order_refusal_print(json_t *order, json_t *row)
{
	const char *code = text_of(row, "code"), *hint = text_of(row, "hint");
	const char *message = text_of(row, "error");
	GString *faults = g_string_new(NULL);
	char *name = order_name(order);
	json_t *fault;
	size_t i;

	json_array_foreach(json_object_get(row, "details"), i, fault)
	{
		if (i)
			g_string_append_printf(faults, "\n  %s %s", text_of(fault, "field"),
					       text_of(fault, "message"));
	}
	message_print("%s: %s: %s%s%s%s", text_of(order, "deviceSerial"), name,
		      message ? message : "refused", faults->str, hint ? "\n  " : "",
		      hint ? hint : "");
	g_string_free(faults, TRUE);
	g_free(name);
	return code && !strcmp(code, "scope_too_small") ? CMD_DENIED : CMD_FAILED;
}

static void order_queued_print(json_t *order, const char *id)
{
	char *name = order_name(order);

	printf("%s: %s is queued as command %s\n", text_of(order, "deviceSerial"), name, id);
	g_free(name);
}

static int orders_print(struct cmd *c, json_t *orders, json_t *rows)
{
	int worst = CMD_OK;
	json_t *order;
	size_t i;

	json_array_foreach(orders, i, order)
	{
		json_t *row = json_array_get(rows, i);
		const char *id = text_of(row, "commandId"), *hint = text_of(row, "hint");
		int end = id ? CMD_OK : order_refusal_print(order, row);

		if (end > worst)
			worst = end;
		if (id == NULL || c->json)
			continue;
		if (!c->opt[CMD_wait])
			order_queued_print(order, id);
		if (hint)
			message_print("%s: %s", text_of(order, "deviceSerial"), hint);
	}
	return worst;
}

/* --- waiting for the devices --- */

/* The command once it has ended, or as it is when the time is over. */
static int order_wait(struct cmd *c, const char *id, int64_t until_us, json_t **out)
{
	char *path = client_path(&c->client, "/api/commands/%s", id);
	int end;

	for (;;) {
		json_t *reply = NULL, *command;

		end = client_call(&c->client, "GET", path, NULL, false, &reply);
		command = json_object_get(reply, "data");
		if (end || !cmd_may_be_answered(text_of(command, "status")) ||
		    ghi_clock_monotonic_us() >= until_us) {
			*out = json_incref(command);
			json_decref(reply);
			break;
		}
		json_decref(reply);
		g_usleep(G_USEC_PER_SEC / 5);
	}
	g_free(path);
	return end;
}

/* What became of it, in a line, and what it reported. */
static int order_end_print(struct cmd *c, json_t *order, json_t *command)
{
	const char *status = text_of(command, "status"), *meaning = text_of(command, "meaning");
	const char *sn = text_of(order, "deviceSerial");
	char *pin = order_name(order);
	int end = CMD_FAILED;
	const char *result = text_of(command, "result");
	json_t *code = json_object_get(command, "returnCode");

	if (status && !strcmp(status, "acknowledged")) {
		if (!c->json)
			printf("%s: %s is confirmed by the device\n", sn, pin);
		if (!c->json && result && *result &&
		    command_type_reports(text_of(order, "type")))
			printf("%s%s", result, g_str_has_suffix(result, "\n") ? "" : "\n");
		end = CMD_OK;
	} else if (cmd_may_be_answered(status))
		message_print("%s: %s: the device has not answered yet; it may still", sn, pin);
	else if (json_is_integer(code))
		message_print("%s: %s: the device returned %" JSON_INTEGER_FORMAT "%s%s%s%s",
			      sn, pin, json_integer_value(code), meaning ? ": " : "",
			      meaning ? meaning : "", result && *result ? "; " : "",
			      result && *result ? result : "");
	else
		message_print("%s: %s: %s%s%s", sn, pin, status ? status : "lost",
			      result && *result ? ": " : "", result && *result ? result : "");
	g_free(pin);
	return end;
}

static int orders_wait(struct cmd *c, json_t *orders, json_t *rows)
{
	int64_t until = ghi_clock_monotonic_us() +
			(int64_t)(g_ascii_strtod(c->opt[CMD_wait], NULL) * G_USEC_PER_SEC);
	json_t *ended = json_array(), *order;
	int worst = CMD_OK;
	size_t i;

	json_array_foreach(orders, i, order)
	{
		const char *id = text_of(json_array_get(rows, i), "commandId");
		json_t *command = NULL;
		int end = id ? order_wait(c, id, until, &command) : CMD_OK;

		if (end == CMD_OK && command)
			end = order_end_print(c, order, command);
		if (command)
			json_array_append_new(ended, command);
		if (end > worst)
			worst = end;
	}
	if (c->json) {
		json_t *all = json_pack("{s:b,s:O}", "success", 1, "data", ended);

		json_dumpf(all, stdout, JSON_COMPACT);
		printf("\n");
		json_decref(all);
	}
	json_decref(ended);
	return worst;
}

int person_orders_end(struct cmd *c, json_t *orders, json_t *rows)
{
	int end = orders_print(c, orders, rows);

	if (c->opt[CMD_wait]) {
		int waited = orders_wait(c, orders, rows);

		end = waited > end ? waited : end;
	}
	return end;
}

static int orders_send_some(struct cmd *c, json_t *orders)
{
	bool wait = c->opt[CMD_wait] != NULL;
	json_t *reply = NULL;
	int end = client_call(&c->client, "POST", "/api/commands", orders, c->json && !wait,
			      &reply);

	if (end == CMD_OK)
		end = person_orders_end(c, orders, json_object_get(reply, "data"));
	json_decref(reply);
	return end;
}

int person_orders_send(struct cmd *c, json_t *orders)
{
	int worst = CMD_OK;

	for (size_t at = 0; at < json_array_size(orders) && worst <= CMD_FAILED;
	     at += AT_ONCE) {
		json_t *some = json_array();

		for (size_t i = at; i < at + AT_ONCE && i < json_array_size(orders); i++)
			json_array_append(some, json_array_get(orders, i));
		int end = orders_send_some(c, some);

		worst = end > worst ? end : worst;
		json_decref(some);
	}
	json_decref(orders);
	return worst;
}
