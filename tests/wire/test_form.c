#include "tests.h"

#include "wire/attendance/form.h"

static void a_form_gives_table_stamp_and_records(void **state)
{
	static const struct {
		const char *body, *table, *stamp, *data; /* data NULL: it is no form */
	} row[] = {
		{ "table=ATTLOG&Stamp=9999&data=21\t2026-11-27 09:02:15\t0\t1", "ATTLOG",
		  "9999", "21\t2026-11-27 09:02:15\t0\t1" },
		{ "TABLE=OPERLOG&DATA=USER PIN=1\tName=A&B", "OPERLOG", "",
		  "USER PIN=1\tName=A&B" },
		{ "SN=1&data=21%092026-11-27+09%3A02%3A15%0A", "", "",
		  "21\t2026-11-27 09:02:15\n" },
		{ "data=50%\t2026-11-27 09:02:15", "", "", "50%\t2026-11-27 09:02:15" },
		{ "data=", NULL, NULL, NULL },
		{ "", NULL, NULL, NULL },
		{ "table=ATTLOG", NULL, NULL, NULL },
		{ "table&data=1", NULL, NULL, NULL },
		{ "21\t2026-11-27 09:02:15\t0\t1&data=1", NULL, NULL, NULL },
		{ "USER PIN=1\tName=A&data=1", NULL, NULL, NULL },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct ghi_form f;
		uint8_t room[64];
		enum gh_err err = ghi_form_parse(gh_slice_of(row[i].body), &f);

		if (row[i].data == NULL) {
			assert_int_equal(err, GH_EMALFORMED);
			continue;
		}
		assert_int_equal(err, GH_OK);
		assert_true(gh_slice_eq(f.table, gh_slice_of(row[i].table)));
		assert_true(gh_slice_eq(f.stamp, gh_slice_of(row[i].stamp)));
		assert_true(gh_slice_eq(f.encoded ? ghi_form_decode(&f, room) : f.data,
					gh_slice_of(row[i].data)));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_gives_table_stamp_and_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
