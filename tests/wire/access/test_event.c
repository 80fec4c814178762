#include "tests.h"

#include <stdio.h>

#include "wire/access/event.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct access_event event_read(const char *line, enum ghi_event_row want)
{
	struct access_event e;
	struct ghi_event_fault fault = { 0 };
	enum ghi_event_row row;

	if (ghi_event_parse(gh_slice_of(line), &e, &row, &fault) != GH_OK)
		fail_msg("%s: %s", line, fault.reason);
	assert_int_equal(row, want);
	return e;
}

static void text_is(gh_slice got, const char *want)
{
	assert_int_equal(got.n, strlen(want));
	assert_memory_equal(got.p, want, got.n);
}

static void a_live_row_is_read_by_its_keys(void **state)
{
	static const char *const same[] = {
		"time=2026-08-31 "
		"08:09:01\tpin=01024\tcardno=75\tsitecode=3\tlinkid=4\teventaddr=2\t"
		"event=0\tinoutstatus=1\tverifytype=4\tindex=21\tmaskflag=1\ttemperature=36.5\t"
		"convtemperature=97.7\tbitCount=26",
		"bitcount=26\tConvTemperature=97.7\ttemperature=36.5\tmaskflag=1\tINDEX="
		"21\tunknown=x\t"
		"verifytype=4\tinoutstatus=1\tevent=0\teventaddr=2\tlinkid=4\tsitecode="
		"3\tcardno=75\t"
		"pin=01024\ttime=2026-08-31 08:09:01\t\r\n",
		"transaction "
		"cardno=75\tpin=01024\tverified=4\tdoorid=2\teventtype=0\tinoutstate=1\t"
		"time_second=857030941\tindex=21\tsitecode=3\tmaskflag=1\ttemperature=36.5\t"
		"convtemperature=97.7\tlinkid=4\tbitCount=26",
	};
	(void)state;

	for (size_t i = 0; i < COUNT(same); i++) {
		struct access_event e = event_read(same[i], GHI_EVENT_ROW);

		assert_true(e.time == 20260831080901);
		text_is(e.pin, "01024");
		text_is(e.card, "75");
		assert_int_equal(e.card_number, 75);
		assert_int_equal(e.site_code, 3);
		assert_int_equal(e.linkage_id, 4);
		assert_int_equal(e.address, 2);
		assert_int_equal(e.door, 2);
		assert_int_equal(e.reader, ACCESS_ABSENT);
		assert_int_equal(e.event, 0);
		assert_int_equal(e.event_group, 0);
		assert_int_equal(e.direction, ACCESS_OUT);
		text_is(e.verify_raw, "4");
		assert_int_equal(e.verify_form, VERIFY_MODE_NUMBER);
		assert_int_equal(e.verify, 4);
		assert_int_equal(e.record_index, 21);
		assert_int_equal(e.mask, 1);
		text_is(e.temperature, "36.5");
		text_is(e.temperature_as_shown, "97.7");
		assert_int_equal(e.bit_count, 26);
		assert_int_equal(e.alarm_type, ACCESS_ABSENT);
		assert_int_equal(e.flags, 0);
	}
}

static void what_units_send_for_nothing_is_absent(void **state)
{
	struct access_event e = event_read(
		"time=2017-01-10 "
		"11:49:32\tpin=0\tcardno=0\teventaddr=0\tevent=206\tinoutstatus=2\t"
		"verifytype=200\tindex=0\tmaskflag=255\ttemperature=255\tconvtemperature=255",
		GHI_EVENT_ROW);
	(void)state;

	assert_int_equal(e.pin.n, 0);
	assert_int_equal(e.card.n, 0);
	assert_int_equal(e.card_number, ACCESS_ABSENT);
	assert_int_equal(e.address, 0);
	assert_int_equal(e.door, ACCESS_ABSENT);
	assert_int_equal(e.direction, ACCESS_ABSENT);
	assert_int_equal(e.verify, 200);
	assert_int_equal(e.record_index, 0);
	assert_int_equal(e.mask, ACCESS_ABSENT);
	assert_int_equal(e.temperature.n, 0);
	assert_int_equal(e.temperature_as_shown.n, 0);
	e = event_read("time=2017-01-10 11:49:32\tevent=27\tindex=x\tsitecode=x",
		       GHI_EVENT_ROW);
	assert_int_equal(e.record_index, 0);
	assert_int_equal(e.site_code, ACCESS_ABSENT);
	assert_int_equal(e.address, ACCESS_ABSENT);
	assert_int_equal(e.verify_form, VERIFY_ABSENT);
	assert_int_equal(e.verify, ACCESS_ABSENT);
}

static void rows_of_states_are_no_events(void **state)
{
	(void)state;
	(void)event_read(
		"time=2017-01-10 15:42:40\tsensor=00\trelay=00\talarm=0200000000000000",
		GHI_EVENT_ROW_STATE);
	(void)event_read("sensor=01", GHI_EVENT_ROW_STATE);
	(void)event_read("time=2017-01-10 15:42:40\tevent=255\teventaddr=1",
			 GHI_EVENT_ROW_REPORT);
	(void)event_read("time=2017-01-10 15:42:40\tevent=254\teventaddr=1", GHI_EVENT_ROW);
	(void)event_read("time=2017-01-10 15:42:40\tevent=5\talarm=01", GHI_EVENT_ROW);
}

static void a_code_that_is_no_number_is_kept_as_text(void **state)
{
	static const char *const odd[] = { "27E", "65536", "-1", "1B" };
	(void)state;

	for (size_t i = 0; i < COUNT(odd); i++) {
		char line[80];

		snprintf(line, sizeof(line), "time=2017-01-10 15:42:40\tevent=%s\teventaddr=1",
			 odd[i]);
		struct access_event e = event_read(line, GHI_EVENT_ROW);

		assert_int_equal(e.flags, ACCESS_ODD_EVENT);
		assert_int_equal(e.event, ACCESS_ABSENT);
		assert_int_equal(e.event_group, ACCESS_ABSENT);
		text_is(e.event_text, odd[i]);
		assert_int_equal(e.door, ACCESS_ABSENT);
		assert_int_equal(e.address, 1);
	}
}

static void the_code_decides_what_address_and_verify_type_are(void **state)
{
	struct access_event e;
	(void)state;

	e = event_read("time=2017-01-10 15:42:40\tevent=221\teventaddr=3", GHI_EVENT_ROW);
	assert_int_equal(e.address, 3);
	assert_int_equal(e.door, ACCESS_ABSENT);
	e = event_read("time=2017-01-10 15:42:40\tevent=110\teventaddr=3", GHI_EVENT_ROW);
	assert_int_equal(e.reader, 3);
	assert_int_equal(e.door, ACCESS_ABSENT);
	for (int code = 6; code <= 231; code += 225) {
		char line[80];

		snprintf(line, sizeof(line),
			 "time=2017-01-10 15:42:40\tevent=%d\teventaddr=1\tverifytype=102",
			 code);
		e = event_read(line, GHI_EVENT_ROW);
		assert_int_equal(e.linkage_trigger, 102);
		assert_int_equal(e.verify_form, VERIFY_ABSENT);
		assert_int_equal(e.verify, ACCESS_ABSENT);
		text_is(e.verify_raw, "102");
	}
	e = event_read("time=2017-01-10 15:42:40\tevent=0\tverifytype=0000101000000011",
		       GHI_EVENT_ROW);
	assert_int_equal(e.verify_form, VERIFY_FACTORS);
	assert_int_equal(e.verify, 0x0a03);
	e = event_read("time=2017-01-10 15:42:40\tevent=17\talarmtype=200\tsn=SUB1\tdevid=4",
		       GHI_EVENT_ROW);
	assert_int_equal(e.event_group, 0);
	assert_int_equal(e.alarm_type, 200);
	assert_int_equal(e.device_number, 4);
	text_is(e.unit, "SUB1");
	e = event_read("time=2017-02-31 15:42:40\tevent=17", GHI_EVENT_ROW);
	assert_int_equal(e.flags, ACCESS_IMPOSSIBLE);
}

static void a_card_is_decimal_or_hexadecimal(void **state)
{
	static const struct {
		const char *text;
		int64_t number;
	} c[] = {
		{ "123456789", 123456789 },
		{ "4BCA937E000104E0", 0x4BCA937E000104E0 },
		{ "CBCA937E000104E0", ACCESS_ABSENT }, /* above 2^63 - 1 */
		{ "A1B2C3", 0xA1B2C3 },
		{ "00A1B2C3", 0xA1B2C3 },
		{ "99999999999999999999", ACCESS_ABSENT },
		{ "card", ACCESS_ABSENT },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		char line[80];

		snprintf(line, sizeof(line), "time=2017-01-10 15:42:40\tevent=27\tcardno=%s",
			 c[i].text);
		struct access_event e = event_read(line, GHI_EVENT_ROW);

		text_is(e.card, c[i].text);
		assert_true(e.card_number == c[i].number);
		assert_true(ghi_event_card_number(gh_slice_of(c[i].text), false) ==
			    c[i].number);
	}
	assert_true(ghi_event_card_number(GH_LIT("C3B2A1"), true) == 0xA1B2C3);
	assert_true(ghi_event_card_number(GH_LIT("CBCA937E00010400"), true) == 0x401007E93CACB);
	assert_true(ghi_event_card_number(GH_LIT("CBCA937E000104E0"), true) == ACCESS_ABSENT);
	assert_true(ghi_event_card_number(GH_LIT("16909060"), true) == 16909060);
	assert_true(ghi_event_card_number(GH_LIT("ABC"), true) == ACCESS_ABSENT);
}

static void a_row_that_is_none_has_a_reason(void **state)
{
	static const struct {
		const char *line, *key;
		enum gh_err err;
	} c[] = {
		{ "", NULL, GH_EMALFORMED },
		{ "garbage", NULL, GH_EMALFORMED },
		{ "time=2017-01-10 15:42:40\tpin=1\tindex=4", NULL, GH_EMALFORMED },
		{ "event=1", NULL, GH_EMALFORMED },
		{ "time=2017-01-10\tevent=1", "time", GH_EMALFORMED },
		{ "time_second=x\tevent=1", "time_second", GH_EMALFORMED },
		{ "time=2017-01-10 15:42:40\tevent=", "event", GH_EMALFORMED },
		{ "time=2017-01-10 15:42:40\tevent=1\teventaddr=x", "eventaddr",
		  GH_EMALFORMED },
		{ "time=2017-01-10 15:42:40\tevent=1\tpin=1234567890123456789012345", "pin",
		  GH_ETOOBIG },
		{ "time=2017-01-10 15:42:40\tevent=12345678901234567", "event", GH_ETOOBIG },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct access_event e;
		struct ghi_event_fault fault = { 0 };
		enum ghi_event_row row;

		assert_int_equal(ghi_event_parse(gh_slice_of(c[i].line), &e, &row, &fault),
				 c[i].err);
		assert_non_null(fault.reason);
		if (c[i].key)
			assert_string_equal(fault.key, c[i].key);
		else
			assert_null(fault.key);
	}
}

/* Deterministic; the low bits are the worst, so they go. */
static uint32_t random_below(uint64_t *seed, uint32_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33) % below;
}

static struct access_event event_random(uint64_t *seed)
{
	static const char *const pin[] = { "", "1", "01024", "abc", "999999999" };
	static const char *const card[] = { "", "123456789", "4BCA937E000104E0" };
	static const char *const verify[] = { "", "4", "200", "0000101000000011", "102" };
	static const char *const unit[] = { "", "SUB0001" };
	const struct event_code *code = event_code_at((int)random_below(seed, 227));
	struct access_event e = access_event_empty();

	e.time = ghi_civil_join((struct ghi_civil_parts){
		2000 + (int)random_below(seed, 100), 1 + (int)random_below(seed, 12),
		1 + (int)random_below(seed, 28), (int)random_below(seed, 24),
		(int)random_below(seed, 60), (int)random_below(seed, 60) });
	e.pin = gh_slice_of(pin[random_below(seed, COUNT(pin))]);
	e.card = gh_slice_of(card[random_below(seed, COUNT(card))]);
	e.verify_raw = gh_slice_of(verify[random_below(seed, COUNT(verify))]);
	e.unit = gh_slice_of(unit[random_below(seed, COUNT(unit))]);
	e.event = code->code;
	e.event_group = code->group;
	e.address = random_below(seed, 5);
	e.record_index = random_below(seed, 3) ? random_below(seed, 1u << 30) : 0;
	e.direction = (int64_t)random_below(seed, 3) - 1;
	e.site_code = (int64_t)random_below(seed, 3) - 1;
	e.linkage_id = (int64_t)random_below(seed, 3) - 1;
	e.bit_count = (int64_t)random_below(seed, 3) - 1;
	return e;
}

static void both_forms_of_an_event_have_the_same_key(void **state)
{
	uint64_t seed = 7;
	(void)state;

	for (int i = 0; i < 20000; i++) {
		struct access_event e = event_random(&seed), from[2];
		uint8_t text[2][512];

		for (int stored = 0; stored < 2; stored++) {
			struct ghi_writer w = ghi_writer_on(text[stored], sizeof(text[stored]));
			struct ghi_event_fault fault;
			enum ghi_event_row row;

			if (stored)
				ghi_event_write_stored(&w, &e);
			else
				ghi_event_write_live(&w, &e);
			assert_int_equal(w.err, GH_OK);
			assert_int_equal(
				ghi_event_parse(ghi_written(&w), &from[stored], &row, &fault),
				GH_OK);
			assert_true(access_event_same(&e, &from[stored]));
			assert_true(from[stored].event == e.event);
			assert_true(from[stored].site_code == e.site_code);
			assert_true(from[stored].linkage_id == e.linkage_id);
			assert_true(from[stored].bit_count == e.bit_count);
		}
		assert_true(access_event_same(&from[0], &from[1]));
		assert_true(from[0].door == from[1].door && from[0].verify == from[1].verify);
	}
}

static void no_field_smuggles_another(void **state)
{
	static const char *const bad[] = { "1\tevent=0", "1\n2", "1\r2" };
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		char text[256];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));
		struct access_event e = access_event_empty();

		e.time = 20260831080901;
		e.event = 0;
		e.pin = gh_slice_of(bad[i]);
		ghi_event_write_live(&w, &e);
		assert_int_equal(w.err, GH_EMALFORMED);
	}
}

static void a_live_row_is_that_of_the_document(void **state)
{
	static const char line[] =
		"time=2017-01-10 11:49:32\tpin=0\tcardno=0\teventaddr=1\tevent=27\t"
		"inoutstatus=1\tverifytype=0\tindex=21";
	struct access_event e = event_read(line, GHI_EVENT_ROW);
	char text[256];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	ghi_event_write_live(&w, &e);
	assert_int_equal(w.n, strlen(line));
	assert_memory_equal(text, line, w.n);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_live_row_is_read_by_its_keys),
		cmocka_unit_test(what_units_send_for_nothing_is_absent),
		cmocka_unit_test(rows_of_states_are_no_events),
		cmocka_unit_test(a_code_that_is_no_number_is_kept_as_text),
		cmocka_unit_test(the_code_decides_what_address_and_verify_type_are),
		cmocka_unit_test(a_card_is_decimal_or_hexadecimal),
		cmocka_unit_test(a_row_that_is_none_has_a_reason),
		cmocka_unit_test(both_forms_of_an_event_have_the_same_key),
		cmocka_unit_test(no_field_smuggles_another),
		cmocka_unit_test(a_live_row_is_that_of_the_document),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
