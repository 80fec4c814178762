#include "tests.h"

#include "wire/access/querydata.h"

static void text_is(gh_slice got, const char *want)
{
	assert_int_equal(got.n, strlen(want));
	assert_memory_equal(got.p, want, got.n);
}

/* Parameters as a text "name=value name=value". */
static gh_slice text_param(void *ctx, const char *name)
{
	gh_slice rest = gh_slice_of(ctx), part, key, value;
	bool more = true;

	while (more) {
		more = gh_slice_cut(rest, ' ', &part, &rest);
		if (gh_slice_cut(part, '=', &key, &value) &&
		    gh_slice_eq(key, gh_slice_of(name)))
			return value;
	}
	return (gh_slice){ 0 };
}

static struct ghi_querydata querydata_of(const char *text)
{
	struct ghi_querydata q;

	ghi_querydata_read(text_param, (void *)(uintptr_t)text, &q);
	return q;
}

static void an_address_has_the_place_of_a_packet(void **state)
{
	static const struct {
		const char *text;
		bool numbered;
		uint64_t packets, number;
	} cases[] = {
		{ "type=tabledata cmdid=415 tablename=user count=3 packcnt=1 packidx=1", true,
		  1, 1 },
		{ "type=tabledata cmdid=99 tablename=biophoto count=1 packcnt=2 packidx=2",
		  true, 2, 2 },
		{ "type=tabledata cmdid=291 tablename=transaction count=41 datafmt=3", true, 1,
		  1 },
		{ "packcnt=2", false, 0, 0 },
		{ "packidx=1", false, 0, 0 },
		{ "packcnt=2 packidx=3", false, 0, 0 },
		{ "packcnt=2 packidx=0", false, 0, 0 },
		{ "packcnt=0 packidx=0", false, 0, 0 },
		{ "packcnt=-1 packidx=-1", false, 0, 0 },
		{ "packcnt=99999999999999999999 packidx=1", false, 0, 0 },
		{ "packcnt=2147483648 packidx=1", false, 0, 0 },
		{ "packcnt=2147483647 packidx=2147483647", true, 2147483647, 2147483647 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ghi_querydata q = querydata_of(cases[i].text);

		assert_int_equal(q.numbered, cases[i].numbered);
		if (q.numbered) {
			assert_int_equal(q.packets, cases[i].packets);
			assert_int_equal(q.number, cases[i].number);
		}
	}
	assert_int_equal(querydata_of("cmdid=x").command, 0);
	assert_int_equal(querydata_of("type=COUNT cmdid=7").type, GHI_QUERYDATA_COUNT);
	assert_int_equal(querydata_of("cmdid=7").command, 7);
	assert_true(querydata_of("datafmt=3").packed);
	assert_false(querydata_of("datafmt=4").packed);
}

/* Security PUSH 3.1.2, 9.1.4 and 9.2.1, as printed. */
static void what_is_written_reads_back(void **state)
{
	struct ghi_querydata q = {
		.command = 415, .table = GH_LIT("user"), .count = 3, .packets = 1, .number = 1
	};
	char text[256], params[256];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	(void)state;
	ghi_querydata_write(&w, &q);
	text_is(ghi_written(&w),
		"&type=tabledata&cmdid=415&tablename=user&count=3&packcnt=1&packidx=1");
	q = (struct ghi_querydata){
		.command = 291, .table = GH_LIT("transaction"), .count = 41, .packed = true
	};
	w = ghi_writer_on(text, sizeof(text));
	ghi_querydata_write(&w, &q);
	text_is(ghi_written(&w), "&type=tabledata&cmdid=291&tablename=transaction&count=41"
				 "&datafmt=3&Stamp=9999");
	memcpy(params, text, w.n);
	params[w.n] = '\0';
	for (char *p = params; *p; p++)
		if (*p == '&')
			*p = ' ';
	q = querydata_of(params);
	assert_int_equal(q.count, 41);
	assert_true(q.packed && q.numbered);
}

static void a_packed_body_is_base64_behind_its_head(void **state)
{
	const struct {
		gh_slice body;
		bool declared, packed;
		const char *name, *content;
	} cases[] = {
		{ GH_LIT("name=transaction.tgz\nsize=636\ndatacode=base64\ndatatype=tgz\0QUJD"),
		  true, true, "transaction.tgz", "QUJD" },
		{ GH_LIT("name=a.tgz\r\ndatatype=tgz\r\n\0QUJD\r\n"), true, true, "a.tgz",
		  "QUJD" },
		{ GH_LIT("name=a.tgz\ndatatype=tgz\nQUJD"), false, true, "a.tgz", "QUJD" },
		{ GH_LIT("name=a.tgz\ndatatype=tgz\nQUJD"), true, true, "a.tgz", "QUJD" },
		{ GH_LIT("QUJD"), true, true, "", "QUJD" },
		{ GH_LIT("\0QUJD"), true, true, "", "QUJD" },
		{ GH_LIT(""), true, true, "", "" },
		{ GH_LIT("user pin=1\tname=datatype=tgz"), false, false, "",
		  "user pin=1\tname=datatype=tgz" },
		{ GH_LIT("user pin=1\nuser pin=2"), false, false, "",
		  "user pin=1\nuser pin=2" },
		{ GH_LIT("datatype=tgz"), false, true, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ghi_querydata_body b =
			ghi_querydata_body_of(cases[i].body, cases[i].declared);

		assert_int_equal(b.packed, cases[i].packed);
		text_is(b.name, cases[i].name);
		text_is(b.content, cases[i].content);
	}
}

static void a_packed_body_reads_back(void **state)
{
	char text[128];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct ghi_querydata_body b;

	(void)state;
	ghi_querydata_body_write(&w, GH_LIT("transaction.tgz"), 3, GH_LIT("QUJD"));
	b = ghi_querydata_body_of(ghi_written(&w), true);
	text_is(b.name, "transaction.tgz");
	text_is(b.content, "QUJD");
}

static void a_count_is_the_number_behind_the_table(void **state)
{
	uint64_t n;

	(void)state;
	assert_int_equal(ghi_querydata_count(GH_LIT("user=5"), &n), GH_OK);
	assert_int_equal(n, 5);
	assert_int_equal(ghi_querydata_count(GH_LIT(" 7\r\n"), &n), GH_OK);
	assert_int_equal(n, 7);
	assert_int_not_equal(ghi_querydata_count(GH_LIT("user=x"), &n), GH_OK);
	assert_int_not_equal(ghi_querydata_count(GH_LIT(""), &n), GH_OK);
	assert_int_not_equal(ghi_querydata_count(GH_LIT("user=-1"), &n), GH_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_has_the_place_of_a_packet),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(a_packed_body_is_base64_behind_its_head),
		cmocka_unit_test(a_packed_body_reads_back),
		cmocka_unit_test(a_count_is_the_number_behind_the_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
