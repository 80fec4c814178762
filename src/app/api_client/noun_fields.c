/* What the KEY=VALUE arguments of a verb may be, as --help prints it: the fields of the body that the server reads. */
#include <glib.h>
#include <string.h>

#include "api/request_schemas.h"
#include "app/api_client/noun_help.h"
#include "app/api_client/wrapped.h"

enum { KEY_WIDTH_MOST = 20 };

/* The first argument of a verb that makes something is a field by itself: "NAME KEY=VALUE...". */
static bool field_is_an_argument(const struct verb *v, const struct schema *f)
{
	size_t n = strlen(f->name);

	return g_ascii_strncasecmp(v->args, f->name, n) == 0 && v->args[n] == ' ';
}

static const char *field_key(const struct schema *f, char *to, size_t size)
{
	g_snprintf(to, size, "%s%s", f->name, f->kind == SCHEMA_MAP ? ".KEY" : "");
	return to;
}

static void field_text(const struct schema *f, GString *to)
{
	gh_slice word;

	g_string_assign(to, f->about ? f->about : "");
	if (f->kind == SCHEMA_WORD)
		for (size_t i = 0; schema_word(f, i, &word); i++)
			g_string_append_printf(to, "%s%.*s",
					       i	 ? ", "
					       : to->len ? ": "
							 : "",
					       GH_FMT(word));
	/* That of every number is left out. */
	if (f->kind == SCHEMA_INT && f->most < INT32_MAX)
		g_string_append_printf(to, "%s%lld to %lld", to->len ? "; " : "",
				       (long long)f->least, (long long)f->most);
	if (f->kind == SCHEMA_BOOL)
		g_string_append(to, to->len ? "; yes or no" : "yes or no");
	if (f->kind == SCHEMA_ARRAY)
		g_string_append(to, to->len ? "; several parted by commas"
					    : "several parted by commas");
	if (f->flags & SCHEMA_REQUIRED)
		g_string_append(to, to->len ? "; needed" : "needed");
}

void noun_fields_print(const struct verb *v)
{
	const struct schema *body =
		strstr(v->args, "KEY=VALUE") ? request_schema_named(v->fields) : NULL;
	GString *text = g_string_new(NULL);
	size_t width = 0;
	char key[64];

	for (size_t i = 0; body && i < body->parts; i++)
		if (!field_is_an_argument(v, &body->part[i]))
			width = MAX(width, strlen(field_key(&body->part[i], key, sizeof(key))));
	width = MIN(width, KEY_WIDTH_MOST);
	if (width)
		printf("\nKeys:\n");
	for (size_t i = 0; body && i < body->parts; i++) {
		const struct schema *f = &body->part[i];

		if (field_is_an_argument(v, f))
			continue;
		field_text(f, text);
		printf("  %-*s  ", (int)width, field_key(f, key, sizeof(key)));
		if (strlen(key) > width)
			printf("\n%*s", (int)width + 4, "");
		wrapped_print(text->str, (int)width + 4, (int)width + 4);
	}
	g_string_free(text, TRUE);
}
