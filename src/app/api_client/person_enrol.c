/* gatehouse person enrol. */
#include <glib.h>

#include "app/api_client/person.h"
#include "app/message.h"

/* The number of the person of the roster with that PIN, in the default namespace; 0: a message was printed, and *end
 * is set. */
static gint64 roster_number(struct cmd *c, const char *pin, int *end)
{
	char *named = g_strconcat("pin:", pin, NULL);
	char *path = client_path(&c->client, "/api/people/%s", named);
	json_t *reply = NULL;
	gint64 number = 0;

	*end = client_call(&c->client, "GET", path, NULL, false, &reply);
	if (*end == CMD_OK)
		number = json_integer_value(
			json_object_get(json_object_get(reply, "data"), "id"));
	json_decref(reply);
	g_free(path);
	g_free(named);
	return number;
}

/* False: a message was printed. */
static bool enrol_finger_read(const char *text, gint64 *no)
{
	char *rest = NULL;

	*no = g_ascii_strtoll(text, &rest, 10);
	if (*text && *rest == 0 && *no >= 0 && *no <= 9)
		return true;
	message_print("--finger is \"%s\": must be a number from 0 to 9", text);
	return false;
}

static void enrol_print(struct cmd *c, json_t *reply)
{
	json_t *data = json_object_get(reply, "data");

	if (c->json)
		return;
	printf("%s: %s queued as enrolment %lld; the device prompts for it\n",
	       c->opt[CMD_device], c->argv[1],
	       (long long)json_integer_value(json_object_get(data, "id")));
}

int cmd_person_enrol(struct cmd *c)
{
	const char *finger = c->opt[CMD_finger], *wait = c->opt[CMD_wait];
	gint64 number, no = 0;
	json_t *body, *reply = NULL;
	int end = CMD_USAGE;

	if (c->opt[CMD_device] == NULL) {
		message_print("person enrol: --device SN is missing: where they are enrolled");
		return CMD_USAGE;
	}
	if (finger && !enrol_finger_read(finger, &no))
		return CMD_USAGE;
	number = roster_number(c, c->argv[0], &end);
	if (number == 0)
		return end;
	body = json_pack("{s:I,s:s,s:s}", "person", (json_int_t)number, "device",
			 c->opt[CMD_device], "type", c->argv[1]);
	if (body && finger)
		json_object_set_new(body, "no", json_integer(no));
	if (body && c->opt[CMD_overwrite])
		json_object_set_new(body, "overwrite", json_true());
	end = client_call(&c->client, "POST", "/api/enrolments", body, c->json && !wait,
			  &reply);
	if (end == CMD_OK && wait) {
		char *id =
			g_strdup_printf("%lld", (long long)json_integer_value(json_object_get(
							json_object_get(reply, "data"), "id")));

		end = cmd_wait(c, id, g_ascii_strtod(wait, NULL));
		g_free(id);
	} else if (end == CMD_OK) {
		enrol_print(c, reply);
	}
	json_decref(reply);
	json_decref(body);
	return end;
}
