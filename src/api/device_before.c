/* What the audit has of a device as it was before a change. */
#include "api/audit_before.h"
#include "api/device_view.h"

/* Whether the body has a setting of that name. "address" is that of a terminal there, and in a device where it
 * called from. */
static bool change_names(const struct body *b, const char *field)
{
	if (strcmp(field, "address") == 0)
		return false;
	return b && before_concerns(b, strcmp(field, "terminal") == 0 ? "address" : field);
}

gh_slice device_before(struct device *d, struct server *server, const struct body *b,
		       struct arena *a)
{
	struct json j = json_with_limit(BODY_JSON_BYTES);
	struct device_view v;
	const struct field *one;
	size_t at = 0;

	device_view_init(&v, server, d, a);
	json_object(&j);
	while ((one = fields_next(&device_fields, &at))) {
		struct value value;

		if (strcmp(one->name, "state") != 0 && !change_names(b, one->name))
			continue;
		value = field_value(one, &v);
		json_key(&j, strcmp(one->name, "terminal") == 0 ? "address" : one->name);
		value_json(&j, &value);
	}
	json_object_end(&j);
	gh_slice text = ghi_arena_copy(a, before_result(&j));
	json_clear(&j);
	return text;
}
