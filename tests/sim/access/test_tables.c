/* Every table and verb of the document at the device's end: a command changes its rows, or brings them. */
#include "tests.h"

#include "../../wire/access/table_values.h"
#include "sim/access/door.h"
#include "sim/access/schema.h"
#include "unit_test.h"

#include <stdio.h>
#include <stdlib.h>

#define ROOM 16384

/* A device, and one table of it with two rows that differ in every value. */
struct table_test {
	struct unit_test *t;
	const struct ghi_access_table *table;
	enum panel_table_id id;
	struct panel_schema schema;
	struct ghi_table_row row[2];
	char text[2][ROOM];
	char command[3 * ROOM];
	unsigned commands;
};

static struct panel_tables *tables_of(const struct table_test *c)
{
	return &c->t->unit.panel.tables;
}

static void row_text(struct table_test *c, const struct ghi_table_row *row, char to[ROOM])
{
	struct ghi_writer w = ghi_writer_on(to, ROOM - 1);

	ghi_table_row_write(&w, row, &c->schema.unit);
	assert_int_equal(w.err, GH_OK);
	to[w.n] = 0;
}

/* Photos are in their rows: those that are fetched are in test_biometrics.c. */
static void row_photo_inside(struct ghi_table_row *r)
{
	for (size_t i = 0; i < r->table->fields; i++)
		if (gh_slice_ieq(gh_slice_of(r->table->field[i].name), GH_LIT("format")) &&
		    r->table->field[i].choices[0])
			r->value[i] = GH_LIT("0");
}

static void table_test_begin(struct table_test *c, struct unit_test *t,
			     const struct ghi_access_table *table)
{
	c->t = t;
	c->table = table;
	for (int i = 0; i < 2; i++) {
		c->row[i] = ghi_table_row_of(table);
		table_row_fill_all(&c->row[i], i);
		row_photo_inside(&c->row[i]);
	}
	panel_schema_open(&c->schema, &t->unit.panel, gh_slice_of(table->name),
			  (gh_slice){ 0 });
	row_text(c, &c->row[0], c->text[0]);
	row_text(c, &c->row[1], c->text[1]);
	c->schema.table = table;
	c->id = panel_schema_table(&c->schema);
	if (c->id < PANEL_TABLES)
		panel_rows_delete(tables_of(c), c->id, (gh_slice){ 0 });
}

static void table_test_end(struct table_test *c)
{
	panel_schema_close(&c->schema);
}

/* Carry a command out; its return code. */
static int command_code(struct table_test *c)
{
	char line[3 * ROOM + 32], wanted[32];
	const char *body;

	snprintf(line, sizeof(line), "C:%u:%s", ++c->commands, c->command);
	snprintf(wanted, sizeof(wanted), "ID=%u&Return=", c->commands);
	body = unit_test_command(c->t, line);
	if (strncmp(body, wanted, strlen(wanted)) != 0)
		fail_msg("%s: %s", c->command, body);
	return atoi(body + strlen(wanted));
}

static void command_succeeds(struct table_test *c)
{
	int code = command_code(c);

	if (code < 0)
		fail_msg("%s: %d", c->command, code);
}

static bool row_is_held(const struct table_test *c, const char *text)
{
	const struct panel_row *row;

	for (size_t i = 0; (row = panel_row_at(tables_of(c), c->id, i)); i++)
		if (panel_row_matches(row, gh_slice_of(text)))
			return true;
	return false;
}

/* A name is not documented for tables of expansion boards: the record follows at once. */
static void command_update(struct table_test *c, const char *records)
{
	snprintf(c->command, sizeof(c->command), "DATA UPDATE %s%s%s", c->table->name,
		 *c->table->name ? " " : "", records);
	command_succeeds(c);
}

static void both_rows_put(struct table_test *c)
{
	char both[2 * ROOM];

	snprintf(both, sizeof(both), "%s\n%s", c->text[0], c->text[1]);
	command_update(c, both);
	assert_int_equal(panel_rows(tables_of(c), c->id), 2);
}

static void update_case(struct table_test *c)
{
	struct ghi_table_row mixed = c->row[1];
	char text[ROOM];

	both_rows_put(c);
	if (!row_is_held(c, c->text[0]) || !row_is_held(c, c->text[1]))
		fail_msg("%s: a row is not held as it came", c->table->name);
	/* The key of the first with the values of the second: the first is replaced. */
	for (size_t i = 0; i < c->table->fields; i++)
		if (c->table->field[i].flags & GHI_FIELD_KEY)
			mixed.value[i] = c->row[0].value[i];
	row_text(c, &mixed, text);
	command_update(c, text);
	assert_int_equal(panel_rows(tables_of(c), c->id), 2);
	assert_true(row_is_held(c, text));
	assert_true(row_is_held(c, c->text[1]));
}

/* Delete by the fields that `set` names, with the first row's values: "*" is all. */
static void delete_case(struct table_test *c, gh_slice set)
{
	bool all = set.p[0] == '*', part = true;
	char conditions[512] = "*";
	size_t n = 0;

	both_rows_put(c);
	while (!all && part) {
		gh_slice name;
		int f;

		part = gh_slice_cut(set, ',', &name, &set);
		f = ghi_table_field_find(c->table, name);
		assert_true(f >= 0);
		n += (size_t)snprintf(conditions + n, sizeof(conditions) - n, "%s%.*s=%.*s",
				      n ? "\t" : "", GH_FMT(name), GH_FMT(c->row[0].value[f]));
	}
	snprintf(c->command, sizeof(c->command), "DATA DELETE %s %s", c->table->name,
		 conditions);
	command_succeeds(c);
	assert_false(row_is_held(c, c->text[0]));
	assert_int_equal(row_is_held(c, c->text[1]), !all);
	assert_int_equal(panel_rows(tables_of(c), c->id), all ? 0 : 1);
}

static void delete_cases(struct table_test *c)
{
	gh_slice rest = gh_slice_of(c->table->deletes), set;
	bool more = true;

	while (more) {
		more = gh_slice_cut(rest, ';', &set, &rest);
		if (set.p[0] == 'v')
			set = gh_slice_from(set, 1);
		delete_case(c, set);
	}
}

static void count_case(struct table_test *c)
{
	char counted[64];

	both_rows_put(c);
	snprintf(c->command, sizeof(c->command), "DATA COUNT %s", c->table->name);
	command_succeeds(c);
	snprintf(counted, sizeof(counted), "\r\n\r\n%s=2\n", c->table->name);
	assert_int_equal(unit_test_seen(c->t, counted), 1);
	assert_int_equal(unit_test_seen(c->t, "/querydata?SN=T000001&type=count&"), 1);
}

static void query_case(struct table_test *c)
{
	char packet[160], row[64];

	both_rows_put(c);
	snprintf(c->command, sizeof(c->command), "DATA QUERY tablename=%s,fielddesc=*,filter=*",
		 c->table->name);
	assert_int_equal(command_code(c), 2);
	snprintf(packet, sizeof(packet), "&tablename=%s&count=2&packcnt=1&packidx=1 ",
		 c->table->name);
	assert_int_equal(unit_test_seen(c->t, packet), 1);
	snprintf(row, sizeof(row), "\n%s ", c->table->name);
	assert_int_equal(unit_test_seen(c->t, row), 2);
}

/* All biometric types, and verify modes as words. */
static void everything_is_on(struct panel *p)
{
	static const char *const on[][2] = {
		{ "NewVFStyles", "0000111111111110" },
		{ "MultiBioDataSupport", "1:1:1:1:1:1:1:1:1:1:1" },
		{ "MultiBioPhotoSupport", "1:1:1:1:1:1:1:1:1:1:1" },
	};

	for (size_t i = 0; i < sizeof(on) / sizeof(on[0]); i++)
		assert_int_equal(
			panel_option_set(p, gh_slice_of(on[i][0]), gh_slice_of(on[i][1])),
			GH_OK);
}

/* Each table of the document that has the verb and whose rows a device holds; how many. */
static size_t each_table(char verb, void (*check)(struct table_test *c))
{
	struct unit_test *t = unit_test_of("spec");
	struct table_test *c = calloc(1, sizeof(*c));
	const struct ghi_access_table *table;
	size_t n = 0;

	assert_non_null(c);
	unit_test_open(t);
	unit_test_begin(t);
	everything_is_on(&t->unit.panel);
	for (size_t i = 0; (table = ghi_access_table_at(i)); i++) {
		if (!ghi_table_has_verb(table, verb))
			continue;
		table_test_begin(c, t, table);
		if (c->id < PANEL_TABLES) {
			check(c);
			n++;
		}
		table_test_end(c);
	}
	free(c);
	unit_test_close(t);
	return n;
}

static void each_update_is_held_and_replaces_the_row_of_its_key(void **state)
{
	(void)state;
	assert_int_equal(each_table('U', update_case), 47);
}

static void each_deletion_takes_the_rows_of_its_conditions_and_no_other(void **state)
{
	(void)state;
	assert_int_equal(each_table('D', delete_cases), 41);
}

static void each_count_is_uploaded(void **state)
{
	(void)state;
	assert_int_equal(each_table('C', count_case), 4);
}

static void each_query_brings_the_rows(void **state)
{
	(void)state;
	assert_int_equal(each_table('Q', query_case), 4);
}

/* --- what single tables have besides --- */

static struct unit_test *open_ready(void)
{
	struct unit_test *t = unit_test_of("spec");

	unit_test_open(t);
	unit_test_begin(t);
	return t;
}

static void row_put(struct unit_test *t, enum panel_table_id id, const char *row)
{
	assert_int_equal(panel_row_put(&t->unit.panel.tables, id, gh_slice_of(row)), GH_OK);
}

static void stored_events_are_counted_queried_and_deleted(void **state)
{
	struct unit_test *t = open_ready();
	uint32_t events = t->unit.panel.ring.next - t->unit.panel.ring.first;
	char counted[64];

	(void)state;
	assert_true(events > 0);
	unit_test_command(t, "C:1:DATA COUNT transaction");
	snprintf(counted, sizeof(counted), "\r\n\r\ntransaction=%u\n", events);
	assert_int_equal(unit_test_seen(t, counted), 1);
	unit_test_command(t, "C:2:DATA QUERY tablename=transaction,fielddesc=*,filter=*");
	assert_int_equal(unit_test_seen(t, "\ntransaction "), events);
	assert_string_equal(unit_test_command(t, "C:3:DATA DELETE transaction *"),
			    "ID=3&Return=0&CMD=DATA DELETE");
	unit_test_command(t, "C:4:DATA COUNT transaction");
	assert_int_equal(unit_test_seen(t, "\r\n\r\ntransaction=0\n"), 1);
	unit_test_close(t);
}

static void stored_events_are_queried_from_one_time_to_another(void **state)
{
	struct unit_test *t = open_ready();
	struct panel_event e = { .event = 27, .address = 1, .pin = "0" };

	(void)state;
	/* 2031-05-01 10:00:00 and a minute apart from then on. */
	for (int i = 0; i < 5; i++) {
		e.at_s = 1935396000 + i * 60;
		panel_event_make(&t->unit.panel, &e);
	}
	assert_string_equal(
		unit_test_command(t, "C:1:DATA QUERY tablename=transaction,fielddesc=*,"
				     "filter=starttime=2031-05-01 10:01:00\t"
				     "endtime=2031-05-01 10:03:00"),
		"ID=1&Return=3&CMD=DATA QUERY");
	assert_int_equal(unit_test_seen(t, "\ntransaction "), 3);
	unit_test_close(t);
}

static void networks_in_range_are_a_virtual_table(void **state)
{
	struct unit_test *t = open_ready();

	(void)state;
	assert_string_equal(
		unit_test_command(t, "C:1:DATA QUERY tablename=APList,fielddesc=*,filter=*"),
		"ID=1&Return=2&CMD=DATA QUERY");
	assert_int_equal(unit_test_seen(t, "?SN=T000001&type=vmtable&cmdid=1&tablename=APList"),
			 1);
	unit_test_close(t);
}

static void templates_are_queried_and_counted_by_type_pin_and_number(void **state)
{
	static const char *const rows[] = { "Pin=1\tNo=0\tType=9\tTmp=QUFB",
					    "Pin=1\tNo=1\tType=9\tTmp=QUFC",
					    "Pin=2\tNo=0\tType=9\tTmp=QUFD",
					    "Pin=1\tNo=0\tType=8\tTmp=QUFE" };
	static const struct {
		const char *filter;
		int rows;
	} cases[] = { { "Type=9", 3 }, { "Type=9\tPin=1", 2 }, { "Type=9\tPin=1\tNo=1", 1 } };
	struct unit_test *t = open_ready();
	char line[128], wanted[64];

	(void)state;
	panel_rows_delete(&t->unit.panel.tables, PANEL_BIODATA, (gh_slice){ 0 });
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		row_put(t, PANEL_BIODATA, rows[i]);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(line, sizeof(line),
			 "C:1:DATA QUERY tablename=biodata,fielddesc=*,filter=%s",
			 cases[i].filter);
		unit_test_command(t, line);
		assert_int_equal(unit_test_seen(t, "\nbiodata pin="), cases[i].rows);
		snprintf(line, sizeof(line), "C:2:DATA COUNT biodata %s", cases[i].filter);
		unit_test_command(t, line);
		snprintf(wanted, sizeof(wanted), "\r\n\r\nbiodata=%d\n", cases[i].rows);
		assert_int_equal(unit_test_seen(t, wanted), 1);
	}
	unit_test_close(t);
}

/* With a person go the rights, cards and templates; with a contact, its numbers. */
static void what_belongs_to_a_row_goes_with_it(void **state)
{
	static const struct {
		enum panel_table_id id;
		const char *row;
	} belongs[] = {
		{ PANEL_USERAUTHORIZE, "AuthorizeTimezoneId=1\tAuthorizeDoorId=1" },
		{ PANEL_MULCARDUSER, "CardNo=75BCD15" },
		{ PANEL_TEMPLATEV10, "FingerID=1\tTemplate=QUFB" },
		{ PANEL_BIODATA, "No=0\tType=9\tTmp=QUFB" },
		{ PANEL_BIOPHOTO, "Type=9\tContent=QUFB" },
	};
	struct unit_test *t = open_ready();
	struct panel_tables *tables = &t->unit.panel.tables;
	char row[128];

	(void)state;
	for (int pin = 501; pin <= 502; pin++) {
		snprintf(row, sizeof(row), "Pin=%d", pin);
		row_put(t, PANEL_USER, row);
		snprintf(row, sizeof(row), "ContactID=%d", pin);
		row_put(t, PANEL_CONTACT_INFO, row);
		snprintf(row, sizeof(row), "ContactID=%d\tNumType=1\tNumber=12", pin);
		row_put(t, PANEL_CONTACT_NUMBER_LIST, row);
		for (size_t i = 0; i < sizeof(belongs) / sizeof(belongs[0]); i++) {
			snprintf(row, sizeof(row), "Pin=%d\t%s", pin, belongs[i].row);
			row_put(t, belongs[i].id, row);
		}
	}
	unit_test_command(t, "C:1:DATA DELETE user Pin=501");
	for (size_t i = 0; i < sizeof(belongs) / sizeof(belongs[0]); i++) {
		assert_null(panel_rows_of(tables, belongs[i].id, GH_LIT("501")));
		assert_non_null(panel_rows_of(tables, belongs[i].id, GH_LIT("502")));
	}
	unit_test_command(t, "C:2:DATA DELETE contact_info ContactID=501");
	assert_null(panel_rows_of(tables, PANEL_CONTACT_NUMBER_LIST, GH_LIT("501")));
	assert_non_null(panel_rows_of(tables, PANEL_CONTACT_NUMBER_LIST, GH_LIT("502")));
	unit_test_close(t);
}

static void values_have_the_forms_of_the_document(void **state)
{
	static const struct {
		const char *command;
		int code;
	} cases[] = {
		/* periods */
		{ "DATA UPDATE timezone TimezoneId=2\tSunTime1=54396080", 0 },
		{ "DATA UPDATE timezone TimezoneId=2\tSunTime1=157284899",
		  -620 }, /* 24:00-16:35 */
		{ "DATA UPDATE timezone TimezoneId=2\tSunTime1=0900", -620 },
		/* cards */
		{ "DATA UPDATE user Pin=1\tCardNo=123456789", 0 },
		{ "DATA UPDATE user Pin=1\tCardNo=[15CD5B07]", 0 },
		{ "DATA UPDATE user Pin=1\tCardNo=[15CD5B0]", -620 },
		{ "DATA UPDATE mulcarduser Pin=1\tCardNo=75BCD15\tLossCardFlag=0\tCardType=0",
		  0 },
		{ "DATA UPDATE mulcarduser Pin=1\tCardNo=75BCG15\tLossCardFlag=0\tCardType=0",
		  -620 },
		/* formats of both versions */
		{ "DATA UPDATE WGFormat ID=1\tCardBit=3\tCardFormat=pcp:eoo", 0 },
		{ "DATA UPDATE WGFormat ID=1\tCardBit=3\tCardFormat=pcp:eo", -620 },
		{ "DATA UPDATE WGFormat ID=1\tCardBit=3\tCardFormat=pcp:eoo\tExtSiteCode=1;2\t"
		  "ExtParityFormat=eoo;oee\tIsDefault=1",
		  0 },
	};
	struct unit_test *t = open_ready();
	char line[256], wanted[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *body;

		snprintf(line, sizeof(line), "C:%zu:%s", i + 1, cases[i].command);
		snprintf(wanted, sizeof(wanted), "ID=%zu&Return=%d&", i + 1, cases[i].code);
		body = unit_test_command(t, line);
		if (strncmp(body, wanted, strlen(wanted)) != 0)
			fail_msg("%s: %s", cases[i].command, body);
	}
	unit_test_close(t);
}

static void a_field_that_the_device_lacks_is_unknown(void **state)
{
	static const char command[] =
		"C:1:DATA UPDATE firstcard DoorID=1\tTimezoneID=1\tPin=1\tDevID=2";
	static const char rules[] =
		"C:2:DATA UPDATE WGFormat ID=1\tCardBit=3\tCardFormat=pcp:eoo\tIsDefault=1";
	struct unit_test *t = open_ready();
	struct panel *p = &t->unit.panel;
	char bits[96];

	(void)state;
	assert_string_equal(unit_test_command(t, command), "ID=1&Return=0&CMD=DATA UPDATE");
	assert_string_equal(unit_test_command(t, rules), "ID=2&Return=0&CMD=DATA UPDATE");
	snprintf(bits, sizeof(bits), "%s", panel_option(p, GH_LIT("AccSupportFunList")));
	bits[26] = '0';
	assert_int_equal(panel_option_set(p, GH_LIT("AccSupportFunList"), gh_slice_of(bits)),
			 GH_OK);
	assert_int_equal(panel_option_set(p, GH_LIT("WGRuleVer"), GH_LIT("1.0")), GH_OK);
	assert_string_equal(unit_test_command(t, command), "ID=1&Return=-621&CMD=DATA UPDATE");
	assert_string_equal(unit_test_command(t, rules), "ID=2&Return=-621&CMD=DATA UPDATE");
	unit_test_close(t);
}

static void there_is_room_for_as_many_people_as_it_registers(void **state)
{
	struct unit_test *t = unit_test_of("spec");
	GString *line = g_string_new("C:1:DATA UPDATE user ");
	(void)state;

	unit_test_open(t);
	unit_test_begin(t);
	assert_int_equal(panel_option_set(&t->unit.panel, GH_LIT("~MaxUserCount"), GH_LIT("2")),
			 GH_OK);
	panel_rows_delete(&t->unit.panel.tables, PANEL_USER, GH_LIT(""));
	for (int i = 1; i <= 200; i++)
		g_string_append_printf(line, "Pin=%d\n", i);
	assert_non_null(strstr(unit_test_command(t, line->str), "ID=1&Return=0&"));
	assert_non_null(
		strstr(unit_test_command(t, "C:2:DATA UPDATE user Pin=201"), "Return=-18&"));
	assert_non_null(strstr(unit_test_command(t, "C:3:DATA UPDATE user Pin=7\tName=Ann"),
			       "Return=0&"));
	unit_test_command(t, "C:4:DATA DELETE user Pin=8");
	assert_non_null(
		strstr(unit_test_command(t, "C:5:DATA UPDATE user Pin=201"), "Return=0&"));
	assert_int_equal(panel_rows(&t->unit.panel.tables, PANEL_USER), 200);
	g_string_free(line, TRUE);
	unit_test_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_update_is_held_and_replaces_the_row_of_its_key),
		cmocka_unit_test(each_deletion_takes_the_rows_of_its_conditions_and_no_other),
		cmocka_unit_test(each_count_is_uploaded),
		cmocka_unit_test(each_query_brings_the_rows),
		cmocka_unit_test(stored_events_are_counted_queried_and_deleted),
		cmocka_unit_test(stored_events_are_queried_from_one_time_to_another),
		cmocka_unit_test(networks_in_range_are_a_virtual_table),
		cmocka_unit_test(templates_are_queried_and_counted_by_type_pin_and_number),
		cmocka_unit_test(what_belongs_to_a_row_goes_with_it),
		cmocka_unit_test(values_have_the_forms_of_the_document),
		cmocka_unit_test(a_field_that_the_device_lacks_is_unknown),
		cmocka_unit_test(there_is_room_for_as_many_people_as_it_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
