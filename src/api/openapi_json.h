/* Building JSON trees with jansson: each function takes what it is given, and gives NULL where
 * memory ran out, so that one look at the end is enough. */
#ifndef GH_API_OPENAPI_JSON_H
#define GH_API_OPENAPI_JSON_H

#include <jansson.h>

#include "base/slice.h"

static inline json_t *tree_with(json_t *object, const char *key, json_t *value)
{
	if (object && value && json_object_set_new(object, key, value) == 0)
		return object;
	if (object == NULL)
		json_decref(value);
	json_decref(object);
	return NULL;
}

static inline json_t *tree_append(json_t *array, json_t *value)
{
	if (array && value && json_array_append_new(array, value) == 0)
		return array;
	if (array == NULL)
		json_decref(value);
	json_decref(array);
	return NULL;
}

static inline json_t *tree_with_text(json_t *object, const char *key, const char *text)
{
	return tree_with(object, key, json_string(text));
}

static inline json_t *tree_text(gh_slice s)
{
	return json_stringn((const char *)s.p, s.n);
}

/* {"$ref":"#/components/PART/NAME"} */
static inline json_t *tree_reference(const char *part, const char *name)
{
	return tree_with(json_object(), "$ref", json_sprintf("#/components/%s/%s", part, name));
}

#endif
