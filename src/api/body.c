#include "api/body.h"

#include <jansson.h>

static enum gh_err read_member(const char *name, json_t *value, struct arena *a,
			       struct body_member *m)
{
	*m = (struct body_member){ .kind = BODY_OTHER };
	m->name = ghi_arena_copy(a, gh_slice_of(name));
	if (m->name.p == NULL && *name)
		return GH_ENOMEM;
	switch (json_typeof(value)) {
	case JSON_STRING:
		m->kind = BODY_TEXT;
		m->s = (gh_slice){ (const uint8_t *)json_string_value(value),
				   json_string_length(value) };
		if (m->s.n == 0)
			break;
		m->s = ghi_arena_copy(a, m->s);
		return m->s.p ? GH_OK : GH_ENOMEM;
	case JSON_INTEGER:
		m->kind = BODY_INT;
		m->i = json_integer_value(value);
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		m->kind = BODY_BOOL;
		m->i = json_is_true(value);
		break;
	case JSON_NULL:
		m->kind = BODY_NULL;
		break;
	default:
		break;
	}
	return GH_OK;
}

enum gh_err body_parse(gh_slice text, struct arena *a, struct body *out, struct fault *fault)
{
	json_error_t bad;
	json_t *root, *value;
	const char *name;
	enum gh_err err = GH_OK;

	out->n = 0;
	root = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &bad);
	if (!json_is_object(root)) {
		fault_set(fault, (gh_slice){ 0 }, "The body must be a JSON object%s%s",
			  root ? "" : ": ",
			  root	   ? ""
			  : text.n ? bad.text
				   : "it is empty");
		json_decref(root);
		return GH_EMALFORMED;
	}
	json_object_foreach(root, name, value)
	{
		if (out->n == BODY_MEMBERS) {
			fault_set(fault, (gh_slice){ 0 }, "The body has more than %d fields",
				  BODY_MEMBERS);
			err = GH_EMALFORMED;
			break;
		}
		err = read_member(name, value, a, &out->member[out->n]);
		if (err)
			break;
		out->n++;
	}
	json_decref(root);
	return err;
}

const struct body_member *body_find(const struct body *b, gh_slice name)
{
	for (size_t i = 0; i < b->n; i++)
		if (gh_slice_eq(b->member[i].name, name))
			return &b->member[i];
	return NULL;
}

static const struct body_field *field_of(const struct body_schema *schema, gh_slice name)
{
	for (size_t i = 0; i < schema->n; i++)
		if (gh_slice_eq(gh_slice_of(schema->field[i].name), name))
			return &schema->field[i];
	return NULL;
}

static enum gh_err check_member(const struct body_field *f, const struct body_member *m,
				struct fault *fault)
{
	static const char *const kind[] = { "text", "a whole number", "true or false" };

	if (m->kind != f->kind) {
		fault_set(fault, m->name, "must be %s", kind[f->kind]);
		return GH_EINVALID;
	}
	if (m->kind == BODY_INT && (m->i < f->least || m->i > f->most)) {
		fault_set(fault, m->name, "must be from %lld to %lld", (long long)f->least,
			  (long long)f->most);
		return GH_EINVALID;
	}
	if (m->kind == BODY_TEXT && ((int64_t)m->s.n < f->least || (int64_t)m->s.n > f->most)) {
		fault_set(fault, m->name, "must have %lld to %lld bytes", (long long)f->least,
			  (long long)f->most);
		return GH_EINVALID;
	}
	return GH_OK;
}

enum gh_err body_check(const struct body *b, const struct body_schema *schema,
		       struct fault *fault)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct body_field *f = field_of(schema, b->member[i].name);
		enum gh_err err;

		if (f == NULL && schema->open)
			continue;
		if (f == NULL) {
			struct suggestion near = suggestion_for(b->member[i].name);

			for (size_t k = 0; k < schema->n; k++)
				suggestion_offer(&near, gh_slice_of(schema->field[k].name));
			suggestion_fault(&near, fault, near.name);
			return GH_EINVALID;
		}
		err = check_member(f, &b->member[i], fault);
		if (err)
			return err;
	}
	for (size_t i = 0; i < schema->n; i++) {
		const struct body_field *f = &schema->field[i];

		if (f->required && body_find(b, gh_slice_of(f->name)) == NULL) {
			fault_set(fault, gh_slice_of(f->name), "is missing");
			return GH_EINVALID;
		}
	}
	return GH_OK;
}
