/* gatehouse access … and gatehouse level …: what is decided about doors. */
#include <glib.h>
#include <string.h>

#include "app/api_client/access.h"
#include "app/confirm.h"
#include "app/subcommands.h"

/* --- what the kinds are --- */

static const struct column rule_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "WEEK", "week", CELL_TEXT },
	{ "HOLIDAYS", "holidays", CELL_TEXT | CELL_DROP(3) },
	{ "FROM", "from", CELL_ID | CELL_DROP(1) },
	{ "TO", "to", CELL_ID | CELL_DROP(2) },
	{ 0 },
};

static const struct column rule_shown[] = {
	{ "Number", "id", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "Weekdays", "week", CELL_TEXT },
	{ "Holidays", "holidays", CELL_TEXT },
	{ "Holds from", "from", CELL_TEXT },
	{ "Holds to", "to", CELL_TEXT },
	{ "Closed on holidays of type", "closedHolidays", CELL_TEXT },
	{ "Split at midnight", "splitAtMidnight", CELL_TEXT },
	{ 0 },
};

static const struct column holiday_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "DATE", "date", CELL_ID },
	{ "TO", "to", CELL_ID },
	{ "TYPE", "type", CELL_TEXT },
	{ "YEARLY", "yearly", CELL_TEXT },
	{ "NAME", "name", CELL_TEXT },
	{ 0 },
};

static const struct column group_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "DOORS", "doors", CELL_TEXT },
	{ 0 },
};

static const struct column level_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "RULE", "rule", CELL_TEXT },
	{ "DOORS", "doors", CELL_TEXT },
	{ "GROUPS", "doorGroups", CELL_TEXT | CELL_DROP(3) },
	{ "FROM", "from", CELL_ID | CELL_DROP(1) },
	{ "TO", "to", CELL_ID | CELL_DROP(2) },
	{ 0 },
};

static const struct column level_shown[] = {
	{ "Number", "id", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "Time rule", "rule", CELL_TEXT },
	{ "Doors", "doors", CELL_TEXT },
	{ "Door groups", "doorGroups", CELL_TEXT },
	{ "People", "people", CELL_TEXT },
	{ "Departments", "departments", CELL_TEXT },
	{ "Holds from", "from", CELL_TEXT },
	{ "Holds to", "to", CELL_TEXT },
	{ 0 },
};

static const struct column holiday_shown[] = {
	{ "Number", "id", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "Day", "date", CELL_TEXT },
	{ "Last day", "to", CELL_TEXT },
	{ "Type", "type", CELL_TEXT },
	{ "Every year", "yearly", CELL_TEXT },
	{ 0 },
};

static const struct column group_shown[] = {
	{ "Number", "id", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "Doors", "doors", CELL_TEXT },
	{ 0 },
};

static const struct access_kind kinds[] = {
	{ "/api/time-rules", "name" },	{ "/api/holidays", "date" },
	{ "/api/door-groups", "name" }, { "/api/access-levels", "name" },
	{ "/api/people", "pin" },	{ "/api/areas", "name" },
};

static const struct access_kind *access_kind_of(const struct cmd *c)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (g_str_has_prefix(c->verb->path, kinds[i].path))
			return &kinds[i];
	for (size_t i = 0; i < access_door_kinds_count; i++)
		if (g_str_has_prefix(c->verb->path, access_door_kinds[i].path))
			return &access_door_kinds[i];
	return NULL;
}

/* --- verbs --- */

static int access_print(struct cmd *c, json_t *reply)
{
	if (!c->json)
		table_print_object(json_object_get(reply, "data"), c->verb->columns);
	json_decref(reply);
	return CMD_OK;
}

int access_kind_show(struct cmd *c)
{
	char *path = client_path(&c->client, c->verb->path, c->argv[0]);
	json_t *reply = NULL;
	int end = client_call(&c->client, "GET", path, NULL, c->json, &reply);

	g_free(path);
	return end ? end : access_print(c, reply);
}

int access_kind_add(struct cmd *c)
{
	const struct access_kind *k = access_kind_of(c);
	json_t *body = NULL, *reply = NULL;
	int end = cmd_pairs(c, 1, NULL, &body);

	if (end)
		return end;
	json_object_set_new(body, k->first, json_string(c->argv[0]));
	end = client_call(&c->client, "POST", k->path, body, c->json, &reply);
	json_decref(body);
	return end ? end : access_print(c, reply);
}

int access_kind_set(struct cmd *c)
{
	char *path = client_path(&c->client, c->verb->path, c->argv[0]);
	json_t *body = NULL, *reply = NULL;
	int end = cmd_pairs(c, 1, NULL, &body);

	if (end == CMD_OK)
		end = client_call(&c->client, "PATCH", path, body, c->json, &reply);
	json_decref(body);
	g_free(path);
	return end ? end : access_print(c, reply);
}

int access_kind_delete(struct cmd *c)
{
	if (!confirm_question(c->opt[CMD_yes] != NULL, "%s %s%s will be deleted.",
			      c->noun->about, c->argv[0], c->argc > 1 ? " and others" : ""))
		return CMD_USAGE;
	return cmd_each(c);
}

/* --- nouns --- */

static const struct verb rule_verbs[] = { KIND_VERBS(
	"/api/time-rules", "TimeRule", rule_columns, rule_shown, "NAME",
	"Office week.mon-fri=08:00-12:00,12:30-18:00 holidays.1=\n"
	"'Night shift' week.mon-thu=22:00-06:00 to=2026-12-31",
	"2 week.mon-fri=08:00-18:00 holidays.1=09:00-12:00\n2 name='Office hours' to=", "2") };

static const struct verb holiday_verbs[] = { KIND_VERBS(
	"/api/holidays", "Holiday", holiday_columns, holiday_shown, "DATE",
	"2026-12-25 yearly=yes name=Christmas\n2027-03-10 to=2027-03-12 type=2", "2 type=2",
	"2") };

static const struct verb group_verbs[] = { KIND_VERBS(
	"/api/door-groups", "DoorGroup", group_columns, group_shown, "NAME",
	"Gates doors=CGDK201960012:1,CGDK201960012:2", "2 doors=CGDK201960012:1", "2") };

static const struct verb level_verbs[] = { KIND_VERBS(
	"/api/access-levels", "AccessLevel", level_columns, level_shown, "NAME",
	"Staff rule=1 doors=CGDK201960012:1 people=2,3",
	"2 addPeople=4 removePeople=2,3\n2 rule=1 doorGroups=2 doors=", "2") };

static const struct noun nouns[] = {
	{ "access time-rule", "Time rule", rule_verbs },
	{ "access holiday", "Holiday", holiday_verbs },
	{ "access door-group", "Door group", group_verbs },
	{ 0 },
};

/* --- check --- */

static const struct column step_columns[] = {
	{ "LEVEL", "levelName", CELL_TEXT },
	{ "RULE", "ruleName", CELL_TEXT },
	{ "NAME", "name", CELL_TEXT },
	{ "DAY", "column", CELL_TEXT },
	{ "OPEN", "range", CELL_TEXT },
	{ "RESULT", "text", CELL_TEXT },
	{ 0 },
};

static int access_check(struct cmd *c)
{
	char *pin = g_strconcat("pin:", c->argv[0], NULL),
	     *who = client_path(&c->client, "/api/access/check?person=%s", pin),
	     *door = client_path(&c->client, "&door=%s", c->argv[1]),
	     *at = c->opt[CMD_at] ? client_path(&c->client, "&at=%s", c->opt[CMD_at]) : NULL,
	     *path = g_strconcat(who, door, at, NULL);
	json_t *reply = NULL, *answer;
	int end = client_call(&c->client, "GET", path, NULL, c->json, &reply);

	answer = json_object_get(reply, "data");
	if (end == CMD_OK && !c->json) {
		printf("%s: %s\n",
		       json_is_true(json_object_get(answer, "granted")) ? "Granted" : "Denied",
		       json_string_value(json_object_get(answer, "text")));
		table_print(stdout, json_object_get(answer, "steps"), step_columns,
			    table_terminal());
	}
	json_decref(reply);
	g_free(pin);
	g_free(who);
	g_free(door);
	g_free(at);
	g_free(path);
	return end;
}

static const struct verb access_verbs[] = {
	{ .word = "check",
	  .args = "PIN DOOR",
	  .least = 2,
	  .most = 2,
	  .options = "at",
	  .help = "Whether a person may pass a door (SN:NUMBER), and why",
	  .examples = "1024 CGDK201960012:1\n1024 CGDK201960012:1 --at '2026-12-25 09:00'",
	  .run = access_check },
	{ .word = "time-rule",
	  .args = "VERB",
	  .options = "",
	  .help = "When a door is open to those it is for" },
	{ .word = "holiday",
	  .args = "VERB",
	  .options = "",
	  .help = "Days on which time rules have other hours" },
	{ .word = "door-group",
	  .args = "VERB",
	  .options = "",
	  .help = "Doors that access levels name together" },
	{ .word = "person",
	  .args = "VERB",
	  .options = "",
	  .help = "Who may be in access levels, with cards and validity" },
	{ .word = "credential",
	  .args = "VERB",
	  .options = "",
	  .help = "Cards of a person, and which are lost" },
	{ .word = "department",
	  .args = "VERB",
	  .options = "",
	  .help = "Departments that people have" },
	{ .word = "position",
	  .args = "VERB",
	  .options = "",
	  .help = "Positions that people have" },
	{ .word = "first-card",
	  .args = "VERB",
	  .options = "",
	  .help = "People of whom one has to come to a door first" },
	{ .word = "multi-card",
	  .args = "VERB",
	  .options = "",
	  .help = "People who have to come to a door together" },
	{ .word = "anti-passback",
	  .args = "VERB",
	  .options = "",
	  .help = "Sides of which none is passed twice before the other" },
	{ .word = "interlock",
	  .args = "VERB",
	  .options = "",
	  .help = "Doors of which one is open at a time" },
	{ .word = "linkage",
	  .args = "VERB",
	  .options = "",
	  .help = "What an event makes a unit do by itself" },
	{ .word = "scheduled-output",
	  .args = "VERB",
	  .options = "",
	  .help = "Locks and auxiliary outputs that a time rule turns" },
	{ .word = "scheduled-input",
	  .args = "VERB",
	  .options = "",
	  .help = "Exit buttons and inputs that count in a time rule alone" },
	{ .word = "verify-schedule",
	  .args = "VERB",
	  .options = "",
	  .help = "What has to be shown at doors, by period of the day" },
	{ .word = "super-user",
	  .args = "VERB",
	  .options = "",
	  .help = "People who may pass doors that are locked" },
	{ .word = "door", .args = "VERB", .options = "", .help = "How a door is set" },
	{ 0 },
};

static void word_take(int *argc, char **argv, int at)
{
	memmove(&argv[at], &argv[at + 1], (size_t)(*argc - at) * sizeof(*argv));
	--*argc;
}

/* The noun that the first word names, which is taken out. NULL: none. */
static const struct noun *noun_taken(int *argc, char **argv)
{
	const struct noun *const all[] = { nouns, access_people_nouns, access_door_nouns };
	int at = 1;

	while (at < *argc && argv[at][0] == '-')
		at++;
	for (size_t i = 0; at < *argc && i < G_N_ELEMENTS(all); i++)
		for (const struct noun *n = all[i]; n->word; n++) {
			if (strcmp(argv[at], n->word + strlen("access ")) != 0)
				continue;
			word_take(argc, argv, at);
			return n;
		}
	return NULL;
}

int cmd_access(int argc, char **argv)
{
	static const struct noun access = { "access", "What is decided about doors",
					    access_verbs };
	const struct noun *n = noun_taken(&argc, argv);

	return cmd_run(n ? n : &access, argc, argv);
}

int cmd_level(int argc, char **argv)
{
	static const struct noun noun = { "level", "Access level", level_verbs };

	return cmd_run(&noun, argc, argv);
}
