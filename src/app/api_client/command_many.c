/* gatehouse command send, to the devices of a selection: one request, a line for each device. */
#include <glib.h>
#include <string.h>

#include "app/api_client/command.h"
#include "app/message.h"
#include "base/clock.h"

#define AT_ONCE 1000 /* commands in a request */

/* Whether a type only reads; words as they are sent to devices may mean anything. */
static int many_only_reads(struct cmd *c, bool *out)
{
	json_t *document = NULL, *type;
	int end = CMD_OK;

	*out = false;
	if (c->opt[CMD_type] == NULL)
		return CMD_OK;
	end = client_call(&c->client, "GET", "/api/openapi.json", NULL, false, &document);
	type = json_object_get(
		table_member(document, "components.schemas.CommandRequest.x-types"),
		c->opt[CMD_type]);
	*out = type &&
	       !g_strcmp0(json_string_value(json_object_get(type, "nature")), "question");
	json_decref(document);
	return end;
}

static const char *row_text(json_t *row, const char *key)
{
	return json_string_value(json_object_get(row, key));
}

/* A row of the answer: its line, or with --json its object with the serial number. */
static int many_row_print(struct cmd *c, const char *sn, json_t *row)
{
	const char *id = row_text(row, "commandId"), *error = row_text(row, "error");

	if (c->json) {
		json_t *named = json_pack("{s:s}", "sn", sn);

		json_object_update(named, row);
		json_dumpf(named, stdout, JSON_COMPACT);
		printf("\n");
		json_decref(named);
	} else if (id) {
		printf("%s: queued as command %s\n", sn, id);
	}
	if (id == NULL)
		message_print("%s: %s", sn, error ? error : "refused");
	return id ? CMD_OK : CMD_FAILED;
}

static int64_t time_left_us(int64_t until_us)
{
	int64_t left = until_us - ghi_clock_monotonic_us();

	return left > 0 ? left : 0;
}

/* The answers one after the other, all within the time. */
static int many_wait(struct cmd *c, json_t *rows, int64_t until_us)
{
	int worst = CMD_OK;
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const char *id = row_text(row, "commandId");
		int end = id ? cmd_wait(c, id, (double)time_left_us(until_us) / G_USEC_PER_SEC)
			     : CMD_OK;

		if (end > worst)
			worst = end;
		if (worst > CMD_FAILED)
			break;
	}
	return worst;
}

/* A body for each of those from `at` on. */
static json_t *many_bodies(const struct selection *s, size_t at, json_t *body)
{
	json_t *bodies = json_array();

	for (size_t i = at; i < at + AT_ONCE && i < json_array_size(s->rows); i++) {
		json_t *one = json_copy(body);

		json_object_set(one, "deviceSerial",
				json_object_get(json_array_get(s->rows, i), "sn"));
		json_array_append_new(bodies, one);
	}
	return bodies;
}

static int many_part_send(struct cmd *c, const struct selection *s, size_t at, json_t *body,
			  json_t *queued)
{
	json_t *bodies = many_bodies(s, at, body), *reply = NULL, *row;
	int end = client_call(&c->client, "POST", "/api/commands", bodies, false, &reply);
	size_t i;

	json_array_foreach(json_object_get(reply, "data"), i, row)
	{
		int one = many_row_print(c, row_text(json_array_get(bodies, i), "deviceSerial"),
					 row);

		if (one > end)
			end = one;
		json_array_append(queued, row);
	}
	json_decref(reply);
	json_decref(bodies);
	return end;
}

static int many_send(struct cmd *c, const struct selection *s, json_t *body)
{
	const char *wait = c->opt[CMD_wait];
	int64_t until = ghi_clock_monotonic_us() +
			(int64_t)(wait ? g_ascii_strtod(wait, NULL) * G_USEC_PER_SEC : 0);
	json_t *queued = json_array();
	int worst = CMD_OK;

	for (size_t at = 0; at < json_array_size(s->rows) && worst <= CMD_FAILED;
	     at += AT_ONCE) {
		int end = many_part_send(c, s, at, body, queued);

		if (end > worst)
			worst = end;
	}
	if (wait && worst <= CMD_FAILED) {
		int end = many_wait(c, queued, until);

		if (end > worst)
			worst = end;
	}
	json_decref(queued);
	return worst;
}

int command_send_many(struct cmd *c, const char *pattern, json_t *body)
{
	struct selection s;
	bool reads = false;
	char *what = NULL;
	int end = selection_read(c, pattern ? 1 : 0, &s);

	if (end)
		return end;
	end = many_only_reads(c, &reads);
	what = g_strdup_printf("This gives each of these devices the command \"%s\".",
			       c->opt[CMD_type]
				       ? c->opt[CMD_type]
				       : json_string_value(json_object_get(body, "command")));
	if (end == CMD_OK && !reads && !selection_confirm(c, &s, what))
		end = CMD_USAGE;
	else if (end == CMD_OK)
		end = many_send(c, &s, body);
	g_free(what);
	selection_clear(&s);
	return end;
}
