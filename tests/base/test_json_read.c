#include "tests.h"

#include "base/json_read.h"
#include "base/writer.h"
#include "slices.h"

static enum gh_err members_list(gh_slice object, struct ghi_writer *w)
{
	uint8_t *to = malloc(object.n + 1);
	struct ghi_json_members m = ghi_json_members_of(object, to);
	struct ghi_json_member one;
	enum gh_err err;

	assert_non_null(to);
	while ((err = ghi_json_member_next(&m, &one)) == GH_OK) {
		ghi_put(w, one.name);
		ghi_put_u8(w, (uint8_t) "tnwp"[one.kind]);
		ghi_put(w, one.value);
		ghi_put_u8(w, '|');
	}
	free(to);
	return err;
}

static void members_are_read_one_by_one(void **state)
{
	static const struct {
		const char *object, *want; /* NULL: it is none */
	} c[] = {
		{ "{}", "" },
		{ " { } \r\n", "" },
		{ "{\"a\":1}", "an1|" },
		{ "{ \"a\" : \"b\" , \"c\" : null }", "atb|cwnull|" },
		{ "{\"a\":-1.5e3,\"b\":true,\"c\":false}", "an-1.5e3|bwtrue|cwfalse|" },
		{ "{\"a\":[1,\"]\",{\"x\":[]}],\"b\":{\"}\":\"\\\"}\"}}",
		  "ap[1,\"]\",{\"x\":[]}]|bp{\"}\":\"\\\"}\"}|" },
		{ "{\"\\u0041\\n\":\"\\\"\\\\\\/\\b\\f\\r\\t\"}", "A\nt\"\\/\b\f\r\t|" },
		{ "{\"a\":\"\\u00fc\\u20ac\\ud83d\\ude00\"}",
		  "at\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80|" },
		{ "", NULL },
		{ "[]", NULL },
		{ "{", NULL },
		{ "{\"a\"}", NULL },
		{ "{\"a\":}", NULL },
		{ "{\"a\":1,}", NULL },
		{ "{,}", NULL },
		{ "{\"a\":1 \"b\":2}", NULL },
		{ "{\"a\":1}x", NULL },
		{ "{\"a\":nul}", NULL },
		{ "{\"a\":\"b", NULL },
		{ "{\"a\":\"\n\"}", NULL },
		{ "{\"a\":\"\\x\"}", NULL },
		{ "{\"a\":\"\\u12\"}", NULL },
		{ "{\"a\":\"\\ud83d\"}", NULL },
		{ "{\"a\":\"\\ude00\"}", NULL },
		{ "{\"a\":[1}", NULL },
		{ "{\"a\":[}]", NULL },
		{ "{\"a\":\"\\", NULL },
		{ "{\"a\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}", NULL },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice object = exact_copy(gh_slice_of(c[i].object));
		uint8_t text[200];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));
		enum gh_err err = members_list(object, &w);

		if (c[i].want == NULL && err != GH_EMALFORMED)
			fail_msg("%s", c[i].object);
		if (c[i].want) {
			assert_text(ghi_written(&w), c[i].want);
			assert_int_equal(err, GH_EEND);
		}
		exact_free(object);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_read_one_by_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
