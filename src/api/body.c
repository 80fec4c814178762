#include "api/body.h"

#include <jansson.h>

static enum gh_err value_read(json_t *value, struct arena *a, struct body *out);

static enum gh_err body_text_read(const char *text, size_t n, struct arena *a, gh_slice *out)
{
	*out = (gh_slice){ 0 };
	if (n == 0)
		return GH_OK;
	*out = ghi_arena_copy(a, (gh_slice){ (const uint8_t *)text, n });
	return out->p ? GH_OK : GH_ENOMEM;
}

static enum gh_err object_read(json_t *value, struct arena *a, struct body *part)
{
	const char *name;
	json_t *member;
	enum gh_err err = GH_OK;

	json_object_foreach(value, name, member)
	{
		err = value_read(member, a, part);
		if (err == GH_OK)
			err = body_text_read(name, strlen(name), a, &part->name);
		if (err)
			break;
		part++;
	}
	return err;
}

static enum gh_err array_read(json_t *value, struct arena *a, struct body *part)
{
	json_t *item;
	size_t i;
	enum gh_err err = GH_OK;

	json_array_foreach(value, i, item)
	{
		err = value_read(item, a, &part[i]);
		if (err)
			break;
	}
	return err;
}

static enum gh_err parts_read(json_t *value, struct arena *a, struct body *out)
{
	bool object = json_is_object(value);
	struct body *part;

	out->kind = object ? BODY_OBJECT : BODY_ARRAY;
	out->parts = object ? json_object_size(value) : json_array_size(value);
	if (out->parts == 0)
		return GH_OK;
	part = ghi_arena_alloc(a, out->parts * sizeof(*part));
	if (part == NULL)
		return GH_ENOMEM;
	out->part = part;
	return object ? object_read(value, a, part) : array_read(value, a, part);
}

/* 5.0 is whole, too. */
static void real_read(double d, struct body *out)
{
	out->kind = BODY_REAL;
	if (d < -9e15 || d > 9e15 || d != (double)(int64_t)d)
		return;
	out->kind = BODY_INT;
	out->i = (int64_t)d;
}

/* As deep as the text is, which body_parse limits. */
static enum gh_err value_read(json_t *value, struct arena *a, struct body *out)
{
	*out = (struct body){ .kind = BODY_NULL };
	switch (json_typeof(value)) {
	case JSON_STRING:
		out->kind = BODY_TEXT;
		return body_text_read(json_string_value(value), json_string_length(value), a,
				      &out->s);
	case JSON_INTEGER:
		out->kind = BODY_INT;
		out->i = json_integer_value(value);
		return GH_OK;
	case JSON_REAL:
		real_read(json_real_value(value), out);
		return GH_OK;
	case JSON_TRUE:
	case JSON_FALSE:
		out->kind = BODY_BOOL;
		out->i = json_is_true(value);
		return GH_OK;
	case JSON_NULL:
		return GH_OK;
	default:
		return parts_read(value, a, out);
	}
}

/* How deep a text is nested and how many values it may have, found without reading it. */
static void text_measure(gh_slice text, size_t *depth, size_t *values)
{
	size_t open = 0;
	bool quoted = false;

	*depth = 0;
	*values = 1;
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if (quoted && c == '\\') {
			i++;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (!quoted && (c == '{' || c == '[')) {
			open++;
			*values += 1;
			*depth = open > *depth ? open : *depth;
		} else if (!quoted && (c == '}' || c == ']')) {
			open -= open > 0;
		} else if (!quoted && c == ',') {
			*values += 1;
		}
	}
}

static bool text_within_ceilings(gh_slice text, size_t *values, struct fault *f)
{
	size_t depth;

	text_measure(text, &depth, values);
	if (depth > BODY_DEPTH)
		fault_set(f, (gh_slice){ 0 }, "The body is nested deeper than %d", BODY_DEPTH);
	else if (*values > BODY_VALUES)
		fault_set(f, (gh_slice){ 0 }, "The body has more than %d values", BODY_VALUES);
	return depth <= BODY_DEPTH && *values <= BODY_VALUES;
}

static enum gh_err text_parse(gh_slice text, struct arena *a, struct body *out, struct fault *f)
{
	json_error_t bad;
	json_t *root = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &bad);

	if (root == NULL) {
		fault_set(f, (gh_slice){ 0 }, "The body must be JSON: %s (line %d, column %d)",
			  bad.text, bad.line, bad.column);
		return GH_EMALFORMED;
	}
	enum gh_err err = value_read(root, a, out);

	json_decref(root);
	return err;
}

/* What jansson takes for a value, about: a member of an object with its name takes most. */
#define JANSSON_VALUE 128

enum gh_err body_parse(gh_slice text, struct arena *a, struct body *out, struct fault *f)
{
	size_t values, needed;

	if (text.n == 0) {
		fault_set(f, (gh_slice){ 0 }, "The body must be JSON; it is empty");
		return GH_EMALFORMED;
	}
	if (!text_within_ceilings(text, &values, f))
		return GH_EMALFORMED;
	/* jansson's tree is there beside ours for a moment. */
	needed = text.n + values * JANSSON_VALUE;
	if (!ghi_budget_charge(a->share, needed))
		return GH_ENOMEM;
	enum gh_err err = text_parse(text, a, out, f);

	ghi_budget_release(a->share, needed);
	return err;
}

const struct body *body_find(const struct body *b, gh_slice name)
{
	for (size_t i = 0; b->kind == BODY_OBJECT && i < b->parts; i++)
		if (gh_slice_eq(b->part[i].name, name))
			return &b->part[i];
	return NULL;
}
