#include "api/audit_before.h"

/* "passwordSet" for "password", "hasCommKey" for "commKey". */
static bool field_of_secret(gh_slice field, gh_slice secret)
{
	if (secret.n == 0 || field.n != secret.n + 3)
		return false;
	if (gh_slice_starts(field, GH_LIT("has")))
		return gh_slice_ieq(gh_slice_from(field, 3), secret);
	return gh_slice_starts(field, secret) &&
	       gh_slice_eq(gh_slice_from(field, secret.n), GH_LIT("Set"));
}

bool before_concerns(const struct body *b, const char *field)
{
	gh_slice name = gh_slice_of(field);

	if (b == NULL || body_find(b, name))
		return true;
	for (size_t i = 0; i < b->parts; i++)
		if (field_of_secret(name, b->part[i].name))
			return true;
	return false;
}

void before_fields(struct json *j, const struct fields *f, const void *row,
		   const struct body *b)
{
	const struct field *one;
	size_t at = 0;

	while ((one = fields_next(f, &at))) {
		struct value v;

		if (!before_concerns(b, one->name))
			continue;
		v = field_value(one, row);
		json_key(j, one->name);
		value_json(j, &v);
	}
}

gh_slice before_result(const struct json *j)
{
	gh_slice text = json_text(j);

	if (j->text.err)
		return GH_LIT("{\"tooLong\":true}");
	return gh_slice_eq(text, GH_LIT("{}")) ? (gh_slice){ 0 } : text;
}
