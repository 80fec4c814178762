/* KEY=VALUE arguments as a JSON object, with the types of the server's own document. */
#include <glib.h>
#include <string.h>

#include "app/api_client/noun.h"
#include "app/message.h"

/* "Schema" or "Schema.member" in the server's document. */
static json_t *noun_schema_of(json_t *document, const char *path)
{
	json_t *s = json_object_get(json_object_get(document, "components"), "schemas");
	char **part = g_strsplit(path, ".", -1);

	for (char **p = part; *p; p++)
		s = json_object_get(p == part ? s : json_object_get(s, "properties"), *p);
	g_strfreev(part);
	return s;
}

/* What may be null has a list of types, its own first. */
static const char *noun_type_first(json_t *type)
{
	return json_string_value(json_is_array(type) ? json_array_get(type, 0) : type);
}

/* The schema of a field; one that leads into an object ("week.mon") is that of its members. */
static json_t *noun_field_schema(json_t *document, const char *schema, const char *key)
{
	const char *dot = strchr(key, '.');
	char *name = g_strndup(key, dot ? (size_t)(dot - key) : strlen(key));
	json_t *fields = json_object_get(noun_schema_of(document, schema), "properties"),
	       *f = json_object_get(fields, name);

	g_free(name);
	return dot ? json_object_get(f, "additionalProperties") : f;
}

/* Of a type of command; "template.no" is a field of the object "template". */
static const char *noun_kind_of(json_t *fields, const char *key)
{
	const char *dot = strchr(key, '.');
	size_t n = dot ? (size_t)(dot - key) : strlen(key), i;
	json_t *f;

	json_array_foreach(fields, i, f)
	{
		const char *name = json_string_value(json_object_get(f, "name"));

		if (name == NULL || strncmp(name, key, n) != 0 || name[n])
			continue;
		return dot ? noun_kind_of(json_object_get(f, "fields"), dot + 1)
			   : json_string_value(json_object_get(f, "kind"));
	}
	return NULL;
}

/* The type of a field in the server's document: "integer", "boolean", "array" or "string"; *item: that
 * of what an array has. */
static const char *noun_type_of(json_t *document, const char *schema, const char *type,
				const char *key, const char **item)
{
	json_t *fields, *f;

	*item = NULL;
	if (type == NULL) {
		f = noun_field_schema(document, schema, key);
		*item = noun_type_first(json_object_get(json_object_get(f, "items"), "type"));
		return noun_type_first(json_object_get(f, "type"));
	}
	fields = json_object_get(
		json_object_get(json_object_get(noun_schema_of(document, schema), "x-types"),
				type),
		"fields");
	const char *kind = noun_kind_of(fields, key);

	return kind == NULL	       ? NULL
	       : !strcmp(kind, "int")  ? "integer"
	       : !strcmp(kind, "bool") ? "boolean"
				       : "string";
}

static json_t *value_integer(const char *text)
{
	char *end;
	long long n = g_ascii_strtoll(text, &end, 10);

	return *text && *end == 0 ? json_integer(n) : NULL;
}

/* NULL: one of them is not of the type. */
static json_t *value_list(const char *item, const char *text)
{
	char **part = g_strsplit(text, ",", -1);
	bool number = item && !strcmp(item, "integer");
	json_t *list = json_array();

	for (char **p = part; *p && list; p++) {
		if (json_array_append_new(list, number ? value_integer(*p) : json_string(*p)) ==
		    0)
			continue;
		json_decref(list);
		list = NULL;
	}
	g_strfreev(part);
	return list;
}

static json_t *value_typed(const char *type, const char *item, const char *text)
{
	static const char *const yes[] = { "true", "yes", "on", "1" };
	static const char *const no[] = { "false", "no", "off", "0" };

	if (type && !strcmp(type, "integer"))
		return value_integer(text);
	if (type && !strcmp(type, "array"))
		return value_list(item, text);
	for (size_t i = 0; type && !strcmp(type, "boolean"); i++) {
		if (i == 4)
			return NULL;
		if (!strcmp(text, yes[i]))
			return json_true();
		if (!strcmp(text, no[i]))
			return json_false();
	}
	return json_string(text);
}

/* "week.mon" is member "mon" of the object "week". */
static void member_put(json_t *object, const char *key, json_t *value)
{
	char **part = g_strsplit(key, ".", 2);
	json_t *within = json_object_get(object, part[0]);

	if (part[1] == NULL) {
		json_object_set_new(object, key, value);
	} else {
		if (within == NULL) {
			within = json_object();
			json_object_set_new(object, part[0], within);
		}
		json_object_set_new(within, part[1], value);
	}
	g_strfreev(part);
}

/* The path of a field that stands in an object of the type, "template.no" for "no"; NULL: it is none. g_free() it. */
static char *noun_path_in_type(json_t *document, const char *schema, const char *type,
			       const char *key)
{
	json_t *fields, *f;
	size_t i;

	fields = json_object_get(
		json_object_get(json_object_get(noun_schema_of(document, schema), "x-types"),
				type),
		"fields");
	if (noun_kind_of(fields, key))
		return NULL;
	json_array_foreach(fields, i, f)
	{
		const char *name = json_string_value(json_object_get(f, "name"));

		if (name && noun_kind_of(json_object_get(f, "fields"), key))
			return g_strconcat(name, ".", key, NULL);
	}
	return NULL;
}

int cmd_pairs_typed(struct cmd *c, json_t *document, char *const *given, size_t n,
		    const char *type, json_t **out)
{
	json_t *object = json_object();
	int end = CMD_OK;

	for (size_t i = 0; i < n && end == CMD_OK; i++) {
		char **pair = g_strsplit(given[i], "=", 2);
		char *path = type && pair[0] ? noun_path_in_type(document, c->verb->fields,
								 type, pair[0])
					     : NULL;

		if (path) {
			g_free(pair[0]);
			pair[0] = path;
		}
		const char *item = NULL,
			   *kind = pair[0] ? noun_type_of(document, c->verb->fields, type,
							  pair[0], &item)
					   : NULL;
		json_t *value = pair[0] && pair[1] ? value_typed(kind, item, pair[1]) : NULL;

		if (value == NULL) {
			message_print(pair[0] && pair[1] ? "%s: not %s"
							 : "%s: write it as KEY=VALUE",
				      given[i],
				      kind && !strcmp(kind, "integer") ? "a whole number"
				      : item			       ? "whole numbers"
								       : "true or false");
			end = CMD_USAGE;
		} else {
			member_put(object, pair[0], value);
		}
		g_strfreev(pair);
	}
	if (end)
		json_decref(object);
	else
		*out = object;
	return end;
}

int cmd_pairs(struct cmd *c, int first, const char *type, json_t **out)
{
	json_t *document = NULL;
	int end = client_call(&c->client, "GET", "/api/openapi.json", NULL, false, &document);

	if (end == CMD_OK)
		end = cmd_pairs_typed(c, document, c->argv + first,
				      c->argc > first ? (size_t)(c->argc - first) : 0, type,
				      out);
	json_decref(document);
	return end;
}
