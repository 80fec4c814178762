/* A dictionary for libFuzzer: the words of all tables of access units, from the rows by which they are read
 * (wire/access/access_table.def, access_field.def). */
#include <stdio.h>

#include "wire/access/table.h"

/* Texts parted by a sign, each an entry of its own. */
static void parts_print(const char *text, uint8_t sign)
{
	gh_slice rest = gh_slice_of(text), part, gate;
	bool more = rest.n != 0;

	while (more) {
		more = gh_slice_cut(rest, sign, &part, &rest);
		gh_slice_cut(part, '@', &part, &gate);
		if (part.n)
			printf("\"%.*s\"\n", GH_FMT(part));
	}
}

static void table_print(const struct ghi_access_table *t)
{
	static const struct {
		char verb;
		const char *form;
	} command[] = { { 'U', "\"DATA UPDATE %s \"\n" },
			{ 'D', "\"DATA DELETE %s \"\n" },
			{ 'C', "\"DATA COUNT %s\"\n" },
			{ 'Q', "\"DATA QUERY tablename=%s,fielddesc=*,filter=\"\n" },
			{ '^', "\"tablename=%s\"\n" } };

	printf("# %s\n", t->words);
	/* The names of some are in no document. */
	if (*t->name)
		printf("\"%s\"\n", t->name);
	for (size_t i = 0; *t->name && i < sizeof(command) / sizeof(command[0]); i++)
		if (ghi_table_has_verb(t, command[i].verb))
			printf(command[i].form, t->name);
	for (size_t i = 0; i < t->fields; i++) {
		printf("\"%s=\"\n\"\\x09%s=\"\n", t->field[i].name, t->field[i].name);
		parts_print(t->field[i].choices, ',');
		if (t->field[i].otherwise)
			parts_print(t->field[i].otherwise, 0);
	}
}

int main(void)
{
	const struct ghi_access_table *t;

	for (size_t i = 0; (t = ghi_access_table_at(i)) != NULL; i++)
		table_print(t);
	return 0;
}
