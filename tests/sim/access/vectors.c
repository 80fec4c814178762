#include "vectors.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *vector_member(const json_t *o, const char *key)
{
	return strdup(json_string_value(json_object_get(o, key)));
}

/* Jansson keeps the order of the file, which is not sorted. */
static char *headers_sorted(json_t *headers)
{
	char *text = json_dumps(headers, JSON_SORT_KEYS | JSON_INDENT(1)), *line, *rest = text;
	char *out = calloc(1, strlen(text) + 1);

	while ((line = strsep(&rest, "\n"))) {
		char name[64], value[256];

		if (sscanf(line, " \"%63[^\"]\": \"%255[^\"]\"", name, value) == 2)
			sprintf(out + strlen(out), "%s: %s\n", name, value);
	}
	free(text);
	return out;
}

struct vector *vector_read(const char *file, const char *id)
{
	FILE *f = fopen(file, "r");
	struct vector *v = NULL;
	char *line = NULL;
	size_t cap = 0;

	while (f && v == NULL && getline(&line, &cap, f) > 0) {
		json_t *o = json_loads(line, 0, NULL);

		if (o && !strcmp(json_string_value(json_object_get(o, "id")), id)) {
			v = malloc(sizeof(*v));
			*v = (struct vector){ vector_member(o, "id"),
					      vector_member(o, "method"),
					      vector_member(o, "target"),
					      vector_member(o, "body"),
					      headers_sorted(json_object_get(o, "headers")) };
		}
		json_decref(o);
	}
	free(line);
	if (f)
		fclose(f);
	return v;
}

void vector_free(struct vector *v)
{
	free(v->id);
	free(v->method);
	free(v->target);
	free(v->body);
	free(v->headers);
	free(v);
}
