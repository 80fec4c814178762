#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "data_command_examples.h"
#include "table_unit.h"
#include "table_values.h"
#include "wire/access/data_command.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ROWS 4

/* A command that was read: its table, and its rows. */
struct command_read {
	struct ghi_data_command command;
	const struct ghi_access_table *table;
	struct ghi_table_row row[ROWS];
	size_t rows;
};

/* The shape of a table that has all names. */
static bool rows_read(struct command_read *c)
{
	gh_slice rest = c->command.records, line;
	bool more = rest.n != 0;

	c->rows = 0;
	while (more) {
		more = gh_slice_cut(rest, '\n', &line, &rest);
		assert_true(c->rows < ROWS);
		c->row[c->rows] = ghi_table_row_of(c->table);
		if (ghi_table_row_read(&c->row[c->rows++], line, true))
			return false;
	}
	return true;
}

static struct command_read command_read(const char *id, gh_slice text)
{
	struct command_read c = { 0 };
	const struct ghi_access_table *t;

	if (ghi_data_command_parse(text, &c.command) != GH_OK)
		fail_msg("%s is no command", id);
	for (size_t i = 0; (t = ghi_access_table_at(i)) != NULL; i++) {
		if (!gh_slice_ieq(c.command.table, gh_slice_of(t->name)))
			continue;
		c.table = t;
		if (rows_read(&c))
			return c;
	}
	fail_msg("%s is of no table", id);
	return c;
}

static struct ghi_table_unit unit_for(const struct ghi_access_table *t)
{
	struct ghi_table_unit u = unit_with_everything();

	return ghi_table_gate_open(t->gate, &u) ? u : unit_with_readers_64();
}

static void command_write(struct ghi_writer *w, const struct command_read *c,
			  const struct ghi_table_unit *u)
{
	struct ghi_table_row none = ghi_table_row_of(c->table);
	const struct ghi_table_row *conditions = c->rows ? &c->row[0] : &none;

	switch (c->command.verb) {
	case GHI_DATA_UPDATE:
		ghi_data_update_write(w, c->row, c->rows, u);
		break;
	case GHI_DATA_DELETE:
		ghi_data_delete_write(w, conditions);
		break;
	case GHI_DATA_COUNT:
		ghi_data_count_write(w, conditions);
		break;
	case GHI_DATA_QUERY:
		ghi_data_query_write(w, conditions, c->command.new_rows);
		break;
	}
}

static void every_command_of_the_document_is_read_and_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(example); i++) {
		struct command_read c =
			command_read(example[i].id, gh_slice_of(example[i].text));
		struct ghi_table_unit u = unit_for(c.table);
		char text[4096];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		assert_true(ghi_table_has_verb(c.table, "UDCQ"[c.command.verb]));
		command_write(&w, &c, &u);
		assert_int_equal(w.err, GH_OK);
		assert_int_equal(w.n, strlen(example[i].text));
		/* Printed with the type first; the order of conditions means nothing. */
		if (strcmp(example[i].id, "sec-143") == 0 ||
		    strcmp(example[i].id, "sec-144") == 0)
			continue;
		if (memcmp(text, example[i].text, w.n) != 0)
			fail_msg("%s: %.*s", example[i].id, (int)w.n, text);
	}
}

static void every_command_of_the_document_keeps_the_rules(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(example); i++) {
		struct command_read c =
			command_read(example[i].id, gh_slice_of(example[i].text));
		struct ghi_table_unit u = unit_for(c.table);
		struct ghi_table_fault fault = { 0 };
		bool kept = true, unverified = false;

		for (size_t k = 0; k < c.rows && c.command.verb == GHI_DATA_UPDATE; k++)
			kept &= ghi_table_row_check(&c.row[k], &u, &fault);
		if (c.command.verb == GHI_DATA_DELETE) {
			c.row[0].table = c.table;
			kept = ghi_table_conditions_check(&c.row[0], c.rows == 0, &unverified,
							  &fault);
		}
		if (!kept) {
			char words[400];
			struct ghi_writer w = ghi_writer_on(words, sizeof(words));

			ghi_table_fault_write(&w, &fault);
			fail_msg("%s: %s %.*s", example[i].id,
				 fault.field ? fault.field->name : "", (int)w.n, words);
		}
		assert_false(unverified);
	}
}

/* --- one row and verb after another --- */

static void command_reads_back(const struct command_read *c, const struct ghi_table_unit *u)
{
	char text[8192], again[8192];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)), w2;
	struct command_read read;

	command_write(&w, c, u);
	assert_int_equal(w.err, GH_OK);
	read = command_read(c->table->name, ghi_written(&w));
	assert_int_equal(read.command.verb, c->command.verb);
	assert_int_equal(read.rows, c->rows);
	read.table = c->table;
	assert_true(rows_read(&read));
	w2 = ghi_writer_on(again, sizeof(again));
	command_write(&w2, &read, u);
	assert_int_equal(w.n, w2.n);
	assert_memory_equal(text, again, w.n);
}

static void update_case(const struct ghi_access_table *t)
{
	struct ghi_table_unit u = unit_for(t);
	struct command_read c = { .command = { .verb = GHI_DATA_UPDATE },
				  .table = t,
				  .rows = 2 };
	struct ghi_table_fault fault;

	for (size_t k = 0; k < 2; k++) {
		c.row[k] = ghi_table_row_of(t);
		table_row_fill_all(&c.row[k], false);
		if (!ghi_table_row_check(&c.row[k], &u, &fault))
			fail_msg("%s.%s", t->name, fault.field ? fault.field->name : "");
	}
	command_reads_back(&c, &u);
	assert_int_equal(ghi_data_update_length(c.row, 2, &u),
			 sizeof("DATA UPDATE ") - 1 + strlen(t->name) + 2 +
				 2 * ghi_table_row_length(&c.row[0], &u));
	/* Each part of the key is needed, unless there is a value for it otherwise. */
	for (size_t i = 0; i < t->fields; i++) {
		struct ghi_table_row r = c.row[0];

		if (!(t->field[i].flags & GHI_FIELD_KEY))
			continue;
		r.has[i] = false;
		assert_int_equal(ghi_table_row_check(&r, &u, &fault),
				 t->field[i].otherwise != NULL);
	}
}

static void delete_case(const struct ghi_access_table *t)
{
	gh_slice rest = gh_slice_of(t->deletes), set, name;
	struct ghi_table_unit u = unit_for(t);
	bool more = true, unverified;
	struct ghi_table_fault fault;

	while (more) {
		struct command_read c = { .command = { .verb = GHI_DATA_DELETE }, .table = t };
		bool part = true;

		more = gh_slice_cut(rest, ';', &set, &rest);
		if (set.p[0] == 'v')
			set = gh_slice_from(set, 1);
		c.row[0] = ghi_table_row_of(t);
		c.rows = set.p[0] != '*';
		while (c.rows && part) {
			part = gh_slice_cut(set, ',', &name, &set);
			int i = ghi_table_field_find(t, name);

			assert_true(i >= 0);
			assert_true(ghi_table_row_set(
				&c.row[0], name, table_value_of(&t->field[i], false), &fault));
		}
		assert_true(ghi_table_conditions_check(&c.row[0], c.rows == 0, &unverified,
						       &fault));
		command_reads_back(&c, &u);
	}
	/* One more field than any set has. */
	struct ghi_table_row r = ghi_table_row_of(t);

	for (size_t i = 0; i < t->fields; i++)
		r.has[i] = true;
	if (t->fields > 3)
		assert_false(ghi_table_conditions_check(&r, false, &unverified, &fault));
}

static void read_case(const struct ghi_access_table *t, enum ghi_data_verb verb)
{
	struct ghi_table_unit u = unit_for(t);
	struct command_read c = { .command = { .verb = verb }, .table = t };

	command_reads_back(&c, &u);
}

static void each_table_and_verb_reads_back(void **state)
{
	const struct ghi_access_table *t;
	size_t cases = 0, tables = 0;
	(void)state;

	for (; (t = ghi_access_table_at(tables)) != NULL; tables++) {
		for (const char *verb = t->verbs; *verb; verb++) {
			cases += *verb != '^';
			if (*verb == 'U')
				update_case(t);
			if (*verb == 'D')
				delete_case(t);
			if (*verb == 'C')
				read_case(t, GHI_DATA_COUNT);
			if (*verb == 'Q')
				read_case(t, GHI_DATA_QUERY);
		}
	}
	assert_int_equal(tables, 49);
	assert_int_equal(cases, 100);
}

static void an_update_takes_as_many_rows_as_fit(void **state)
{
	struct ghi_table_unit u = ghi_table_unit_of(GH_LIT("MaxPackageSize=400"));
	const struct ghi_access_table *t = ghi_access_table_find(GH_LIT("holiday"), NULL);
	struct ghi_table_row *rows = calloc(600, sizeof(*rows));
	size_t each;
	(void)state;

	assert_non_null(rows);
	for (size_t i = 0; i < 600; i++) {
		rows[i] = ghi_table_row_of(t);
		table_row_fill_all(&rows[i], false);
	}
	each = ghi_table_row_length(&rows[0], &u) + 1;
	assert_int_equal(ghi_update_bytes(&u.unit), 100);
	assert_int_equal(ghi_update_take(rows, 600, &u), 100 / each);
	assert_int_equal(ghi_update_take(rows, 1, &u), 1);
	u = ghi_table_unit_of(GH_LIT("MaxPackageSize=4"));
	assert_int_equal(ghi_update_take(rows, 600, &u), 1);
	u = ghi_table_unit_of(GH_LIT(""));
	assert_int_equal(ghi_update_bytes(&u.unit), GHI_UPDATE_BYTES);
	assert_int_equal(ghi_update_take(rows, 600, &u), GHI_UPDATE_ROWS);
	/* One biometric type a command. */
	t = ghi_access_table_find(GH_LIT("biodata"), NULL);
	for (size_t i = 0; i < 4; i++) {
		rows[i] = ghi_table_row_of(t);
		table_row_fill_all(&rows[i], false);
		rows[i].value[ghi_table_field_find(t, GH_LIT("Type"))] =
			i < 2 ? GH_LIT("9") : GH_LIT("1");
	}
	assert_int_equal(ghi_update_take(rows, 4, &u), 2);
	free(rows);
}

static void commands_of_other_spellings_are_read(void **state)
{
	static const struct {
		const char *text;
		enum gh_err err;
		enum ghi_data_verb verb;
		const char *table, *records;
	} c[] = {
		{ "data update USER Pin=1", GH_OK, GHI_DATA_UPDATE, "USER", "Pin=1" },
		{ "DATA DELETE user  *", GH_OK, GHI_DATA_DELETE, "user", "" },
		{ "DATA DELETE biophoto PIN=1 Type=9", GH_OK, GHI_DATA_DELETE, "biophoto",
		  "PIN=1 Type=9" },
		{ "DATA COUNT user", GH_OK, GHI_DATA_COUNT, "user", "" },
		{ "DATA QUERY tablename=user, fielddesc=Pin ,filter=\\*", GH_OK, GHI_DATA_QUERY,
		  "user", "" },
		{ "DATA QUERY tablename=transaction,fielddesc=*,filter=NewRecord", GH_OK,
		  GHI_DATA_QUERY, "transaction", "" },
		{ "DATA QUERY tablename=user,fielddesc=*,filter=Name=a,b\tPin=1", GH_OK,
		  GHI_DATA_QUERY, "user", "Name=a,b\tPin=1" },
		{ "DATA UPDATE ExtBoardID=1\tReactType=1", GH_OK, GHI_DATA_UPDATE, "",
		  "ExtBoardID=1\tReactType=1" },
		{ "DATA QUERY fielddesc=*", GH_EMALFORMED, GHI_DATA_QUERY, "", "" },
		{ "DATA UPDATE", GH_EMALFORMED, GHI_DATA_UPDATE, "", "" },
		{ "DATA", GH_ENOTFOUND, GHI_DATA_UPDATE, "", "" },
		{ "REBOOT", GH_ENOTFOUND, GHI_DATA_UPDATE, "", "" },
		{ "", GH_ENOTFOUND, GHI_DATA_UPDATE, "", "" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct ghi_data_command d = { 0 };

		assert_int_equal(ghi_data_command_parse(gh_slice_of(c[i].text), &d), c[i].err);
		if (c[i].err)
			continue;
		assert_int_equal(d.verb, c[i].verb);
		assert_true(gh_slice_eq(d.table, gh_slice_of(c[i].table)));
		assert_true(gh_slice_eq(d.records, gh_slice_of(c[i].records)));
	}
}

static void events_of_a_time_are_queried_by_both_ends_of_it(void **state)
{
	static const struct {
		const char *filter;
		ghi_civil from, to;
	} cases[] = {
		{ "starttime=2026-11-01 08:00:00\tendtime=2026-11-07 23:59:59",
		  INT64_C(20261101080000), INT64_C(20261107235959) },
		{ "starttime=2000-01-01 00:00:00\tendtime=2026-11-07 23:59:59", GHI_CIVIL_NONE,
		  INT64_C(20261107235959) },
		{ "starttime=2026-11-01 08:00:00\tendtime=2099-12-31 23:59:59",
		  INT64_C(20261101080000), GHI_CIVIL_NONE },
	};
	const struct ghi_access_table *t = ghi_access_table_find(GH_LIT("transaction"), NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[256], wanted[256];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text) - 1);
		struct ghi_data_command c;

		ghi_data_query_between_write(&w, t, cases[i].from, cases[i].to);
		assert_int_equal(w.err, GH_OK);
		text[w.n] = 0;
		snprintf(wanted, sizeof(wanted),
			 "DATA QUERY tablename=transaction,fielddesc=*,filter=%s",
			 cases[i].filter);
		assert_string_equal(text, wanted);
		assert_int_equal(ghi_data_command_parse(gh_slice_of(text), &c), GH_OK);
		if (cases[i].from != GHI_CIVIL_NONE)
			assert_int_equal(c.from, cases[i].from);
		if (cases[i].to != GHI_CIVIL_NONE)
			assert_int_equal(c.to, cases[i].to);
	}
	/* One end alone, or what is no time, is a condition as others are. */
	for (int i = 0; i < 3; i++) {
		static const char *const none[] = { "starttime=2026-11-01 08:00:00",
						    "starttime=x\tendtime=y", "Pin=1\tNo=2" };
		char text[128];
		struct ghi_data_command c;

		snprintf(text, sizeof(text), "DATA QUERY tablename=transaction,filter=%s",
			 none[i]);
		assert_int_equal(ghi_data_command_parse(gh_slice_of(text), &c), GH_OK);
		assert_true(c.from == GHI_CIVIL_NONE && c.to == GHI_CIVIL_NONE);
		assert_true(gh_slice_eq(c.records, gh_slice_of(none[i])));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_of_the_document_is_read_and_written),
		cmocka_unit_test(every_command_of_the_document_keeps_the_rules),
		cmocka_unit_test(each_table_and_verb_reads_back),
		cmocka_unit_test(an_update_takes_as_many_rows_as_fit),
		cmocka_unit_test(commands_of_other_spellings_are_read),
		cmocka_unit_test(events_of_a_time_are_queried_by_both_ends_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
