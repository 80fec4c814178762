/* The body of PUT /api/devices/{sn}/tables/{table}: rows as JSON become a data command. The first line has the
 * parameters of the unit, the second the name of the table, the rest is the body. What keeps the rules of the table
 * is written as exactly so many records, which read back as they were given; nothing else is written. */
#include "fuzz.h"

#include "api/body.h"
#include "api/request_schemas.h"
#include "wire/access/data_command.h"

#define ROWS_MOST 64

/* False: a field of the row is unknown, or breaks a rule. */
static bool row_of_body(const struct body *b, const struct ghi_table_unit *u,
			struct ghi_table_row *r)
{
	struct ghi_table_fault fault = { 0 };
	uint8_t words[1024];
	struct ghi_writer w = ghi_writer_on(words, sizeof(words));
	bool kept = true;

	for (size_t i = 0; i < b->parts && kept; i++)
		kept = ghi_table_row_set(r, b->part[i].name, b->part[i].s, &fault);
	kept = kept && ghi_table_values_check(r, u, &fault);
	if (kept) {
		ghi_table_row_fill(r, NULL);
		kept = ghi_table_row_check(r, u, &fault);
	}
	if (!kept)
		ghi_table_fault_write(&w, &fault);
	check(w.err == GH_OK && kept == (w.n == 0));
	return kept;
}

static void rows_read_back(const struct ghi_table_row *rows, size_t n,
			   const struct ghi_table_unit *u)
{
	size_t room = ghi_data_update_length(rows, n, u), lines = 0;
	uint8_t *text = malloc(room + 1);
	struct ghi_writer w = ghi_writer_on(text, room + 1);
	struct ghi_data_command c;
	gh_slice line;
	bool more = true;

	check(text);
	ghi_data_update_write(&w, rows, n, u);
	check(w.err == GH_OK);
	check(ghi_data_command_parse(ghi_written(&w), &c) == GH_OK &&
	      c.verb == GHI_DATA_UPDATE);
	check(gh_slice_eq(c.table, gh_slice_of(rows->table->name)));
	while (more) {
		const struct ghi_table_row *r = &rows[lines];
		struct ghi_table_row again = ghi_table_row_of(r->table);

		more = gh_slice_cut(c.records, '\n', &line, &c.records);
		check(lines++ < n);
		/* No value became a field of another name. */
		check(ghi_table_row_read(&again, line, false) == 0);
		for (size_t i = 0; i < r->table->fields; i++) {
			check(r->has[i] || !again.has[i]);
			if (again.has[i])
				check(gh_slice_eq(gh_slice_trim(again.value[i]),
						  gh_slice_trim(r->value[i])));
		}
	}
	check(lines == n);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ghi_arena_with_limit(1 << 20);
	gh_slice rest = { data, size }, parameters, name;
	struct fault fault = { .field = "" };
	struct faults faults = { 0 };
	struct ghi_table_unit u;
	struct body b;

	gh_slice_cut(rest, '\n', &parameters, &rest);
	gh_slice_cut(rest, '\n', &name, &rest);
	u = ghi_table_unit_of(parameters);

	const struct ghi_access_table *t = ghi_access_table_find(name, &u);

	if (t && t->name[0] && ghi_table_has_verb(t, 'U') &&
	    body_parse(rest, &a, &b, &fault) == GH_OK) {
		schema_check(&request_schemas[REQUEST_UnitRowsRequest].schema, &b, &faults);
		const struct body *rows = faults.n ? NULL : body_find(&b, GH_LIT("rows"));
		size_t n = rows ? rows->parts : 0;
		struct ghi_table_row *row = calloc(ROWS_MOST, sizeof(*row));
		bool kept = n && n <= ROWS_MOST;

		check(row);
		for (size_t i = 0; i < n && kept; i++) {
			row[i] = ghi_table_row_of(t);
			kept = row_of_body(&rows->part[i], &u, &row[i]);
		}
		/* As many as one command takes: of templates those of one type. */
		if (kept)
			rows_read_back(row, ghi_update_take(row, n, &u), &u);
		free(row);
	}
	ghi_arena_clear(&a);
	return 0;
}
