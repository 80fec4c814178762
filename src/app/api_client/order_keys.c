/* What the arguments of a verb that is an order may be, as --help prints it, by the tables from which the server checks
 * them. */
#include <glib.h>
#include <string.h>

#include "api/command_type.h"
#include "app/api_client/noun_help.h"
#include "app/api_client/wrapped.h"

enum { KEY_WIDTH = 16 };

/* "users:query_user" of the verb's order: *word is empty where the order is one type alone. g_free() both. False: no
 * more. */
static bool order_choice_next(const char **at, char **word, char **type)
{
	size_t n = strcspn(*at, " ");
	char *one = n ? g_strndup(*at, n) : NULL;
	char *colon = one ? strchr(one, ':') : NULL;

	*at += n + strspn(*at + n, " ");
	if (one == NULL)
		return false;
	*type = g_strdup(colon ? colon + 1 : one);
	*word = g_strndup(one, colon ? (size_t)(colon - one) : 0);
	g_free(one);
	return true;
}

/* "template.no" is an argument of the verb as "no" is. */
static bool key_has_a_place(const struct verb *v, const char *key)
{
	char **place = g_strsplit(v->places, " ", -1);
	bool found = false;

	for (char **p = place; *p; p++) {
		const char *name = **p == '@' ? *p + 1 : *p, *dot = strrchr(name, '.');

		found |= strcmp(dot ? dot + 1 : name, key) == 0;
	}
	g_strfreev(place);
	return found;
}

static void key_text_add(GString *to, const char *text)
{
	if (*text)
		g_string_append_printf(to, "%s%s", to->len ? "; " : "", text);
}

static void key_print(const struct command_type_field *f)
{
	GString *text = g_string_new(f->about);

	key_text_add(text, f->range);
	key_text_add(text, f->required ? "needed" : "");
	printf("  %-*s  ", KEY_WIDTH, f->name);
	if (strlen(f->name) > KEY_WIDTH)
		printf("\n%*s", KEY_WIDTH + 4, "");
	wrapped_print(text->str, KEY_WIDTH + 4, KEY_WIDTH + 4);
	g_string_free(text, TRUE);
}

static void type_keys_print(const struct verb *v, const char *word, const char *type)
{
	struct command_type_field f;
	bool begun = false;

	for (size_t i = 0; command_type_field(type, i, &f); i++) {
		if (key_has_a_place(v, f.name))
			continue;
		if (!begun)
			printf(*word ? "\nKeys of %s:\n" : "\nKeys:%s\n", word);
		begun = true;
		key_print(&f);
	}
}

static void choices_print(const struct verb *v)
{
	const char *at = v->order;
	char *word, *type;

	printf("\nWHAT:\n");
	while (order_choice_next(&at, &word, &type)) {
		printf("  %-*s  ", KEY_WIDTH, word);
		wrapped_print(command_type_about(type), KEY_WIDTH + 4, KEY_WIDTH + 4);
		g_free(word);
		g_free(type);
	}
}

void order_keys_print(const struct verb *v)
{
	const char *at = v->order;
	char *word, *type;

	if (strchr(v->order, ':'))
		choices_print(v);
	while (strstr(v->args, "KEY=VALUE") && order_choice_next(&at, &word, &type)) {
		type_keys_print(v, word, type);
		g_free(word);
		g_free(type);
	}
}
