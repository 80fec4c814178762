/* gatehouse device approve, block, rename, zone, set, tag, untag, delete. */
#include <glib.h>
#include <string.h>

#include "app/api_client/device.h"
#include "app/api_client/selection.h"
#include "app/confirm.h"
#include "app/message.h"

/* What a change set in motion. */
static void device_effects_print(struct cmd *c, const char *sn, json_t *reply)
{
	json_t *data = json_object_get(reply, "data");
	const char *check = json_string_value(json_object_get(data, "commandId"));

	json_t *kept = json_object_get(data, "kept"),
	       *done = json_object_get(data, "rederived"),
	       *first = json_object_get(data, "firstSeq"),
	       *events = json_object_get(data, "eventsRederived");

	(void)c;
	printf("%s: changed\n", sn);
	if (json_integer_value(done))
		printf("  %" JSON_INTEGER_FORMAT " punches derived again, from number "
		       "%" JSON_INTEGER_FORMAT " on\n",
		       json_integer_value(done), json_integer_value(first));
	else if (done)
		printf("  no punch had to be derived again\n");
	if (json_integer_value(events))
		printf("  %" JSON_INTEGER_FORMAT " access events derived again, from number "
		       "%" JSON_INTEGER_FORMAT " on\n",
		       json_integer_value(events),
		       json_integer_value(json_object_get(data, "eventsFirstSeq")));
	if (json_integer_value(kept))
		printf("  %" JSON_INTEGER_FORMAT
		       " punches keep the zone they were read in; --since TIME derives them "
		       "again\n",
		       json_integer_value(kept));
	if (check)
		printf("  its clock is changed when it next polls (command %s)\n", check);
}

/* Of the first `words` arguments. Takes `body`. */
static int device_change(struct cmd *c, int words, json_t *body)
{
	const struct selection_act act = { .method = "PATCH",
					   .path = "/api/devices/%s",
					   .body = body,
					   .print = device_effects_print };
	struct selection s;
	int end = selection_read(c, words, &s);

	if (end == CMD_OK)
		end = selection_each(c, &s, &act);
	selection_clear(&s);
	json_decref(body);
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
	struct selection_act act = { .method = "POST",
				     .path = "/api/devices/%s/approve",
				     .done = "approved" };
	struct selection s;
	int end = selection_read(c, c->argc, &s);

	if (end)
		return end;
	act.body = json_object();
	cmd_option_put(act.body, "zone", c->opt[CMD_zone]);
	cmd_option_put(act.body, "name", c->opt[CMD_name]);
	if (c->opt[CMD_name] && json_array_size(s.rows) > 1) {
		message_print("--name is for one device at a time");
		end = CMD_USAGE;
	} else if (s.chosen &&
		   !selection_confirm(c, &s,
				      "This takes what these devices send from now on.")) {
		end = CMD_USAGE;
	} else {
		end = selection_each(c, &s, &act);
	}
	json_decref(act.body);
	selection_clear(&s);
	return end;
}

int cmd_device_block(struct cmd *c)
{
	const struct selection_act act = { .method = "POST",
					   .path = "/api/devices/%s/block",
					   .done = "blocked" };
	struct selection s;
	int end = selection_read(c, c->argc, &s);

	if (end == CMD_OK && s.chosen &&
	    !selection_confirm(c, &s, "This turns these devices away."))
		end = CMD_USAGE;
	else if (end == CMD_OK)
		end = selection_each(c, &s, &act);
	selection_clear(&s);
	return end;
}

int cmd_device_reset_registration(struct cmd *c)
{
	const struct selection_act act = { .method = "POST",
					   .path = "/api/devices/%s/reset-registration",
					   .done = "registers again when it next starts" };
	struct selection s;
	int end = selection_read(c, c->argc, &s);

	if (end == CMD_OK && s.chosen &&
	    !selection_confirm(c, &s, "These devices register again when they next start."))
		end = CMD_USAGE;
	else if (end == CMD_OK)
		end = selection_each(c, &s, &act);
	selection_clear(&s);
	return end;
}

int cmd_device_compare(struct cmd *c)
{
	const struct selection_act act = { .method = "POST",
					   .path = "/api/devices/%s/compare",
					   .done = "is compared when it next calls" };
	struct selection s;
	int end = selection_read(c, c->argc, &s);

	if (end == CMD_OK && s.chosen &&
	    !selection_confirm(c, &s, "The logs of these devices are compared."))
		end = CMD_USAGE;
	else if (end == CMD_OK)
		end = selection_each(c, &s, &act);
	selection_clear(&s);
	return end;
}

int cmd_device_rename(struct cmd *c)
{
	return device_change(c, 1, json_pack("{s:s}", "name", c->argv[1]));
}

int cmd_device_zone_set(struct cmd *c)
{
	json_t *body = json_pack("{s:s}", "zone", c->argv[c->argc - 1]);

	cmd_option_put(body, "zoneSince", c->opt[CMD_since]);
	return device_change(c, c->argc - 1, body);
}

int cmd_device_set(struct cmd *c)
{
	json_t *body = NULL;
	int words = 0, end;

	while (words < c->argc && strchr(c->argv[words], '=') == NULL)
		words++;
	if (words == c->argc) {
		message_print("%s: write it as KEY=VALUE", c->argv[c->argc - 1]);
		return CMD_USAGE;
	}
	end = cmd_pairs(c, words, NULL, &body);
	return end ? end : device_change(c, words, body);
}

/* --- tags --- */

int cmd_device_tag(struct cmd *c)
{
	bool with = strcmp(c->verb->word, "tag") == 0;
	struct selection_act act = { .method = "PATCH",
				     .path = "/api/devices/%s",
				     .done = with ? "tagged" : "not tagged any more" };
	struct selection s;
	char *tag = c->argv[0];
	int end;

	c->argv++;
	end = selection_read(c, c->argc - 1, &s);
	c->argv--;
	if (end)
		return end;
	act.body = json_pack("{s:[s]}", with ? "addTags" : "removeTags", tag);
	end = selection_each(c, &s, &act);
	json_decref(act.body);
	selection_clear(&s);
	return end;
}

/* --- deletion --- */

static int held_delete(struct cmd *c)
{
	json_t *reply = NULL;
	int end = client_call(&c->client, "DELETE", "/api/devices?state=held", NULL, c->json,
			      &reply);

	json_int_t n = json_integer_value(json_object_get(reply, "deleted")),
		   stay = json_integer_value(json_object_get(reply, "announced"));

	if (end == CMD_OK && !c->json)
		printf("%" JSON_INTEGER_FORMAT " devices deleted\n", n);
	if (end == CMD_OK && !c->json && stay)
		message_print("%" JSON_INTEGER_FORMAT " that were announced stay held; each is "
			      "deleted by its serial number",
			      stay);
	json_decref(reply);
	return end;
}

int cmd_device_delete(struct cmd *c)
{
	const struct selection_act act = { .method = "DELETE",
					   .path = "/api/devices/%s",
					   .done = "deleted" };
	static const char what[] =
		"This deletes %s from the server, with %s people and open commands; punches "
		"stay.";
	const char *state = c->opt[CMD_state];
	struct selection s;
	int end;

	/* All that wait are one call. */
	if (state && !strcmp(state, "held") && c->argc == 0 && !c->opt[CMD_tag] &&
	    !c->opt[CMD_contact] && !c->opt[CMD_all])
		return confirm_question(c->opt[CMD_yes], what, "every device that waits", "its")
			       ? held_delete(c)
			       : CMD_USAGE;
	end = selection_read(c, c->argc, &s);
	if (end)
		return end;
	char *question =
		g_strdup_printf(what, c->argc == 1 && !s.chosen ? c->argv[0] : "these devices",
				c->argc == 1 && !s.chosen ? "its" : "their");

	if (s.chosen ? selection_confirm(c, &s, question)
		     : confirm_question(c->opt[CMD_yes], "%s", question))
		end = selection_each(c, &s, &act);
	else
		end = CMD_USAGE;
	g_free(question);
	selection_clear(&s);
	return end;
}
