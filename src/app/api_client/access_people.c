/* gatehouse access person, credential, department, position: who may be in access levels. */
#include <glib.h>

#include "app/api_client/access.h"

static const struct column person_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "PIN", "pin", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "CARDS", "cards", CELL_TEXT },
	{ "DEPARTMENT", "department", CELL_TEXT | CELL_DROP(4) },
	{ "POSITION", "position", CELL_TEXT | CELL_DROP(5) },
	{ "FROM", "validFrom", CELL_ID | CELL_DROP(1) },
	{ "TO", "validTo", CELL_ID | CELL_DROP(2) },
	{ "DISABLED", "disabled", CELL_TEXT | CELL_DROP(3) },
	{ 0 },
};

static const struct column person_shown[] = {
	{ "Number", "id", CELL_TEXT },
	{ "PIN", "pin", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "Cards", "cards", CELL_TEXT },
	{ "Password", "passwordSet", CELL_TEXT },
	{ "Valid from", "validFrom", CELL_TEXT },
	{ "Valid to", "validTo", CELL_TEXT },
	{ "Disabled", "disabled", CELL_TEXT },
	{ "Group", "group", CELL_TEXT },
	{ "Department", "department", CELL_TEXT },
	{ "Position", "position", CELL_TEXT },
	{ "Privilege", "privilege", CELL_TEXT },
	{ "Code", "code", CELL_TEXT },
	{ "Namespace", "namespace", CELL_TEXT },
	{ "Areas", "areas", CELL_TEXT },
	{ 0 },
};

static const struct column change_columns[] = {
	{ "AT", "at", CELL_ID },
	{ "BY", "by", CELL_TEXT },
	{ "KIND", "byKind", CELL_TEXT | CELL_DROP(2) },
	{ "FIELD", "field", CELL_TEXT },
	{ "BEFORE", "before", CELL_TEXT },
	{ "AFTER", "after", CELL_TEXT },
	{ "TAKEN", "taken", CELL_TEXT | CELL_DROP(1) },
	{ 0 },
};

static int list_of_person(struct cmd *c)
{
	const struct verb *given = c->verb;
	struct verb of_person = *given;
	char *path = client_path(&c->client, given->path, c->argv[0]);
	int end;

	of_person.path = path;
	c->verb = &of_person;
	end = cmd_list(c);
	c->verb = given;
	g_free(path);
	return end;
}

static const struct verb person_verbs[] = {
	{ .word = "changes",
	  .args = "PERSON",
	  .least = 1,
	  .most = 1,
	  .options = LIST_OPTIONS,
	  .help = "What became of a person, by id, and by whom",
	  .examples = "2",
	  .run = list_of_person,
	  .path = "/api/people/%s/changes",
	  .columns = change_columns },
	KIND_VERBS("/api/people", "RosterPerson", person_columns, person_shown, "PIN",
		   "1024 name='Ann Example' cards=123456789 validTo=2026-12-31",
		   "2 cards=123456789,0xA1B2C3 disabled=no\n2 department=Sales position=Driver",
		   "2")
};

/* --- what a person shows at doors --- */

static const struct column credential_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "TYPE", "type", CELL_TEXT },
	{ "NUMBER", "number", CELL_ID },
	{ "LOST", "lost", CELL_TEXT },
	{ "BITS", "bits", CELL_TEXT | CELL_DROP(1) },
	{ "SITE CODE", "siteCode", CELL_TEXT | CELL_DROP(2) },
	{ "IMIE", "imie", CELL_TEXT | CELL_DROP(3) },
	{ 0 },
};

static const struct column credential_shown[] = {
	{ "Number", "id", CELL_TEXT },
	{ "Type", "type", CELL_TEXT },
	{ "Person", "person", CELL_TEXT },
	{ "Card number", "number", CELL_TEXT },
	{ "Lost", "lost", CELL_TEXT },
	{ "Bits", "bits", CELL_TEXT },
	{ "Site code", "siteCode", CELL_TEXT },
	{ "IMIE", "imie", CELL_TEXT },
	{ 0 },
};

static int credential_set(struct cmd *c)
{
	char *person = client_path(&c->client, c->verb->path, c->argv[0]),
	     *one = client_path(&c->client, "/%s", c->argv[1]),
	     *path = g_strconcat(person, one, NULL);
	json_t *body = NULL, *reply = NULL;
	int end = cmd_pairs(c, 2, NULL, &body);

	if (end == CMD_OK)
		end = client_call(&c->client, "PATCH", path, body, c->json, &reply);
	if (end == CMD_OK && !c->json)
		table_print_object(json_object_get(reply, "data"), c->verb->columns);
	json_decref(body);
	json_decref(reply);
	g_free(person);
	g_free(one);
	g_free(path);
	return end;
}

static const struct verb credential_verbs[] = {
	{ .word = "list",
	  .args = "PERSON",
	  .least = 1,
	  .most = 1,
	  .options = LIST_OPTIONS,
	  .help = "What a person, by id, shows at doors: their cards",
	  .examples = "2",
	  .run = list_of_person,
	  .path = "/api/people/%s/credentials",
	  .columns = credential_columns },
	{ .word = "set",
	  .args = "PERSON ID KEY=VALUE...",
	  .least = 3,
	  .most = -1,
	  .options = "",
	  .help = "Mark a card as lost, or as found",
	  .fields = "CredentialPatch",
	  .examples = "2 5 lost=yes\n2 5 lost=no bits=26 siteCode=10010",
	  .run = credential_set,
	  .path = "/api/people/%s/credentials",
	  .columns = credential_shown },
	{ 0 },
};

/* --- labels that they have --- */

static const struct column label_columns[] = {
	{ "NAME", "name", CELL_TEXT },
	{ "PEOPLE", "people", CELL_ID },
	{ 0 },
};

#define LABEL_VERBS(url, about)           \
	{ .word = "list",                 \
	  .args = "",                     \
	  .options = LIST_OPTIONS,        \
	  .help = about,                  \
	  .examples = "\n--sort -people", \
	  .run = cmd_list,                \
	  .path = url,                    \
	  .columns = label_columns },     \
	{                                 \
		0                         \
	}

static const struct verb department_verbs[] = { LABEL_VERBS(
	"/api/departments", "Departments that people have, and how many are in each") };

static const struct verb position_verbs[] = { LABEL_VERBS(
	"/api/positions", "Positions that people have, and how many have each") };

const struct noun access_people_nouns[] = {
	{ "access person", "Person", person_verbs },
	{ "access credential", "Credential", credential_verbs },
	{ "access department", "Department", department_verbs },
	{ "access position", "Position", position_verbs },
	{ 0 },
};
