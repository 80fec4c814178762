#include "tests.h"

#include "model/record.h"
#include "slices.h"
#include "wire/push/record.h"

static const struct ghi_key person_key[] = {
	{ "PIN", PERSON_pin, false, 24 },	 { "Name", PERSON_name, false, 32 },
	{ "Pri", PERSON_privilege, false, 14 },	 { "Privilege", PERSON_privilege, true, 14 },
	{ "Passwd", PERSON_password, false, 8 },
};
static const struct ghi_record person = { KIND_PERSON, person_key, COUNT(person_key), '\t' };

static const struct ghi_key template_key[] = {
	{ "Pin", TEMPLATE_pin, false, 24 },
	{ "Format", TEMPLATE_format, false, 8 },
	{ "Tmp", TEMPLATE_data, false, 1 << 20 },
};
static const struct ghi_record template = { KIND_TEMPLATE, template_key, COUNT(template_key),
					    '\t' };

static const struct ghi_key oplog_key[] = { { "time", 2, false, 0 }, { "op", 0, false, 99 } };
static const struct ghi_record by_comma = { KIND_OPLOG, oplog_key, COUNT(oplog_key), ',' };

static union model_record record_parse(const struct ghi_record *r, const char *text)
{
	union model_record record;
	struct ghi_record_fault fault = { 0 };

	if (ghi_record_parse(r, gh_slice_of(text), &record, NULL, &fault))
		fail_msg("%s: %s at %zu", text, gh_strerror(fault.err), fault.offset);
	return record;
}

static void an_absent_field_is_not_an_empty_one(void **state)
{
	union model_record r = record_parse(&person, "PIN=1\tName=");
	const struct person *p = (const void *)&r;
	(void)state;

	assert_text(p->pin, "1");
	assert_true(model_has(p, PERSON_name));
	assert_int_equal(p->name.n, 0);
	assert_false(model_has(p, PERSON_password));
	assert_false(model_has(p, PERSON_privilege));
}

static void keys_are_read_without_case_in_any_order_and_the_last_counts(void **state)
{
	union model_record r =
		record_parse(&person, "name=Ann Lee\tSecret=1\tprivilege=14\tpin=007\tPIN=016");
	const struct person *p = (const void *)&r;
	(void)state;

	assert_text(p->pin, "016");
	assert_text(p->name, "Ann Lee");
	assert_int_equal(p->privilege, 14);
}

static void only_the_first_equals_sign_parts_key_and_value(void **state)
{
	union model_record r = record_parse(&person, "PIN=1\tName=a=b=\tPasswd==");
	const struct person *p = (const void *)&r;
	(void)state;

	assert_text(p->name, "a=b=");
	assert_text(p->password, "=");
}

static void null_is_empty_and_an_empty_number_is_absent(void **state)
{
	union model_record r = record_parse(&person, "PIN=1\tPasswd=null\tPri=\tName=nullable");
	const struct person *p = (const void *)&r;
	(void)state;

	assert_true(model_has(p, PERSON_password));
	assert_int_equal(p->password.n, 0);
	assert_false(model_has(p, PERSON_privilege));
	assert_text(p->name, "nullable");
	r = record_parse(&person, "PIN=1\tPri=null");
	assert_false(model_has(&r, PERSON_privilege));
	r = record_parse(&person, "PIN=1\tPri=-1");
	assert_int_equal(p->privilege, -1);
}

static void separators_at_the_ends_mean_nothing(void **state)
{
	union model_record r = record_parse(&person, "\t\tPIN=1\t\tName=A\t\t \t");
	const struct person *p = (const void *)&r;
	(void)state;

	assert_text(p->pin, "1");
	assert_text(p->name, "A");
	r = record_parse(&person, "");
	assert_int_equal(r.present, 0);
}

static void base64_broken_by_tabs_and_line_ends_stays_one_value(void **state)
{
	static const struct {
		const char *line, *data;
	} c[] = {
		{ "Pin=1\tTmp=AAAA\r\nBBBB\r\nCC==", "AAAA\r\nBBBB\r\nCC==" },
		{ "Pin=1\tTmp=AAAA\rBBBB", "AAAA\rBBBB" },
		{ "Pin=1\tTmp=AAAAB\tBC=", "AAAAB\tBC=" },
		{ "Pin=1\tTmp=AAAA\r\nBB==\tFormat=0", "AAAA\r\nBB==" },
		/* a template that is complete is not continued by a key without value */
		{ "Pin=1\tTmp=AAAA\tUrl=\tFormat=0", "AAAA" },
		{ "Pin=1\tTmp=AAA=\tUrl=", "AAA=" },
		{ "Pin=1\r\nTmp=AAAA", "AAAA" },
		{ "Pin=1\tTmp=\r\nAAAA", "\r\nAAAA" },
		{ "Tmp=AAAA\t\tBBBB\t\r\n\tPin=1", "AAAA\t\tBBBB" },
		/* neither base64 nor padding: another pair */
		{ "Pin=1\tTmp=AAAA\n.x=", "AAAA" },
		{ "Pin=1\tTmp=AAAA\nxx=y", "AAAA" },
		/* nothing is added after the padding has been seen */
		{ "Pin=1\tTmp=AAAA\nBBB=\nx=", "AAAA\nBBB=" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		union model_record r = record_parse(&template, c[i].line);
		const struct template *t = (const void *)&r;

		assert_text(t->pin, "1");
		assert_text(t->data, c[i].data);
	}
}

static void a_piece_after_an_unknown_key_is_dropped(void **state)
{
	union model_record r = record_parse(&person, "PIN=1\tSecret=a\tb\tName=A");
	const struct person *p = (const void *)&r;
	(void)state;

	assert_text(p->pin, "1");
	assert_text(p->name, "A");
}

static void a_fault_names_field_and_place(void **state)
{
	const struct {
		gh_slice line;
		enum gh_err err;
		const char *key;
		size_t offset;
	} c[] = {
		{ GH_LIT("PIN=1\tPri=boss"), GH_EMALFORMED, "Pri", 6 },
		{ GH_LIT("PIN=1\tPri=15\tName=A"), GH_ETOOBIG, "Pri", 6 },
		{ GH_LIT("PIN=1\tPri=-2"), GH_ETOOBIG, "Pri", 6 },
		{ GH_LIT("Passwd=123456789\tPIN=1"), GH_ETOOBIG, "Passwd", 0 },
		{ GH_LIT("PIN=1\tName=a\0b"), GH_EMALFORMED, "Name", 6 },
		{ GH_LIT("nonsense\tPIN=1"), GH_EMALFORMED, "nonsense", 0 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice line = exact_copy(c[i].line);
		struct ghi_record_fault fault = { 0 };
		union model_record r;

		assert_int_equal(ghi_record_parse(&person, line, &r, NULL, &fault), c[i].err);
		assert_int_equal(fault.err, c[i].err);
		assert_text(fault.key, c[i].key);
		assert_int_equal(fault.offset, c[i].offset);
		exact_free(line);
	}
}

static void times_and_other_separators_are_read_and_written(void **state)
{
	union model_record r = record_parse(&by_comma, "time=2024-07-28 01:25:24,op=6,time=");
	char text[64];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct ghi_record_fault fault;
	(void)state;

	ghi_record_write(&w, &by_comma, &r);
	assert_text(ghi_written(&w), "time=2024-07-28 01:25:24,op=6");
	assert_int_equal(ghi_record_parse(&by_comma, GH_LIT("time=noon"), &r, NULL, &fault),
			 GH_EMALFORMED);
}

static void present_fields_are_written_in_the_order_of_the_table(void **state)
{
	struct person p = { .name = GH_LIT("Ann"), .pin = GH_LIT("1"), .privilege = -1 };
	char text[64];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	p.present = 1u << PERSON_pin | 1u << PERSON_name | 1u << PERSON_privilege |
		    1u << PERSON_password;
	ghi_record_write(&w, &person, &p);
	assert_text(ghi_written(&w), "PIN=1\tName=Ann\tPri=-1\tPasswd=");
}

static void a_text_cannot_smuggle_another_field_or_line(void **state)
{
	const gh_slice bad[] = { GH_LIT("a\tPri=14"), GH_LIT("a\nC:1:REBOOT"), GH_LIT("a\rb"),
				 GH_LIT("a\0b") };
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct person p = { .present = 1u << PERSON_name, .name = bad[i] };
		char text[64];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		ghi_record_write(&w, &person, &p);
		assert_int_equal(w.err, GH_EMALFORMED);
	}
}

static void a_full_buffer_is_reported_as_such(void **state)
{
	struct person p = { .present = 1u << PERSON_name, .name = GH_LIT("Annabella") };
	char text[8];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	ghi_record_write(&w, &person, &p);
	assert_int_equal(w.err, GH_ESPACE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_absent_field_is_not_an_empty_one),
		cmocka_unit_test(keys_are_read_without_case_in_any_order_and_the_last_counts),
		cmocka_unit_test(only_the_first_equals_sign_parts_key_and_value),
		cmocka_unit_test(null_is_empty_and_an_empty_number_is_absent),
		cmocka_unit_test(separators_at_the_ends_mean_nothing),
		cmocka_unit_test(base64_broken_by_tabs_and_line_ends_stays_one_value),
		cmocka_unit_test(a_piece_after_an_unknown_key_is_dropped),
		cmocka_unit_test(a_fault_names_field_and_place),
		cmocka_unit_test(times_and_other_separators_are_read_and_written),
		cmocka_unit_test(present_fields_are_written_in_the_order_of_the_table),
		cmocka_unit_test(a_text_cannot_smuggle_another_field_or_line),
		cmocka_unit_test(a_full_buffer_is_reported_as_such),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
