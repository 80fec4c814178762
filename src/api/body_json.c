#include "api/body.h"

#include "base/json.h"

static bool name_is_secret(gh_slice name)
{
	static const char *const secret[] = {
		"password",	  "commKey", "token",	       "secret",
		"data",		  "content", "template",       "emergencyPassword",
		"duressPassword", "qrKey",   "currentPassword"
	};

	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		if (gh_slice_eq(name, gh_slice_of(secret[i])))
			return true;
	return false;
}

static void value_write(struct json *j, const struct body *b)
{
	switch (b->kind) {
	case BODY_TEXT:
		json_string(j, b->s);
		break;
	case BODY_INT:
		json_int(j, b->i);
		break;
	case BODY_BOOL:
		json_bool(j, b->i != 0);
		break;
	case BODY_REAL:
	case BODY_NULL:
		json_null(j);
		break;
	case BODY_ARRAY:
		json_array(j);
		for (size_t i = 0; i < b->parts; i++)
			value_write(j, &b->part[i]);
		json_array_end(j);
		break;
	case BODY_OBJECT:
		json_object(j);
		for (size_t i = 0; i < b->parts; i++) {
			const struct body *member = &b->part[i];
			char key[64];
			size_t n = member->name.n < sizeof(key) - 1 ? member->name.n
								    : sizeof(key) - 1;

			memcpy(key, member->name.p, n);
			key[n] = '\0';
			json_key(j, key);
			if (name_is_secret(member->name) && member->kind == BODY_TEXT)
				json_string(j, GH_LIT("***"));
			else
				value_write(j, member);
		}
		json_object_end(j);
		break;
	}
}

gh_slice body_json(const struct body *b, struct arena *a)
{
	struct json j = json_with_limit(BODY_JSON_BYTES);
	gh_slice text;

	if (b == NULL || b->kind != BODY_OBJECT || b->parts == 0)
		return (gh_slice){ 0 };
	value_write(&j, b);
	text = ghi_arena_copy(a, j.text.err ? GH_LIT("{\"tooLong\":true}") : json_text(&j));
	json_clear(&j);
	return text;
}
