/* What both ends of the protocol agree on, at the device's end: the time, texts, kinds of templates, numbers
 * with a meaning, and what a reply has to be. */
#include "tests.h"

#include "model/access_words.h"
#include "sim/access/command.h"
#include "sim/access/door.h"
#include "unit_test.h"

#include <stdio.h>
#include <stdlib.h>

static struct unit_test *open_ready(const char *persona)
{
	struct unit_test *t = unit_test_of(persona);

	unit_test_open(t);
	unit_test_begin(t);
	return t;
}

static void respond_dated(struct unit_test *t, const char *date, const char *body)
{
	struct sim_reply r = sim_reply_with_limit(1 << 16);
	char text[512];

	snprintf(text, sizeof(text),
		 "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Length: %zu\r\n\r\n%s", date,
		 strlen(body), body);
	assert_int_equal(sim_reply_feed(&r, gh_slice_of(text)), GH_OK);
	assert_true(r.complete);
	unit_response(&t->unit, t->now_ms, &r);
	sim_reply_clear(&r);
}

static void the_clock_is_set_by_the_date_of_a_reply(void **state)
{
	struct unit_test *t = unit_test_of("spec");

	(void)state;
	t->plan.follow_clock = true;
	unit_test_open(t);
	unit_test_expect(t, "options=all");
	respond_dated(t, "Sun, 01 Jun 2025 10:20:30 GMT", "OK");
	assert_int_equal(unit_clock_s(&t->unit), 1748773230);
	unit_test_close(t);
}

/* The cipher is described nowhere: a device of any version goes on in plain text. */
static void no_keys_are_exchanged(void **state)
{
	static const char *const versions[] = { "3.0.1", "3.1.1", "3.1.2" };

	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		struct unit_test *t = unit_test_of("spec");
		struct acc_persona persona = *t->plan.mix.persona[0];

		persona.push_version = versions[i];
		t->plan.mix.persona[0] = &persona;
		unit_test_open(t);
		unit_test_begin(t);
		unit_test_command(t, "C:1:DATA COUNT user");
		assert_int_equal(unit_test_seen(t, "/exchange"), 0);
		unit_test_close(t);
	}
}

static void texts_are_utf_8_both_ways(void **state)
{
	struct unit_test *t = open_ready("spec");

	(void)state;
	unit_test_command(t, "C:1:DATA UPDATE user Pin=900\tName=Zoë 李 Øst");
	unit_test_command(t, "C:2:DATA QUERY tablename=user,fielddesc=*,filter=Pin=900");
	assert_int_equal(unit_test_seen(t, "\tname=Zoë 李 Øst\t"), 1);
	assert_int_equal(unit_test_seen(t, "\r\nAccept-Charset: UTF-8\r\n") > 0, 1);
	unit_test_close(t);
}

static void identity_cards_are_held_and_uploaded(void **state)
{
	struct unit_test *t = open_ready("spec");
	const struct panel_row *row;
	char line[128];

	(void)state;
	/* Each nation has a number (7.6). */
	for (int nation = 1; nation <= 56; nation++) {
		snprintf(line, sizeof(line),
			 "C:1:DATA UPDATE identitycard Pin=1\tID_Num=5\tName=A\tGender=1\t"
			 "Nation=%d\tBirthday=19700131",
			 nation);
		assert_string_equal(unit_test_command(t, line),
				    "ID=1&Return=0&CMD=DATA UPDATE");
		row = panel_row_at(&t->unit.panel.tables, PANEL_IDENTITYCARD, 0);
		assert_non_null(row);
		assert_int_equal(panel_number(row, "Nation", 0), nation);
	}
	unit_rows_upload(&t->unit, PANEL_IDENTITYCARD, (gh_slice){ 0 });
	unit_test_expect(t, "&table=tabledata&tablename=identitycard&count=1 ");
	assert_non_null(strstr(unit_test_body(t), "identitycard pin=1\tSN_Num=\tID_Num=5\t"));
	assert_non_null(
		strstr(unit_test_body(t), "\tGender=1\tNation=56\tBirthday=19700131\t"));
	unit_test_close(t);
}

/* "OK", another table or a smaller number is none: the data is sent again (7.8). */
static void what_is_not_counted_is_sent_again(void **state)
{
	static const char *const bad[] = { "OK", "user=0", "biophoto=1", "stored", "" };
	struct unit_test *t = open_ready("spec");

	(void)state;
	unit_rows_upload(&t->unit, PANEL_USER, GH_LIT("Pin=1"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		unit_test_expect(t, "&table=tabledata&tablename=user&count=1 ");
		unit_test_respond(t, bad[i]);
		/* It begins again after a failure. */
		unit_test_expect(t, "options=all");
		unit_test_respond(t,
				  "registry=ok\nRegistryCode=Uy47fxftP3\n" UNIT_CONFIGURATION);
		unit_test_expect(t, "/push?");
		unit_test_respond(t, UNIT_CONFIGURATION);
	}
	unit_test_expect(t, "&table=tabledata&tablename=user&count=1 ");
	unit_test_respond(t, "user=1");
	unit_test_drain(t);
	assert_int_equal(t->unit.outbox.posts.length, 0);
	unit_test_close(t);
}

static void parameters_are_set(struct unit_test *t, enum access_parameter_kind kind,
			       const char *table, enum panel_table_id id, size_t wanted)
{
	const struct access_parameter *p;
	char line[160];
	size_t n = 0;

	for (size_t i = 0; (p = access_parameter_at(i)); i++) {
		if (p->kind != kind)
			continue;
		snprintf(line, sizeof(line), "C:1:DATA UPDATE %s ID=1\tName=%s\tValue=7", table,
			 p->name);
		if (strncmp(unit_test_command(t, line), "ID=1&Return=0&", 14) != 0)
			fail_msg("%s", line);
		snprintf(line, sizeof(line), "ID=1\tName=%s\tValue=7", p->name);
		for (size_t k = 0;; k++) {
			const struct panel_row *row =
				panel_row_at(&t->unit.panel.tables, id, k);

			if (row == NULL)
				fail_msg("%s is not held", line);
			if (panel_row_matches(row, gh_slice_of(line)))
				break;
		}
		n++;
	}
	assert_int_equal(n, wanted);
	snprintf(line, sizeof(line), "C:1:DATA UPDATE %s ID=1\tName=Nonsense\tValue=7", table);
	assert_string_equal(unit_test_command(t, line), "ID=1&Return=-620&CMD=DATA UPDATE");
}

static void each_parameter_of_the_document_is_taken_and_no_other(void **state)
{
	struct unit_test *t = open_ready("spec");

	(void)state;
	/* 31, 3 and 16, and of each a name that stands in an example alone. */
	parameters_are_set(t, ACCESS_PARAMETER_DOOR, "DoorParameters", PANEL_DOORPARAMETERS,
			   32);
	parameters_are_set(t, ACCESS_PARAMETER_READER, "ReaderParameters",
			   PANEL_READERPARAMETERS, 4);
	parameters_are_set(t, ACCESS_PARAMETER_DEVICE, "DevParameters", PANEL_DEVPARAMETERS,
			   17);
	unit_test_close(t);
}

static void each_biometric_type_is_held_and_uploaded(void **state)
{
	struct unit_test *t = open_ready("spec");
	char line[160];

	(void)state;
	assert_int_equal(panel_option_set(&t->unit.panel, GH_LIT("MultiBioDataSupport"),
					  GH_LIT("1:1:1:1:1:1:1:1:1:1:1")),
			 GH_OK);
	for (int type = 0; type <= 10; type++) {
		snprintf(line, sizeof(line),
			 "C:1:DATA UPDATE biodata Pin=1\tNo=0\tIndex=0\tType=%d\tTmp=QUFB",
			 type);
		assert_string_equal(unit_test_command(t, line),
				    "ID=1&Return=0&CMD=DATA UPDATE");
		snprintf(line, sizeof(line),
			 "C:2:DATA QUERY tablename=biodata,fielddesc=*,filter=Type=%d", type);
		unit_test_command(t, line);
		snprintf(line, sizeof(line), "\ttype=%d\t", type);
		assert_true(unit_test_seen(t, line) >= 1);
	}
	assert_string_equal(unit_test_command(t,
					      "C:3:DATA UPDATE biodata Pin=1\tNo=0\tIndex=0\t"
					      "Type=11\tTmp=QUFB"),
			    "ID=3&Return=-620&CMD=DATA UPDATE");
	unit_test_close(t);
}

/* Fields of an event, by what a persona has. */
static void events_have_the_fields_of_their_firmware(void **state)
{
	static const struct {
		const char *persona, *field;
	} cases[] = {
		{ "inbio260-pro", "\tverifytype=200\t" },
		{ "c3-200-plus", "\tverifytype=00000000000000000000000000000000\t" },
		{ "speedface-v5l", "\tmaskflag=255\ttemperature=255\tconvtemperature=255" },
		{ "inbio260-pro", "\tsitecode=0\tlinkid=0\t" },
		{ "index-0", "\tindex=0" },
		{ "hex-events", "\tevent=202E\t" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct unit_test *t = open_ready(cases[i].persona);

		panel_exit_button(&t->unit.panel, 1);
		do {
			unit_test_expect(t, "/iclock/");
			if (strstr(t->text, "event=202") == NULL)
				unit_test_respond_as_server(t);
		} while (strstr(t->text, "event=202") == NULL);
		if (strstr(unit_test_body(t), cases[i].field) == NULL)
			fail_msg("%s: %s", cases[i].persona, unit_test_body(t));
		unit_test_close(t);
	}
}

/* By itself a device uploads what the server takes, too (3.1). */
static void kinds_that_one_end_lacks_are_not_uploaded(void **state)
{
	struct unit_test *t = unit_test_of("spec");

	(void)state;
	unit_test_open(t);
	unit_test_expect(t, "options=all");
	unit_test_respond(t, "OK");
	unit_test_expect(t, "/registry?");
	unit_test_respond(t, "RegistryCode=Uy47fxftP3");
	unit_test_expect(t, "/push?");
	unit_test_respond(t, UNIT_CONFIGURATION "\nMultiBioDataSupport=0:1:0:0:0:0:0:0:0:0:0"
						"\nMultiBioPhotoSupport=0:0:0:0:0:0:0:0:0:0:0");
	unit_test_drain(t);
	for (int type = 1; type <= 9; type += 8) {
		char row[96];

		snprintf(row, sizeof(row), "Pin=1\tNo=0\tIndex=0\tType=%d\tTmp=QUFB", type);
		assert_int_equal(
			panel_row_put(&t->unit.panel.tables, PANEL_BIODATA, gh_slice_of(row)),
			GH_OK);
	}
	assert_int_equal(panel_row_put(&t->unit.panel.tables, PANEL_BIOPHOTO,
				       GH_LIT("PIN=1\tType=9\tContent=QUFB")),
			 GH_OK);
	unit_rows_upload(&t->unit, PANEL_BIOPHOTO, (gh_slice){ 0 });
	unit_rows_upload(&t->unit, PANEL_BIODATA, (gh_slice){ 0 });
	unit_test_expect(t, "&table=tabledata&tablename=biodata&count=1 ");
	assert_non_null(strstr(unit_test_body(t), "\ttype=1\t"));
	unit_test_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clock_is_set_by_the_date_of_a_reply),
		cmocka_unit_test(no_keys_are_exchanged),
		cmocka_unit_test(texts_are_utf_8_both_ways),
		cmocka_unit_test(identity_cards_are_held_and_uploaded),
		cmocka_unit_test(what_is_not_counted_is_sent_again),
		cmocka_unit_test(each_parameter_of_the_document_is_taken_and_no_other),
		cmocka_unit_test(each_biometric_type_is_held_and_uploaded),
		cmocka_unit_test(events_have_the_fields_of_their_firmware),
		cmocka_unit_test(kinds_that_one_end_lacks_are_not_uploaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
