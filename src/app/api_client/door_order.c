/* gatehouse door open, close, hold-open, lock, unlock, cancel-alarm: an order for each door named. */
#include "app/api_client/door_order.h"

#include <glib.h>
#include <string.h>

#include "app/api_client/selection.h"
#include "app/confirm.h"
#include "app/message.h"
#include "base/clock.h"
#include "base/pattern.h"

/* --- which doors --- */

/* Those of access devices that have reported. */
static int doors_match(struct cmd *c, const char *pattern, json_t *rows)
{
	json_t *reply = NULL, *row;
	int end = client_call(&c->client, "GET", "/api/doors?limit=10000", NULL, false, &reply);
	size_t i;

	json_array_foreach(json_object_get(reply, "data"), i, row)
	{
		const char *id = json_string_value(json_object_get(row, "id"));

		if (id && ghi_pattern_matches(gh_slice_of(pattern), gh_slice_of(id)))
			json_array_append_new(rows, json_pack("{s:s}", "sn", id));
	}
	json_decref(reply);
	return end;
}

/* "SN:NUMBER", or a pattern of it. */
static int door_add(struct cmd *c, const char *word, struct selection *out)
{
	const char *colon = strrchr(word, ':');

	if (ghi_pattern_is(gh_slice_of(word))) {
		out->chosen = true;
		return doors_match(c, word, out->rows);
	}
	if (colon == NULL || colon == word || colon[1] == '\0') {
		message_print("\"%s\" names no door: it is SN:NUMBER, as 'gatehouse door list' "
			      "shows it",
			      word);
		return CMD_USAGE;
	}
	json_array_append_new(out->rows, json_pack("{s:s}", "sn", word));
	return CMD_OK;
}

static int doors_read(struct cmd *c, struct selection *out)
{
	int end = CMD_OK;

	*out = (struct selection){ .rows = json_array() };
	for (int i = 0; i < c->argc && end == CMD_OK; i++)
		end = door_add(c, c->argv[i], out);
	if (end == CMD_OK && json_array_size(out->rows) == 0) {
		message_print("no door is selected by that; 'gatehouse door list' shows those "
			      "there are");
		end = CMD_FAILED;
	}
	return end;
}

/* --- the orders --- */

/* False: one is no number; a message was printed. */
static bool number_set(struct cmd *c, json_t *body, enum cmd_option option, const char *key)
{
	const char *text = c->opt[option];
	char *rest = NULL;
	gint64 n = text ? g_ascii_strtoll(text, &rest, 10) : 0;

	if (text && (*text == 0 || *rest)) {
		message_print("--%s is \"%s\": must be a number of seconds", key, text);
		return false;
	}
	if (text)
		json_object_set_new(body, key, json_integer(n));
	return true;
}

static int door_send(struct cmd *c, const char *door, json_t *body, json_t *queued)
{
	char *path = g_strdup_printf("/api/doors/%%s/%s", c->verb->word),
	     *of = client_path(&c->client, path, door);
	json_t *reply = NULL;
	int end =
		client_call(&c->client, "POST", of, body, c->json && !c->opt[CMD_wait], &reply);
	const char *id = json_string_value(json_object_get(reply, "commandId"));

	if (end == CMD_OK && id) {
		json_array_append_new(queued, json_string(id));
		if (!c->json)
			printf("%s: queued as command %s\n", door, id);
	}
	json_decref(reply);
	g_free(path);
	g_free(of);
	return end;
}

/* All within the time; the worst of them. */
static int doors_wait(struct cmd *c, json_t *queued)
{
	int64_t until = ghi_clock_monotonic_us() +
			(int64_t)(g_ascii_strtod(c->opt[CMD_wait], NULL) * G_USEC_PER_SEC);
	int worst = CMD_OK;
	json_t *id;
	size_t i;

	json_array_foreach(queued, i, id)
	{
		int64_t left = until - ghi_clock_monotonic_us();
		int end = cmd_wait(c, json_string_value(id),
				   left > 0 ? (double)left / G_USEC_PER_SEC : 0);

		worst = end > worst ? end : worst;
		if (worst > CMD_FAILED)
			break;
	}
	return worst;
}

static int doors_order(struct cmd *c, const struct selection *s)
{
	json_t *body = json_object(), *queued = json_array(), *row;
	int worst = CMD_OK;
	size_t i;

	if (!number_set(c, body, CMD_seconds, "seconds") ||
	    !number_set(c, body, CMD_ttl, "ttl"))
		worst = CMD_USAGE;
	if (c->opt[CMD_until])
		json_object_set_new(body, "until", json_string(c->opt[CMD_until]));
	if (c->opt[CMD_reason])
		json_object_set_new(body, "reason", json_string(c->opt[CMD_reason]));
	json_array_foreach(s->rows, i, row)
	{
		int end;

		if (worst > CMD_FAILED)
			break;
		end = door_send(c, json_string_value(json_object_get(row, "sn")), body, queued);
		worst = end > worst ? end : worst;
	}
	if (c->opt[CMD_wait] && worst <= CMD_FAILED) {
		int end = doors_wait(c, queued);

		worst = end > worst ? end : worst;
	}
	json_decref(queued);
	json_decref(body);
	return worst;
}

/* Doors that a pattern named are listed first. */
static bool doors_confirm(struct cmd *c, const struct selection *s)
{
	static const struct column columns[] = { { "DOOR", "sn", CELL_ID }, { 0 } };

	if (!s->chosen || c->opt[CMD_yes])
		return true;
	table_print(stderr, s->rows, columns, table_terminal());
	return confirm_question(false, "This gives each of these doors the order \"%s\". (%zu)",
				c->verb->word, json_array_size(s->rows));
}

int door_order(struct cmd *c)
{
	struct selection s;
	int end = doors_read(c, &s);

	if (end == CMD_OK)
		end = doors_confirm(c, &s) ? doors_order(c, &s) : CMD_USAGE;
	selection_clear(&s);
	return end;
}
