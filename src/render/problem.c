#include "render/problem.h"

#include "base/json.h"

static struct value problem_kind_value(const struct field *f, const void *row)
{
	const struct problem_view *v = row;

	return field_word_value(f, (int64_t)v->row.kind);
}

static struct value problem_severity_value(const struct field *f, const void *row)
{
	const struct problem_view *v = row;

	return field_word_value(f, (int64_t)problem_kinds[v->row.kind].severity);
}

static struct value problem_state_value(const struct field *f, const void *row)
{
	const struct problem_view *v = row;

	return field_word_value(f, (int64_t)v->state);
}

static struct value problem_title_value(const struct field *f, const void *row)
{
	const struct problem_view *v = row;

	(void)f;
	return value_text(gh_slice_of(problem_kinds[v->row.kind].title));
}

static struct value problem_snoozed_value(const struct field *f, const void *row)
{
	const struct problem_view *v = row;

	(void)f;
	if (v->state != PROBLEM_SNOOZED || v->row.snoozed_until_ms == PROBLEM_UNTIL_CHANGE)
		return value_null();
	return value_ms_if(v->row.snoozed_until_ms);
}

/* The path with the subject in its place. Subjects are serial numbers, addresses and words: none has
 * a character that is encoded in a path. */
static void remedy_path_json(struct json *j, const struct problem *p)
{
	static const char place[] = "{subject}";
	const char *path = problem_kinds[p->kind].path, *at = path ? strstr(path, place) : NULL;
	struct buffer text = buffer_with_limit(512);

	if (at == NULL) {
		buffer_add(&text, gh_slice_of(path ? path : ""));
	} else {
		buffer_add(&text, (gh_slice){ (const uint8_t *)path, (size_t)(at - path) });
		buffer_add(&text, p->subject);
		buffer_add(&text, gh_slice_of(at + sizeof(place) - 1));
	}
	if (path)
		json_string(j, buffer_text(&text));
	else
		json_null(j);
	if (text.err)
		buffer_fail(&j->text, text.err);
	buffer_clear(&text);
}

void problem_remedies_json(struct json *j, const struct problem *p)
{
	const struct problem_kind_row *kind = &problem_kinds[p->kind];

	json_array(j);
	json_object(j);
	json_key(j, "label");
	json_string(j, gh_slice_of(kind->remedy));
	json_key(j, "method");
	if (kind->method)
		json_string(j, gh_slice_of(kind->method));
	else
		json_null(j);
	json_key(j, "path");
	remedy_path_json(j, p);
	json_key(j, "body");
	json_null(j);
	json_object_end(j);
	json_array_end(j);
}

#define ROW struct problem_view
static const struct field problem_field[] = {
#include "render/problem.def"
};
#undef ROW

const struct fields problem_fields = { "Problem", problem_field,
				       sizeof(problem_field) / sizeof(problem_field[0]), NULL };
